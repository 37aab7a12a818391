-- What a run of the host and its scripts asks the kernel for, as strace counts it, is what its unit
-- allows: under systemd a call that is not would fail there and nowhere else.
local rig = require "rig"

-- Names in a SystemCallFilter, with its groups opened.
local function allowed(unit)
  local names, groups = {}, {}
  local text = rig.read(rig.source .. "/config/systemd/" .. unit)
  local function add(list)
    for word in list:gmatch("[%w_@-]+") do
      if word:sub(1, 1) ~= "@" then
        names[word] = true
      elseif not groups[word] then
        groups[word] = true
        local members = rig.shell("systemd-analyze syscall-filter " .. word)
        add(members:gsub("[^\n]*\n", "", 1):gsub("#[^\n]*", ""))
      end
    end
  end
  for list in text:gmatch("\nSystemCallFilter=([^\n]+)") do add(list) end
  return names
end

local function check_calls(unit, trace)
  local names, seen = allowed(unit), 0
  rig.check(names.read and names.futex and not names.ptrace, "the filter of %s was not understood",
            unit)
  for name in trace:gmatch("\n%s*[%d.]*%s*[%d.]*%s*%d*%s*%d*%s*%d*%s+([%l_][%w_]*)\n") do
    if name ~= "total" and name ~= "syscall" then
      seen = seen + 1
      rig.check(names[name], "%s forbids %s, which a run asked for", unit, name)
    end
  end
  rig.check(seen > 20, "%d system calls were seen: strace did not work", seen)
end

rig.scenario("service_calls", function(world)
  world:start_exchange()
  local path = world.dir .. "/calls"
  local function signal(name)
    os.execute(("pkill -%s -f '^[^ ]*moongate run -c %s'"):format(name, world.config))
  end
  world:start_host(nil, {"strace", "-f", "-c", "-o", path})
  world:wait_trading(1)
  signal("HUP")
  world:wait_trading(2)
  signal("TERM")
  rig.equal(world.host:wait(), 0, "exit code of the host under strace")
  check_calls("moongate@.service", "\n" .. rig.read(path))
end)
