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

local params = host.declare{
  interval = {type = "number", default = 3600, least = 60, about = "seconds between two stamps"},
  before = {type = "number", default = 60, least = 0, about = "seconds before one"},
  after = {type = "number", default = 15, least = 0, about = "seconds after one"},
}
local interval, before, after = params.interval, params.before, params.after
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
