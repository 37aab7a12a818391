-- An fsync that does not return: orders wait for it, cancels and a halt do not.
local hurt = require "hurt"
local rig = require "rig"

-- F70 | real process | an fsync that hangs under working orders | orders wait, cancels leave while
--   it hangs, and nothing is lost when it returns
rig.scenario("slow_disk", function(world)
  world:start_exchange{"--rate", "0"}
  world:write_config(hurt.orders_config(world))
  hurt.write_script(world, false)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.go(world, true)
  rig.poll("working orders", function() return #world:venue_open() > 3 end)

  hurt.set(world, "disk", hurt.DISK.HOLD)
  rig.poll("an fsync that hangs", function() return hurt.get(world, "held") == 1 end)
  world:pass_market(20) -- orders that were on disk before it have arrived
  local synced = hurt.get(world, "synced")
  local known = world:venue_orders()
  local reply = world:ctl("cancel-mine --reason 'the disk hangs'")
  rig.check(reply.ok, "cancel-mine: %s", tostring(reply.text))
  rig.poll("cancels beside an fsync", function()
    for _, id in ipairs(world:venue_open()) do
      if known[id] then return false end
    end
    return true
  end)
  world:pass_market(40)
  for id in pairs((world:venue_orders())) do
    rig.check(known[id], "order %s left before it was on disk", id)
  end
  rig.equal(hurt.get(world, "synced"), synced, "fsyncs that returned meanwhile")

  hurt.set(world, "disk", hurt.DISK.FINE)
  rig.poll("orders after the fsync returned",
           function() return select(2, world:venue_orders()) > 0 and
             hurt.get(world, "synced") > synced + 3 end)
  hurt.go(world, false)
  hurt.agree(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
