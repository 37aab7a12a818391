--- Streaming indicators: each is fed one value or bar at a time and keeps only what it needs.
--
--     local indicators, bars = require "indicators", require "bars"
--     local fast, range = indicators.ema(12), indicators.atr(14)
--     function strategy.on_candle(candle)
--       local bar = bars.of(candle)
--       local average, atr = fast:push(bar.close), range:push(bar)
--       if not (average and atr) then return end           -- they have not seen enough
--     end
--     function strategy.on_save() return {fast = fast:save(), range = range:save()} end
--     function strategy.on_reload(saved) fast:load(saved.fast); range:load(saved.range) end
--
-- `push` returns what the indicator says (some say several things), nil until it has seen enough.
-- `save` gives a table for on_save; `load` goes on from there, unless the parameters have changed.
-- A value is any number, on any tick: a close, a mid, a spread. A bar is a table of floats with
-- open, high, low, close, volume. Numbers must be finite.
--
--     of values: sma ema wilder wma kama  rsi macd  bollinger zscore realised_volatility  linreg
--     of bars:   vwma  stochastic cci  true_range atr keltner donchian  adx supertrend ichimoku
--                obv mfi vwap (of trades too)
--     of books:  order_flow_imbalance, and the plain functions microprice, imbalance
--
-- Formulas, warm-up and edge cases stand at each one, in indicators/*.lua.
local indicators = {}

local function take(subject)
  for name, make in pairs(subject) do indicators[name] = make end
end

take(require "indicators.averages")
take(require "indicators.momentum")
take(require "indicators.volatility")
take(require "indicators.trend")
take(require "indicators.volume")
take(require "indicators.orderflow")

return indicators
