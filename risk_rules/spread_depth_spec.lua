--- The spread and depth filter, in front of a strategy that asks for what the spec tells it.
local lab = require "moongate_lab"

local BTC = "BTC-PERP-INTX"

--- Asks for `side` once per second that begins.
local function asker(side)
  local text = [[
    return {on_start = function() host.timer(1, 1) end, on_timer = function()
      host.timer(1, 1)
      host.place{product = "BTC-PERP-INTX", side = "SIDE", type = "market", size = "0.01"}
    end}]]
  return (text:gsub("SIDE", side))
end

local function start(side, params)
  return lab.new{text = asker(side), products = {BTC}, limits = {stale_after = 30},
                 rules = {{script = "risk_rules/spread_depth.lua", params = params}}}
end

local function ask(host, bids, asks)
  local before = #host:refusals()
  host:book(BTC, bids, asks)
  host:advance(1)
  local refusals = host:refusals()
  return #refusals == before and "placed" or refusals[#refusals].code .. ": "
    .. refusals[#refusals].reason
end

describe("spread_depth", function()
  local host

  after_each(function()
    assert.same({}, host:faults())
    host:close()
  end)

  it("lets an order into a narrow spread", function()
    host = start("buy", {max_spread_bps = 2})
    assert.equal("placed", ask(host, {{"61495", "1"}}, {{"61505", "1"}})) -- 1.63 bps
    assert.equal("0.01", host:position(BTC).size)
  end)

  it("refuses one into a wide spread, and says both numbers", function()
    host = start("buy", {max_spread_bps = 1.5})
    assert.equal("rule: spread 1.63 bps is above 1.50",
      ask(host, {{"61495", "1"}}, {{"61505", "1"}}))
    assert.equal("0", host:position(BTC).size)
  end)

  it("asks for depth on the side that would be taken from", function()
    local thin_asks = {{{"61495", "9"}}, {{"61505", "0.4"}}}
    host = start("buy", {min_depth = "0.5"})
    assert.equal("rule: depth 0.4 is below 0.5", ask(host, table.unpack(thin_asks)))
    assert.equal("placed", ask(host, {{"61495", "0.1"}}, {{"61505", "0.5"}}))
    host:close()
    host = start("sell", {min_depth = "0.5"})
    assert.equal("placed", ask(host, table.unpack(thin_asks)))
  end)

  it("counts only depth within its band of the mid", function()
    host = start("buy", {min_depth = "0.5"}) -- band 1 is 5 bps: 30.75 either side of 61500
    assert.equal("rule: depth 0.4 is below 0.5",
      ask(host, {{"61495", "1"}}, {{"61505", "0.4"}, {"61540", "9"}}))
    assert.equal("placed", ask(host, {{"61495", "1"}}, {{"61505", "0.4"}, {"61530", "0.1"}}))
  end)

  it("prefers the depth that was set for the asset", function()
    host = start("buy", {min_depth = "100", min_depth_BTC = "0.1"})
    assert.equal("placed", ask(host, {{"61495", "1"}}, {{"61505", "0.1"}}))
  end)

  it("never stands in the way of reducing", function()
    host = start("buy", {max_spread_bps = 2})
    assert.equal("placed", ask(host, {{"61495", "1"}}, {{"61505", "1"}}))
    assert.is_string(host:reload(asker("sell")))
    host:book(BTC, {{"61000", "1"}}, {{"61505", "1"}}) -- 82 bps
    host:advance(1)
    assert.equal("0", host:position(BTC).size)
    assert.same({}, host:refusals())
    host:advance(1) -- the next sell would open a short
    assert.equal("rule", host:refusals()[1].code)
  end)
end)
