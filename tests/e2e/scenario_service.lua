-- What the service manager hears, on the socket that systemd would give: that the host is ready,
-- what it is about, signs of life, that a stop has begun; and a host that hangs falls silent.
local rig = require "rig"

-- READY is said when nothing waits for a page any more: memory is locked, or the log says why it is
-- not. Under a sanitizer mlockall() does nothing.
local function check_locked(world)
  local proc = "/proc/" .. world.host.pid
  if rig.read(proc .. "/maps"):find("libasan", 1, true) then return end
  local status = rig.read(proc .. "/status")
  local locked, held = status:match("VmLck:%s+(%d+)"), status:match("VmRSS:%s+(%d+)")
  rig.check(tonumber(locked) > tonumber(held) / 2 or
            world:log():find("memory is not locked", 1, true),
            "%s KiB of %s KiB are locked, and the log does not say why", locked, held)
end

rig.scenario("service", function(world)
  local socket, heard_path = world.dir .. "/notify", world.dir .. "/heard"
  local ear = world:start_program("ear", "socat",
                                  {"-u", "UNIX-RECV:" .. socket, "CREATE:" .. heard_path})
  local function heard() return rig.read(heard_path) or "" end
  local function wait_heard(words)
    rig.poll(words, function() return heard():find(words, 1, true) end)
  end
  rig.poll("the manager's socket", function()
    return select(2, rig.shell("test -S " .. socket)) == 0
  end)
  world:start_exchange()
  world:start_host(nil, {"env", "NOTIFY_SOCKET=" .. socket, "WATCHDOG_USEC=15000000"})
  wait_heard("WATCHDOG=1")
  wait_heard("STATUS=comparing")
  wait_heard("READY=1")
  check_locked(world)
  wait_heard("STATUS=normal")
  world:must("halt --reason 'to be seen'")
  wait_heard("STATUS=halted: to be seen")
  for pid in rig.shell("pgrep -P " .. world.host.pid):gmatch("%d+") do
    local environment = rig.shell("tr '\\0' '\\n' </proc/" .. pid .. "/environ")
    rig.check(not environment:find("NOTIFY"), "a script's process was given the socket")
  end

  world.host:signal("STOP")
  rig.poll("the stop", function()
    return rig.read("/proc/" .. world.host.pid .. "/status"):find("State:%s+T")
  end)
  rig.nap()
  local before = #heard()
  os.execute("sleep 1.5")
  rig.equal(#heard(), before, "bytes heard of a host that hangs")
  world.host:signal("CONT")
  rig.poll("signs of life again", function() return #heard() > before end)

  rig.equal(world.host:stop(), 0, "exit code of the host")
  wait_heard("STOPPING=1")
  ear:stop()
end)
