-- The whole path with one order on it at a time: frame readable -> script -> gate -> durable ->
-- order bytes written, over TLS against the loopback exchange, with the real programs at the tape's
-- own pace. Once as a machine comes, once with `keep_awake`.
--
--   export LUA_PATH="tests/e2e/?.lua;;"
--   lua5.4 tests/bench/path.lua MOONGATE EXCHANGE RUNNER SOURCE_DIR [SECONDS]
local rig = require "rig"
local seconds = arg[5] or "10"

-- One product, one strategy, no rules; Ed25519, so that the exchange's own check costs little.
local function quiet(text)
  text = text:gsub("\nrules = %(.-\n%);", "\nrules = ( );")
  text = text:gsub('\nproducts = %(.-\n  ({ asset = "BTC"; profile = "intx".-}),\n.-\n%);',
                   "\nproducts = ( %1 );")
  text = text:gsub("api%-key%-es256", "api-key-ed25519")
  return rig.with_strategies(text, {rig.strategy("pinger", rig.source .. "/tests/bench/pinger.lua",
                                                 '"BTC-intx"', "cancel", "")})
end

local function measure(world, what, change)
  local host = world:start_host(change)
  rig.poll("orders", function()
    local now = world:status()
    return now and now.reconciled and now.counters.orders > 20
  end)
  os.execute("sleep " .. seconds)
  local link = world:status().link
  for _, row in ipairs{{"tick_to_approved", "frame to approved"},
                       {"tick_to_order", "frame to bytes written"},
                       {"order_round_trip", "order round trip"}} do
    local at = link[row[1]]
    print(string.format("%-42s p50 %5d us  p99 %6d us  p99.9 %6d us  (%d orders)",
                        what .. row[2], at.p50_us, at.p99_us, at.p999_us, at.samples))
  end
  host:stop()
end

rig.scenario("bench", function(world)
  world:start_exchange{"--rate", "0"}
  measure(world, "", quiet)
  measure(world, "awake: ", function(text) return "keep_awake = true;\n" .. quiet(text) end)
end)
