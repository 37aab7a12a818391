-- A halt from each source under a strategy that orders as fast as it can. What counts is the order
-- of the journal's rows and the exchange's own record, not a time.
local cjson = require "cjson"
local rig = require "rig"
local flood = require "flood_world"

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

-- AC-E1 | real process | halt by the socket, by SIGUSR1, by a file and by the refused key, under a
--   strategy of 10,000 intents a second | none decided on after the halt's record, none that waited
--   left
-- F71 | real process | halts with orders on their way | what had not left is dropped and never seen
rig.scenario("halt_flood", function(world)
  world:start_exchange{"--rate", "0"}
  world:start_host(flood.config)
  flood.wait(world)
  world:must("halt --reason 'by the socket'")
  flood.wait_halted(world, "by the socket")
  flood.resume(world)
  flood.wait(world)
  world.host:signal("USR1")
  flood.wait_halted(world, "by the signal")
  flood.resume(world)
  flood.wait(world)
  rig.write(world.dir .. "/state/HALT", "")
  flood.wait_halted(world, "by the file")
  world:must("resume --reason 'though the file is there'")
  flood.wait_halted(world, "by the file that is still there")
  os.remove(world.dir .. "/state/HALT")
  flood.resume(world)
  flood.wait(world)
  print(("halt_flood: %d intents judged"):format(flood.intents(world)))
  world:fault("POST /orders: status 401", "GET /orders/*: status 401")
  rig.check(world.host:wait() >= 3, "the host went on with a refused key")
  world:fault("clear")
  check(world, 5)
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
end)
