-- A recorded run, with a reload under load, a runner killed and the host itself killed and started
-- again, is replayed to the byte, in the lab and in real jails; a torn recording to its last whole
-- turn. Nothing of a key is in it.
local rig = require "rig"
local cjson = require "cjson"

local function runs_of(world)
  local runs = {}
  for name in rig.shell("ls -1 " .. world.dir .. "/rec"):gmatch("run%-%S+") do
    runs[#runs + 1] = world.dir .. "/rec/" .. name
  end
  return runs
end

local function replay(run, words)
  local text, code = rig.moongate("replay --json " .. (words or "") .. " " .. rig.quote(run))
  local fine, result = pcall(cjson.decode, text)
  rig.check(fine, "replay %s: code %s: %s", words or "", tostring(code), text)
  return result, code
end

local function must_be_identical(run, words)
  local result, code = replay(run, words)
  rig.check(code == 0 and result.identical, "%s %s: turn %s: %s", run, words or "",
            tostring(result.turn), tostring(result.divergence))
  rig.equal(result.not_compared, "", "generations that were not compared to their end")
  return result
end

-- Each has a generation of its own, and the first one trades on behind them all.
local function fail_reloads(world, path)
  local sound = rig.read(path)
  rig.write(path, "this is no Lua")
  for _ = 1, 7 do rig.check(not world:ctl("reload quoter").ok, "a broken script was taken") end
  rig.write(path, sound)
end

local function record_first_run(world)
  world:start_host()
  world:wait_trading(3)
  local path = world.dir .. "/strategies/quoter.lua"
  fail_reloads(world, path)
  local before = world:runner("quoter")
  rig.write(path, rig.read(path) .. "\n-- edited under load\n")
  world.host:signal("HUP")
  rig.poll("reload", function() return world:runner("quoter").hash ~= before.hash end)
  local killed = world:runner("quoter")
  os.execute(string.format("kill -KILL %d", killed.pid))
  rig.poll("restart of the runner", function()
    local now = world:runner("quoter")
    return now.pid ~= killed.pid and now.intents > killed.intents
  end)
  world.host:kill()
end

local function check_first(run)
  local result = must_be_identical(run)
  rig.check(result.intents > 3 and result.verdicts > 3 and result.commands > 50 and
            result.generations >= 5, "the replay saw too little: %s", cjson.encode(result))
  rig.contains(result.ended, "not ended", "the end of a killed host")
  local jailed = must_be_identical(run, "--jailed")
  for _, key in ipairs{"turns", "intents", "verdicts", "commands"} do
    rig.equal(jailed[key], result[key], "jailed: " .. key)
  end
  local part = must_be_identical(run, string.format("--until %d", result.turns // 2))
  rig.check(part.turns < result.turns, "--until stopped nothing")
  return result
end

-- The last chunk loses its end: what is whole before is still identical.
local function check_torn(run, whole)
  local chunk = run .. "/00000001.mgr"
  local bytes = rig.read(chunk)
  rig.write(chunk, bytes:sub(1, #bytes - 1000))
  local result = must_be_identical(run)
  rig.check(result.turns > 0 and result.turns < whole.turns, "the torn tail was replayed")
  rig.contains(result.ended, "torn", "the end of a torn recording")
  rig.write(chunk, bytes)
end

-- Altered in one place, with right checksums: replay names the turn, both sides and the input.
local function check_mutations(world, run)
  local out = world.dir .. "/mutated"
  local function mutated(words, what)
    local text, code = rig.shell(string.format("%s/mutate %s %s %s", rig.quote(rig.tools),
                                               rig.quote(run), rig.quote(out), words))
    rig.check(code == 0, "mutate %s: %s", words, text)
    local result
    for _, jailed in ipairs{"", "--jailed"} do
      result, code = replay(out, jailed)
      rig.check(code == 1 and not result.identical, "%s altered and %s found nothing", words,
                jailed)
      rig.contains(result.divergence, what, words)
      rig.contains(result.divergence, "input:", words)
    end
    local recorded = result.divergence:match("recorded: ([^\n]*)")
    rig.check(recorded ~= result.divergence:match("replayed: ([^\n]*)"), "both sides are the same")
  end
  mutated("intent", "intent runner=")
  mutated("book", "replayed: ") -- seen in a view, a notice or a verdict, whichever is first
  mutated([[script 'post_only = true' 'post_only =false']], "what a script said")
end

-- What a host did is kept as its build has it in memory: another one says so and reads nothing.
local function check_build(world, run)
  local out = world.dir .. "/elsewhere"
  local text, code = rig.shell(string.format("%s/mutate %s %s build", rig.quote(rig.tools),
                                             rig.quote(run), rig.quote(out)))
  rig.check(code == 0, "mutate build: %s", text)
  for _, words in ipairs{"replay ", "backtest -s quoter -d BTC-cde="} do
    text, code = rig.moongate(words .. rig.quote(out))
    rig.check(code ~= 0, "%s went on: %s", words, text)
    rig.contains(text, "of another build, whose structs differ", words)
  end
end

local function check_keys(world, run)
  local text = rig.moongate("replay --dump " .. rig.quote(run))
  rig.contains(text, "state_dir", "the config's text")
  for _, file in ipairs{"api-key-es256.json", "api-key-ed25519.json"} do
    local private = rig.check(rig.read(world.dir .. "/" .. file):match(
      '"privateKey"%s*:%s*"([^"]+)"'), "no private key in %s", file)
    for piece in private:gsub("\\n", "\n"):gmatch("[%w+/]+") do
      if #piece > 30 then
        rig.check(not text:find(piece, 1, true), "a piece of %s is in the recording", file)
      end
    end
  end
  rig.check(not text:find("PRIVATE KEY", 1, true), "a private key is in the recording")
end

-- The same limits change no answer; tighter ones refuse what had passed, and name its fills; wider
-- ones let pass what one strategy asked for in vain.
local function check_whatif(world, run)
  local function judged(change, wanted)
    local path = world.dir .. "/other.conf"
    rig.write(path, change(rig.read(world.config)))
    local text, code = rig.moongate(string.format("whatif --json --limits %s %s", rig.quote(path),
                                                  rig.quote(run)))
    local fine, result = pcall(cjson.decode, text)
    rig.check(fine, "whatif: code %s: %s", tostring(code), text)
    rig.equal(code, wanted, "exit code of whatif")
    return result
  end
  local same = judged(function(text) return text end, 0)
  rig.check(same.judged > 3 and same.passed > 3 and same.refused > 0, "too little was judged: %s",
            cjson.encode(same))
  rig.equal(#same.orders + same.refused_otherwise, 0, "answers that the same limits change")
  local tight = judged(function(text)
    return (text:gsub('max_order_value = "%d+"', 'max_order_value = "1"'))
  end, 1)
  local orders, filled = 0, 0
  for _, group in ipairs(tight.groups) do
    rig.equal(group.code, "order_value", "what refuses them")
    orders, filled = orders + group.orders, filled + group.filled
  end
  rig.equal(orders, tight.would_be_refused, "orders in the groups")
  rig.equal(#tight.orders, orders, "orders in the list")
  rig.check(filled > 0 and filled <= orders and orders <= same.passed, "%d filled of %d", filled,
            orders)
  rig.equal(tight.would_pass, 0, "orders that tighter limits let pass")
  local wide = judged(function(text)
    text = text:gsub('max_order_size = "%d+%.?%d*"', 'max_order_size = "10"')
    text = text:gsub('max_position = "%d+%.?%d*"', 'max_position = "20"')
    return (text:gsub('max_order_value = "%d+"', 'max_order_value = "20000"'))
  end, 1)
  rig.equal(wide.would_be_refused, 0, "orders that wider limits refuse")
  rig.check(wide.would_pass > 0 and wide.would_pass + wide.refused_otherwise <= same.refused,
            "orders that wider limits let pass: %d of %d", wide.would_pass, same.refused)
  rig.equal(wide.groups[1].strategy .. " " .. wide.groups[1].code, "large order_size", "whose")
end

-- What the run recorded is a market to backtest on, and its journal what that is held against.
local function check_backtest(world, run)
  local out = world.dir .. "/backtest"
  local words = "backtest --json -s quoter -c %s -d BTC-cde=%s -o %s --compare %s"
  local text, code = rig.moongate(words:format(rig.quote(world.config), rig.quote(run),
                                               rig.quote(out), rig.quote(world.dir .. "/state")))
  rig.equal(code, 0, "a backtest on a recording: " .. text)
  local result, both, sum = cjson.decode(text), 0, 0
  rig.check(result.live_orders > 0 and result.backtest_orders > 0, "orders in both: %s", text)
  for _, order in ipairs(result.orders) do
    both = both + (order.live ~= cjson.null and order.backtest ~= cjson.null and 1 or 0)
    sum = sum + tonumber(order.total)
  end
  rig.check(both > 0, "no order of the live run has its like in the backtest")
  rig.check(math.abs(sum - tonumber(result.difference)) < 1e-6, "%s adds up to %s",
            result.difference, tostring(sum))
end

-- Replayed from what its host restored to its end, the run leaves the journal of that host: the
-- same rows, and so the same report.
local function check_journal(world, run)
  local out = world.dir .. "/replayed"
  must_be_identical(run, "--out " .. rig.quote(out))
  local function report(directory)
    local text, code = rig.moongate("report --json " .. rig.quote(directory))
    rig.equal(code, 0, "report of " .. directory .. ": " .. text)
    return text
  end
  rig.equal(report(out), report(world.dir .. "/state"), "the replay's report")
  rig.equal(select(2, rig.moongate("verify " .. rig.quote(out))), 0, "verify of the replay")
  local text, code = rig.moongate("replay --out " .. rig.quote(out) .. " " .. rig.quote(run))
  rig.equal(code, 2, "a second replay into one folder")
  rig.contains(text, "another run", "why not")
end

-- F61 | real process | host and a runner killed, a script reloaded, all recorded | the replay is
--     identical
-- AC-K1 | real process | a recorded run, a torn one, an event or a script altered | identical, to
--     the last whole turn, or the first divergence with both sides and the input
-- AC-K2 | real process | a live run and a backtest on its recording | each order of both, with what
--     it brought and by what they differ
rig.scenario("replay", function(world)
  world:start_exchange()
  world:write_config(function(text)
    local large = world:still("large", '"BTC-cde"'):gsub('size = "0.1"', 'size = "0.2"')
    text = text:gsub("\nstrategies = %(", "%0\n  " .. large .. ",")
    return text .. string.format('\nrecording = { dir = "%s/rec"; };\n', world.dir)
  end)
  record_first_run(world)
  world:start_host()
  world:wait_trading(1)
  -- The kill may have met an order on its way: no list can end it before its token and the venue's
  -- bound are over, and a host that stops with it in doubt says so.
  local in_doubt = world:status().unknown > 0
  rig.equal(world.host:stop(), in_doubt and 1 or 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  local runs = runs_of(world)
  rig.equal(#runs, 2, "recorded runs")
  local first = check_first(runs[1])
  check_torn(runs[1], first)
  check_mutations(world, runs[1])
  check_build(world, runs[1])
  local second = must_be_identical(world.dir .. "/rec")
  rig.contains(second.ended, "ended in order", "the end of a stopped host")
  rig.equal(second.run, runs[2], "the newest run")
  check_keys(world, runs[1])
  check_whatif(world, runs[1])
  check_backtest(world, runs[1])
  check_journal(world, runs[2])
end)
