--- Market filter: no opening around the venue's weekly break.
--
-- Products of the `cde` profile stop trading on Fridays from 17:00 to 18:00 in New York. Quotes
-- widen before it, nothing can be closed in it, and the price may open elsewhere after it: from
-- `before` seconds ahead of a break until `after` seconds past its end, what opens is refused.
--
-- Parameters: breaks ("fri 17:00-18:00"), zone ("new_york" or "utc"), before (seconds, 900), after
-- (seconds, 300), profile ("cde"; "all": every product).
local calendar = require "calendar"
local counted = require "counted"

local breaks = calendar.windows(host.param("breaks", "fri 17:00-18:00"),
  host.param("zone", "new_york"))
local before = host.number("before", 900, 0)
local after = host.number("after", 300, 0)
local profile = host.param("profile", "cde")
assert(profile == "cde" or profile == "intx" or profile == "all",
  "session: profile is cde, intx or all")

local rule = {}

function rule.judge(intent)
  if profile ~= "all" and host.product(intent.product).profile ~= profile then return true end
  local now = host.now()
  local ahead = breaks:next_start(now)
  if ahead == 0 then return false, "the venue's break", "break" end
  if ahead <= before then
    return false, string.format("the venue's break begins in %d s", ahead), "before"
  end
  local since = breaks:since_end(now)
  if since < after then
    return false, string.format("the venue's break ended %d s ago", since), "after"
  end
  return true
end

return counted(rule)
