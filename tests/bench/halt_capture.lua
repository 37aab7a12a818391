-- How long orders go on leaving once a halt is accepted, as a packet capture of the loopback sees
-- it: the wall time of the halt's record, which is the turn that took the command, against the
-- packet that ends the last order, under a strategy of 10,000 intents a second. The host's own TLS
-- library writes the sessions' secrets, with which tshark reads what the packets carry.
--
--   export LUA_PATH="tests/e2e/?.lua;;"
--   lua5.4 tests/bench/halt_capture.lua MOONGATE EXCHANGE RUNNER SOURCE_DIR [HALTS]
local rig = require "rig"
local flood = require "flood_world"
local halts = tonumber(arg[5] or "20")

local function start_capture(world)
  local words = {"-q", "-i", "lo", "-s", "0", "-B", "64", "-f", "tcp port " .. world.port,
                 "-w", world.dir .. "/packets.pcapng"}
  local capture = world:start_program("capture", "dumpcap", words)
  rig.poll("the capture's beginning", function()
    rig.check(not capture:code(), "dumpcap ended: it wants root or the group wireshark")
    return (rig.read(world.dir .. "/packets.pcapng") or "") ~= ""
  end)
  return capture
end

-- Orders leave evenly at the pace that the venue allows, not a second's worth at its beginning.
local function config(text)
  text = rig.swap(flood.config(text), "max_messages = 18; ", "max_messages = 1; ")
  text = rig.swap(text, "max_cancels = 12; ", "max_cancels = 1; ")
  text = rig.swap(text, "max_messages = 16;", "max_messages = 1;")
  text = rig.swap(text, "message_window_ms = 1000;", "message_window_ms = 67;")
  return rig.swap(text, "burst = 40; window = 5;", "burst = 1000000; window = 1;")
end

-- Nanoseconds of "1732223021.123456789".
local function ns(text)
  local seconds, rest = text:match("^(%d+)%.(%d+)$")
  rig.check(rest and #rest == 9, "not a time in nanoseconds: %s", text)
  return math.tointeger(tonumber(seconds)) * 1000000000 + math.tointeger(tonumber(rest))
end

-- When each order's last packet passed, and which client ids they bore.
local function captured(world)
  local text, code = rig.shell(("tshark -r %s/packets.pcapng -o tls.keylog_file:%s/secrets " ..
    "-d tcp.port==%s,tls -Y 'http.request.method == POST && http.request.uri == " ..
    "\"/api/v3/brokerage/orders\"' -T fields -e frame.time_epoch -e json.value.string " ..
    "2>%s/tshark.log"):format(world.dir, world.dir, world.port, world.dir))
  rig.check(code == 0, "tshark: %s", rig.read(world.dir .. "/tshark.log"))
  local times, ids = {}, {}
  for time, values in text:gmatch("(%S+)\t([^\n]+)") do
    times[#times + 1] = ns(time)
    for value in values:gmatch("[^,]+") do ids[value] = true end
  end
  return times, ids
end

local function halted_ns(world)
  local text, code = rig.shell(("sqlite3 -readonly %s/state/journal.db \"SELECT wall_ns FROM " ..
    "records WHERE kind = 'latch' AND body LIKE '%%halted%%' ORDER BY n\""):format(world.dir))
  rig.check(code == 0, "journal: %s", text)
  local stamps = {}
  for stamp in text:gmatch("%d+") do stamps[#stamps + 1] = math.tointeger(tonumber(stamp)) end
  return stamps
end

-- Of each halt, in microseconds: its stamp until the last order before it was lifted.
local function late_us(stamps, lifted, times)
  local late = {}
  for i, stamp in ipairs(stamps) do
    local last
    for _, time in ipairs(times) do
      if time < lifted[i] then last = time end
    end
    late[i] = (last - stamp) / 1000
  end
  table.sort(late)
  return late
end

rig.scenario("bench", function(world)
  local lifted = {}
  world:start_exchange{"--rate", "0"}
  local capture = start_capture(world)
  world:start_host(config, {"env", "SSLKEYLOGFILE=" .. world.dir .. "/secrets"})
  for i = 1, halts do
    flood.wait(world)
    world:must("halt --reason 'to be measured'")
    flood.wait_halted(world, "by the socket")
    lifted[i] = ns((rig.shell("date +%s.%N"):gsub("%s", "")))
    flood.resume(world)
  end
  local judged = flood.intents(world)
  world.host:stop()
  capture:stop()
  local at_venue, count = world:venue_orders()
  local times, ids = captured(world)
  rig.equal(#times, count, "packets that end an order, and orders at the exchange")
  for id in pairs(at_venue) do rig.check(ids[id], "order %s is in no packet", id) end
  local late = late_us(halted_ns(world), lifted, times)
  print(("packets: %d orders, all of the exchange's; last order byte after a halt's stamp, %d " ..
         "halts under %d intents: p50 %.0f us, max %.0f us (below zero: before it)"):format(count,
         #late, judged, late[#late // 2 + 1], late[#late]))
end)
