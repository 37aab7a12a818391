-- The host dies with more orders at work than a page of the venue's list holds.
local rig = require "rig"
local watcher = require "watcher"

local PRODUCTS = '"BTC-cde", "BTC-intx", "ETH-cde", "ETH-intx"'

local function many_orders(text)
  local script = rig.source .. "/tests/e2e/scripts/many.lua"
  text = rig.with_strategies(text, {rig.strategy("many", script, PRODUCTS, "keep",
                                                 'count = 66; size_BTC = "0.01"')})
  text = text:gsub("max_messages = 16; max_working_orders = 16",
                   "max_messages = 24; max_working_orders = 400")
  text = text:gsub("max_messages = 18", "max_messages = 24")
  text = text:gsub("max_cancels = 12", "max_cancels = 6")
  text = text:gsub("max_working_orders = [14]0", "max_working_orders = 400")
  text = text:gsub('max_position = "[%d.]+"', 'max_position = "100"')
  text = text:gsub('max_working_value = "%d+"', 'max_working_value = "10000000"')
  for _, key in ipairs { "max_exposure", "max_gross", "max_net", "max_leverage",
                         "max_leverage_overnight" } do
    text = text:gsub(key .. ' = "%d+"', key .. ' = "10000000"')
  end
  text = text:gsub('initial_margin = "[%d.]+"', 'initial_margin = "0.000001"')
  text = text:gsub('price_collar = "0.01"', 'price_collar = "0.1"')
  return (text:gsub("burst = 40; window = 5;", "burst = 10000; window = 1;"))
end

-- AC-E4 | real process | more own orders than a page of the list, and others' | every own one gone
rig.scenario("watch_pages", function(world)
  world:start_exchange()
  world:start_host(many_orders)
  watcher.start(world)
  watcher.place_strange(world, "by-hand", "BTC-PERP-INTX", "0.01")
  rig.poll("264 own orders", function() return #watcher.open(world) >= 264 end)
  world.host:kill()
  rig.check(watcher.wait(world, "clean").cancelled >= 264, "fewer than 264 orders were cancelled")
  local own, others = watcher.open(world)
  rig.equal(#own, 0, "own orders at the exchange")
  rig.equal(table.concat(others, " "), "by-hand", "orders of others")
  rig.equal(world.watch:stop(), 0, "exit code of the watcher")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
end)
