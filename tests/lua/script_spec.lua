--- Scripts as the host drives them: which callback comes when, and what the engine makes of what
-- they ask for. The strategies of these specs are written here, a few lines each.
local lab = require "moongate_lab"

local BTC, BIP = "BTC-PERP-INTX", "BIP-20DEC30-CDE"

local function start(text, options)
  local given = {text = text, products = {BTC, BIP}}
  for key, value in pairs(options or {}) do given[key] = value end
  return lab.new(given)
end

local function texts(host)
  local list = {}
  for _, line in ipairs(host:log()) do list[#list + 1] = line.text end
  return list
end

local function show(host, product)
  host:book(product or BTC, {{"61495", "1"}}, {{"61505", "1"}})
end

describe("a script", function()
  local host

  after_each(function()
    if host then host:close() end
    host = nil
  end)

  it("is told of books, trades, candles, timers, orders and fills, in order", function()
    host = start([[
      local function say(...) host.log("info", table.concat({...}, " ")) end
      local ref
      return {
        on_start = function() say("start", host.name) host.timer(7, 2) end,
        on_book = function(book) say("book", book.product, tostring(book:mid()))
          if not ref and not book:stale() then
            ref = host.place{product = book.product, side = "buy", price = "61000", size = "0.01"}
          end
        end,
        on_trade = function(_, price, size, side)
          say("trade", tostring(price), tostring(size), side)
        end,
        on_candle = function(c)
          say("candle", tostring(c.open), tostring(c.close), tostring(c.volume))
        end,
        on_timer = function(id) say("timer", id, host.uptime() // 1000000000) end,
        on_order = function(o) say("order", o.state, tostring(o.filled), tostring(o.done)) end,
        on_fill = function(f)
          say("fill", f.side, tostring(f.size), tostring(f.price), f.liquidity, tostring(f.fee))
          say("position", tostring(host.position(f.product).size))
        end,
        on_stale = function(p) say("stale", p) end,
        on_fresh = function(p) say("fresh", p) end,
      }]], {products = {BTC}, candles = {1}, fee_maker = "0.001", limits = {stale_after = 30}})
    show(host)
    host:trade(BTC, "61500", "0.25", "sell")
    host:advance(2.5)
    host:fill(host:orders()[1], "0.004")
    local said = table.concat(texts(host), "\n")
    local function comes(...)
      local at = 1
      for _, words in ipairs{...} do
        local from, to = said:find(words, at, true)
        assert.is_truthy(from, words .. " is missing in:\n" .. said)
        at = to
      end
    end
    comes("start script", "fresh " .. BTC, "book " .. BTC .. " 61500", "order intended 0 false",
      "order open 0 false", "trade 61500 0.25 sell", "candle 61500 61500 0.25", "timer 7 3")
    comes("order open 0.004 false", "fill buy 0.004 61000 maker 0.244", "position 0.004")
    assert.same({}, host:faults())
  end)

  it("goes on after a callback raised, and the fault names file and line", function()
    host = start("return {\n  on_trade = function()\n    error('first')\n  end\n}")
    show(host)
    host:trade(BTC, "61500", "1")
    host:trade(BTC, "61500", "1")
    assert.equal(2, #host:faults())
    assert.matches("script.lua:3: first", host:faults()[1])
    assert.is_true(host:script().alive)
  end)

  it("that fails to load or to start makes no lab, and says why", function()
    local function refused(text, words)
      local ok, message = pcall(start, text)
      assert.is_false(ok)
      assert.matches(words, message)
    end
    refused("return {\n on_book = }\n", "script.lua:2:")
    refused("local x = host.param.y\nreturn {}", "script.lua:1: attempt to index")
    refused("return {on_start = function() error('no') end}\n", "on_start failed")
    refused("return {on_stop = 5}\n", "on_stop must be a function")
    refused("require 'nowhere'\nreturn {}", "module 'nowhere' is neither in lua/lib nor")
  end)

  it("requires modules of the library and files beside it", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir -p '" .. folder .. "/deep'"))
    local function write(name, text)
      local file = assert(io.open(folder .. "/" .. name, "w"))
      file:write(text)
      file:close()
    end
    write("main.lua", [[
      local near, far = require "near", require("deep.far")
      -- require "commented" is no requirement
      local window = require 'series'.new(2)
      print(near.name, far, window.length, near.require)
      return {}]])
    write("near.lua", "return {name = 'near', require = 'field'}")
    write("deep/far.lua", "return require('near').name .. ' and far'")
    host = lab.new{script = folder .. "/main.lua", products = {BTC}}
    assert.same({"near\tnear and far\t2\tfield"}, texts(host))
    os.execute("rm -r '" .. folder .. "'")
  end)

  it("owns its orders: nobody cancels what is not theirs", function()
    host = start([[return {on_start = function() host.cancel(12345) end,
      on_refusal = function(r) print(r.code, r.reason, r.ref) end}
    ]])
    assert.same({"owner\tno order of that name\t12345"}, texts(host))
  end)

  it("hears from the gate what would have passed", function()
    host = start([[local asked
      return {on_book = function(book) if asked or book:stale() then return end asked = true
        host.place{product = book.product, side = "buy", price = book:bid(), size = "0.5"} end,
      on_refusal = function(r) print(r.code, r.limit, r.value, r.headroom, r.unit, r.config) end}
    ]], {limits = {max_order_size = "0.2"}})
    show(host)
    assert.matches("order_size\t0.2\t0.5\t0.2\tsize\tproducts", texts(host)[1])
  end)

  it("cannot escape the gate by any shape of order", function()
    host = start([[
      local sent
      return {on_book = function(book) if sent or book:stale() then return end sent = true
        local function try(o) o.product = book.product host.place(o) end
        try{side = "buy", price = "61495.05", size = "0.01"}
        try{side = "buy", price = "61495", size = "0.00005"}
        try{side = "buy", price = "70000", size = "0.01"}
        try{side = "sell", price = "1", size = "0.01"}
        try{side = "sell", type = "market", size = "3"}
        try{side = "sell", price = "61505", size = "0.01", reduce_only = true}
        try{side = "buy", price = "9000000000", size = "900"}
      end}]], {products = {BTC}})
    show(host)
    local codes = {}
    for i, refusal in ipairs(host:refusals()) do codes[i] = refusal.code end
    assert.same({"price_tick", "size_step", "price_collar", "price_collar", "book_stale",
                 "reduce_only", "order_size"}, codes)
    assert.equal(0, #host:orders())
  end)

  it("that floods is held by its own message limit, not by the account's", function()
    host = start([[return {on_timer = function() for i = 1, 50 do
        host.place{product = "BTC-PERP-INTX", side = "buy", price = 61000 + i, size = "0.01"}
      end end, on_start = function() host.timer(1, 1) end}]],
      {limits = {strategy_max_messages = 8, stale_after = 30}})
    show(host)
    host:advance(1.5)
    assert.equal(8, #host:orders())
    assert.equal(42, #host:refusals())
    assert.equal("message_rate", host:refusals()[1].code)
  end)

  it("meets silence of a dead rule as refusal of what opens", function()
    host = start([[local sent
      return {on_book = function(b) if sent or b:stale() then return end sent = true
        host.place{product = b.product, side = "buy", price = b:bid(), size = "0.01"} end}
    ]], {rules = {{text = "return {judge = function() error('broken') end}"},
                  {text = "return {judge = function() return true end}"}}})
    show(host)
    assert.equal("rule", host:refusals()[1].code)
    assert.equal("the rule raised an error, see its log", host:refusals()[1].reason)
    assert.matches("broken", host:faults()[1])
  end)

  it("passes when every rule says yes, and each rule sees the order", function()
    host = start([[local sent
      return {on_book = function(b) if sent or b:stale() then return end sent = true
        host.place{product = b.product, side = "buy", price = b:bid(), size = "0.01"} end}
    ]], {rules = {{text = "return {judge = function(i, b) print(i.product, i.side, i.price) "
                   .. "return b:bid() == i.price end}"},
                  {text = "return {judge = function(i) return i.size == decimal('0.01') end}"}}})
    show(host)
    assert.same({"BTC-PERP-INTX\tbuy\t61495"}, texts(host))
    assert.equal(1, #host:orders())
  end)

  it("is told of a smaller order where a rule leaves a part, which the rule counts", function()
    host = start([[local sent
      return {on_book = function(b) if sent or b:stale() then return end sent = true
        host.place{product = b.product, side = "buy", price = b:bid(), size = "0.03"} end,
        on_order = function(o) if o.state == "open" then print(o.size) end end}
    ]], {rules = {{text = [[return require "counted"{judge = function(i)
                     return i.size * decimal "0.5", "", "half" end}]]},
                  {text = "return {judge = function() return decimal '0.02' end}"}}})
    show(host)
    assert.same({"asked 1, refused 0, shrunk 1: half 1", "0.015"}, texts(host))
    assert.equal("0.015", tostring(host:orders()[1].size))
    assert.same({}, host:refusals())
  end)

  it("hands its state over and starts no second time", function()
    local text = [[
      local count = 0
      return {on_start = function() print("start") end,
        on_trade = function() count = count + 1 end,
        on_save = function() return {count = count, list = {1, "two", {x = decimal("0.1")}}} end,
        on_reload = function(s) count = s.count print("reload", s.count, s.list[2], s.list[3].x)
          host.timer(1, 1) end,
        on_timer = function() print("timer", count) end,
        on_stop = function() print("stop") end}
    ]]
    host = start(text, {products = {BTC}})
    host:trade(BTC, "61500", "1")
    host:trade(BTC, "61500", "1")
    assert.is_string(host:reload(text .. "-- changed\n"))
    host:advance(1)
    assert.same({"start", "reload\t2\ttwo\t0.1", "stop", "timer\t2"}, texts(host))
  end)

  it("that cannot save its state goes on, as it was", function()
    host = start([[return {on_save = function() return {print} end,
      on_book = function() print("old") end}
    ]])
    local done, message = host:reload("return {}\n")
    assert.is_nil(done)
    assert.matches("could not save its state", message)
    assert.matches("cannot hold a function", host:faults()[1])
    show(host)
    assert.equal("old", texts(host)[1])
    assert.equal(1, host:script().generation)
  end)

  it("is told of its working orders when it takes over", function()
    host = start([[local sent
      return {on_book = function(b) if sent or b:stale() then return end sent = true
        host.place{product = b.product, side = "buy", price = "61000", size = "0.01"} end}
    ]])
    show(host)
    host:reload([[return {on_order = function(o) print(o.state, o.price, #host.orders()) end}
    ]])
    assert.same({"open\t61000\t1"}, texts(host))
  end)

  it("cannot stop the clock of the others: what never ends is named", function()
    host = start([[return {on_order = function(o) if o.done then
        host.place{product = o.product, side = "buy", price = "61000", size = "0.01", tif = "ioc"}
      end end, on_book = function(b) if b:stale() then return end
        host.place{product = b.product, side = "buy", price = 61000, size = "0.01", tif = "ioc"}
      end}
    ]], {limits = {account_max_messages = 100000, strategy_max_messages = 100000}})
    -- Each refusal or end brings the next order; the duplicate control stops it within an instant.
    show(host)
    assert.is_true(#host:refusals() > 0)
    assert.equal("duplicate", host:refusals()[1].code)
  end)

  it("holds no more memory than it is given", function()
    host = start([[local t = {} return {on_book = function() while true do t[#t + 1] = {} end end}
    ]], {memory_max = 1 << 20})
    show(host)
    assert.matches("may hold 1048576 bytes", host:faults()[1])
    assert.is_true(host:script().memory <= 1 << 20)
  end)

  it("keeps its memory flat over a long run", function()
    host = start([[local last
      return {on_book = function(book) last = book:mid() and book:mid() + book:bid() end,
              on_trade = function(_, price) last = price end}
    ]], {products = {BTC}, memory_max = 1 << 20})
    for i = 1, 3000 do
      host:book(BTC, {{61000 + i % 7, "1"}}, {{61010 + i % 7, "1"}})
      host:trade(BTC, "61008", "0.1")
    end
    assert.same({}, host:faults())
    assert.is_true(host:script().memory < 1 << 20)
  end)
end)

describe("the lab", function()
  it("refuses what it does not know", function()
    local function refused(options, words)
      local ok, message = pcall(lab.new, options)
      assert.is_false(ok)
      assert.matches(words, message)
    end
    refused({text = "return {}", products = {"DOGE-PERP"}}, "the venue does not list 'DOGE%-PERP'")
    refused({text = "return {}", products = {BTC, BTC}}, "is there twice")
    refused({text = "return {}", products = {}}, "at least one")
    refused({text = "return {}"}, "an array of product ids is wanted")
    refused({products = {BTC}}, "either script %(a path%) or text is wanted")
    refused({script = "no/such.lua", products = {BTC}}, "no/such.lua cannot be read")
    refused({text = "return {}", products = {BTC}, parms = {}}, "there is no option 'parms'")
    refused({text = "return {}", products = {BTC}, limits = {max_size = 1}}, "no 'max_size'")
    refused({text = "return {}", products = {BTC}, limits = {max_position = "x"}},
      "max_position: a decimal as text is wanted, this is x")
    refused({text = "return {}", products = {BTC}, limits = {max_position = 0.1}}, "not exact")
    refused({text = "return {}", products = {BTC}, params = {f = print}}, "cannot be a parameter")
    refused({text = "return {}", products = {BTC}, rules = {{}}}, "rules: either script")
    refused({text = "return {}", products = {BTC}, rules = {{text = "return {}"}}},
      "a rule returns a table with judge")
  end)

  it("passes parameters of every kind, nested ones too", function()
    local host = lab.new{text = [[
      local p = host.params
      print(p.a, p.b, p.c, p.d[2], p.e.f, math.type(p.b), host.param("none", "default"))
      return {}]], products = {BTC}, params = {a = "te\"xt", b = 7, c = true, d = {1, 2.5},
        e = {f = "g"}}}
    assert.same({"te\"xt\t7\ttrue\t2.5\tg\tinteger\tdefault"}, texts(host))
    host:close()
  end)

  it("is of no use once closed, and says so", function()
    local host = lab.new{text = "return {}", products = {BTC}}
    host:close()
    host:close()
    assert.has_error(function() host:advance(1) end, "this lab was closed")
  end)

  it("agrees with the engine on positions after many fills", function()
    local host = lab.new{script = "strategies/quoter.lua", products = {BTC, BIP}, fills = "touch",
                         params = {inventory_max = 5}, fee_maker = "0.0001"}
    local state = 7
    for _ = 1, 200 do
      state = (state * 1103515245 + 12345) % 2147483648
      local price = 61500 + 5 * (state // 65536 % 13 - 6)
      for _, product in ipairs{BTC, BIP} do
        host:book(product, {{price - 5, "1"}}, {{price + 5, "1"}})
      end
      host:advance(1)
    end
    for _, product in ipairs{BTC, BIP} do
      local position = host:position(product)
      assert.equal(position.venue, position.size)
      assert.is_true(tonumber(position.fees) > 0)
    end
    assert.same({}, host:alerts())
    assert.same({}, host:faults())
    host:close()
  end)
end)
