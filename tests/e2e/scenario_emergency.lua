-- The key is revoked under a host that trades: halted for good, cancels tried, verified, and the
-- exit code says what came of it; still halted at the next start, until a person says why not.
local rig = require "rig"

local function start(world)
  world:start_host(function(text)
    return rig.with_strategies(text, {world:still("keeper", '"BTC-cde", "ETH-cde"'),
      world:quoter('"BTC-intx"')})
  end)
  world:wait_trading(1)
end

local function still_halted(world, what)
  world:start_host(function(text) return text end)
  local status = rig.poll("reconciled " .. what, function()
    local now = world:status()
    return now and now.reconciled and now
  end)
  rig.equal(status.state, "halted", "state " .. what)
  rig.contains(status.reason, "key", "reason " .. what)
  local known = world:venue_orders()
  world:pass_market(40)
  for id in pairs((world:venue_orders())) do
    rig.check(known[id], "order %s came to be %s", id, what)
  end
end

-- F67 | real process | the key is revoked at the venue: 401 for all, cancels too | alarm, halted,
--   cancels tried, exit code 4, still halted at the next start
-- F67 | real process | 401 for creates alone | exit code 3: own orders are gone, as the venue's
--   list shows
-- AC-E2 | real process | start after an emergency | halted until resume with a reason
rig.scenario("emergency", function(world)
  world:start_exchange{"--rate", "0"}
  start(world)
  world:fault("POST /orders/batch_cancel: status 401", "ANY *: status 401")
  rig.equal(world.host:wait(), 4, "exit code with cancels refused as well")
  rig.contains(world:log(), "emergency shutdown", "the log")
  rig.check(world:fired()[1] > 0, "no cancel was tried")
  world:fault("clear")
  rig.check(#world:venue_open() > 0, "orders went though every cancel was refused")
  still_halted(world, "after exit code 4")

  world:must("resume --reason 'the key is good again'")
  world:wait_trading(1)
  world:fault("POST /orders: status 401")
  rig.equal(world.host:wait(), 3, "exit code with cancels and lists at work")
  rig.equal(#world:venue_open(), 0, "open orders after exit code 3")
  world:fault("clear")
  still_halted(world, "after exit code 3")
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
