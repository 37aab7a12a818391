-- kill -9 in mid-trade, three times: the host comes back, reconciles before it sends anything, and
-- has neither lost nor doubled a fill or an order.
local rig = require "rig"

-- Of this boot, no order was decided before orders, fills and positions were seen to agree.
local function sends_after_reconciling(world)
  local text = rig.shell(string.format(
    "sqlite3 -readonly %s/state/journal.db \"SELECT kind || ' ' || body FROM records " ..
    "WHERE kind IN ('boot','reconcile','order') ORDER BY n\"", world.dir))
  local agreed, boots, known = false, 0, {}
  for line in text:gmatch("[^\n]+") do
    local kind, id = line:match("^%S+"), line:match('"id":"([^"]+)"')
    if kind == "boot" then
      agreed, boots = false, boots + 1
    elseif kind == "reconcile" then
      agreed = agreed or line:find('"agreed":true', 1, true) ~= nil
    elseif not known[id] then
      rig.check(agreed, "boot %d decided on order %s before it was reconciled", boots, id)
      known[id] = true
    end
  end
  rig.equal(boots, 4, "boots in the journal")
end

-- F61 | real process | kill -9 in mid-trade, three times | nothing decided before reconciled, no
--   order or fill lost or doubled
rig.scenario("kill", function(world)
  world:start_exchange()
  world:start_host()
  for round = 1, 3 do
    world:wait_trading(round)
    local runners = world:must("runners")
    world.host:kill()
    for _, runner in ipairs(runners) do
      rig.check(runner.pid > 0, "%s has no process", runner.name)
      rig.poll("end of the dead host's runners", function() return not rig.is_alive(runner.pid) end)
    end
    world:start_host()
  end
  world:wait_trading(1)
  -- An order that was journaled and perhaps not sent is in doubt for minutes: the venue's word
  -- alone ends that, and a stop meanwhile says so.
  local unknown = world:status().unknown
  rig.equal(world.host:stop(), unknown > 0 and 1 or 0, "exit code with " .. unknown .. " UNKNOWN")
  local text, code = rig.moongate("verify " .. world.dir .. "/state")
  rig.equal(code, 0, "moongate verify: " .. text)
  sends_after_reconciling(world)
  rig.equal(#world:venue_open(), 0, "own orders at the exchange after SIGTERM")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  if unknown > 0 then
    world:compare_fills()
    world:compare_orders()
  else
    world:compare_ledgers()
  end
end)
