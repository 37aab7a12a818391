--- Market filter: no opening into a wide spread or a thin book.
--
-- Parameters: max_spread_bps, min_depth (base coin on the side that the order would take from,
-- within view band 1; per asset as min_depth_BTC, min_depth_ETH, ...).
local counted = require "counted"

local max_spread_bps = host.declare{
  max_spread_bps = {type = "number", default = 10, least = 0, about = "wider, and nothing opens"},
}.max_spread_bps
local least = {} -- per product id

for _, id in ipairs(host.products()) do
  least[id] = host.decimal("min_depth_" .. host.product(id).asset, host.decimal("min_depth", "0"))
end

local rule = {}

function rule.judge(intent, book)
  local spread = book:spread_bps()
  if not spread or book:stale() then return false, "no two-sided fresh book", "no book" end
  if spread > max_spread_bps then
    return false, string.format("spread %.2f bps is above %.2f", spread, max_spread_bps), "spread"
  end
  local depth = book:depth(intent.side == "buy" and "ask" or "bid", 1)
  if depth < least[intent.product] then
    return false, string.format("depth %s is below %s", depth, least[intent.product]), "depth"
  end
  return true
end

return counted(rule)
