-- Signals without end, a log that cannot be written, few descriptors: the host trades on, or says
-- why it does not start.
local hurt = require "hurt"
local rig = require "rig"

local function more_orders(world, count)
  local before = hurt.read_exchange(world).order_count
  rig.poll("orders", function() return hurt.read_exchange(world).order_count >= before + count end)
end

-- F70 | real process | hundreds of SIGHUP, SIGPIPE and SIGXFSZ while trading | trades on, all equal
-- F70 | real process | a log on a full disk | trades on, all equal
-- F70 | real process | twelve descriptors | does not start, and says so
rig.scenario("storms", function(world)
  world:start_exchange{"--rate", "0"}
  world:write_config(hurt.orders_config(world))
  hurt.write_script(world, false)
  rig.check(world:run_host{"prlimit", "--nofile=12"}:wait() == 1, "twelve descriptors were enough")
  rig.check(world:log():find("error", 1, true), "twelve descriptors: nothing was said")

  world:start_host(nil, {"sh", "-c", 'exec "$@" 2>/dev/full', "sh"})
  hurt.wait_reconciled(world)
  hurt.go(world, true)
  more_orders(world, 8)
  rig.shell(("for i in $(seq 100); do kill -HUP %d; kill -PIPE %d; kill -XFSZ %d; done"):gsub("%%d",
    world.host.pid))
  more_orders(world, 12)
  hurt.go(world, false)
  hurt.agree(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
