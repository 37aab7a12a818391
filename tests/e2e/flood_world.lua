-- A host under scripts/flood.lua, ten thousand intents a second, and what is waited for in it.
--
--   local flood = require "flood_world"
--   world:start_host(flood.config)
--   flood.wait(world)                       intents are judged and orders leave
--   flood.wait_halted(world, "by the socket")   the market moves on and nothing comes of it
--   flood.resume(world)
local rig = require "rig"

local flood = {}

function flood.config(text)
  text = rig.swap(text, "duplicate_window_ms = 250;", "duplicate_window_ms = 1;")
  text = rig.swap(text, "hard_deadline_ms = 30000;",
                  "hard_deadline_ms = 30000; max_intents_per_s = 15000;")
  return rig.with_strategies(text, {rig.strategy("flood", rig.source ..
    "/tests/e2e/scripts/flood.lua", '"BTC-cde", "ETH-cde"')})
end

function flood.intents(world) return world:status().runners[1].intents end

-- Orders leave at the pace of the limits, and many times more intents come for each.
function flood.wait(world)
  local orders, judged = world:status().counters.orders, flood.intents(world)
  rig.poll("a flood", function()
    return world:status().counters.orders > orders + 30 and flood.intents(world) > judged + 5000
  end)
end

-- Returns when the market has moved on and nothing came of it.
function flood.wait_halted(world, how)
  rig.poll("halted " .. how, function() return world:status().state == "halted" end)
  local orders = world:status().counters.orders
  world:pass_market(60)
  rig.equal(world:status().counters.orders, orders, "orders decided on after " .. how)
end

function flood.resume(world) world:must("resume --reason 'the test goes on'") end

return flood
