-- The operator's halt: no order reaches the exchange after the reply, whatever kills the host,
-- until the operator says why it may go on.
local rig = require "rig"

local function no_new_orders(world, known, when)
  world:pass_market(60)
  for id in pairs((world:venue_orders())) do
    rig.check(known[id], "%s: order %s came to be", when, id)
  end
end

-- AC-E2 | real process | halt, kill -9, restart, SIGHUP | still halted with its reason until a
--   resume with one
-- AC-E1 | real process | halt over the socket in mid-trade | no order comes to be at the exchange
rig.scenario("halt", function(world)
  world:start_exchange()
  world:start_host()
  world:wait_trading(3)
  world:must("halt --reason 'wild fills'")
  local known = world:venue_orders()
  no_new_orders(world, known, "after the halt")

  world.host:kill()
  world:start_host()
  rig.poll("reconciled", function() return world:status().reconciled end)
  local status = world:status()
  rig.equal(status.state, "halted", "state after kill and restart")
  rig.equal(status.reason, "wild fills", "reason after kill and restart")
  rig.equal(status.state_by_operator, true, "state_by_operator after kill and restart")
  rig.contains(world:moongate("status -c CONFIG"), "halted", "the status screen")
  no_new_orders(world, known, "after kill and restart")

  local text, code = world:moongate("ctl -c CONFIG resume")
  rig.equal(code, 2, "code of resume without a reason")
  rig.contains(text, "reason", "resume without a reason")
  rig.equal(world:status().state, "halted", "state after resume without a reason")
  world.host:signal("HUP") -- a reload clears no latch either
  no_new_orders(world, known, "after SIGHUP")
  rig.equal(world:status().state, "halted", "state after SIGHUP")

  world:must("resume --reason 'fills were right'")
  rig.poll("new orders after resume", function()
    for id in pairs((world:venue_orders())) do
      if not known[id] then return true end
    end
  end)
  local said = {}
  for _, row in ipairs(world:journal("operator")) do said[#said + 1] = row.verb .. row.reason end
  rig.contains(table.concat(said, "\n"), "haltwild fills", "operator acts in the journal")
  rig.contains(table.concat(said, "\n"), "resumefills were right", "operator acts in the journal")
end)
