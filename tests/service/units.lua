-- The systemd units: systemd itself finds nothing wrong with them, and their confinement stays as
-- tight as it was. What a run asks the kernel for is compared in calls.lua.
local source = ...

local UNITS = {"moongate@.service", "moongate-watch@.service"}
local EXPOSURE_MOST = 20 -- tenths; systemd calls up to 2.0 "OK", an unconfined service has 9.6

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return text, code
end

local function check(holds, ...) if not holds then error(string.format(...), 0) end end

-- The programs need not be installed for this: the paths are exchanged for one that is there.
local function verify(unit)
  local dir = run("mktemp -d"):match("%S+")
  local text = assert(io.open(source .. "/config/systemd/" .. unit)):read("a")
  local copy = assert(io.open(dir .. "/" .. unit, "w"))
  copy:write((text:gsub("/usr/bin/moongate%S*", "/bin/true")
    :gsub("moongate%-watch@%%i.service", ""):gsub("Documentation=[^\n]*\n", "")))
  copy:close()
  local said, code = run("systemd-analyze verify --man=no " .. dir .. "/" .. unit)
  run("rm -rf " .. dir)
  check(code == 0 and not said:find(unit:match("^[^.@]+") .. "@", 1, true), "%s: %s", unit, said)
  said, code = run(("systemd-analyze security --offline=true --threshold=%d %s/config/systemd/%s")
    :format(EXPOSURE_MOST, source, unit))
  check(code == 0, "%s is more exposed than it may be:\n%s", unit, said)
end

for _, unit in ipairs(UNITS) do verify(unit) end
