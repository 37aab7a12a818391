--- Sizes of orders as the config gives them.
local lots = {}

--- The parameter size_ASSET, or else size, in whole steps. It is never rounded up: nobody asked for
-- more.
---@param spec Product
---@param default? Amount base coin
---@return Decimal
function lots.size(spec, default)
  local asked = host.decimal("size_" .. spec.asset, host.param("size", default or "0.01"))
  local size = asked:round(spec.step, "down")
  assert(size >= spec.size_min, host.name .. ": size " .. asked .. " is less than " .. spec.id ..
    " trades, " .. spec.size_min .. "; set size_" .. spec.asset)
  return size
end

return lots
