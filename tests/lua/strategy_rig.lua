--- A strategy in the laboratory, and what the specs of strategies have in common.
--
--     local rig = require "tests.lua.strategy_rig"
--     local host = rig.start("strategies/donchian.lua", {candle = 10}, {atr = 3})
--     rig.candles(host, {61500, 61510})
--     rig.places(host)                          {"buy 0.02", "sell 0.02 reduce"}
local lab = require "moongate_lab"

local rig = {BTC = "BTC-PERP-INTX", BIP = "BIP-20DEC30-CDE", ETH = "ETH-PERP-INTX"}

--- `params` go over `defaults`, `options` over those of the lab.
function rig.start(script, defaults, params, options)
  local given = {script = script, products = {rig.BTC}, candles = {10, 60},
                 limits = {stale_after = 30}, params = {}}
  for key, value in pairs(defaults) do given.params[key] = value end
  for key, value in pairs(params or {}) do given.params[key] = value end
  for key, value in pairs(options or {}) do given[key] = value end
  return lab.new(given)
end

--- A book a dollar either side of a whole `price`.
function rig.book(host, price, product)
  host:book(product or rig.BTC, {{price - 1, "50"}}, {{price + 1, "50"}})
end

--- One candle per price: a trade at it, a book around it, and its ten seconds and the grace for
-- late trades are over.
function rig.candles(host, prices, product)
  for _, price in ipairs(prices) do
    rig.book(host, price, product)
    host:trade(product or rig.BTC, price, "0.1")
    host:advance(10)
  end
  host:advance(1.5)
  rig.book(host, prices[#prices], product)
end

--- What was asked for, oldest first.
function rig.places(host)
  local list = {}
  for _, intent in ipairs(host:intents()) do
    if intent.kind == "place" then
      list[#list + 1] = intent.side .. " " .. intent.size
        .. (intent.reduce_only and " reduce" or "")
    end
  end
  return list
end

--- Closes it; no script may have raised anything.
function rig.stop(host)
  local faults = host:faults()
  host:close()
  assert(#faults == 0, faults[1])
end

return rig
