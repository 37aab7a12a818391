--- The quoter in the laboratory: real engine, gate and runner library, on a virtual clock.
local lab = require "moongate_lab"

local BTC, BIP = "BTC-PERP-INTX", "BIP-20DEC30-CDE"

local function shown(bid, ask)
  return {{bid, "2"}}, {{ask, "2"}}
end

--- "buy 0.01 @ 61495" of each live order, bids before asks.
local function quotes(host, product)
  local list = {}
  for _, order in ipairs(host:orders(product)) do
    assert.is_true(order.post_only)
    list[#list + 1] = order.side .. " " .. order.size .. " @ " .. order.price
  end
  table.sort(list)
  return list
end

local function count(list, key, value)
  local n = 0
  for _, item in ipairs(list) do if item[key] == value then n = n + 1 end end
  return n
end

local function start(options)
  local given = {script = "strategies/quoter.lua", products = {BTC, BIP}}
  for key, value in pairs(options or {}) do given[key] = value end
  return lab.new(given)
end

describe("quoter", function()
  local host

  after_each(function()
    if host then
      assert.same({}, host:faults())
      host:close()
      host = nil
    end
  end)

  it("quotes both sides of both products at the touch, post-only", function()
    host = start()
    host:book(BTC, shown("61495", "61505"))
    host:book(BIP, shown("61490", "61510"))
    assert.same({"buy 0.01 @ 61495", "sell 0.01 @ 61505"}, quotes(host, BTC))
    assert.same({"buy 0.01 @ 61490", "sell 0.01 @ 61510"}, quotes(host, BIP))
    assert.same({}, host:refusals())
  end)

  it("takes its size by asset, in whole steps, and never rounds it up", function()
    host = start{params = {size_BTC = "0.0256"}}
    host:book(BIP, shown("61490", "61510"))
    host:book(BTC, shown("61495", "61505"))
    assert.same({"buy 0.02 @ 61490", "sell 0.02 @ 61510"}, quotes(host, BIP))
    assert.same({"buy 0.0256 @ 61495", "sell 0.0256 @ 61505"}, quotes(host, BTC))
    assert.has_error(function() start{params = {size = "0.001"}} end)
    local ok, message = pcall(start, {params = {size = "0.001"}})
    assert.is_false(ok)
    assert.matches("less than BIP%-20DEC30%-CDE trades, 0.01; set size_BTC", message)
  end)

  it("stands behind the touch by its basis points, rounded away from the market", function()
    host = start{params = {back = "0.7"}} -- 4.3 dollars: ticks of 0.1 there, of 5 here
    host:book(BTC, shown("61495", "61505"))
    host:book(BIP, shown("61490", "61510"))
    assert.same({"buy 0.01 @ 61490.6", "sell 0.01 @ 61509.4"}, quotes(host, BTC))
    assert.same({"buy 0.01 @ 61485", "sell 0.01 @ 61515"}, quotes(host, BIP))
    assert.same({}, host:refusals())
  end)

  it("leaves a quote alone while the touch is near", function()
    host = start{products = {BTC}, params = {requote = 2}}
    host:book(BTC, shown("61495", "61505"))
    local before = host:orders()
    host:book(BTC, shown("61495.2", "61504.8")) -- two ticks
    assert.same(before, host:orders())
    assert.equal(2, #host:intents())
  end)

  it("requotes by cancelling first and placing when the venue has said that it is gone", function()
    host = start{products = {BTC}, manual = true}
    host:book(BTC, shown("61495", "61505"))
    for _, order in ipairs(host:orders()) do host:accept(order) end
    host:book(BTC, shown("61496", "61506"))
    assert.equal(2, count(host:intents(), "kind", "cancel"))
    host:book(BTC, shown("61497", "61507"))
    assert.equal(2, count(host:intents(), "kind", "cancel")) -- asked once
    assert.equal(2, count(host:intents(), "kind", "place"))  -- nothing new while they live
    for _, order in ipairs(host:orders()) do
      assert.equal("cancel_sent", order.state)
      host:cancelled(order)
    end
    assert.same({"buy 0.01 @ 61497", "sell 0.01 @ 61507"}, quotes(host, BTC))
    assert.equal(4, count(host:intents(), "kind", "place"))
  end)

  it("stops adding to its inventory at the limit, and goes on reducing it", function()
    host = start{products = {BTC}, params = {inventory_max = 2}}
    for round = 1, 2 do
      host:book(BTC, shown("61495", "61505"))
      local buy = host:orders()[1]
      for _, order in ipairs(host:orders()) do if order.side == "buy" then buy = order end end
      host:fill(buy)
      assert.equal(round == 1 and "0.01" or "0.02", host:position(BTC).size)
    end
    host:book(BTC, shown("61495", "61505"))
    assert.same({"sell 0.01 @ 61505"}, quotes(host, BTC))
    host:fill(host:orders()[1])
    host:book(BTC, shown("61495", "61505"))
    assert.same({"buy 0.01 @ 61495", "sell 0.01 @ 61505"}, quotes(host, BTC))
    assert.equal("0.1", host:position(BTC).realised)
  end)

  it("counts a part of a lot as inventory", function()
    host = start{products = {BTC}, params = {inventory_max = 1}}
    host:book(BTC, shown("61495", "61505"))
    local buy = host:orders()[1]
    assert.equal("buy", buy.side)
    host:fill(buy, "0.0001")
    host:book(BTC, shown("61495", "61505"))
    assert.same({"sell 0.01 @ 61505"}, quotes(host, BTC))
  end)

  it("moves both quotes against its inventory, and never across the market", function()
    host = start{products = {BTC}, params = {skew = 20, inventory_max = 5}} -- ticks of 0.1
    host:book(BTC, shown("61495", "61505"))
    assert.same({"buy 0.01 @ 61495", "sell 0.01 @ 61505"}, quotes(host, BTC))
    host:fill(host:orders()[1]) -- one lot long: both two dollars lower
    host:advance(1)
    host:book(BTC, shown("61495", "61505"))
    host:book(BTC, shown("61495", "61505"))
    assert.same({"buy 0.01 @ 61493", "sell 0.01 @ 61503"}, quotes(host, BTC))
    host:close()
    host = start{products = {BTC}, params = {skew = 200, inventory_max = 5}}
    host:book(BTC, shown("61495", "61505"))
    host:fill(host:orders()[2]) -- short: the bid may come up to a tick below the ask
    host:advance(1)
    host:book(BTC, shown("61495", "61505"))
    host:book(BTC, shown("61495", "61505"))
    assert.same({"buy 0.01 @ 61504.9", "sell 0.01 @ 61525"}, quotes(host, BTC))
    assert.same({}, host:refusals())
  end)

  it("withdraws when the book goes stale and comes back when it is fresh", function()
    host = start{products = {BTC}, limits = {stale_after = 3}}
    host:book(BTC, shown("61495", "61505"))
    assert.equal(2, #host:orders())
    host:advance(3.5)
    assert.equal(0, #host:orders())
    host:book(BTC, shown("61400", "61410"))
    assert.same({"buy 0.01 @ 61400", "sell 0.01 @ 61410"}, quotes(host, BTC))
  end)

  it("withdraws from a crossed and from a one-sided book", function()
    host = start{products = {BTC}}
    host:book(BTC, shown("61495", "61505"))
    host:book(BTC, {{"61495", "1"}}, {})
    assert.equal(0, #host:orders())
    host:book(BTC, shown("61495", "61505"))
    assert.equal(2, #host:orders())
    host:book(BTC, shown("61505", "61500"))
    assert.equal(0, #host:orders())
  end)

  it("waits after a refusal of the gate instead of hammering it", function()
    host = start{products = {BTC}, limits = {max_order_size = "0.001"}}
    host:book(BTC, shown("61495", "61505"))
    assert.equal(2, #host:refusals())
    assert.equal("order_size", host:refusals()[1].code)
    assert.equal("0.001", host:refusals()[1].headroom)
    for i = 1, 5 do host:book(BTC, shown("6149" .. i, "61505")) end
    assert.equal(2, #host:refusals())
    host:advance(1)
    host:book(BTC, shown("61495", "61505"))
    assert.equal(4, #host:refusals())
  end)

  it("waits after the venue's refusal of a post-only order", function()
    host = start{products = {BTC}, manual = true}
    host:book(BTC, shown("61495", "61505"))
    for _, order in ipairs(host:orders()) do
      host:reject(order, "INVALID_LIMIT_PRICE_POST_ONLY")
    end
    host:book(BTC, shown("61496", "61505"))
    assert.equal(2, #host:intents())
    host:advance(1)
    host:book(BTC, shown("61497", "61505"))
    assert.equal(4, #host:intents())
  end)

  it("pauses between quotes of one side", function()
    host = start{products = {BTC}, params = {pause = 10}}
    host:book(BTC, shown("61495", "61505"))
    host:book(BTC, shown("61520", "61530"))
    assert.equal(0, #host:orders())
    host:book(BTC, shown("61521", "61531"))
    assert.equal(0, #host:orders())
    host:advance(10)
    host:book(BTC, shown("61521", "61531"))
    assert.equal(2, #host:orders())
  end)

  it("stays inside the gate's limits whatever it is told to do", function()
    host = start{products = {BTC}, params = {inventory_max = 50}, limits = {max_position = "0.03"}}
    for _ = 1, 12 do
      host:book(BTC, shown("61495", "61505"))
      for _, order in ipairs(host:orders()) do
        if order.side == "buy" then host:fill(order) end
      end
      host:advance(1)
    end
    assert.equal("0.03", host:position(BTC).size)
    assert.is_true(count(host:refusals(), "code", "position") > 0)
  end)

  it("goes on with the same orders over a reload", function()
    host = start()
    host:book(BTC, shown("61495", "61505"))
    host:book(BIP, shown("61490", "61510"))
    local before = host:orders()
    assert.equal(4, #before)
    assert.is_string(host:reload())
    assert.equal(2, host:script().generation)
    host:book(BTC, shown("61495", "61505"))
    host:book(BIP, shown("61490", "61510"))
    assert.same(before, host:orders())
    assert.equal(4, count(host:intents(), "kind", "place"))
    host:book(BTC, shown("61600", "61610")) -- and the new script can still cancel them
    host:book(BTC, shown("61600", "61610"))
    assert.same({"buy 0.01 @ 61600", "sell 0.01 @ 61610"}, quotes(host, BTC))
    assert.is_true(host:orders(BTC)[1].ref > before[4].ref)
  end)

  it("is not fooled by an order that ends while scripts change hands", function()
    host = start{products = {BTC}, manual = true}
    host:book(BTC, shown("61495", "61505"))
    for _, order in ipairs(host:orders()) do host:accept(order) end
    host:fill(host:orders()[1])
    assert.is_string(host:reload())
    host:book(BTC, shown("61495", "61505"))
    assert.same({"buy 0.01 @ 61495", "sell 0.01 @ 61505"}, quotes(host, BTC))
  end)

  it("keeps trading when its new version is broken", function()
    host = start{products = {BTC}}
    host:book(BTC, shown("61495", "61505"))
    local hash = host:script().hash
    local done, message = host:reload("return {\n on_book = function( }")
    assert.is_nil(done)
    assert.matches("script.lua:2:", message)
    done, message = host:reload("return {on_reload = function()\n error('cannot') end}")
    assert.is_nil(done)
    assert.matches("on_reload failed", message)
    assert.matches("script.lua:2: cannot", table.remove(host:faults()))
    assert.equal(hash, host:script().hash)
    assert.equal(1, host:script().generation)
    host:book(BTC, shown("61600", "61610"))
    host:book(BTC, shown("61600", "61610"))
    assert.same({"buy 0.01 @ 61600", "sell 0.01 @ 61610"}, quotes(host, BTC))
    host:close()
    host = nil
  end)

  it("has its orders cancelled, or kept, when it dies", function()
    for policy, left in pairs{cancel = 0, keep = 2} do
      local doomed = start{products = {BTC}, on_death = policy}
      doomed:book(BTC, shown("61495", "61505"))
      doomed:kill("out of memory")
      assert.is_false(doomed:script().alive)
      assert.equal(left, #doomed:orders())
      doomed:close()
    end
  end)

  it("can only reduce when the operator says so", function()
    host = start{products = {BTC}}
    host:book(BTC, shown("61495", "61505"))
    host:fill(host:orders()[1])
    host:operator("reduce", "a quiet evening")
    host:operator("cancel")
    host:advance(2)
    host:book(BTC, shown("61495", "61505"))
    assert.same({"sell 0.01 @ 61505"}, quotes(host, BTC))
    host:fill(host:orders()[1])
    host:advance(2)
    host:book(BTC, shown("61495", "61505"))
    assert.equal("0", host:position(BTC).size)
    assert.equal(0, #host:orders())
    assert.is_true(count(host:refusals(), "code", "trading_state") > 0)
  end)
end)
