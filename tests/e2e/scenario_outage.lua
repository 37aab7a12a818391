-- The exchange goes away and comes back: meanwhile books are stale and nothing opens, then the host
-- reconciles by itself and trades on.
local rig = require "rig"

local function books_are(world, valid)
  for _, product in ipairs(world:status().products) do
    if product.book_valid ~= valid then return false end
  end
  return true
end

-- F23 | real process | the exchange stops and comes back | books stale, nothing opens, trades on
--   by itself
-- F26 | real process | connections refused until the exchange is back | signed in, subscribed and
--   compared anew
rig.scenario("outage", function(world)
  world:start_exchange()
  world:start_host()
  world:wait_trading(2)
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  rig.poll("news of the outage", function()
    local now = world:status()
    return not now.market_up and not now.user_up and not now.reconciled
  end)
  rig.poll("stale books", function() return books_are(world, false) end)
  local orders = world:status().counters.orders
  for _ = 1, 20 do
    rig.equal(world:status().counters.orders, orders, "orders decided on during the outage")
    rig.nap()
  end

  world:start_exchange()
  rig.poll("recovery", function()
    local now = world:status()
    return now.market_up and now.user_up and now.reconciled and books_are(world, true)
  end)
  rig.equal(world:status().state, "active", "state after the outage")
  rig.poll("orders after the outage",
           function() return world:status().counters.orders > orders end)
  local unknown = world:status().unknown
  rig.equal(unknown, 0, "orders in doubt after the outage")
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(#world:venue_open(), 0, "own orders at the exchange after SIGTERM")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
