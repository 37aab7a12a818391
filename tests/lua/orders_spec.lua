--- Orders of every shape, amended, closed and swept, from the script to the venue and back.
local lab = require "moongate_lab"

local BTC, BIP = "BTC-PERP-INTX", "BIP-20DEC30-CDE"

--- A script that does what the spec says: `does` is Lua, run by timer 1.
local function start(does, options)
  local given = {products = {BTC, BIP}, text = [[
    local log = function(...) host.log("info", table.concat({...}, " ")) end
    local BTC, BIP = "BTC-PERP-INTX", "BIP-20DEC30-CDE"
    local step, ref = 0, nil
    local function place(order) return host.place(order) end
    local function buy(product, size)
      place{product = product, side = "buy", type = "market", size = size}
    end
    return {
      on_start = function() host.timer(1, 1) end,
      on_timer = function() step = step + 1
        local function act(step, now) ]] .. does .. [[ end
        act(step, host.now())
        host.timer(1, 1)
      end,
      on_order = function(o) log(o.state, tostring(o.size), o.reason) end,
      on_refusal = function(r) log("refused", r.code) end,
    }]]}
  for key, value in pairs(options or {}) do given[key] = value end
  local host = lab.new(given)
  for _, product in ipairs(given.market and {} or given.products) do
    host:book(product, {{"60000", "1"}}, {{"60005", "1"}})
  end
  host:advance(1.2)
  assert.same({}, host:faults())
  return host
end

local function said(host, words)
  for _, line in ipairs(host:log()) do
    if line.text:find(words, 1, true) then return true end
  end
  return false
end

describe("orders", function()
  local host

  after_each(function()
    if host then host:close() end
    host = nil
  end)

  it("stop, bracket and expire at the venue", function()
    host = start([[
      if step == 1 then buy(BIP, "0.02") end
      if step == 3 then
        place{product = BIP, side = "sell", type = "bracket", size = "0.01", price = 70000,
              stop_price = 50000}
        place{product = BIP, side = "buy", type = "stop_limit", size = "0.01", price = 70000,
              stop_price = 69000, expires = now + 5 * 1000000000}
      end]], {market = {seed = 3}, limits = {price_collar = "0.2"}})
    host:advance(6)
    assert.same({}, host:faults())
    local live = host:orders(BIP)
    assert.equal(2, #live)
    assert.equal("bracket", live[1].type)
    assert.equal("stop_limit", live[2].type)
    host:advance(10)
    assert.is_true(said(host, "expired"))
    assert.equal(1, #host:orders(BIP))
  end)

  it("are amended by cancel and replace", function()
    host = start([[
      if step == 1 then
        ref = place{product = BTC, side = "buy", size = "0.01", price = 59000}
      end
      if step == 2 then host.amend(ref, {price = 59500, size = "0.02"}) end]])
    host:advance(2)
    assert.same({}, host:faults())
    local live = host:orders(BTC)
    assert.equal(1, #live)
    assert.equal("59500", live[1].price)
    assert.equal("0.02", live[1].size)
    assert.equal("cancelled", host:orders(BTC, "all")[1].state)
    local kinds = {}
    for i, intent in ipairs(host:intents()) do kinds[i] = intent.kind end
    assert.same({"place", "amend"}, kinds)
  end)

  it("close the script's own position", function()
    host = start([[
      if step == 1 then buy(BTC, "0.02") end
      if step == 3 then host.close(BTC) end
      if step == 5 then host.close(BTC) end]])
    host:advance(6)
    assert.same({}, host:faults())
    assert.equal("0", host:position(BTC).size)
    assert.is_true(said(host, "refused reduce_only"))
  end)

  -- F49 | unit | a stop is left when the script closes its position | the host cancels it
  it("that are left without a position are swept", function()
    host = start([[
      if step == 1 then buy(BTC, "0.02") end
      if step == 3 then
        place{product = BTC, side = "sell", type = "stop_limit", size = "0.01", price = 58000,
              stop_price = 58500}
      end
      if step == 4 then
        place{product = BTC, side = "sell", type = "market", size = "0.02"}
      end]])
    host:advance(6)
    assert.same({}, host:faults())
    assert.equal("0", host:position(BTC).size)
    assert.equal(0, #host:orders(BTC))
    assert.is_true(said(host, "swept"))
  end)
end)
