-- A stop that the host holds: it outlives the runner, the script and the host, and closes the
-- position when the price is there.
local rig = require "rig"
local PRODUCT = "BIP-20DEC30-CDE"

-- A market that stands at `price`: best pair, depth, trades, four times a second for ten minutes.
local function write_tape(world, price)
  local rows = {"recv_ns,kind,side,price,size"}
  local function row(at, kind, side, level, size)
    rows[#rows + 1] = ("%d,%s,%s,%.2f,%.3f"):format(at, kind, side, level, size)
  end
  for i = 0, 2400 do
    local at, size = 1700000000000000000 + i * 250000000, 5 + i % 7
    row(at, "Q", "B", price - 5, size)
    row(at, "Q", "S", price + 5, size)
    for step = 2, 5 do
      row(at, "L", "B", price - 5 * step, size + step)
      row(at, "L", "S", price + 5 * step, size + step)
    end
    row(at, "T", i % 2 == 0 and "B" or "S", i % 2 == 0 and price + 5 or price - 5, 0.05)
  end
  local path = ("%s/%d.csv"):format(world.dir, price)
  rig.write(path, table.concat(rows, "\n") .. "\n")
  return path
end

local function guarded(world)
  for _, row in ipairs(world:must("positions")) do
    if row.actor == "holder" and row.product == PRODUCT then return row end
  end
  return {}
end

local function is_set(world, when)
  local row = rig.poll("a guarded position " .. when, function()
    local seen = guarded(world)
    return tonumber(seen.size or 0) > 0 and seen.protection == "set" and seen
  end)
  rig.equal(row.stop, "59900", "stop " .. when)
end

-- F62 | real process | a position with a stop; the runner is killed, then the host; its script
--   wants nothing any more | the stop stands, the price that came meanwhile closes the position
-- F61 | real process | killed with a stop set | restored from the journal, fires after the start
rig.scenario("protect", function(world)
  world:start_exchange{"--tape", write_tape(world, 60000)}
  local script = world.dir .. "/holder.lua"
  rig.write(script, rig.read(rig.source .. "/tests/e2e/scripts/holder.lua"))
  world:start_host(function(text)
    return rig.with_strategies(text,
      {rig.strategy("holder", script, '"BTC-cde"', "keep", 'stop = "59900"')})
  end)
  is_set(world, "at first")
  rig.contains(world:moongate("ctl -c CONFIG positions"), "59900", "the table of positions")

  local pid = world:runner("holder").pid
  os.execute(("kill -KILL %d"):format(pid))
  rig.poll("the runner's death", function() return world:runner("holder").pid ~= pid end)
  is_set(world, "after the runner's death")

  world.host:kill()
  rig.write(script, "return {}\n")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:start_exchange{"--tape", write_tape(world, 59500)}
  world:start_host(function(text)
    return rig.with_strategies(text, {rig.strategy("holder", script, '"BTC-cde"', "keep")})
  end)
  rig.poll("flat", function() return tonumber(guarded(world).size) == 0 end)
  rig.equal(guarded(world).protection, nil, "a stop without a position")
  local fired = false
  for _, row in ipairs(world:journal("protect")) do fired = fired or row.state == "firing" end
  rig.check(fired, "the journal does not tell that the stop fired")
  rig.contains(world:log(), "its stop price was reached", "the log")
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
