--- The session filter. The laboratory begins on Tuesday, 2023-11-14, 22:13:20 UTC: 17:13:20 in
-- New York, so a break is put there.
local rig = require "tests.lua.rule_rig"

describe("session", function()
  local host

  after_each(function() rig.stop(host) end)

  local function start(params, products)
    host = rig.start("risk_rules/session.lua", params, products)
  end

  it("refuses ahead of the break, in it and a while after", function()
    start({breaks = "tue 17:20-17:30", before = 60, after = 30}, {rig.BIP})
    assert.equal("placed", rig.ask(host, "buy", rig.BIP))
    host:advance(340)
    assert.matches("^rule: the venue's break begins in %d%d s$", rig.ask(host, "buy", rig.BIP))
    host:advance(70)
    assert.equal("rule: the venue's break", rig.ask(host, "buy", rig.BIP))
    host:advance(600)
    assert.matches("^rule: the venue's break ended %d+ s ago$", rig.ask(host, "buy", rig.BIP))
    host:advance(30)
    assert.equal("placed", rig.ask(host, "buy", rig.BIP))
  end)

  it("minds the products of its profile alone", function()
    start({breaks = "tue 17:00-18:00"}, {rig.BTC, rig.BIP})
    assert.equal("placed", rig.ask(host, "buy", rig.BTC))
    assert.equal("rule: the venue's break", rig.ask(host, "buy", rig.BIP))
    rig.stop(host)
    start({breaks = "tue 17:00-18:00", profile = "all"}, {rig.BTC})
    assert.equal("rule: the venue's break", rig.ask(host, "buy"))
  end)

  it("knows zones", function()
    start({breaks = "tue 22:00-23:00", zone = "utc"}, {rig.BIP})
    assert.equal("rule: the venue's break", rig.ask(host, "buy", rig.BIP))
  end)

  it("lets trade on a Tuesday by its defaults", function()
    start({}, {rig.BIP})
    assert.equal("placed", rig.ask(host, "buy", rig.BIP))
  end)

  it("refuses parameters that mean nothing", function()
    start({}, {rig.BIP})
    for _, params in ipairs{{breaks = "friday"}, {zone = "moon"}, {profile = "spot"}} do
      assert.has_error(function() rig.start("risk_rules/session.lua", params) end)
    end
  end)
end)
