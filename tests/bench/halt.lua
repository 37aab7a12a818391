-- How long orders go on leaving once a halt is accepted, under a strategy of 10,000 intents a
-- second: the stamp of the halt's record, which is the turn that took the command, against the
-- moment at which the last order's bytes were with the kernel, as tests/process/shim.c saw it.
--
--   export LUA_PATH="tests/e2e/?.lua;tests/process/?.lua;;"
--   lua5.4 tests/bench/halt.lua MOONGATE EXCHANGE RUNNER SOURCE_DIR SHIM [HALTS]
local rig = require "rig"
local hurt = require "hurt"
local flood = require "flood_world"
local halts = tonumber(arg[6] or "20")

local function halted_at(world)
  local text, code = rig.shell(("sqlite3 -readonly %s/state/journal.db \"SELECT mono_ns FROM " ..
    "records WHERE kind = 'latch' AND body LIKE '%%halted%%' ORDER BY n DESC LIMIT 1\"")
    :format(world.dir))
  return rig.check(code == 0 and tonumber(text), "journal: %s", text)
end

rig.scenario("bench", function(world)
  local late = {}
  world:start_exchange{"--rate", "0"}
  hurt.start(world, flood.config)
  for i = 1, halts do
    flood.wait(world)
    world:must("halt --reason 'to be measured'")
    flood.wait_halted(world, "by the socket")
    late[i] = (hurt.get(world, "sent_ns") - halted_at(world)) / 1000
    flood.resume(world)
  end
  table.sort(late)
  print(("last order byte after a halt's stamp, %d halts under %d intents: p50 %.0f us, " ..
         "max %.0f us (below zero: before it)"):format(halts, flood.intents(world),
        late[#late // 2 + 1], late[#late]))
  world.host:stop()
end)
