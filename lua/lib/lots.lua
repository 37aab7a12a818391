--- Sizes of orders as the config gives them.
local lots = {}

--- The parameter size_ASSET, or else size, in whole steps. It is never rounded up: nobody asked for
-- more.
---@param spec Product
---@param default? Amount base coin
---@return Decimal
function lots.size(spec, default)
  local asked = host.decimal("size_" .. spec.asset, host.decimal("size", default or "0.01"))
  local size = asked:round(spec.step, "down")
  assert(size >= spec.size_min, string.format("%s: size %s is less than %s trades, %s; set size_%s",
    host.name, asked, spec.id, spec.size_min, spec.asset))
  return size
end

return lots
