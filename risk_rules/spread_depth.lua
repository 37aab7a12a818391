--- Market filter: no opening into a wide spread or a thin book.
--
-- Parameters: max_spread_bps, min_depth (base coin on the side that is hit, within view band 1;
-- per asset as min_depth_<ASSET>).
local max_spread_bps = host.param("max_spread_bps", 10)

local rule = {}

function rule.judge(intent, book)
  local spread = book:spread_bps()
  if not spread or book:stale() then return false, "no two-sided fresh book" end
  if spread > max_spread_bps then
    return false, string.format("spread %.2f bps is above %.2f", spread, max_spread_bps)
  end
  local asset = host.product(intent.product).asset
  local least = decimal(host.param("min_depth_" .. asset, nil) or host.param("min_depth", "0"))
  local depth = book:depth(intent.side == "buy" and "ask" or "bid", 1)
  if depth < least then
    return false, "depth " .. tostring(depth) .. " is below " .. tostring(least)
  end
  return true
end

return rule
