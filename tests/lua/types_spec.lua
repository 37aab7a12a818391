--- lua/meta/types.lua says what scripts are really handed: every field is there, none is missing.
local lab = require "moongate_lab"

local BTC, BIP = "BTC-PERP-INTX", "BIP-20DEC30-CDE"

--- {field = optional} of a class.
local function declared(class)
  local file = assert(io.open("lua/meta/types.lua"))
  local body = file:read("a"):match("%-%-%-@class " .. class .. "\n(.-)\n\n")
  file:close()
  local fields = {}
  for name, optional in body:gmatch("@field ([%w_]+)(%??)") do fields[name] = optional == "?" end
  return fields
end

-- Says the fields of each thing once, under its class.
local TELLER = [[
  local function say(class, thing)
    local names = {}
    for name in pairs(thing) do names[#names + 1] = name end
    print(class .. ": " .. table.concat(names, " "))
  end
  local strategy, ref = {}, nil
  for callback, class in pairs{on_candle = "Candle", on_order = "OrderNotice",
      on_fill = "FillNotice", on_refusal = "Refusal", on_health = "HealthNotice",
      on_protect = "Protection"} do
    strategy[callback] = function(thing) say(class, thing) end
  end
  function strategy.on_start() say("Product", host.product(host.products()[1])) end
  function strategy.on_book(book)
    say("Limits", host.limits(book.product))
    say("Position", host.position(book.product))
    for _, order in ipairs(host.orders()) do say("Order", order) end
    if book:stale() or ref then return end
    ref = host.place{product = book.product, side = "buy", price = book:bid(), size = "0.1"}
    host.place{product = book.product, side = "buy", price = book:bid(), size = "1000"}
    host.protect(book.product, {stop = "60000", trail = "0.5", after = 3600})
  end
  return strategy]]

local RULE = [[
  return {judge = function(intent)
    local names = {}
    for name in pairs(intent) do names[#names + 1] = name end
    print("Intent: " .. table.concat(names, " "))
    return true
  end}]]

describe("lua/meta/types.lua", function()
  it("has the fields that come, and no others", function()
    local host = lab.new{text = TELLER, products = {BTC, BIP}, rules = {{text = RULE}}}
    host:feed(BTC, {61500, 61500})
    host:fill(host:orders()[1])
    host:feed(BTC, {61500}, {every = 61})
    host:operator("halt", "to be told")
    host:feed(BTC, {61500})
    local seen = {}
    for _, line in ipairs(host:log()) do
      local class, names = line.text:match("^(%a+): (.*)$")
      seen[class] = seen[class] or {}
      for name in names:gmatch("%S+") do
        assert.is_not_nil(declared(class)[name], class .. " has an undeclared " .. name)
        seen[class][name] = true
      end
    end
    assert.same({}, host:faults())
    for _, class in ipairs{"Product", "Limits", "Position", "Order", "Candle", "OrderNotice",
                           "FillNotice", "Refusal", "Protection", "Intent", "HealthNotice"} do
      assert.is_table(seen[class], class .. " never came")
      for name, optional in pairs(declared(class)) do
        assert.is_true(optional or seen[class][name], class .. "." .. name .. " never comes")
      end
    end
    host:close()
  end)
end)
