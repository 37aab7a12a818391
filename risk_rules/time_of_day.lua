--- Soft rule: opening within given hours alone; outside them positions may only be reduced.
--
-- Parameters: hours ("mon-fri 07:00-20:00"; several with commas; one may run past midnight, as in
-- "sun 22:00-02:00"), zone ("utc" or "new_york").
local calendar = require "calendar"
local counted = require "counted"

local params = host.declare{
  hours = {type = "text", default = "mon-fri 07:00-20:00", about = "when orders may open"},
  zone = {type = "text", default = "utc", about = "of these times"},
}
local hours = params.hours
local open = calendar.windows(hours, params.zone)

local rule = {}

function rule.judge()
  if open:contains(host.now()) then return true end
  return false, string.format("outside %s; open again in %d min", hours,
    math.ceil(open:next_start(host.now()) / 60)), "closed"
end

return counted(rule)
