--- A strategy that loses is paused.
local rig = require "tests.lua.rule_rig"

describe("loss_streak", function()
  local host

  after_each(function() rig.stop(host) end)

  local function start(params)
    host = rig.start("risk_rules/loss_streak.lua", params)
  end

  --- Buys at `from` and sells at `to`: "placed" when the buy was let through.
  local function trade(from, to)
    local answer = rig.ask(host, "buy", rig.BTC, from)
    host:advance(1)
    if answer == "placed" then
      assert.equal("placed", rig.ask(host, "sell", rig.BTC, to))
      host:advance(1)
      assert.equal("0", host:position(rig.BTC).size)
    end
    return answer
  end

  it("pauses after so many losses in a row, and then counts anew", function()
    start{losses = 2, pause = 60}
    assert.equal("placed", trade(61500, 61400))
    assert.equal("placed", trade(61500, 61400))
    assert.matches("^rule: 2 losses in a row; a pause of another 60 s$", trade(61500, 61600))
    host:advance(50)
    assert.matches("^rule: 2 losses in a row", trade(61500, 61600))
    host:advance(10)
    assert.equal("placed", trade(61500, 61400))
    assert.equal("placed", trade(61500, 61400))
    assert.matches("^rule: 2 losses in a row", trade(61500, 61600))
  end)

  it("a win ends the streak", function()
    start{losses = 2, pause = 60}
    for _ = 1, 4 do
      assert.equal("placed", trade(61500, 61400))
      assert.equal("placed", trade(61500, 61600))
    end
  end)

  it("counts the fees: a gain that does not pay for them is a loss", function()
    start{losses = 1, pause = 60}
    rig.stop(host)
    host = require("moongate_lab").new{text = "return {\n}", products = {rig.BTC},
      fee_taker = "0.001", limits = {stale_after = 900},
      rules = {{script = "risk_rules/loss_streak.lua", params = {losses = 1, pause = 60}}}}
    assert.equal("placed", trade(61500, 61520)) -- 1.8 won, 12.3 paid
    assert.matches("^rule: 1 losses", trade(61500, 61520))
  end)

  it("keeps the streak and the pause over a reload, which must not loosen it", function()
    start{losses = 2, pause = 60}
    trade(61500, 61400)
    assert.is_string(host:reload_rule(1))
    trade(61500, 61400)
    assert.matches("^rule: 2 losses", trade(61500, 61600))
    assert.is_string(host:reload_rule(1))
    assert.matches("^rule: 2 losses", trade(61500, 61600))
  end)

  it("refuses parameters that mean nothing", function()
    start{}
    assert.has_error(function() rig.start("risk_rules/loss_streak.lua", {losses = 0}) end)
    assert.has_error(function() rig.start("risk_rules/loss_streak.lua", {losses = 1.5}) end)
  end)
end)
