--- Soft rule: after `burst` opening orders of one strategy on one product within `window` seconds,
-- further ones wait until the window has passed. What it let pass counts, also when another rule
-- then refused it: rules are asked at once, and none hears what the others said.
local counted = require "counted"

local params = host.declare{
  burst = {type = "integer", default = 20, least = 1, about = "orders within the window"},
  window = {type = "number", default = 10, least = 0, about = "seconds"},
}
local burst, window_ns = params.burst, params.window * 1000000000
local seen = {} -- per strategy and product: uptimes of the last `burst` allowed orders, a ring

local rule = {}

function rule.judge(intent)
  local key = intent.strategy .. " " .. intent.product
  local times = seen[key] or {at = 0}
  seen[key] = times
  local oldest, now = times[times.at % burst + 1], host.uptime()
  if oldest and now - oldest < window_ns then
    return false, string.format("%d orders within %.1f s; cooling down", burst, window_ns / 1e9),
      "burst"
  end
  times.at = times.at % burst + 1
  times[times.at] = now
  return true
end

--- A reload must not loosen the rule: the times go over, oldest first, as text because nanoseconds
-- grow past what JSON holds exactly.
function rule.on_save()
  local saved = {}
  for key, times in pairs(seen) do
    local list = {}
    for i = 1, burst do
      local time = times[(times.at + i - 1) % burst + 1]
      if time then list[#list + 1] = tostring(time) end
    end
    saved[key] = list
  end
  return saved
end

function rule.on_reload(saved)
  for key, list in pairs(saved or {}) do
    local times = {at = 0}
    for i = math.max(1, #list - burst + 1), #list do
      times.at = times.at % burst + 1
      times[times.at] = math.tointeger(tonumber(list[i])) or 0
    end
    seen[key] = times
  end
end

return counted(rule)
