-- What the host cannot resolve by itself, and the operator's verbs on it: typed ids, reasons, and
-- refusals that say what to do instead.
local rig = require "rig"

local function start(world)
  world:start_host(function(text)
    text = rig.swap(text, 'unknown_own_orders = "cancel";', 'unknown_own_orders = "adopt";')
    return rig.with_strategies(text, {world:still("keeper", '"BTC-cde"')})
  end)
end

local function refused(world, words, code, ...)
  local text, got = world:moongate("ctl -c CONFIG " .. words)
  rig.equal(got, code, "code of " .. words)
  for _, part in ipairs{...} do rig.contains(text, part, words) end
end

-- The first row of that verb that fits, once there is one.
local function first(world, verb, what, fits)
  return rig.poll(what, function()
    for _, row in ipairs(world:must(verb)) do
      if fits(row) then return row end
    end
  end)
end

local function is_open(row) return row.state == "open" end
local function kind(name) return function(row) return row.kind == name end end

-- The venue answers a create with the account's first order.
local function an_old_order(world)
  local old = first(world, "orders", "an open order", is_open)
  refused(world, "drop " .. old.id, 2, "--reason")
  refused(world, "drop " .. old.id .. " --reason lost", 1, "only what is unknown", "cancel it")
  refused(world, "cancel 00000000-0000-4000-8000-000000000000", 1, "no order has that id", "parked")
  refused(world, "adopt " .. old.id, 1, "it has an owner")
  world:fault("next 1 POST /orders: old-order")
  world:must("cancel " .. old.id .. " --reason test")
  local lost = first(world, "orders", "an order in doubt", function(row)
    return row.state == "unknown"
  end)
  rig.check(lost.id ~= old.id, "the old order was taken for the new one")
  world:must("drop " .. lost.id .. " --reason 'the venue does not have it'")
  rig.check(not world:venue_orders()[lost.id], "the exchange has the dropped order")
  refused(world, "drop " .. lost.id .. " --reason again", 1, "it has ended")
  first(world, "orders", "the next order", is_open)
end

-- Two orders of one client id: both go, and the story stays in the journal.
local function a_twin(world)
  world:fault("next 1 POST /orders: twice")
  world:must("cancel " .. first(world, "orders", "an open order", is_open).id)
  rig.poll("a collision in the journal", function()
    for _, row in ipairs(world:journal("parked")) do
      if row.kind == "collision" then return true end
    end
  end)
  rig.poll("the end of both", function() return #world:must("parked") == 0 end)
end

local function anothers(world)
  world:fault("venue: order BUY 1 BIP-20DEC30-CDE 50000", "venue: order BUY 1 ETP-20DEC30-CDE 1000")
  local foreign = first(world, "parked", "a parked order of another's", function(row)
    return row.kind == "external" and row.product == "ETP-20DEC30-CDE"
  end)
  refused(world, "drop " .. foreign.venue_id .. " --reason x", 1, "only what is unknown")
  refused(world, "adopt " .. foreign.venue_id .. " --strategy keeper", 1, "may not trade")
  world:must("adopt " .. foreign.venue_id)
  world:must("cancel " .. foreign.venue_id .. " --reason 'not wanted'")
  rig.poll("its end", function()
    for _, row in ipairs(world:must("orders")) do
      if row.venue_id == foreign.venue_id then return not row.live end
    end
  end)
  world:must("cancel " .. first(world, "parked", "the other one", kind "external").venue_id)
  rig.poll("an empty list", function() return #world:must("parked") == 0 end)
end

-- The journal is gone, the orders are not.
local function own_without_a_journal(world)
  local order = first(world, "orders", "an open order", is_open)
  world.host:kill()
  os.execute("rm -rf " .. rig.quote(world.dir .. "/state"))
  start(world)
  local row = first(world, "parked", "an own order without a journal", kind "own_unknown")
  rig.equal(row.id, order.id, "client id of the parked order")
  world:must("adopt " .. row.id .. " --strategy keeper --reason 'journal lost'")
  rig.equal(#world:must("parked"), 0, "parked orders after adoption")
  rig.equal(first(world, "orders", "the adopted order", function(seen)
    return seen.id == row.id
  end).actor, "keeper", "owner of the adopted order")
  world:must("cancel-mine --strategy keeper")
  first(world, "orders", "its cancel", function(seen)
    return seen.id == row.id and not seen.live
  end)
end

-- F13 | real process | the venue answers a create with an old order of the account | in doubt,
--   never taken for the old one; ended by drop with a reason
-- AC-C3 | real process | a create makes two orders of one client id | parked, both cancelled
-- F51 | real process | own orders at the venue, the journal gone | parked, adopted by the operator
-- F44 | real process | orders of another's | parked; adopted, cancelled by their venue ids
rig.scenario("parked", function(world)
  world:start_exchange{"--rate", "0"}
  start(world)
  an_old_order(world)
  a_twin(world)
  anothers(world)
  own_without_a_journal(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
end)
