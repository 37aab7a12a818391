-- The wall clock jumps an hour ahead, then an hour back: deadlines do not follow it, nothing opens
-- while it is wrong, and when it is right again host and exchange hold the same.
local hurt = require "hurt"
local rig = require "rig"

local HOUR = 3600 * 1000000000

local function skewed(world)
  local skew = world:status().skew_us
  return skew and math.abs(skew) > 1000000
end

local function jump(world, ns, what)
  hurt.go(world, "rest")
  local before = hurt.read_exchange(world).order_count
  rig.poll("orders", function() return hurt.read_exchange(world).order_count > before + 4 end)
  hurt.set(world, "wall_ns", ns)
  rig.poll(what .. ": the skew", function() return skewed(world) end)
  world:pass_market(20) -- what had left before it was measured arrives
  local orders = hurt.read_exchange(world).order_count
  world:pass_market(40)
  rig.equal(hurt.read_exchange(world).order_count, orders, what .. ": orders")
  rig.equal(world:status().unknown, 0, what .. ": orders given up")
  hurt.set(world, "wall_ns", 0)
  rig.poll(what .. ": orders on time again",
           function() return hurt.read_exchange(world).order_count > orders + 2 end)
  hurt.go(world, false)
  hurt.settle(world)
  hurt.agree(world)
end

-- F66 | real process | the wall clock an hour ahead, then an hour behind, while trading | the skew
--   is measured, nothing opens, no deadline fires; trades on when it is right, all equal
-- AC-I2 | real process | the same | measured against the exchange, opening halted
rig.scenario("clock", function(world)
  world:start_exchange{"--rate", "0"}
  world:write_config(hurt.orders_config(world))
  hurt.write_script(world, false)
  hurt.start(world)
  hurt.wait_reconciled(world)
  jump(world, HOUR, "an hour ahead")
  jump(world, -HOUR, "an hour behind")
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
