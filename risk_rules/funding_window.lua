--- Market filter: no opening around the moment that funding is settled.
--
-- Perpetuals here settle funding on the hour. Who opens a little before pays or is paid for time
-- that he did not carry, and books are thin just then: from `before` seconds ahead of each
-- settlement until `after` seconds past it, what opens is refused. The rate itself is not shown to
-- scripts.
--
-- Parameters: interval (seconds, 3600; settlements are at its multiples, UTC), before (seconds,
-- 60), after (seconds, 15).
local counted = require "counted"

local interval = host.number("interval", 3600, 60)
local before = host.number("before", 60, 0, interval)
local after = host.number("after", 15, 0, interval)
assert(before + after < interval, "funding_window: before and after leave no time to open at all")

local rule = {}

function rule.judge()
  local since = host.now() / 1000000000 % interval
  if since < after then
    return false, string.format("funding was settled %d s ago", math.floor(since)), "after"
  elseif interval - since <= before then
    return false, string.format("funding is settled in %d s", math.ceil(interval - since)),
      "before"
  end
  return true
end

return counted(rule)
