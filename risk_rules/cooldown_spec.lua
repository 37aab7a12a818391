--- The cool-down, in front of a strategy that asks ten times a second.
local lab = require "moongate_lab"

local BTC, BIP = "BTC-PERP-INTX", "BIP-20DEC30-CDE"

local function asker(product)
  return [[
    return {on_start = function() host.timer(1, 0.1) end, on_timer = function()
      host.timer(1, 0.1)
      host.place{product = "]] .. product .. [[", side = "buy", type = "market", size = "0.01"}
    end}]]
end

local function start(params, product)
  local host = lab.new{text = asker(product or BTC), products = {BTC, BIP},
                       limits = {stale_after = 300, max_book_age = 300, max_mark_age = 300},
                       rules = {{script = "risk_rules/cooldown.lua", params = params}}}
  host:book(BTC, {{"61495", "50"}}, {{"61505", "50"}})
  host:book(BIP, {{"61495", "50"}}, {{"61505", "50"}})
  return host
end

--- Orders that were let through so far.
local function placed(host)
  return #host:orders(nil, "all")
end

describe("cooldown", function()
  local host

  after_each(function()
    assert.same({}, host:faults())
    host:close()
  end)

  it("lets a burst through and then waits for the window to pass", function()
    host = start{burst = 3, window = 2}
    host:advance(1)
    assert.equal(3, placed(host))
    local refusal = host:refusals()[1]
    assert.equal("rule", refusal.code)
    assert.equal("3 orders within 2.0 s; cooling down", refusal.reason)
    host:advance(1.05)
    assert.equal(3, placed(host))
    host:advance(0.4) -- the first three are two seconds old, one after the other
    assert.equal(6, placed(host))
    host:advance(1)
    assert.equal(6, placed(host))
  end)

  it("never lets more than the burst through in any window", function()
    host = start{burst = 4, window = 1.5}
    host:advance(20)
    local times = {}
    for _, intent in ipairs(host:intents()) do times[intent.ref] = intent.at end
    local orders = host:orders(nil, "all")
    assert.is_true(#orders > 40)
    for i = 5, #orders do
      assert.is_true(times[orders[i].ref] - times[orders[i - 4].ref] >= 1500000000)
    end
  end)

  it("counts each product by itself", function()
    host = start{burst = 3, window = 60}
    host:advance(1)
    assert.equal(3, #host:orders(BTC, "all"))
    assert.is_string(host:reload(asker(BIP)))
    host:advance(1)
    assert.equal(3, #host:orders(BIP, "all"))
    assert.equal(3, #host:orders(BTC, "all"))
  end)

  it("keeps its memory over a reload, which must not loosen it", function()
    host = start{burst = 3, window = 60}
    host:advance(1)
    assert.equal(3, placed(host))
    assert.is_string(host:reload_rule(1))
    host:advance(1)
    assert.equal(3, placed(host))
  end)

  it("refuses parameters that mean nothing", function()
    host = start{burst = 3}
    assert.has_error(function() start{burst = 0} end)
    assert.has_error(function() start{burst = 2.5} end)
    assert.has_error(function() start{window = "long"} end)
  end)
end)
