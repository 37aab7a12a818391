-- Flatten in bad weather: no book comes any more and the venue refuses the first orders.
local rig = require "rig"

local function is_flat(world)
  for _, product in ipairs(world:status().products) do
    if tonumber(product.position) ~= 0 then return false end
  end
  return true
end

-- What rests when the books stop may still fill and leave nothing: then it is tried anew.
local function hold_a_position_blind(world)
  for _ = 1, 8 do
    rig.poll("a position", function() return not is_flat(world) end)
    world:fault("channel level2: suppress")
    rig.poll("stale books", function()
      for _, product in ipairs(world:status().products) do
        if not product.stale then return false end
      end
      return true
    end)
    if not is_flat(world) then return end
    world:fault("clear")
  end
  rig.check(false, "the position went each time before the flatten")
end

-- F71 | real process | flatten while every book is stale and the venue refuses the first two orders
--   | priced within the last good band, tried again until flat
rig.scenario("flatten_blind", function(world)
  world:start_exchange{"--rate", "0"}
  world:start_host(function(text)
    return rig.with_strategies(text, {world:quoter('"BTC-cde", "BTC-intx"')})
  end)
  world:wait_trading(1)
  hold_a_position_blind(world)
  world:fault("next 2 POST /orders: refuse error=INSUFFICIENT_FUND")
  world:must("reduce --reason blind")
  world:must("flatten --reason blind")
  rig.poll("flat", function() return is_flat(world) end)
  rig.equal(world:fired()[2], 2, "refused orders")
  for _, product in ipairs(world:status().products) do
    rig.check(product.stale, "the books came back before the end of the flatten")
  end
  world:fault("clear")
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
