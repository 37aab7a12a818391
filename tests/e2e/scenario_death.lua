-- kill -9 of a runner: its orders stay or go as its config says, it comes back and finds them, and
-- the others never notice.
local rig = require "rig"

local function live_ids(world, strategy)
  local ids = {}
  for _, order in ipairs(world:must("orders --strategy " .. strategy .. " --limit 100")) do
    if order.live and order.state == "open" then ids[#ids + 1] = order.id end
  end
  table.sort(ids)
  return ids
end

local function two_orders(world, strategy)
  return rig.poll("two orders of " .. strategy, function()
    local ids = live_ids(world, strategy)
    return #ids == 2 and ids
  end)
end

local function kill_runner(world, name)
  local old = world:runner(name)
  os.execute(string.format("kill -KILL %d", old.pid))
  rig.poll("restart of " .. name, function()
    local now = world:runner(name)
    return now.life == "ready" and now.pid ~= old.pid and now.generation > old.generation
  end)
end

-- F62 | real process | kill -9 of runners and of a rule | orders kept or cancelled as configured,
--   the others trade on
rig.scenario("death", function(world)
  world:start_exchange()
  world:start_host(function(text)
    return rig.with_strategies(text, {
      world:still("keeper", '"BTC-cde", "ETH-cde"', "keep"),
      world:still("goner", '"BTC-intx", "ETH-intx"', "cancel"),
      world:quoter('"ETH-cde", "BTC-intx"')})
  end)
  local kept, gone = two_orders(world, "keeper"), two_orders(world, "goner")
  local quoter = world:runner("quoter")

  kill_runner(world, "keeper")
  world:pass_market(40)
  rig.equal(table.concat(live_ids(world, "keeper"), " "), table.concat(kept, " "),
            "orders of a strategy with on_death = keep")

  kill_runner(world, "goner")
  local venue = rig.poll("cancels of a dead strategy's orders", function()
    local orders = world:venue_orders()
    return orders[gone[1]].status == "CANCELLED" and orders[gone[2]].status == "CANCELLED" and
      orders
  end)
  for _, id in ipairs(kept) do
    rig.equal(venue[id].status, "OPEN", "status of an order that another strategy holds")
  end
  two_orders(world, "goner")

  local now = world:runner("quoter")
  rig.equal(now.pid, quoter.pid, "process of the strategy that was let alone")
  rig.poll("the others to trade on",
           function() return world:runner("quoter").intents > quoter.intents + 3 end)

  -- A rule that dies refuses what opens until it is back.
  kill_runner(world, "cooldown")
  local orders = world:status().counters.orders
  rig.poll("orders after the rule came back",
           function() return world:status().counters.orders > orders end)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
