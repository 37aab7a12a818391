-- `moongate record` over the feed of the exchange, without a key: killed, rotated, torn and
-- flipped; `moongate recordings` tells each, and what it recorded is data for a backtest.
local rig = require "rig"
local cjson = require "cjson"

local function without_key(text)
  return (text:gsub("\n  key_file = [^\n]*", "", 1):gsub("\nwatch = {.-\n};", "", 1)) ..
    '\npaper = { cash = "1000"; };\n'
end

local function runs(world)
  local text, code = rig.moongate("recordings --json " .. rig.quote(world.dir .. "/tapes"))
  local all = {}
  for line in text:gmatch("{[^\n]+") do all[#all + 1] = cjson.decode(line) end
  return all, code, text
end

local function record(world, more)
  return world:start_program("record", rig.programs.moongate,
    {"record", "-c", world.config, "-o", world.dir .. "/tapes", table.unpack(more or {})})
end

local function chunk(world, run) return world.dir .. "/tapes/" .. run .. "/00000001.mgr" end

-- Written beside, so that the recording itself stays.
local function damaged(world, run, change)
  local copy = world.dir .. "/tapes/run-9999-" .. run
  os.execute("cp -r " .. rig.quote(world.dir .. "/tapes/" .. run) .. " " .. rig.quote(copy))
  rig.write(copy .. "/00000001.mgr", change(rig.read(chunk(world, run))))
  local all, code = runs(world)
  os.execute("rm -r " .. rig.quote(copy))
  return all[#all], code
end

local function flip(text)
  local at = #text // 2
  return text:sub(1, at - 1) .. string.char(text:byte(at) ~ 1) .. text:sub(at + 1)
end

local function plays(world, run)
  local text, code = rig.moongate(("backtest --json -s quoter -c %s -d BTC-cde=%s"):format(
    world.config, rig.quote(world.dir .. "/tapes/" .. run)))
  rig.equal(code, 0, "backtest over a recorded feed: " .. text)
  local result = cjson.decode(text:match("{.*}"))
  rig.check(result.rows > 100 and result.orders > 0, "little was played: %s", text)
  return result.rows
end

rig.scenario("record", function(world)
  world:start_exchange()
  os.execute("rm " .. world.dir .. "/api-key*.json")
  world:fault("POST *: delay 1s", "subscribe user: close")
  world:write_config(without_key)
  local first = record(world)
  rig.poll("some frames", function()
    rig.check(not first:code(), "the recorder ended")
    local found = runs(world)[1]
    return found and (found.entries.raw or 0) > 1000
  end)
  first:kill()
  local all, code = runs(world)
  rig.equal(code, 0, "a killed recorder leaves no damage")
  rig.contains(all[1].how, "not ended", "the end of a killed recorder")

  local second = record(world, {"--rotate", "1"})
  rig.poll("three runs", function() return #runs(world) >= 4 end)
  rig.equal(second:stop(), 0, "exit code of record")
  all, code = runs(world)
  rig.equal(code, 0, "rotated runs are sound")
  rig.equal(all[2].how, "ended in order by its host", "the end of a rotated run")

  local whole = plays(world, all[1].run)
  local torn, torn_code = damaged(world, all[1].run, function(text)
    return text:sub(1, #text - 100)
  end)
  rig.equal(torn_code, 0, "a torn tail is no damage")
  rig.contains(torn.how, "its tail is torn", "a torn tail")
  rig.check(torn.turns < all[1].turns and torn.turns > 0, "turns of a torn run")
  local flipped, flipped_code = damaged(world, all[2].run, flip)
  rig.equal(flipped_code, 1, "a flipped bit")
  rig.contains(flipped.how, "is damaged at byte", "a flipped bit")
  rig.check(whole > 0)

  -- The venue's frames are read by builds to come, too.
  local later = "run-9999-later"
  local text, mutated = rig.shell(("%s/mutate %s %s build"):format(rig.quote(rig.tools),
    rig.quote(world.dir .. "/tapes/" .. all[1].run), rig.quote(world.dir .. "/tapes/" .. later)))
  rig.check(mutated == 0, "mutate: %s", text)
  rig.equal(plays(world, later), whole, "rows of a recording by another build")
  os.execute("rm -r " .. rig.quote(world.dir .. "/tapes/" .. later))

  local said, replay_code = rig.moongate("replay " .. rig.quote(world.dir .. "/tapes/" ..
                                                                all[1].run))
  rig.check(replay_code ~= 0, "a market alone was replayed")
  rig.contains(said, "there is no host in it", "replay of a market alone")
  rig.equal(table.concat(world:fired(), " "), "0 0", "private requests at the exchange")
end)
