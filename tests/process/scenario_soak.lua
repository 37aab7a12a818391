-- A short form of what scripts/soak does for hours.
local rig = require "rig"
local soak = require "soak"

-- AC-J1 | real process | 45 s at tape speed with sixty reloads | no zombie, runners and
--   descriptors as at the beginning
rig.scenario("soak", function(world)
  print(soak.run(world, {seconds = 45, reloads = 60, csv = world.dir .. "/samples.csv"}))
end)
