-- The shipped set-up at the tape's own speed, a script reloaded all the while, and what host and
-- runners hold, sampled.
--
--   local line = soak.run(world, {seconds = 60, reloads = 100, csv = "samples.csv"})
local rig = require "rig"

local soak = {}

local EVERY = 2 -- seconds between samples
local COLUMNS = {"host_kib", "runners_kib", "lasting_kib", "fds", "runners", "zombies"}

-- One shell for all: resident memory, descriptors, and the children with their states. Resident
-- memory as the kernel's page tables have it, where that may be read: the count in `status` is kept
-- per CPU and lags.
local function sample(world)
  local text = rig.shell(([[
    held() { awk '/^Rss|^VmRSS/ {r = $2} END {print r + 0}' /proc/$1/status \
      $([ -r /proc/$1/smaps_rollup ] && echo /proc/$1/smaps_rollup) 2>/dev/null; }
    pid=%d; echo host $(held $pid) $(ls /proc/$pid/fd | wc -l)
    for child in $(cat /proc/$pid/task/*/children); do
      echo child $child $(awk '/^State/ {print $2}' /proc/$child/status) $(held $child)
    done]]):format(world.host.pid))
  local kib, fds = text:match("host (%d+) (%d+)")
  rig.check(kib, "no sample of the host: %s", text)
  local now = {host_kib = tonumber(kib), fds = tonumber(fds), runners_kib = 0, runners = 0,
               zombies = 0, of = {}}
  for child, state, size in text:gmatch("child (%d+) (%S) (%d+)") do
    if state == "Z" then
      now.zombies = now.zombies + 1
    else
      now.runners, now.runners_kib = now.runners + 1, now.runners_kib + tonumber(size)
      now.of[child] = tonumber(size)
    end
  end
  return now
end

-- What those hold that were there at the first sample: all but the one that is reloaded.
local function lasting_kib(first, now)
  local sum = 0
  for child in pairs(first.of) do sum = sum + (now.of[child] or 0) end
  return sum
end

-- Least squares, per hour, without the first tenth: there everything warms up.
local function slope(samples, column)
  local n, sx, sy, sxx, sxy = 0, 0, 0, 0, 0
  for i = #samples // 10 + 1, #samples do
    local x, y = samples[i].at / 3600, samples[i][column]
    n, sx, sy, sxx, sxy = n + 1, sx + x, sy + y, sxx + x * x, sxy + x * y
  end
  local spread = n * sxx - sx * sx
  return spread > 0 and (n * sxy - sx * sy) / spread or 0
end

local function reload(world, good, number)
  rig.write(world.dir .. "/strategies/quoter.lua", good .. "\n-- version " .. number .. "\n")
  rig.poll("reload " .. number, function() return world:ctl("reload quoter").ok end)
end

local function write_row(csv, now)
  local cells = {now.at}
  for i, column in ipairs(COLUMNS) do cells[i + 1] = now[column] end
  csv:write(table.concat(cells, ","), "\n")
  csv:flush()
end

-- Trades and reloads until the time is over; all samples.
local function watch(world, options, csv)
  local good = rig.read(world.dir .. "/strategies/quoter.lua")
  local samples, done, started = {}, 0, os.time()
  repeat
    local passed = os.time() - started
    if #samples == 0 or passed - samples[#samples].at >= EVERY then
      local now = sample(world)
      now.at = passed
      samples[#samples + 1] = now
      now.lasting_kib = lasting_kib(samples[1], now)
      write_row(csv, now)
    end
    if done < options.reloads and done * options.seconds < passed * options.reloads then
      done = done + 1
      reload(world, good, done)
    else
      rig.nap()
    end
    rig.check(not world.host:code(), "the host ended")
  until passed >= options.seconds and done >= options.reloads
  return samples
end

local function text_of(samples, options, status)
  local first, last, parts = samples[#samples // 10 + 1], samples[#samples], {}
  for i, column in ipairs(COLUMNS) do
    parts[i] = ("%s %d -> %d (%+.1f/h)"):format(column, first[column], last[column],
                                              slope(samples, column))
  end
  return ("%d s, %d reloads, %d orders, %d fills: %s"):format(options.seconds, options.reloads,
    status.counters.orders, status.counters.fills, table.concat(parts, ", "))
end

function soak.run(world, options)
  local csv = assert(io.open(options.csv, "w"))
  csv:write("seconds,", table.concat(COLUMNS, ","), "\n")
  world:start_exchange()
  world:start_host()
  world:wait_trading(1)
  local before = sample(world)
  local samples = watch(world, options, csv)
  csv:close()
  -- What a reload holds for its moment is given back.
  rig.poll("runners and descriptors as at the beginning, and no zombie", function()
    local now = sample(world)
    return now.zombies == 0 and now.runners == before.runners and now.fds <= before.fds
  end)
  local line = text_of(samples, options, world:status())
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
  return line
end

return soak
