-- demo-verdict.lua DIR HOST_CODE EXCHANGE_CODE: compares what the host journaled with what the
-- exchange kept, fill by fill and product by product, and says in one line what it came to.
-- The two share no code: the host's journal is read through sqlite3, the exchange's state as text.
local cjson = require "cjson"

local directory, host_code, exchange_code = arg[1], tonumber(arg[2]), tonumber(arg[3])
local problems = {}
local function problem(...) problems[#problems + 1] = string.format(...) end

-- Base coin per unit of the venue's size, as 1e9 / divisor: contracts of CDE, base coin of INTX.
local contract_e9 = {BIP = 10000000, ETP = 100000000, SLP = 5000000000, XPP = 500000000000}

local function base_e9(product, units_e9)
  local contract = contract_e9[product:match("^(%u+)%-.*%-CDE$")]
  if not contract then return units_e9 end
  assert(units_e9 % 1000000000 == 0, "a part of a contract was traded")
  return units_e9 // 1000000000 * contract
end

-- "-12.345" -> -12345000000, exactly.
local function e9(text)
  local sign, whole, fraction = text:match("^(%-?)(%d+)%.?(%d*)$")
  assert(whole and #fraction <= 9, "not a decimal of nine places: " .. text)
  local value = math.tointeger(tonumber(whole .. fraction .. ("0"):rep(9 - #fraction)))
  return sign == "-" and -value or value
end

local function read_exchange(path)
  local state = {fills = {}, count = 0, positions = {}, fees = {}}
  local ended = false
  for line in io.lines(path) do
    local words = {}
    for word in line:gmatch("%S+") do words[#words + 1] = word end
    if words[1] == "position" then
      state.positions[words[2]] = base_e9(words[2], math.tointeger(tonumber(words[3])))
      state.fees[words[2]] = words[7]
    elseif words[1] == "fill" then
      local product = words[4]
      state.count = state.count + 1
      state.fills[words[2]] = string.format("%s %s %d %d %s", product,
        words[5] == "0" and "buy" or "sell", tonumber(words[7]),
        base_e9(product, math.tointeger(tonumber(words[8]))), words[10])
    elseif words[1] == "end" then
      ended = true
    end
  end
  if not ended then problem("the exchange's state was cut: %s", path) end
  return state
end

local function rows(kind)
  local pipe = assert(io.popen(string.format(
    "sqlite3 -readonly '%s/state/journal.db' " ..
    "\"SELECT body FROM records WHERE kind='%s' ORDER BY n\"", directory, kind)))
  return pipe:lines()
end

local function read_host()
  local host = {fills = {}, count = 0, buys = 0, sells = 0, traded = {}, refusals = 0, reloads = 0,
                orders = {}, order_count = 0}
  for line in rows("fill") do
    local fill = cjson.decode(line)
    if not fill.provisional then
      if host.fills[fill.trade_id] then problem("fill %s was booked twice", fill.trade_id) end
      host.fills[fill.trade_id] = string.format("%s %s %d %d %s", fill.product_id, fill.side,
        e9(fill.price), e9(fill.size), fill.fee)
      host.count = host.count + 1
      local side = fill.side == "buy" and "buys" or "sells"
      host[side] = host[side] + 1
      host.traded[math.tointeger(fill.actor) .. fill.product_id:match("%-(%u+)$")] = true
    end
  end
  for _ in rows("refusal") do host.refusals = host.refusals + 1 end
  for line in rows("runner") do
    if cjson.decode(line).state == "replaced" then host.reloads = host.reloads + 1 end
  end
  for line in rows("order") do
    local id = cjson.decode(line).id
    if not host.orders[id] then host.order_count = host.order_count + 1 end
    host.orders[id] = true
  end
  return host
end

local function compare_fills(host, exchange)
  for id, fill in pairs(exchange.fills) do
    if not host.fills[id] then
      problem("the host never booked fill %s (%s)", id, fill)
    elseif host.fills[id] ~= fill then
      problem("fill %s: host has '%s', exchange '%s'", id, host.fills[id], fill)
    end
  end
  for id, fill in pairs(host.fills) do
    if not exchange.fills[id] then problem("the exchange knows no fill %s (%s)", id, fill) end
  end
end

local function compare_positions(summary, exchange)
  local shown = {}
  for _, product in ipairs(summary.products) do
    local id = product.product_id
    local ours, theirs = e9(product.position), exchange.positions[id] or 0
    if ours ~= theirs then problem("%s: host holds %d e-9, exchange %d e-9", id, ours, theirs) end
    if exchange.fees[id] and exchange.fees[id] ~= product.fees then
      problem("%s: fees of the host %s, of the exchange %s", id, product.fees, exchange.fees[id])
    end
    if product.working > 0 then problem("%s: %d orders still work", id, product.working) end
    shown[#shown + 1] = string.format("%s %s", id, product.position)
  end
  return table.concat(shown, ", ")
end

local function count_steps(word)
  local count = 0
  for line in io.lines(directory .. "/steps.log") do
    if line:find(word, 1, true) then count = count + 1 end
  end
  return count
end

local function check_run(host, summary)
  for actor, name in pairs{[0] = "ma_cross", [1] = "quoter"} do
    for _, profile in ipairs{"CDE", "INTX"} do
      if not host.traded[actor .. profile] then
        problem("%s did not trade on the %s profile", name, profile)
      end
    end
  end
  if host.buys < 20 or host.sells < 20 then
    problem("%d buys and %d sells were filled; at least 20 of each are wanted", host.buys,
      host.sells)
  end
  if host.refusals < 1 then problem("nothing was refused") end
  if host.reloads < 1 then problem("no script was reloaded") end
  if count_steps("exchange stopped") < 1 then problem("the exchange was not restarted") end
  if host_code ~= 0 then problem("the host exited with %d", host_code) end
  if exchange_code ~= 0 then problem("the exchange exited with %d", exchange_code) end
  if summary.unknown > 0 then problem("%d orders are UNKNOWN", summary.unknown) end
end

local file = assert(io.open(directory .. "/state/summary.json"), "the host wrote no summary")
local summary = cjson.decode(file:read("a"))
file:close()
local exchange, host = read_exchange(directory .. "/exchange.state"), read_host()
compare_fills(host, exchange)
local positions = compare_positions(summary, exchange)
local agreed = #problems == 0
check_run(host, summary)
local refusals = 0
for _, count in pairs(summary.refusals) do refusals = refusals + count end
if not summary.reconciled then problem("the host says that it is not reconciled") end

--- The last figures of the run, for those who like to know what it cost.
local function print_cost()
  local status = io.open(directory .. "/status.json")
  local memory = {}
  for line in io.lines(directory .. "/memory.txt") do
    local kilobytes, name = line:match("^%s*(%d+)%s+(%S+)")
    memory[#memory + 1] = string.format("%s %.1f MiB", name, kilobytes / 1024)
  end
  local link = status and (cjson.decode(status:read("a")).result or {}).link
  if link then
    for _, name in ipairs{"tick_to_approved", "tick_to_order"} do
      local latency = link[name]
      print(string.format("%s p50 %d us, p99 %d us, p99.9 %d us over %d orders",
        (name:gsub("_", " ")), latency.p50_us, latency.p99_us, latency.p999_us, latency.samples))
    end
  end
  print("resident: " .. table.concat(memory, ", "))
end

print_cost()
for _, text in ipairs(problems) do print("problem: " .. text) end
print(string.format(
  "orders %d, fills %d (%d buys, %d sells), refusals %d, position %s, PnL %.2f less fees %.2f, "
  .. "reconciled %s", host.order_count, host.count, host.buys, host.sells, refusals, positions,
  tonumber(summary.realised) + tonumber(summary.unrealised), tonumber(summary.fees),
  agreed and "yes" or "no"))
os.exit(#problems == 0)
