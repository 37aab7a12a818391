--- From the book, on every tick: microprice, imbalance, order-flow imbalance. Prices and sizes are
-- floats here, `book:bid()` gives decimals: `price:number()`.
local class = require "indicators.class"
local series = require "series"

local orderflow = {}

--- The mid weighed by the sizes at the touch: (bid * ask_size + ask * bid_size) / (both sizes). A
-- large bid pushes it towards the ask: that is where the next trade is likelier.
-- The mid when both sizes are 0.
---@param bid number
---@param bid_size number
---@param ask number
---@param ask_size number
---@return number
function orderflow.microprice(bid, bid_size, ask, ask_size)
  local sum = bid_size + ask_size
  if sum <= 0 then return (bid + ask) / 2 end
  return (bid * ask_size + ask * bid_size) / sum
end

--- (bid_size - ask_size) / (bid_size + ask_size): from -1, all of it asks, to 1; 0 when empty.
-- Sizes of the touch or of a band of depth.
---@param bid_size number
---@param ask_size number
---@return number
function orderflow.imbalance(bid_size, ask_size)
  local sum = bid_size + ask_size
  return sum > 0 and (bid_size - ask_size) / sum or 0.0
end

local Ofi = class("order_flow_imbalance", {"bid", "bid_size", "ask", "ask_size"}, {"window"})

--- Order-flow imbalance of Cont, Kukanov and Stoikov, summed over the last `length` changes of the
-- touch: what was added to the bid and taken from the ask, less the opposite. Per change:
--
--     bid rose: + its size; stayed: + the change of its size; fell: - the size that was there
--     ask fell: - its size; stayed: - the change of its size; rose: + the size that was there
--
-- Warm-up: `length` + 1 touches. Cost: constant. Views are merged on their way to a script: what is
-- summed is the flow between the books it was shown.
---@param length? integer 50
function orderflow.order_flow_imbalance(length)
  length = length or 50
  return Ofi:new({length}, {window = series.new(length)})
end

---@param bid number
---@param bid_size number
---@param ask number
---@param ask_size number
---@return number? base coin; more than 0: buyers press
function Ofi:push(bid, bid_size, ask, ask_size)
  local old_bid, old_bid_size, old_ask, old_ask_size = self.bid, self.bid_size, self.ask,
    self.ask_size
  self.bid, self.bid_size, self.ask, self.ask_size = bid, bid_size, ask, ask_size
  if not old_bid then return nil end
  local flow = 0.0
  if bid >= old_bid then flow = flow + bid_size end
  if bid <= old_bid then flow = flow - old_bid_size end
  if ask <= old_ask then flow = flow - ask_size end
  if ask >= old_ask then flow = flow + old_ask_size end
  self.window:push(flow)
  return self.window:full() and self.window.sum or nil
end

return orderflow
