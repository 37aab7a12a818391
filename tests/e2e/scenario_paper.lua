-- `moongate paper` over the feed of the exchange: it trades, is reloaded, killed and started again
-- with its account as it was, replays to the byte, and nothing but public reads ever leaves it.
local rig = require "rig"
local cjson = require "cjson"

-- No key, here or on disk; `state` is the folder's.
local function paper(state)
  return function(text)
    text = rig.swap(text, "/state\"", "/" .. state .. "\"")
    text = text:gsub("\n  key_file = [^\n]*", "", 1):gsub("\nwatch = {.-\n};", "", 1)
    return text .. '\npaper = { cash = "50000"; order_ms = 5; answer_ms = 5; };\n' ..
      'recording = { dir = "' .. rig.dir .. '/rec"; raw = true; };\n'
  end
end

local CONTRACT_E9 = {["BIP-20DEC30-CDE"] = 10000000, ["ETP-20DEC30-CDE"] = 100000000}

-- What the journal's exact fills add up to, by product; provisional ones have a successor.
local function booked(world)
  local sums = {}
  for _, fill in ipairs(world:journal("fill")) do
    rig.check(fill.provisional or fill.trade_id:find("^paper%-trade%-%d+$"),
              "a fill of no paper venue: %s", fill.trade_id)
    if not fill.provisional then
      local size = math.floor(tonumber(fill.size) * 1e9 + 0.5)
      rig.check(size % (CONTRACT_E9[fill.product_id] or 1) == 0, "a part of a contract filled: %s",
                cjson.encode(fill))
      sums[fill.product_id] = (sums[fill.product_id] or 0) +
        (fill.side == "buy" and size or -size)
    end
  end
  return sums
end

local function reload(world)
  local path, before = world.dir .. "/strategies/quoter.lua", world:runner("quoter")
  rig.write(path, rig.read(path) .. "\n-- edited under load\n")
  world.host:signal("HUP")
  rig.poll("reload", function() return world:runner("quoter").hash ~= before.hash end)
  rig.poll("an order of the new version",
           function() return world:runner("quoter").intents > before.intents + 2 end)
end

local function kill_and_start(world)
  world:wait_trading(3)
  world.host:kill()
  local before = #world:journal("fill")
  world:start_host()
  world:wait_trading(1)
  rig.check(before >= 3, "the journal of the killed host has only %d fills", before)
  for _, row in ipairs(world:journal("reconcile")) do
    rig.check(row.agreed, "host and paper venue differ: %s", cjson.encode(row))
  end
end

local function replays(world)
  local runs = 0
  for name in rig.shell("ls -1 " .. world.dir .. "/rec"):gmatch("run%-%S+") do
    local text, code = rig.moongate("replay " .. rig.quote(world.dir .. "/rec/" .. name))
    rig.check(code == 0 and text:find("identical", 1, true), "replay %s: %s", name, text)
    text, code = world:moongate("whatif --limits CONFIG " .. world.dir .. "/rec/" .. name)
    rig.check(code == 0 and text:find("orders judged", 1, true), "whatif %s: %s", name, text)
    runs = runs + 1
  end
  rig.equal(runs, 2, "recorded runs")
end

local function readers(world)
  local state = rig.quote(world.dir .. "/state")
  for _, words in ipairs{"verify " .. state, "report " .. state,
                         "report --html " .. state .. " -o " .. world.dir .. "/report.html"} do
    local text, code = rig.moongate(words)
    rig.equal(code, 0, "moongate " .. words .. ": " .. text)
  end
  for _, day in ipairs{"1999-01-01", "2026-13-01", "yesterday"} do
    local text, code = rig.moongate("report --day " .. day .. " " .. state)
    rig.equal(code, 2, "code of a report of " .. day .. ": " .. text)
    rig.contains(text, day, "a report of a day that was not")
  end
  local day = rig.moongate("report " .. state):match("account, (%d+-%d+-%d+)")
  rig.contains(rig.moongate("report --day " .. day .. " " .. state), "fills", "the day's report")
  replays(world)
end

-- A folder is a paper run's or a live one's, for ever.
local function kinds_never_mix(world)
  world.verb = "run"
  rig.contains(world:refused_start(paper("state"), 2), "moongate paper -c", "run of a paper config")
  rig.contains(world:refused_start(nil, 1), "paper of loopback", "run in a paper folder")
  world:start_host(function(text) return rig.swap(text, "/state\"", "/live\"") end)
  rig.equal(world.host:stop(), 0, "exit code of a live host")
  world.verb = "paper"
  rig.contains(world:refused_start(paper("live"), 1), "loopback", "paper in a live folder")
  rig.contains(world:refused_start(nil, 2), "a section paper is wanted", "paper of a live config")
end

-- F61 | real process | kill -9 of a paper run in mid-trade | account, orders and fills as they were
rig.scenario("paper", function(world)
  world:start_exchange()
  rig.dir, world.verb = world.dir, "paper"
  os.execute("mkdir " .. world.dir .. "/keys && mv " .. world.dir .. "/*.json " ..
             world.dir .. "/keys")
  world:fault("POST *: delay 1s", "GET /orders*: delay 1s", "subscribe user: close")
  world:start_host(paper("state"))
  world:wait_trading(3)
  rig.equal(world:status().environment, "paper of loopback", "environment")
  reload(world)
  local fill = world:journal("fill")[1]
  local why = cjson.encode((world:must("why " .. fill.venue_order_id)))
  rig.contains(why, fill.venue_order_id, "why")
  kill_and_start(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  local summary = cjson.decode(rig.read(world.dir .. "/state/summary.json"))
  local sums = booked(world)
  for _, product in ipairs(summary.products) do
    rig.equal(math.floor(tonumber(product.position) * 1e9 + 0.5), sums[product.product_id] or 0,
              "position in " .. product.product_id)
  end
  rig.equal(table.concat(world:fired(), " "), "0 0 0", "private requests at the exchange")
  world:fault("clear")
  os.execute("mv " .. world.dir .. "/keys/*.json " .. world.dir)
  rig.equal(select(2, world:venue_orders()), 0, "orders that the exchange ever had")
  readers(world)
  kinds_never_mix(world)
end)
