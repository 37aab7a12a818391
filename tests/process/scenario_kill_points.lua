-- A sample of scripts/kill-campaign: ten deaths at places that a seed chose.
local kill_points = require "kill_points"
local rig = require "rig"

-- AC-A1 | real process | kill -9 at ten sampled places: records written, on disk, marked; orders
--   before, after their send, answered | orders, fills, positions, PnL equal the exchange's after
--   each; nothing sent before reconciled, nothing twice
-- AC-A1 | real process | a script that wants to trade from its first view on, its positions kept
--   back by the venue | refused, and no order decided, until they are compared
-- F60 | real process | killed when an order is on disk and before its first byte leaves | UNKNOWN,
--   never sent late, ended by the exchange's lists alone
-- F61 | real process | killed behind the send, and behind the reply before it is journaled | found
--   by its client id, booked once
rig.scenario("kill_points", function(world)
  local result = kill_points.run(world, {seed = 7, kills = 10})
  rig.check(result.orders > 5, "%d orders: the test tests nothing", result.orders)
  print(kill_points.text(result))
end)
