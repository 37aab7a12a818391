-- cancel-mine, cancel-all, halt of one strategy, reduce and flatten: what the operator wants gone
-- is gone at the exchange, and what was let alone stays.
local rig = require "rig"
local watcher = require "watcher"

local STRANGE = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

local function live_ids(world, words)
  local ids = {}
  for _, order in ipairs(world:must("orders --limit 200 " .. words)) do
    if order.live and order.state == "open" then ids[#ids + 1] = order.id end
  end
  return ids
end

local function wait_ids(world, words, count)
  return rig.poll(count .. " orders of " .. words, function()
    local ids = live_ids(world, words)
    return #ids >= count and ids
  end)
end

local function wait_gone(world, ids, what)
  return rig.poll(what, function()
    local orders = world:venue_orders()
    for _, id in ipairs(ids) do
      if orders[id].status == "OPEN" then return false end
    end
    return orders
  end)
end

local function cancel_mine(world)
  local kept, gone = wait_ids(world, "--strategy keeper", 2), wait_ids(world, "--strategy goner", 2)
  world:must("cancel-mine --strategy goner --reason test")
  wait_gone(world, gone, "cancels of one strategy's orders")
  gone = live_ids(world, "--product ETH-PERP-INTX")
  world:must("cancel-mine --product ETH-PERP-INTX")
  local orders = wait_gone(world, gone, "cancels of one product's orders")
  for _, id in ipairs(kept) do
    rig.equal(orders[id].status, "OPEN", "status of an order that was not meant")
  end
  watcher.place_strange(world, STRANGE, "BIP-20DEC30-CDE", "1")
  rig.poll("the stranger's order at the host", function()
    for _, id in ipairs(live_ids(world, "--product BIP-20DEC30-CDE")) do
      if id == STRANGE then return true end
    end
  end)
  world:must("cancel-mine")
  orders = wait_gone(world, kept, "cancels of all own orders")
  rig.equal(orders[STRANGE].status, "OPEN", "status of a stranger's order after cancel-mine")
end

local function cancel_all(world)
  local gone = wait_ids(world, "--strategy keeper", 2)
  gone[#gone + 1] = STRANGE
  world:must("cancel-all --reason 'the key leaked'")
  local orders = wait_gone(world, gone, "cancels of everybody's orders")
  rig.equal(orders[STRANGE].status, "CANCELLED", "status of a stranger's order after cancel-all")
end

local function halt_one(world)
  world:must("halt --strategy goner --reason 'this one'")
  local known = {}
  for _, order in ipairs(world:must("orders --strategy goner --limit 500")) do
    known[order.id] = true
  end
  local others = world:runner("quoter").intents
  rig.poll("the others to trade on",
           function() return world:runner("quoter").intents > others + 3 end)
  for _, order in ipairs(world:must("orders --strategy goner --limit 500")) do
    rig.check(known[order.id], "a halted strategy placed %s", order.id)
  end
  rig.equal(world:runner("goner").trading, "halted", "trading of the halted strategy")
  rig.equal(world:runner("quoter").trading, "active", "trading of the others")
end

local function is_flat(world)
  for _, product in ipairs(world:status().products) do
    if tonumber(product.position) ~= 0 or product.working > 0 then return false end
  end
  return true
end

local function flat_at_venue(world)
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  for line in io.lines(world.dir .. "/exchange.state") do
    local id, units = line:match("^position (%S+) (%-?%d+)")
    if id then rig.equal(units, "0", "position at the exchange in " .. id) end
  end
end

-- AC-E3 | real process | cancel-mine, cancel-all, halt of one, reduce, flatten | each does its own
--   and no more, seen at the exchange: a stranger's order is cancel-all's alone
rig.scenario("flatten", function(world)
  world:start_exchange()
  world:start_host(function(text)
    return rig.with_strategies(text, {
      world:still("keeper", '"BTC-cde", "ETH-cde"'), world:still("goner", '"BTC-intx", "ETH-intx"'),
      world:quoter()})
  end)
  cancel_mine(world)
  cancel_all(world)
  halt_one(world)
  rig.poll("a position", function()
    for _, product in ipairs(world:status().products) do
      if tonumber(product.position) ~= 0 then return true end
    end
  end)

  world:must("reduce --reason 'end of day'")
  rig.equal(world:status().state, "reducing", "state after reduce")
  world:must("flatten --reason 'end of day'")
  rig.poll("flat", function() return is_flat(world) end)
  local known = world:venue_orders()
  world:pass_market(60)
  for id in pairs((world:venue_orders())) do
    rig.check(known[id], "order %s came to be though nothing was left to reduce", id)
  end
  rig.equal(#world:venue_open(), 0, "open orders at the exchange")

  rig.equal(world.host:stop(), 0, "exit code of the host")
  flat_at_venue(world)
  world:compare_ledgers()
end)
