--- Days and hours, in UTC and in New York, from the Unix time of a frame: scripts have no clock.
--
--     local calendar = require "calendar"
--     local open = calendar.windows("mon-fri 07:00-20:00, sun 22:00-02:00", "utc")
--     open:contains(host.now())         true or false; a window may run past midnight
--     open:next_start(host.now())       seconds until the next one begins, 0 within one
local calendar = {}

local SECOND_NS, DAY, WEEK = 1000000000, 86400, 7 * 86400
local DAYS = {mon = 0, tue = 1, wed = 2, thu = 3, fri = 4, sat = 5, sun = 6}

--- Days from 1970-01-01 to a date: years begin in March, so that the leap day comes last.
local function days_from(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
    - 719469
end

local function year_of(days)
  local year = 1970 + days // 366
  while days_from(year + 1, 1, 1) <= days do year = year + 1 end
  return year
end

--- The day of the `nth` Sunday of a month.
local function sunday(year, month, nth)
  local first = days_from(year, month, 1)
  return first + (DAYS.sun - (first + 3)) % 7 + 7 * (nth - 1) -- day 0 was a Thursday
end

--- Seconds that clocks in a zone ("utc", "new_york") are ahead of UTC.
function calendar.offset(unix_s, zone)
  if zone == "utc" then return 0 end
  assert(zone == "new_york", "calendar: zones are utc and new_york")
  local year = year_of(unix_s // DAY)
  -- Summer time begins on the second Sunday of March at 07:00 UTC and ends on the first one of
  -- November at 06:00 UTC (since 2007).
  local summer = unix_s >= sunday(year, 3, 2) * DAY + 7 * 3600
    and unix_s < sunday(year, 11, 1) * DAY + 6 * 3600
  return (summer and -4 or -5) * 3600
end

--- Seconds since Monday, 00:00, by the clocks of a zone.
function calendar.week_second(unix_ns, zone)
  local unix_s = unix_ns // SECOND_NS
  local here = unix_s + calendar.offset(unix_s, zone)
  return (here // DAY + 3) % 7 * DAY + here % DAY
end

local Windows = {}
Windows.__index = Windows

local function time_of(text, whole)
  local hour, minute = text:match("^(%d%d):(%d%d)$")
  hour, minute = tonumber(hour), tonumber(minute)
  if not hour or hour > 24 or minute > 59 or hour == 24 and minute > 0 then
    error("calendar: '" .. whole .. "' wants hours like 07:00-20:00", 0)
  end
  return hour * 3600 + minute * 60
end

local function days_of(text, whole)
  if text == "" then return 0, 6 end
  local first, last = text:match("^(%a%a%a)%-(%a%a%a)$")
  first, last = DAYS[first or text], DAYS[last or text]
  if not first or not last then
    error("calendar: '" .. whole .. "' wants days like mon-fri or sat", 0)
  end
  return first, last < first and last + 7 or last
end

--- Windows of a week: "[day[-day] ]HH:MM-HH:MM", separated by commas. One that ends before it
-- begins ends on the next day; 00:00-24:00 is a whole day.
function calendar.windows(text, zone)
  calendar.offset(0, zone)
  local spans = {}
  for part in (text .. ","):gmatch("%s*([^,]-)%s*,") do
    local days, from, to = part:match("^(.-)%s*(%d[%d:]*)%-(%d[%d:]*)$")
    if not days then
      error("calendar: '" .. part .. "' is no window; one is 'mon-fri 07:00-20:00'", 0)
    end
    local first, last = days_of(days, part)
    local begins, ends = time_of(from, part), time_of(to, part)
    if ends <= begins then ends = ends + DAY end
    for day = first, last do
      local start = day % 7 * DAY + begins
      spans[#spans + 1] = {start, ends - begins}
    end
  end
  return setmetatable({spans = spans, zone = zone}, Windows)
end

function Windows:contains(unix_ns)
  local now = calendar.week_second(unix_ns, self.zone)
  for _, span in ipairs(self.spans) do
    if (now - span[1]) % WEEK < span[2] then return true end
  end
  return false
end

--- Seconds until a window begins, 0 within one. Over a change of the clocks it is an hour off.
function Windows:next_start(unix_ns)
  local now, least = calendar.week_second(unix_ns, self.zone), WEEK
  for _, span in ipairs(self.spans) do
    if (now - span[1]) % WEEK < span[2] then return 0 end
    least = math.min(least, (span[1] - now) % WEEK)
  end
  return least
end

--- Seconds since the last window ended, 0 within one. Over a change of the clocks as above.
function Windows:since_end(unix_ns)
  local now, least = calendar.week_second(unix_ns, self.zone), WEEK
  for _, span in ipairs(self.spans) do
    if (now - span[1]) % WEEK < span[2] then return 0 end
    least = math.min(least, (now - span[1] - span[2]) % WEEK)
  end
  return least
end

return calendar
