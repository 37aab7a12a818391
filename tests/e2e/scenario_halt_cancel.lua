-- `halt --cancel` against a venue that will not cancel: the command says so by its exit code while
-- own orders stand, the host goes on by itself, and one that is done ends with 0.
local rig = require "rig"

local function wait_open(world, count)
  rig.poll(count .. " open orders", function() return #world:venue_open() >= count end)
end

local function start(world)
  world:start_exchange{"--rate", "0"}
  world:start_host(function(text)
    return rig.with_strategies(text, {world:still("keeper", '"BTC-cde", "ETH-cde"')})
  end)
  wait_open(world, 2)
end

local function refused_while_they_stand(world)
  world:fault("POST /orders/batch_cancel: status 503")
  local text, code = world:moongate("ctl -c CONFIG halt --cancel --reason 'out of here'")
  rig.equal(code, 1, "code of halt --cancel while the venue refuses cancels")
  rig.contains(text, "own orders may still be live", "what halt --cancel says")
  rig.contains(text, "until the venue shows none", "what it says while it waits")
  rig.equal(world:status().state, "halted", "state while own orders stand")
  rig.check(#world:venue_open() > 0, "the exchange cancelled what it refused to")
  local tries = world:fired()[1]
  rig.poll("further tries to cancel", function() return world:fired()[1] > tries end)
end

local function done_in_the_end(world)
  world:fault("clear")
  rig.poll("cancels by the host itself", function() return #world:venue_open() == 0 end)
  local _, text = world:must("halt --cancel --reason 'once more'")
  rig.contains(text, "the venue shows none of our orders", "what halt --cancel says when done")
end

-- The venue takes the cancel and lets the order work on: no answer before its end.
local function acknowledged_is_not_gone(world)
  world:must("resume --reason 'on with it'")
  wait_open(world, 2)
  world:fault("venue: cancel-time 4s")
  world:must("halt --cancel --reason 'and out'")
  rig.equal(#world:venue_open(), 0, "open orders at the exchange when halt --cancel has ended")
  world:fault("clear")
end

-- An earlier run's orders stand; books, marks, positions, the balance: nothing can be had.
local function needs_no_figures(world)
  world:must("resume --reason 'again'")
  wait_open(world, 2)
  world.host:kill()
  world:fault("connect: close", "GET /cfm/*: status 503", "GET /intx/*: status 503",
    "GET /accounts: status 503")
  world:start_host()
  local now = world:status()
  rig.check(not now.market_up and not now.user_up, "a stream is up though it is refused")
  world:must("halt --cancel --reason blind")
  rig.equal(#world:venue_open(), 0, "open orders after a halt without feeds and figures")
  rig.equal(world:status().state, "halted", "state after a halt without feeds and figures")
  world:fault("clear")
end

-- AC-E3 | real process | halt --cancel while the venue refuses cancels | exit code 1, halted,
--   tried again by itself, 0 once the venue shows none
-- F71 | real process | halt with orders at work that the venue will not cancel | latched, cancelled
--   and verified in the end
-- F42 | real process | halt --cancel, cancels acknowledged and not done for 4 s | answered when
--   they are gone
-- AC-E5 | real process | no stream, no positions, no balance at start | halt --cancel works
rig.scenario("halt_cancel", function(world)
  start(world)
  refused_while_they_stand(world)
  done_in_the_end(world)
  acknowledged_is_not_gone(world)
  needs_no_figures(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
