-- Trades, reconciles, and leaves in order at SIGTERM: nothing of ours works at the exchange, both
-- ledgers agree, the journal is whole.
local rig = require "rig"

rig.scenario("trades", function(world)
  world:start_exchange()
  local host = world:start_host()
  world:wait_trading(5)
  local _, _ = world:must("reconcile")
  rig.poll("agreement", function() return world:status().reconciled end)
  rig.check(#world:venue_open() > 0, "nothing works at the exchange: the test tests nothing")

  rig.equal(host:stop(), 0, "exit code of the host")
  rig.equal(#world:venue_open(), 0, "own orders at the exchange after SIGTERM")
  local text, code = rig.moongate("verify " .. world.dir .. "/state")
  rig.equal(code, 0, "moongate verify")
  rig.contains(text, "whole", "moongate verify")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
