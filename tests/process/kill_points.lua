-- A run of scripted orders in which the host is killed again and again, each time at a chosen place
-- of a record's or an order's way: before it is written, written, on disk, marked, before it is
-- sent, sent, answered. After each death the next host must come to what the exchange holds before
-- it sends anything; then it trades on until it is killed at the next place.
--
--   kill_points.run(world, {seed = 1, kills = 10})         CI: a sample
--   kill_points.run(world, {seed = 1, orders = 500})       until the exchange has had 500 orders
--   ... {seed = 1, orders = 500, every = true}            each life ends at its first place: no
--                                                          record and no order passes by unhurt
local hurt = require "hurt"
local rig = require "rig"

local kill_points = {}

local BLOCKED = 3 -- UNKNOWN orders block their sides; past this many they are seen to their end

-- Where the host is to die next: a place, and how often it is passed before.
local function arm(world, random, places, most)
  local point, passes = hurt.POINTS[random(places)], random(most)
  hurt.kill_at(world, point, passes)
  return point
end

local function come_to_rest(world)
  hurt.wait_reconciled(world)
  hurt.agree(world)
  if hurt.status(world).unknown >= BLOCKED then
    hurt.settle(world)
    hurt.agree(world)
  end
  -- One that is starting is not reloaded.
  rig.poll("the script", function() return world:runner("orders").life == "ready" end)
end

-- Starts the host; in a fifth of the lives it may die before it is at rest. True: at rest.
local function rise(world, random, tried)
  if random(5) > 1 then
    hurt.start(world)
    come_to_rest(world)
    return true
  end
  local point = arm(world, random, 4, 10)
  hurt.run(world)
  rig.poll("death at " .. point .. " or rest", function()
    local status = not world.host:code() and world:status()
    return world.host:code() or status and status.reconciled
  end)
  hurt.kill_at(world, point, 0)
  local rested, why = pcall(come_to_rest, world)
  if rested then return true end
  -- It died, or its death was on the way already when it was called off.
  rig.check(world.host:code() == 137, "%s", why)
  tried[point] = (tried[point] or 0) + 1
  return false
end

-- One life, from the start of the host to its death. Until it agrees with the exchange its script
-- places nothing; the script is swapped when death is already waiting.
local function live(world, random, tried, every)
  hurt.write_script(world, false)
  if not rise(world, random, tried) then return end
  local point = arm(world, random, #hurt.POINTS, every and 1 or 8)
  hurt.write_script(world, true)
  world.host:signal("HUP")
  rig.poll("death at " .. point, function() return world.host:code() end)
  rig.equal(world.host:code(), 137, "code of a host that was to die at " .. point)
  tried[point] = (tried[point] or 0) + 1
end

-- A life whose script wants to trade from its first view on, while the venue keeps back what the
-- host has to compare until a wish was refused for that alone: all else that the gate wants is
-- there. Its journal, as every life's, is looked at by hurt.agree: no order was decided before.
local function live_eager(world)
  hurt.write_script(world, true)
  world:fault("GET /cfm/positions: html")
  hurt.start(world)
  rig.poll("a wish refused before it is reconciled", function()
    local refused = false
    for _, row in ipairs(hurt.rows(world, "'boot','refusal'")) do
      refused = row.kind == "refusal" and (refused or row.body.code == "health")
    end
    return refused
  end)
  world:fault("clear")
  hurt.wait_reconciled(world)
  hurt.write_script(world, false)
  world.host:signal("HUP")
  hurt.settle(world)
  hurt.agree(world)
  world.host:kill()
end

-- Kills, orders, fills, and how often each place was died at.
function kill_points.run(world, options)
  local seed = options.seed
  local function random(most) -- the same everywhere, whatever Lua's own generator does
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % most + 1
  end
  local tried, kills = {}, 0
  local exchange
  world:start_exchange{"--rate", "0", "--control", world.dir .. "/faults"}
  world:write_config(hurt.orders_config(world))
  repeat
    live(world, random, tried, options.every)
    kills = kills + 1
    exchange = hurt.read_exchange(world)
  until options.kills and kills >= options.kills or
    options.orders and exchange.order_count >= options.orders
  live_eager(world)
  hurt.write_script(world, false)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.settle(world)
  hurt.agree(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(#world:venue_open(), 0, "own orders at the exchange after SIGTERM")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
  exchange = hurt.read_exchange(world)
  return {kills = kills, orders = exchange.order_count, fills = exchange.fill_count, tried = tried}
end

function kill_points.text(result)
  local places = {}
  for _, point in ipairs(hurt.POINTS) do
    places[#places + 1] = ("%s %d"):format(point, result.tried[point] or 0)
  end
  return ("%d kills (%s), %d orders, %d fills, 0 duplicates, 0 sent before reconciled, host and " ..
    "exchange equal after each"):format(result.kills, table.concat(places, ", "), result.orders,
                                       result.fills)
end

return kill_points
