-- The disk under the journal fails in every way that a disk can; the host stops placing, its
-- cancels still leave, and after a restart on a mended disk it agrees with the exchange.
local hurt = require "hurt"
local rig = require "rig"

local FAILURES = {{"FULL", "full"}, {"ERROR", "I/O"}, {"READ_ONLY", "read"}, {"SYNC_FAILS", "I/O"}}

-- Dead is dead: the mended disk is not believed, and no order comes to be.
local function stays_dead(world, what)
  hurt.set(world, "disk", hurt.DISK.FINE)
  local known = world:venue_orders()
  world:pass_market(40)
  for id in pairs((world:venue_orders())) do
    rig.check(known[id], "%s: order %s left after the journal's death", what, id)
  end
  local status = world:status()
  rig.equal(status.journal_up, false, what .. ": journal_up")
  rig.equal(status.state, "halted", what .. ": state")
  rig.contains(world:moongate("status -c CONFIG"), "DEAD", what .. ": the status screen")
end

local function fail(world, name, said)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.agree(world)
  hurt.go(world, true)
  rig.poll("working orders", function() return #world:venue_open() > 3 end)
  hurt.set(world, "disk", hurt.DISK[name])
  rig.poll("death of the journal", function() return not world:status().journal_up end)
  rig.contains(world:log():lower(), said:lower(), name .. ": log")
  rig.check(#world:venue_open() > 0, "%s: nothing to cancel: the test tests nothing", name)
  stays_dead(world, name)
  world:ctl("cancel-mine --reason 'the disk died'") -- the answer says that it is not on disk
  rig.poll("cancels with a dead journal", function() return #world:venue_open() == 0 end)
  hurt.write_script(world, false)
  world.host:signal("TERM")
  world.host:wait()
end

-- F63 | real process | ENOSPC, EIO, EROFS, a failed fsync, each under working orders | no order
--   leaves, not even when the disk is well again; after a restart all equals the exchange
-- AC-J2 | real process | the same | halted; cancel-mine empties the exchange without the journal
rig.scenario("disk", function(world)
  world:start_exchange{"--rate", "0"}
  world:write_config(hurt.orders_config(world))
  hurt.write_script(world, false)
  for _, failure in ipairs(FAILURES) do fail(world, table.unpack(failure)) end
  hurt.recovers_on_mended_disk(world)
end)
