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

local params = host.declare{
  breaks = {type = "text", default = "fri 17:00-18:00", about = "when the venue does not trade"},
  zone = {type = "text", default = "new_york", about = "of these times"},
  before = {type = "number", default = 900, least = 0, about = "seconds before a break"},
  after = {type = "number", default = 300, least = 0, about = "seconds after one"},
  profile = {type = "choice", default = "cde", choices = {"cde", "intx", "all"},
             about = "the products that have them"},
}
local breaks = calendar.windows(params.breaks, params.zone)
local before, after, profile = params.before, params.after, params.profile

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
