-- A host that is killed or stands still: the watcher beside it takes the host's own orders back,
-- and nobody else's; the host finds out when it is there again.
local rig = require "rig"
local watcher = require "watcher"

local PRODUCTS = '"BTC-cde", "BTC-intx", "ETH-cde", "ETH-intx"'

local function own_orders(world, count)
  rig.poll("own orders at the exchange", function() return #watcher.open(world) == count end)
end

-- Each own order that works at the exchange works at the host, and none besides.
local function same_orders(world)
  local ours = {}
  for _, order in ipairs(world:must("orders --limit 500")) do
    if order.live and order.actor ~= "external" then ours[order.id] = true end
  end
  for _, id in ipairs((watcher.open(world))) do
    if not ours[id] then return false end
    ours[id] = nil
  end
  return next(ours) == nil
end

local function agree(world, count)
  own_orders(world, count)
  rig.poll("the same orders at host and exchange", function()
    return world:status().reconciled and same_orders(world)
  end)
end

-- Milliseconds since 1970 of an event of the watcher's, or of now.
local function at_ms(event)
  return tonumber((rig.shell(("date -d '%s' +%%s%%3N"):format(event and event.at or "now"))))
end

local function strangers_stand(world)
  local _, others = watcher.open(world)
  rig.equal(table.concat(others, " "), "7c9e6679-7425-40de-944b-e07fc1f90ae7 by-hand",
            "orders of others")
end

-- AC-E4 | real process | kill -9 of the host with orders working | its own orders are cancelled,
--   others' stand; the next start tells of it, reconciles and trades
-- AC-E4 | real process | SIGSTOP of the host, SIGCONT after the cancels | it learns of them and
--   places anew, no order twice
-- AC-E4 | real process | a stop that keeps its orders | they are left alone
rig.scenario("watch", function(world)
  world:start_exchange()
  world:write_config(function(text)
    text = rig.swap(text, "cancel_on_stop = true", "cancel_on_stop = false")
    return rig.with_strategies(text, {world:still("quiet", PRODUCTS, "keep")})
  end)
  watcher.start(world) -- before any host
  rig.equal(watcher.run(world):wait(), 1, "exit code of a second watcher")
  world:start_host()
  watcher.place_strange(world, "7c9e6679-7425-40de-944b-e07fc1f90ae7", "BIP-20DEC30-CDE", "1")
  watcher.place_strange(world, "by-hand", "BTC-PERP-INTX", "0.01")
  agree(world, 4)

  local killed_ms = at_ms()
  world.host:kill()
  local clean = watcher.wait(world, "clean")
  rig.equal(clean.cancelled, 4, "cancelled after the kill")
  own_orders(world, 0)
  local last = watcher.events(world, "cancelled")[4]
  print(("watch: from the kill to the last cancel %d ms, to two lists that show none %d ms"):format(
    at_ms(last) - killed_ms, at_ms(clean) - killed_ms))
  strangers_stand(world)
  world:start_host()
  rig.contains(world:log(), "moongate-watch cancelled 4 own orders", "log of the host")
  agree(world, 4)

  world.host:signal("STOP")
  rig.equal(watcher.wait(world, "clean", 2).cancelled, 4, "cancelled while it stood still")
  own_orders(world, 0)
  world.host:signal("CONT")
  watcher.wait(world, "heard_again", 2)
  agree(world, 4)
  strangers_stand(world)

  rig.equal(world.host:stop(), 0, "exit code of the host")
  watcher.wait(world, "stopped")
  own_orders(world, 4)
  rig.equal(#watcher.events(world, "cancelled"), 8, "cancels in all")
  rig.equal(world.watch:stop(), 0, "exit code of the watcher")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
end)
