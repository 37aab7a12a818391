--- Around the hour of funding. The laboratory begins at 22:13:20 UTC: 800 s past the hour.
local rig = require "tests.lua.rule_rig"

describe("funding_window", function()
  local host

  after_each(function() rig.stop(host) end)

  it("refuses just before and just after the settlement", function()
    host = rig.start("risk_rules/funding_window.lua", {before = 60, after = 15})
    host:advance(2700)
    assert.equal("placed", rig.ask(host, "buy"))
    host:advance(60)
    assert.matches("^rule: funding is settled in %d%d s$", rig.ask(host, "buy"))
    host:advance(43)
    assert.matches("^rule: funding was settled %d s ago$", rig.ask(host, "buy"))
    host:advance(15)
    assert.equal("placed", rig.ask(host, "buy"))
    assert.same({"asked 2, refused 1: before 1"}, rig.said(host))
  end)

  it("refuses windows that leave no time", function()
    host = rig.start("risk_rules/funding_window.lua", {})
    assert.has_error(function()
      rig.start("risk_rules/funding_window.lua", {interval = 60, before = 50, after = 10})
    end)
  end)
end)
