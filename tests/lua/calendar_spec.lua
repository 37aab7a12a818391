--- Days and hours against the system's own knowledge of them.
local calendar = require "calendar"

local SECOND = 1000000000

local function week_second(text, zone)
  local pipe = io.popen(("date -u -d '%s' +%%s"):format(text))
  local seconds = tonumber(pipe:read("a"))
  pipe:close()
  return calendar.week_second(math.tointeger(seconds) * SECOND, zone)
end

local function at(day, hour, minute) return day * 86400 + hour * 3600 + (minute or 0) * 60 end

describe("calendar", function()
  it("knows the day of the week", function()
    assert.equal(at(3, 0), calendar.week_second(0, "utc")) -- 1970 began on a Thursday
    assert.equal(at(1, 22, 13) + 20, calendar.week_second(1700000000 * SECOND, "utc"))
    assert.equal(at(3, 12), week_second("2024-02-29 12:00", "utc"))
    assert.equal(at(6, 23, 59), week_second("2100-02-28 23:59", "utc"))
  end)

  it("knows New York, and when its clocks change", function()
    for _, row in ipairs{
      {"2026-03-08 06:59", at(6, 1, 59)}, {"2026-03-08 07:00", at(6, 3)},
      {"2026-11-01 05:59", at(6, 1, 59)}, {"2026-11-01 06:00", at(6, 1)},
      {"2026-08-21 21:00", at(4, 17)}, {"2026-12-25 22:00", at(4, 17)},
      {"2027-03-14 07:00", at(6, 3)}, {"2028-01-01 04:30", at(4, 23, 30)},
    } do
      assert.equal(row[2], week_second(row[1], "new_york"), row[1])
    end
  end)

  it("agrees with the system's zone data on every day of twelve years", function()
    local test = io.open("/usr/share/zoneinfo/America/New_York")
    if not test then return pending("no zone data here") end
    test:close()
    local days = {}
    for day = 18262, 18262 + 12 * 366 do days[#days + 1] = "@" .. day * 86400 + 6 * 3600 + 1800 end
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(table.concat(days, "\n"), "\n")
    file:close()
    local pipe = io.popen("TZ=America/New_York date -f " .. path .. " '+%s %:::z'")
    local count = 0
    for line in pipe:lines() do
      local seconds, hours = line:match("^(%d+) (%-%d+)$")
      assert.equal(tonumber(hours) * 3600,
        calendar.offset(math.tointeger(tonumber(seconds)), "new_york"), line)
      count = count + 1
    end
    pipe:close()
    os.remove(path)
    assert.equal(#days, count)
  end)

  it("knows windows, over midnight and over the end of the week", function()
    local function says(text, day, hour, minute)
      local open = calendar.windows(text, "utc")
      local monday = 4 * 86400 -- 1970-01-05
      local now = (monday + at(day, hour, minute)) * SECOND
      return open:contains(now), open:next_start(now), open:since_end(now)
    end
    assert.same({true, 0, 0}, {says("mon-fri 07:00-20:00", 0, 7)})
    assert.same({false, 11 * 3600, 0}, {says("mon-fri 07:00-20:00", 0, 20)})
    assert.same({false, at(2, 7), at(0, 4)}, {says("mon-fri 07:00-20:00", 5, 0)})
    assert.is_true((says("sun 22:00-02:00", 0, 1, 59)))
    assert.is_false((says("sun 22:00-02:00", 0, 2)))
    assert.is_true((says("fri-mon 10:00-11:00", 6, 10, 30)))
    assert.is_false((says("fri-mon 10:00-11:00", 2, 10, 30)))
    assert.is_true((says("00:00-24:00", 5, 3)))
  end)

  it("says what is wrong with a window", function()
    for _, text in ipairs{"", "friday", "fri 9-10", "fri 25:00-26:00", "fry 09:00-10:00",
                          "fri 09:60-10:00", "mon-fri"} do
      assert.has_error(function() calendar.windows(text, "utc") end)
    end
    assert.has_error(function() calendar.windows("09:00-10:00", "gmt") end)
  end)
end)
