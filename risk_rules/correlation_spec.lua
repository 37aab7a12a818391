--- The same bet in two products.
local rig = require "tests.lua.rule_rig"

local BTC, ETH = rig.BTC, rig.ETH

describe("correlation", function()
  local host

  after_each(function() rig.stop(host) end)

  --- Eight candles of each; ETH goes by `sign` of BTC's moves, or by its own when 0.
  local function start(sign, params)
    local given = {candle = 10, length = 8, window = 120}
    for key, value in pairs(params or {}) do given[key] = value end
    host = rig.start("risk_rules/correlation.lua", given, {BTC, ETH})
    local moves = {1, -1, -1, 1, 1, 1, -1, -1}
    local own = {1, 1, -1, 1, -1, 1, -1, 1} -- sum of products with `moves` 0
    local btc, eth = 61500, 3000
    for i, move in ipairs(moves) do
      btc, eth = btc + 20 * move, eth + (sign == 0 and own[i] or sign * move)
      rig.trade(host, eth, 1, ETH)
      rig.candle(host, btc, 1, BTC)
    end
    host:advance(2)
  end

  it("refuses the same side of what goes together", function()
    start(1)
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.equal("rule: the same bet as 1 of late in other products",
      rig.ask(host, "buy", ETH, 3000))
    assert.equal("placed", rig.ask(host, "sell", ETH, 3000)) -- the other side is another bet
  end)

  it("refuses the other side of what goes against it", function()
    start(-1)
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.matches("^rule: the same bet", rig.ask(host, "sell", ETH, 3000))
    assert.equal("placed", rig.ask(host, "buy", ETH, 3000))
  end)

  it("has no word on what goes its own way", function()
    start(0)
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.equal("placed", rig.ask(host, "buy", ETH, 3000))
  end)

  it("forgets after its window", function()
    start(1)
    assert.equal("placed", rig.ask(host, "buy", BTC))
    host:advance(121)
    assert.equal("placed", rig.ask(host, "buy", ETH, 3000))
  end)

  it("does not mind the same product, nor fewer than `most`", function()
    start(1, {most = 2})
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.equal("placed", rig.ask(host, "buy", ETH, 3000))
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.matches("^rule: the same bet as 2", rig.ask(host, "buy", ETH, 3000))
  end)

  it("takes two products for one until it knows better", function()
    host = rig.start("risk_rules/correlation.lua", {candle = 10}, {BTC, ETH})
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.matches("^rule: the same bet", rig.ask(host, "buy", ETH, 3000))
  end)

  it("keeps what it knows and what it let through over a reload", function()
    start(0)
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.is_string(host:reload_rule(1))
    assert.equal("placed", rig.ask(host, "buy", ETH, 3000))
    rig.stop(host)
    start(1)
    assert.equal("placed", rig.ask(host, "buy", BTC))
    assert.is_string(host:reload_rule(1))
    assert.matches("^rule: the same bet", rig.ask(host, "buy", ETH, 3000))
  end)
end)
