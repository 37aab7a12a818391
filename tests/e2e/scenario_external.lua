-- Somebody else trades the account by hand, the venue itself takes positions away, money leaves:
-- booked as they are, told, and what may follow is the config's word.
local rig = require "rig"
local PRODUCT = "BIP-20DEC30-CDE"

local function size_of(world, who)
  for _, row in ipairs(world:must("positions")) do
    if row.actor == who and row.product == PRODUCT then return tonumber(row.size) end
  end
  return 0
end

local function product(world, id)
  for _, row in ipairs(world:status().products) do
    if row.product == id then return row end
  end
end

local function start(world, policy)
  world:start_host(function(text)
    text = rig.swap(text, "cancel_on_stop = true;",
      'cancel_on_stop = true;\n  external_fills = "' .. policy .. '";')
    text = rig.swap(text, "balance_poll_ms = 10000", "balance_poll_ms = 2000")
    return rig.with_strategies(text, {world:still("keeper", '"ETH-cde"')})
  end)
  rig.poll("reconciled", function() return world:status().reconciled end)
end

-- A rule that does no harm counts the host's questions for fills. It puts them one after the other:
-- with the second the first was read, and that one was put after the trade.
local function by_the_next_look(world, trade)
  world:fault("GET /orders/historical/fills: delay 1ms")
  trade()
  local before = world:fired()[1]
  rig.poll("the looks after it", function() return world:fired()[1] >= before + 2 end)
  world:fault("clear")
end

-- From each fill at the exchange to the host's first row about its order, which a report may have
-- brought, and to that of the fill itself.
local function print_delays(world)
  local first, count, told_ms, booked_ms = {}, 0, 0, 0
  for _, fill in ipairs(world:journal("fill")) do
    local order = fill.venue_order_id
    first[order] = first[order] or fill.wall_ns
    if not fill.provisional then
      count = count + 1
      told_ms = math.max(told_ms, (first[order] - fill.venue_ns) / 1e6)
      booked_ms = math.max(booked_ms, (fill.wall_ns - fill.venue_ns) / 1e6)
    end
  end
  rig.check(count >= 3, "%d fills of others in the journal, wanted 3", count)
  print(("external: %d fills of others; the slowest was told of after %.0f ms and booked after " ..
    "%.0f ms"):format(count, told_ms, booked_ms))
end

local function manual(world, side, size, after)
  world:fault(("venue: order %s %d %s"):format(side, size, PRODUCT))
  rig.poll("the manual trade", function()
    return math.abs(size_of(world, "external") - after) < 1e-9
  end)
end

local function frozen(world)
  rig.poll("the freeze of the product", function() -- by its quantity it is known before its fill
    return product(world, PRODUCT).state == "reducing"
  end)
  rig.contains(product(world, PRODUCT).reason, "somebody else", "reason of the freeze")
  rig.equal(product(world, "ETP-20DEC30-CDE").state, "active", "state of another product")
  rig.equal(world:status().state, "active", "state of the account")
end

-- F44 | real process | a manual order fills, external_fills = alarm | booked as external, alarm,
--   trading goes on
-- F52 | real process | a manual order fills, external_fills = freeze | its product reduces only,
--   the others trade, until resumed
-- F54 | real process | the venue deleverages, external_fills = freeze | half the position gone,
--   booked as external, for nothing tells it from a trade by hand; the product reduces only
-- F53 | real process | 500 USD leave the account while it is flat | alarm: nothing explains them
-- F54 | real process | the venue liquidates the position | booked, alarm, the account reduces only
-- AC-A4 | real process | manual trades, a deleveraging, a liquidation | shown as external, at the
--   next look for fills (every 3 s) at the latest
rig.scenario("external", function(world)
  world:start_exchange()
  start(world, "alarm")
  by_the_next_look(world, function() world:fault("venue: order BUY 4 " .. PRODUCT) end)
  rig.equal(size_of(world, "external"), 0.04, "position of others at the next look for fills")
  rig.equal(product(world, PRODUCT).state, "active", "state of the product, policy alarm")
  rig.contains(world:log(), PRODUCT, "the alarm")
  rig.equal(world.host:stop(), 0, "exit code of the host")

  start(world, "freeze")
  manual(world, "SELL", 2, 0.02)
  frozen(world)
  world:must(("resume --product %s --reason 'it was me'"):format(PRODUCT))
  rig.equal(product(world, PRODUCT).state, "active", "state of the product after resume")

  world:fault("venue: deleverage " .. PRODUCT)
  rig.poll("the deleveraging", function()
    return math.abs(size_of(world, "external") - 0.01) < 1e-9
  end)
  frozen(world)

  world:fault("venue: liquidate " .. PRODUCT)
  rig.poll("the liquidation", function() return size_of(world, "external") == 0 end)
  rig.poll("the account to reduce only", function() return world:status().state == "reducing" end)
  rig.contains(world:status().reason, "liquidated", "reason after the liquidation")
  rig.contains(world:log(), "the venue liquidates a position", "the alarm")

  world:fault("clear")
  world:fault("GET /cfm/balance_summary: delay 1ms")
  rig.poll("two looks at the cash of a flat account", function() return world:fired()[1] >= 3 end)
  world:fault("venue: transfer -500")
  rig.poll("the alarm of the transfer", function()
    return world:log():find("500.00 USD went out that no fill, fee or funding explains", 1, true)
  end)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_fills()
  world:compare_positions()
  print_delays(world)
end)
