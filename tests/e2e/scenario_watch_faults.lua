-- The host dies, and the venue or the watcher itself fails at that moment: its own orders are
-- cancelled all the same.
local rig = require "rig"
local watcher = require "watcher"

local PRODUCTS = '"BTC-cde", "BTC-intx", "ETH-cde", "ETH-intx"'
local LISTS, CANCELS = "GET /orders/historical/batch", "POST /orders/batch_cancel"

local function strategies(sections)
  return function(text) return rig.with_strategies(text, sections) end
end

local function wait_open(world, count)
  rig.poll(count .. " own orders", function() return #watcher.open(world) == count end)
end

local function clean(world, nth)
  local event = watcher.wait(world, "clean", nth)
  rig.equal(#watcher.open(world), 0, "own orders at the exchange")
  return event
end

-- AC-E4 | real process | every list of orders fails as the host dies | asked again and again, gone
--   when the venue is well
-- AC-E4 | real process | cancels lost before and after they are carried out, lists cut short |
--   asked again, gone
-- AC-E4 | real process | the watcher is killed, then the host, whose orders the venue has taken
--   and not opened yet; the watcher starts again | gone
rig.scenario("watch_faults", function(world)
  world:start_exchange{"--control", world.dir .. "/faults"}
  world:write_config(strategies{world:still("quiet", PRODUCTS, "keep")})
  world:start_host()
  watcher.start(world) -- after the host
  wait_open(world, 4)

  world:fault(LISTS .. ": html")
  world.host:kill()
  watcher.wait(world, "list_failed", 4)
  rig.equal(#watcher.events(world, "cancelled"), 0, "cancels without a list")
  world:fault("clear")
  rig.equal(clean(world, 1).cancelled, 4, "orders cancelled when the venue was well")

  world:start_host()
  wait_open(world, 4)
  world:fault("at 1st " .. CANCELS .. ": drop")
  world:fault("at 2nd " .. CANCELS .. ": status 503")
  world:fault("at 3rd " .. CANCELS .. ": accept-then-drop")
  world.host:kill()
  watcher.wait(world, "silent", 2)
  world:fault("next 2 " .. LISTS .. ": truncate")
  clean(world, 2)
  rig.check(#watcher.events(world, "cancel_unknown") >= 12, "cancels in doubt were not told")
  world:fault("clear")

  world:fault("venue: accept-time 60s")
  world:start_host()
  wait_open(world, 4)
  for _, id in ipairs((watcher.open(world))) do
    rig.equal(world:venue_orders()[id].status, "PENDING", "the state of an order")
  end
  world.watch:kill()
  world.host:kill()
  watcher.start(world)
  rig.equal(clean(world, 3).cancelled, 4, "orders cancelled by the watcher that came later")
  rig.equal(world.watch:stop(), 0, "exit code of the watcher")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
end)
