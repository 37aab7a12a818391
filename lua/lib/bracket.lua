--- A bracket where the venue has none: a profit and a stop, whichever comes first.
--
--     local bracket = require "bracket"
--     function strategy.on_fill(fill) ref = bracket.set(fill.product, "62000", "61000") end
--
-- The profit rests at the venue as a reduce-only limit order, the stop is held by the host. When
-- the stop fires, the host cancels the order; when the order has filled, the position is flat and
-- the stop is spent with it. Both hold when this script is dead or reloaded.
local bracket = {}

--- For the position that is held, as last shown. Trail and time of the protection stay as they are.
---@param product string
---@param take Amount where the profit is taken
---@param stop Amount where the loss is
---@return integer ref of the resting order
function bracket.set(product, take, stop)
  local position = host.position(product)
  local held = position and position.size or decimal(0)
  local sign = held:sign()
  assert(sign ~= 0, "bracket: nothing is held of " .. product)
  take, stop = decimal(take), decimal(stop)
  assert((take - stop):sign() == sign, "bracket: of a " .. (sign > 0 and "long" or "short") ..
    " the profit lies " .. (sign > 0 and "above" or "below") .. " the stop")
  local set = host.protection(product)
  host.protect(product, {stop = stop, trail = set.trail, after = set.after and
    decimal.from(set.after, "0.001", "nearest")})
  return host.place{product = product, side = sign > 0 and "sell" or "buy", price = take,
                    size = held:abs(), reduce_only = true}
end

return bracket
