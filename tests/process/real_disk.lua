-- A real file system under the journal, in a mount namespace of our own, that fails under working
-- orders and is mended afterwards.
--
--   rig.scenario("full_disk", disk.fails{
--     mount = "mount -t tmpfs ... %s", spoil = "dd ...", mend = "rm ...",  shell; %s: the directory
--     said = "full"})                                                      what the log must name
local rig = require "rig"

local disk = {}

local function skip(why)
  print("skipped: " .. why)
  os.exit(77)
end

-- Once more, inside a namespace where we may mount.
local function enter()
  if os.getenv("IN_NAMESPACE") then return end
  local words = {}
  for i = 0, #arg do words[#words + 1] = rig.quote(arg[i]) end
  for _, flags in ipairs{"-m", "-Urm"} do
    if os.execute("unshare " .. flags .. " true 2>/dev/null") then
      local _, _, code = os.execute("IN_NAMESPACE=1 unshare " .. flags .. " lua5.4 " ..
                                    table.concat(words, " "))
      os.exit(code)
    end
  end
  skip("no namespace may be made here")
end

local function run(command, state)
  local text, code = rig.shell((command:gsub("%%s", state)))
  rig.check(code == 0, "%s: %s", command, text)
end

local function spoil(world, hurt, failure, state)
  hurt.go(world, true)
  rig.poll("working orders", function() return #world:venue_open() > 3 end)
  run(failure.spoil, state)
  rig.poll("death of the journal", function() return not world:status().journal_up end)
  rig.contains(world:log():lower(), failure.said, "log")
  world:ctl("cancel-mine --reason 'the disk failed'")
  rig.poll("cancels on a failed disk", function() return #world:venue_open() == 0 end)
  rig.equal(world:status().state, "halted", "state on a failed disk")
  world.host:signal("TERM")
  world.host:wait()
end

function disk.fails(failure)
  enter()
  local hurt = require "hurt"
  return function(world)
    local state = world.dir .. "/state"
    rig.shell("mkdir -m 700 " .. state)
    local text, code = rig.shell((failure.mount:gsub("%%s", state)))
    if code ~= 0 then
      rig.shell("rm -rf " .. world.dir)
      skip("may not be mounted here: " .. text)
    end
    world:start_exchange{"--rate", "0"}
    world:write_config(hurt.orders_config(world))
    hurt.write_script(world, false)
    world:start_host()
    hurt.wait_reconciled(world)
    spoil(world, hurt, failure, state)
    run(failure.mend, state)
    hurt.write_script(world, false)
    hurt.recovers_on_mended_disk(world)
    run("umount %s", state)
  end
end

return disk
