-- Nothing of a key leaves the host's memory; the host and its runners are as closed as they claim;
-- nothing listens beyond this machine.
local rig = require "rig"
local watcher = require "watcher"

-- Pieces that give a key away: lines of a PEM's body, base64 and hex of a seed.
local function pieces_of_pem(path)
  local pieces = {}
  for line in rig.read(path):gsub("\\n", "\n"):gmatch("[^\n]+") do
    if #line >= 16 and not line:find("[^%w+/=]") then pieces[#pieces + 1] = line end
  end
  rig.equal(#pieces, 3, "lines of the PEM's body")
  local der = rig.shell("echo " .. table.concat(pieces) .. " | base64 -d | od -An -tx1 -v")
  pieces[#pieces + 1] = der:gsub("%s", ""):match("0420(" .. ("%x%x"):rep(32) .. ")")
  return pieces
end

local function pieces_of(world)
  local pieces = pieces_of_pem(world.dir .. "/api-key-es256.json")
  table.move(pieces_of_pem(world.dir .. "/api-key-watch.json"), 1, 4, #pieces + 1, pieces)
  local text = rig.read(world.dir .. "/api-key-ed25519.json"):match('"privateKey":"([^"]+)"')
  pieces[#pieces + 1] = text:sub(1, 40)
  local hex = rig.shell("echo " .. text .. " | base64 -d | head -c 32 | od -An -tx1 -v")
  pieces[#pieces + 1] = hex:gsub("%s", "")
  rig.equal(#pieces, 10, "pieces of keys to look for")
  for i = #pieces, 4, -1 do -- and the bytes themselves
    if not pieces[i]:find("%X") then
      pieces[#pieces + 1] = pieces[i]:gsub("%x%x", function(pair)
        return string.char(tonumber(pair, 16))
      end)
    end
  end
  rig.equal(#pieces, 13, "pieces of keys to look for")
  return pieces
end

local function search(pieces, text, where)
  for i, piece in ipairs(pieces) do
    rig.check(not text:find(piece, 1, true), "piece %d of a key is in %s", i, where)
  end
end

local function search_files(world, pieces)
  local files = rig.shell("find " .. world.dir .. "/state " .. world.dir ..
                          "/host.log* " .. world.dir .. "/watch.log* " .. world.dir ..
                          "/exchange.log* -type f")
  rig.contains(files, "journal.db", "files to search")
  rig.contains(files, "host.log", "files to search")
  rig.contains(files, "/watch.log", "files to search")
  for path in files:gmatch("[^\n]+") do search(pieces, rig.read(path) or "", path) end
end

local function search_answers(world, pieces)
  for _, verb in ipairs{"status", "orders --limit 500", "positions", "limits", "runners",
                        "refusals --limit 500"} do
    search(pieces, rig.moongate("ctl --json -c " .. world.config .. " " .. verb), "ctl " .. verb)
  end
  search(pieces, rig.moongate("status -c " .. world.config), "moongate status")
  search(pieces, rig.moongate("check -c " .. world.config), "moongate check")
end

local function proc(pid, name) return rig.read(string.format("/proc/%d/%s", pid, name)) end

local function no_core(pid, who)
  local limits = proc(pid, "limits")
  if limits then
    rig.check(limits:find("Max core file size%s+0%s+0%s"), "%s may dump core", who)
  end
end

-- Addresses that a process listens on; nil: we may not look.
local function listens(pid)
  local links, code = rig.shell(string.format("ls -l /proc/%d/fd", pid))
  if code ~= 0 then return nil end
  local inodes, found = {}, {}
  for inode in links:gmatch("socket:%[(%d+)%]") do inodes[inode] = true end
  for _, table_name in ipairs{"net/tcp", "net/tcp6", "net/udp", "net/udp6"} do
    for line in (proc(pid, table_name) or ""):gmatch("[^\n]+") do
      local address, remote, state, inode = line:match(
        "^%s*%d+: (%x+):%x+ (%x+):%x+ (%x%x) %S+ %S+ %S+%s+%d+%s+%d+ (%d+)")
      local open = state == "0A" or (state == "07" and remote and not remote:find("[^0]"))
      if inode and inodes[inode] and open then found[#found + 1] = address end
    end
  end
  return found
end

local function keeps_its_key(pid, pieces, who)
  search(pieces, proc(pid, "cmdline"), "arguments of " .. who)
  search(pieces, proc(pid, "environ") or "", "environment of " .. who)
  no_core(pid, who)
  rig.equal(#(listens(pid) or {}), 0, "ports that " .. who .. " listens on")
end

local function host_is_closed(world, pieces)
  keeps_its_key(world.host.pid, pieces, "the host")
  keeps_its_key(world.watch.pid, pieces, "the watcher")
  local socket = rig.shell("stat -c '%a %F' " .. world.dir .. "/state/control.sock")
  rig.equal(socket, "600 socket\n", "mode of the operator's socket")
  local here = rig.shell("find " .. world.dir .. "/state -type f -perm /077")
  rig.equal(here, "", "files of the state directory that others may touch")
  local ports = listens(world.exchange.pid)
  if ports then
    rig.equal(table.concat(ports, " "), "0100007F", "addresses the exchange listens on")
  end
end

local function runners_are_closed(world, pieces)
  for _, runner in ipairs((world:must("runners"))) do
    local who, status = "the runner of " .. runner.name, proc(runner.pid, "status")
    rig.check(status, "%s has no process", who)
    rig.check(status:find("\nNoNewPrivs:%s+1\n"), "%s may gain privileges", who)
    rig.check(status:find("\nSeccomp:%s+2\n"), "%s has no seccomp filter", who)
    rig.equal(proc(runner.pid, "environ") or "", "", "environment of " .. who)
    search(pieces, proc(runner.pid, "cmdline") or "", "arguments of " .. who)
    no_core(runner.pid, who)
    local fds, code = rig.shell(string.format("ls /proc/%d/fd | tr '\\n' ' '", runner.pid))
    if code == 0 and fds ~= "" then
      rig.check(not fds:find("%d%d"), "%s has many files open: %s", who, fds)
    end
    rig.equal(#(listens(runner.pid) or {}), 0, "ports of " .. who)
  end
end

-- What cannot be dumped belongs to root in /proc, whoever runs it. Root itself cannot see that, so
-- the host is run by nobody where that is possible.
local function is_undumpable(world)
  local words
  if rig.shell("id -u") == "0\n" then
    words = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}
    local _, code = rig.shell(table.concat(words, " ") .. " test -x " .. rig.quote(arg[1]) ..
                              " -a -r " .. rig.quote(rig.source .. "/lua/lib"))
    if code ~= 0 then
      print("secrets: skipped: this user cannot give the programs to another")
      return
    end
    os.execute("chown -R 65534:65534 " .. world.dir)
  end
  world:start_host(nil, words)
  world:wait_trading(1)
  local pids = {["the host"] = world.host.pid}
  for _, runner in ipairs((world:must("runners"))) do pids[runner.name] = runner.pid end
  for who, pid in pairs(pids) do
    local owner = rig.shell(string.format("stat -c %%u /proc/%d/environ", pid))
    local user = proc(pid, "status"):match("\nUid:%s+(%d+)")
    rig.check(user ~= "0", "%s runs as root: the test tests nothing", who)
    rig.equal(owner, "0\n", "owner in /proc of " .. who .. ", which shows whether it can be dumped")
  end
  rig.equal(world.host:stop(), 0, "exit code of the host")
end

rig.scenario("secrets", function(world)
  local pieces = pieces_of(world)
  world:start_exchange()
  world:write_config()
  watcher.start(world)
  for _, kind in ipairs{"es256", "ed25519"} do
    world:start_host(function(text) return rig.swap(text, "es256", kind) end)
    world:wait_trading(2)
    host_is_closed(world, pieces)
    runners_are_closed(world, pieces)
    search_answers(world, pieces)
    search_files(world, pieces)
    rig.equal(world.host:stop(), 0, "exit code of the host")
    search_files(world, pieces)
  end
  rig.equal(world.watch:stop(), 0, "exit code of the watcher")
  is_undumpable(world)
  search_files(world, pieces)
end)
