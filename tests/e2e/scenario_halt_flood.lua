-- A halt from each source under a strategy that orders as fast as it can. What counts is the order
-- of the journal's rows and the exchange's own record, not a time.
local cjson = require "cjson"
local rig = require "rig"

-- The rows of orders and of the account's latch, as they were written.
local function rows(world)
  local text, code = rig.shell(("sqlite3 -readonly %s/state/journal.db \"SELECT kind, body FROM " ..
    "records WHERE kind IN ('order', 'latch') ORDER BY n\""):format(world.dir))
  rig.check(code == 0, "journal: %s", text)
  local found = {}
  for kind, body in text:gmatch("(%a+)|([^\n]+)") do
    found[#found + 1] = {kind = kind, body = cjson.decode(body)}
  end
  return found
end

-- No order was decided on while halted; what was decided before and had not left is not there.
local function check(world, halts)
  local halted, seen, unsent, decided = false, 0, 0, {}
  local orders = world:venue_orders()
  for _, row in ipairs(rows(world)) do
    local body = row.body
    if row.kind == "latch" then
      if body.state == "halted" and not halted then seen = seen + 1 end
      halted = body.state == "halted"
    elseif body.state == "intended" then
      rig.check(not halted, "order %s was decided on after the halt's record", body.id)
      decided[body.id] = true
    elseif body.reason == "halted before it was sent" then
      unsent = unsent + 1
      rig.check(not orders[body.id], "order %s left though it was dropped by the halt", body.id)
    end
  end
  rig.equal(seen, halts, "halts in the journal")
  local count = 0
  for id in pairs(orders) do
    rig.check(decided[id], "order %s is at the exchange and was never decided on", id)
    count = count + 1
  end
  print(("halt_flood: %d orders at the exchange, %d dropped by the halts"):format(count, unsent))
end

local function intents(world) return world:status().runners[1].intents end

-- Orders leave at the pace of the limits, and many times more intents come for each.
local function flood(world)
  local orders, judged = world:status().counters.orders, intents(world)
  rig.poll("a flood", function()
    return world:status().counters.orders > orders + 30 and intents(world) > judged + 5000
  end)
end

-- Returns when the market has moved on and nothing came of it.
local function stands_still(world, how)
  rig.poll("halted " .. how, function() return world:status().state == "halted" end)
  local orders = world:status().counters.orders
  world:pass_market(60)
  rig.equal(world:status().counters.orders, orders, "orders decided on after " .. how)
  world:must("resume --reason 'the test goes on'")
end

-- AC-E1 | real process | halt by the socket, by SIGUSR1 and by the refused key, under a strategy
--   of 10,000 intents a second | none decided on after the halt's record, none that waited left
-- F71 | real process | halts with orders on their way | what had not left is dropped and never seen
rig.scenario("halt_flood", function(world)
  world:start_exchange{"--rate", "0"}
  world:start_host(function(text)
    text = rig.swap(text, "duplicate_window_ms = 250;", "duplicate_window_ms = 1;")
    text = rig.swap(text, "soft_deadline_ms = 50;", "soft_deadline_ms = 1000;")
    text = rig.swap(text, "hard_deadline_ms = 500;",
                    "hard_deadline_ms = 5000; max_intents_per_s = 15000;")
    return rig.with_strategies(text, {rig.strategy("flood", rig.source ..
      "/tests/e2e/scripts/flood.lua", '"BTC-cde", "ETH-cde"')})
  end)
  flood(world)
  world:must("halt --reason 'by the socket'")
  stands_still(world, "by the socket")
  flood(world)
  world.host:signal("USR1")
  stands_still(world, "by the signal")
  flood(world)
  print(("halt_flood: %d intents judged"):format(intents(world)))
  world:fault("POST /orders: status 401", "GET /orders/*: status 401")
  rig.check(world.host:wait() >= 3, "the host went on with a refused key")
  world:fault("clear")
  check(world, 3)
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
end)
