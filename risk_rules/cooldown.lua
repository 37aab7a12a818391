--- Soft rule: after `burst` opening orders of one strategy on one product within `window` seconds,
-- further ones wait until the window has passed.
local burst = host.param("burst", 20)
local window = host.param("window", 10) * 1000000000
local seen = {} -- per strategy and product: times of the last `burst` allowed orders

local rule = {}

function rule.judge(intent)
  local key = intent.strategy .. " " .. intent.product
  local times = seen[key] or {at = 0}
  seen[key] = times
  local oldest = times[times.at % burst + 1]
  local now = host.uptime()
  if oldest and now - oldest < window then
    return false, string.format("%d orders within %.1f s; cooling down", burst, window / 1e9)
  end
  times.at = times.at % burst + 1
  times[times.at] = now
  return true
end

return rule
