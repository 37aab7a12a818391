--- lua/README.md and the types in lua/meta say what is there: the examples run, no name is missing.
local lab = require "moongate_lab"

local BTC = "BTC-PERP-INTX"

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local readme, meta = read("lua/README.md"),
  read("lua/meta/moongate.lua") .. read("lua/meta/types.lua")

--- What a script finds in its sandbox, one name per logged line.
local function names_of(expression)
  local text = "for name in pairs(" .. expression .. ") do print(name) end return {}"
  local host = lab.new{text = text, products = {BTC}}
  local names = {}
  for i, line in ipairs(host:log()) do names[i] = line.text end
  host:close()
  assert(#names > 2)
  return names
end

describe("lua/README.md", function()
  it("opens with a strategy that does what it says", function()
    local text = readme:match("```lua\n(.-)```")
    local host = lab.new{text = text, products = {BTC}, limits = {max_order_size = "0.01"}}
    host:book(BTC, {{"61495", "1"}}, {{"61505", "1"}})
    assert.equal(1, #host:orders())
    assert.equal("61495", host:orders()[1].price)
    host:fill(host:orders()[1])
    host:book(BTC, {{"61495", "1"}}, {{"61505", "1"}})
    assert.equal(0, #host:orders())
    assert.same({}, host:faults())
    host:close()
    host = lab.new{text = text, products = {BTC}, limits = {max_order_size = "0.004"}}
    host:book(BTC, {{"61495", "1"}}, {{"61505", "1"}})
    assert.equal("order_size: 0.004 would have passed", host:log()[1].text)
    host:close()
  end)

  it("names all of host, and so do the types", function()
    for _, name in ipairs(names_of("host")) do
      assert.is_truthy(readme:find("host." .. name, 1, true), "README: host." .. name)
      assert.is_truthy(meta:find("host." .. name, 1, true) or meta:find("@field " .. name, 1, true),
        "meta: host." .. name)
    end
  end)

  it("has a page per strategy that names all it declares", function()
    local program = (os.getenv("MOONGATE_BUILD") or "build-plain") .. "/bin/moongate-lab"
    for name in read("docs/strategies/README.md"):gmatch("%]%(([%a_]+)%.md%)") do
      local page, count = read("docs/strategies/" .. name .. ".md"), 0
      local pipe = io.popen(("LD_PRELOAD= %s params strategies/%s.lua 2>&1"):format(program, name))
      for line in pipe:lines() do
        local parameter, kind = line:match("^([%l_]+) +(%l+) ")
        if kind and parameter ~= "name" then
          count = count + 1
          assert.is_truthy(page:find("`" .. parameter .. "`", 1, true), name .. ": " .. parameter)
        end
      end
      pipe:close()
      assert.is_true(count >= 4, name)
    end
  end)

  it("names every callback, and so do the types", function()
    local source, count = read("lua/runner/callback_list.h"), 0
    for name in source:gmatch('X%(CALLBACK_[A-Z]+, "([a-z_]+)"') do
      count = count + 1
      assert.is_truthy(readme:find("`" .. name .. "(", 1, true), "README: " .. name)
      assert.is_truthy(meta:find("@field " .. name, 1, true), "meta: " .. name)
    end
    assert.equal(16, count)
  end)

  it("names every method of decimals and books, and so do the types", function()
    for class, path in pairs{Decimal = "api_decimal", Book = "api_market"} do
      local methods = read("lua/runner/" .. path .. ".c"):match("api_row methods%[%] = (%b{})")
      local count = 0
      for name in methods:gmatch('{"([a-z_]+)"') do
        count = count + 1
        assert.is_truthy(readme:find(":" .. name .. "(", 1, true), "README: " .. name)
        assert.is_truthy(meta:find("function " .. class .. ":" .. name, 1, true), "meta: " .. name)
      end
      assert.is_true(count > 5)
    end
  end)

  it("names every call and option of the lab", function()
    local methods = read("lua/lab/bindings.c"):match("luaL_Reg methods%[%] = (%b{})")
    for name in methods:gmatch('{"([a-z_]+)"') do
      assert.is_truthy(readme:find("host:" .. name .. "(", 1, true), "README: host:" .. name)
    end
    for name in read("lua/lab/settings.c"):gmatch('\n%s+{"([a-z_]+)", LIMIT_') do
      assert.is_truthy(readme:find(name, 1, true), "README: limit " .. name)
    end
  end)
end)
