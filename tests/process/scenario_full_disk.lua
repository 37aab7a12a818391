-- A real disk that is full: the state directory is a small tmpfs in a mount namespace of our own,
-- and somebody else fills it.
local rig = require "rig"

-- Once more, inside a namespace where we may mount; 77: not here.
if not os.getenv("IN_NAMESPACE") then
  local words = {}
  for i = 0, #arg do words[#words + 1] = rig.quote(arg[i]) end
  for _, flags in ipairs{"-m", "-Urm"} do
    if os.execute("unshare " .. flags .. " true 2>/dev/null") then
      local _, _, code = os.execute("IN_NAMESPACE=1 unshare " .. flags .. " lua5.4 " ..
                                    table.concat(words, " "))
      os.exit(code)
    end
  end
  print("full_disk: no namespace may be made here")
  os.exit(77)
end
local hurt = require "hurt"

-- AC-J2 | real process | a tmpfs under the journal, filled to the last byte by another file |
--   halted; cancel-mine empties the exchange; with room again all is found and equal
rig.scenario("full_disk", function(world)
  local state = world.dir .. "/state"
  local text, code = rig.shell(("mkdir -m 700 %s && mount -t tmpfs -o size=4m,mode=0700 tmpfs %s")
    :format(state, state))
  rig.check(code == 0, "mount: %s", text)
  world:start_exchange{"--rate", "0"}
  world:write_config(hurt.orders_config(world))
  hurt.write_script(world, false)
  world:start_host()
  hurt.wait_reconciled(world)
  hurt.go(world, true)
  rig.poll("working orders", function() return #world:venue_open() > 3 end)
  rig.shell("dd if=/dev/zero of=" .. state .. "/filler bs=4096 2>/dev/null")
  rig.poll("death of the journal", function() return not world:status().journal_up end)
  rig.contains(world:log(), "full", "log")
  world:ctl("cancel-mine --reason 'the disk is full'")
  rig.poll("cancels on a full disk", function() return #world:venue_open() == 0 end)
  rig.equal(world:status().state, "halted", "state on a full disk")
  world.host:signal("TERM")
  world.host:wait()

  os.remove(state .. "/filler")
  hurt.write_script(world, false)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.settle(world)
  hurt.agree(world)
  rig.equal(world.host:stop(), 0, "exit code of the host with room again")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
  rig.shell("umount " .. state)
end)
