-- What scripts/soak runs.
local rig = require "rig"
local soak = require "soak"

rig.scenario("soak", function(world)
  print(soak.run(world, {seconds = tonumber(os.getenv("SOAK_SECONDS")),
    reloads = tonumber(os.getenv("SOAK_RELOADS")), csv = os.getenv("SOAK_CSV")}))
end)
