--- Hours of trading. The laboratory begins on Tuesday, 2023-11-14, 22:13:20 UTC.
local rig = require "tests.lua.rule_rig"

describe("time_of_day", function()
  local host

  after_each(function() rig.stop(host) end)

  local function answer(hours, zone)
    if host then host:close() end
    host = rig.start("risk_rules/time_of_day.lua", {hours = hours, zone = zone})
    return rig.ask(host, "buy")
  end

  it("lets trade within its hours, and says when they begin", function()
    assert.equal("placed", answer("mon-fri 22:00-23:00"))
    assert.equal("rule: outside mon-fri 07:00-20:00; open again in 527 min",
      answer("mon-fri 07:00-20:00"))
    assert.equal("rule: outside wed 00:00-24:00; open again in 107 min",
      answer("wed 00:00-24:00"))
    assert.equal("placed", answer("mon 21:00-22:00, tue 21:00-23:00"))
    assert.equal("placed", answer("tue 22:00-02:00"))
    assert.equal("placed", answer("tue 17:00-18:00", "new_york"))
  end)

  it("opens and closes as time goes", function()
    assert.equal("placed", answer("tue 22:00-22:15"))
    host:advance(120)
    assert.matches("^rule: outside", rig.ask(host, "buy"))
  end)

  it("never stands in the way of reducing", function()
    assert.equal("placed", answer("tue 22:00-22:15"))
    host:advance(120)
    assert.equal("placed", rig.ask(host, "sell"))
    assert.equal("0", host:position(rig.BTC).size)
  end)
end)
