-- One round of scripts/kill-campaign.
local kill_points = require "kill_points"
local rig = require "rig"

local seed, orders = tonumber(os.getenv("KILL_SEED")), tonumber(os.getenv("KILL_ORDERS"))

rig.scenario("seed " .. seed, function(world)
  print(kill_points.text(kill_points.run(world, {seed = seed, orders = orders,
    every = os.getenv("KILL_EVERY") == "1"})))
end)
