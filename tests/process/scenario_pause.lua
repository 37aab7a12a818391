-- The host stands still, or its clock jumps: what it knew is old then, and it must look again
-- before it opens anything.
local hurt = require "hurt"
local rig = require "rig"

local SECOND = 1000000000

-- The long form: MOONGATE_STOPPED_S=60 ctest -R process_pause
local STOPPED_S = tonumber(os.getenv("MOONGATE_STOPPED_S") or "5")

-- Of the first rows after a gap of that much boot time: no order was decided before the host had
-- compared itself with the exchange again.
local function looked_first(world, gap_ns, what)
  local text, code = rig.shell(string.format("sqlite3 -readonly %s/state/journal.db " ..
    "\"SELECT mono_ns || ' ' || kind || ' ' || body FROM records ORDER BY n\"", world.dir))
  rig.check(code == 0, "journal: %s", text)
  local last, behind
  local known = {}
  for mono, kind, body in text:gmatch("(%d+) (%S+) ([^\n]+)") do
    mono = math.tointeger(tonumber(mono))
    behind = behind or last and mono - last >= gap_ns
    last = mono
    local id = kind == "order" and body:match('"id":"([^"]+)"')
    if behind and kind == "ladder" and body:find('"not_reconciled","on":false', 1, true) then
      return
    end
    rig.check(not behind or not id or known[id], "%s: %s was decided before the host had looked",
              what, tostring(id))
    if id then known[id] = true end
  end
  rig.fail("%s: %s", what, behind and "it never looked again" or "no gap in the journal")
end

local function trading(world)
  local count = hurt.read_exchange(world).order_count
  rig.poll("orders", function() return hurt.read_exchange(world).order_count > count + 8 end)
end

-- Shorter than the host stands still.
local function shorter_deadlines(change)
  return function(text)
    text = rig.swap(change(text), "soft_deadline_ms = 5000;", "soft_deadline_ms = 2000;")
    return rig.swap(text, "hard_deadline_ms = 30000;", "hard_deadline_ms = 4000;")
  end
end

-- F66 | real process | SIGSTOP for five seconds while trading | what waited in the sockets is no
--   news; nothing opens before streams and account were looked at again; no script is killed for
--   answers that waited; all equal
-- F66 | real process | the boot clock jumps a minute, as of a suspended machine | the same
rig.scenario("pause", function(world)
  world:start_exchange{"--rate", "0"}
  world:write_config(shorter_deadlines(hurt.orders_config(world)))
  hurt.write_script(world, false)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.go(world, "rest")
  trading(world)

  world.host:signal("STOP")
  for _ = 1, STOPPED_S * 20 do rig.nap() end -- longer than stale_after_ms
  world.host:signal("CONT")
  trading(world)
  hurt.go(world, false)
  hurt.agree(world)
  looked_first(world, (STOPPED_S - 1) * SECOND, "SIGSTOP")
  rig.check(not world:log():find("hard deadline", 1, true),
            "a script was killed because the host stood still")

  hurt.go(world, "rest")
  trading(world)
  hurt.set(world, "boot_ns", 60 * SECOND)
  trading(world)
  hurt.go(world, false)
  hurt.agree(world)
  looked_first(world, 50 * SECOND, "a suspended machine")
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
