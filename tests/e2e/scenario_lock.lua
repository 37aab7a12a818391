-- A second daemon on the same state directory refuses, says why, and leaves the first alone.
local rig = require "rig"

-- F65 | real process | a second daemon on the state directory | refuses and says why, the first
--   trades on; in the end both ledgers are the same, nothing twice
rig.scenario("lock", function(world)
  world:start_exchange()
  local first = world:start_host()
  world:wait_trading(1)
  local second = world:run_host()
  rig.check(second:wait() ~= 0, "the second daemon ended with 0")
  local last = world:log():match("([^\n]*)\n$")
  rig.contains(last, "another", "what the second daemon says")
  rig.contains(last, world.dir .. "/state", "what the second daemon says")
  world.host = first
  world:wait_trading(2)
  rig.equal(first:stop(), 0, "exit code of the first daemon")
  local _, code = rig.moongate("verify " .. world.dir .. "/state")
  rig.equal(code, 0, "moongate verify")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
