--- Soft rule: after `losses` losing trades in a row of one strategy in one product, it opens
-- nothing for `pause` seconds.
--
-- A trade's outcome is what the strategy's realised result less its fees has changed by between two
-- questions; positions are closed without asking the rules, so a loss is met when the strategy next
-- wants to open. That is where the pause begins, and after it the count starts over. A win ends the
-- streak, a trade that came out even does not.
--
-- Parameters: losses (3), pause (seconds, 1800).
local counted = require "counted"

local params = host.declare{
  losses = {type = "integer", default = 3, least = 1, about = "losing trades in a row"},
  pause = {type = "number", default = 1800, least = 0, about = "seconds that nothing opens then"},
}
local losses, pause_ns = params.losses, math.floor(params.pause * 1000000000)
local streaks = {} -- per strategy and product

local rule = {}

--- Books the trades that have ended since the last question.
local function follow(streak, position)
  if streak.realised and position.realised ~= streak.realised then
    local outcome = position.realised - streak.realised - (position.fees - streak.fees)
    if outcome:sign() < 0 then
      streak.count = streak.count + 1
    elseif outcome:sign() > 0 then
      streak.count = 0
    end
  elseif streak.realised then
    return -- nothing has ended; the fees of what is open count when it does
  end
  streak.realised, streak.fees = position.realised, position.fees
end

function rule.judge(intent)
  local key, now = intent.strategy .. " " .. intent.product, host.uptime()
  local streak = streaks[key] or {count = 0, paused_until = 0}
  streaks[key] = streak
  follow(streak, host.position(intent.product))
  if streak.count >= losses then
    streak.count, streak.paused_until = 0, now + pause_ns
  end
  if now < streak.paused_until then
    return false, string.format("%d losses in a row; a pause of another %d s", losses,
      math.ceil((streak.paused_until - now) / 1e9)), "pause"
  end
  return true
end

--- Nanoseconds go as text, for they grow past what JSON holds exactly.
function rule.on_save()
  local saved = {}
  for key, streak in pairs(streaks) do
    saved[key] = {count = streak.count, paused_until = tostring(streak.paused_until),
                  realised = streak.realised, fees = streak.fees}
  end
  return saved
end

function rule.on_reload(saved)
  for key, kept in pairs(saved or {}) do
    streaks[key] = {count = kept.count,
                    paused_until = math.tointeger(tonumber(kept.paused_until)) or 0,
                    realised = decimal(kept.realised), fees = decimal(kept.fees)}
  end
end

return counted(rule)
