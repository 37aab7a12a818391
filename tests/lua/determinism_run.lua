--- Runs one strategy over the recorded slice in a lab and prints everything it did: intents with
-- their times, what the gate refused, what became of the orders, what was logged, what is held.
--     lua5.4 tests/lua/determinism_run.lua strategies/quoter.lua [seed]
-- With a seed the markets are made up instead. tests/lua/determinism_spec.lua compares the prints.
local lab = require "moongate_lab"

local PRODUCTS = {"BTC-PERP-INTX", "BIP-20DEC30-CDE"}
local PARAMS = {
  ["strategies/ma_cross.lua"] = {candle = 1, fast = 3, slow = 8, rsi_length = 5, trail = 0.0005},
  ["strategies/quoter.lua"] = {inventory_max = 4, requote = 1, skew = 1},
  ["strategies/bollinger.lua"] = {candle = 1, length = 4, width = 1, stop = 0.0005, hold = 5},
  ["strategies/donchian.lua"] = {candle = 1, entry = 3, exit = 2, atr = 2, stop = 1, risk = 1},
  ["strategies/carry.lua"] = {window = 2, sample = 1, entry = 0.02, exit = 0.01, pause = 1},
  ["strategies/twap.lua"] = {target = "0.5", duration = 34, slices = 34}
}

local script, seed = arg[1], tonumber(arg[2])
if script == "strategies/twap.lua" then PRODUCTS = {PRODUCTS[1]} end
local jailed = os.getenv("MOONGATE_JAILED") -- path of a moongate-runner: scripts in real jails
local host = lab.new{
  script = script, params = PARAMS[script], products = PRODUCTS, candles = {1, 5},
  market = seed and {seed = seed} or {tape = "tests/data/btc-perp.tape.csv.gz"},
  jailed = jailed ~= "" and jailed or nil,
  fee_maker = "0.0001", fee_taker = "0.0003",
  rules = {{script = "risk_rules/spread_depth.lua", params = {max_spread_bps = 20}},
           {script = "risk_rules/cooldown.lua", params = {burst = 8, window = 5}}}
}

local function show(kind, rows)
  for _, row in ipairs(rows) do
    local names, parts = {}, {}
    for name in pairs(row) do names[#names + 1] = name end
    table.sort(names)
    for i, name in ipairs(names) do parts[i] = name .. "=" .. tostring(row[name]) end
    print(kind, table.concat(parts, " "))
  end
end

host:advance(18)
assert(host:reload())
host:advance(18)
show("intent", host:intents())
show("refusal", host:refusals())
show("order", host:orders(nil, "all"))
show("log", host:log())
for _, fault in ipairs(host:faults()) do print("fault", fault) end
for _, id in ipairs(PRODUCTS) do show("position", {host:position(id)}) end
