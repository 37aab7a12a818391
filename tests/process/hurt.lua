-- The rig of tests/e2e with a hand on the host's system calls (shim.c), and the truth: what the
-- exchange's own file says, held against the host's journal and the host's words. None of the
-- three shares code with another.
--
--   local hurt = require "hurt"
--   hurt.start(world)                     the host under the shim
--   hurt.set(world, "disk", hurt.DISK.FULL)
--   hurt.kill_at(world, "durable", 3)     dies when the third transaction is on disk
--   hurt.agree(world)                     orders, fills, positions, PnL: host and exchange
local cjson = require "cjson"
local rig = require "rig"

local hurt = {}

-- The layout of `struct shim`: whole numbers of eight bytes.
local FIELDS = {kill_point = 0, kill_in = 1, disk = 2, boot_ns = 3, wall_ns = 4, synced = 5,
  held = 6, sent_ns = 7, passed = 8}
hurt.POINTS = {"write", "sync", "durable", "mark", "send", "sent", "reply"}
hurt.DISK = {FINE = 0, FULL = 1, ERROR = 2, READ_ONLY = 3, SYNC_FAILS = 4, HOLD = 5}
local POINT = {}
for i, name in ipairs(hurt.POINTS) do POINT[name] = i - 1 end
local BYTES = 8 * (FIELDS.passed + #hurt.POINTS)

local function path_of(world) return world.dir .. "/shim" end

local function create(world)
  if not rig.read(path_of(world)) then rig.write(path_of(world), ("\0"):rep(BYTES)) end
end

function hurt.set(world, field, value)
  create(world)
  local file = assert(io.open(path_of(world), "r+b"))
  assert(file:seek("set", 8 * rig.check(FIELDS[field], "no field %s", field)))
  assert(file:write(string.pack("<i8", value)))
  assert(file:close())
end

-- `index`: of the points passed, from 0.
function hurt.get(world, field, index)
  local text = rig.read(path_of(world))
  return (string.unpack("<i8", text, 1 + 8 * (FIELDS[field] + (index or 0))))
end

function hurt.kill_at(world, point, passes)
  hurt.set(world, "kill_in", 0)
  hurt.set(world, "kill_point", POINT[point])
  hurt.set(world, "kill_in", passes)
end

-- The words before a program's that put it under the shim.
local function shim_words(world)
  create(world)
  return {"env", "LD_PRELOAD=" .. arg[5], "MOONGATE_SHIM=" .. path_of(world),
    "ASAN_OPTIONS=verify_asan_link_order=0:" .. (os.getenv("ASAN_OPTIONS") or "")}
end

-- Returns at once: the host may die before it answers.
function hurt.run(world) return world:run_host(shim_words(world)) end

-- Returns once the host answers.
function hurt.start(world, change) return world:start_host(change, shim_words(world)) end

-- On a busy machine an answer may take more than one question.
function hurt.status(world)
  return rig.poll("an answer of the host", function()
    rig.check(not world.host:code(), "the host ended")
    return world:status()
  end)
end

function hurt.wait_reconciled(world)
  rig.poll("reconciled", function() return hurt.status(world).reconciled end)
end

-- Until nothing is UNKNOWN. A machine that is suspended again and again: each time the boot clock
-- jumps past token and processing bounds and past the distance of two looks, and what the venue
-- never had is then ended by its lists.
function hurt.settle(world)
  rig.poll("the end of what is UNKNOWN", function()
    local status = hurt.status(world)
    if not status.reconciled then return false end
    if status.unknown == 0 then return true end
    hurt.set(world, "boot_ns", hurt.get(world, "boot_ns") + 125 * 1000000000)
    rig.poll("news of the jump", function() return not hurt.status(world).reconciled end)
  end)
end

-- --- what the exchange holds

local CONTRACT_E9 = {BIP = 10000000, ETP = 100000000, SLP = 5000000000, XPP = 500000000000}
local OPEN = {["0"] = true, ["1"] = true, ["6"] = true, ["7"] = true, ["8"] = true}

local function base_e9(product, units)
  local contract = CONTRACT_E9[product:match("^(%u+)%-.*%-CDE$")]
  units = math.tointeger(tonumber(units))
  return contract and units // 1000000000 * contract or units
end

local function unhex(text)
  return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function words_of(line)
  local words = {}
  for word in line:gmatch("%S+") do words[#words + 1] = word end
  return words
end

-- It is replaced as a whole; before the first order there is none. A client id that is there twice
-- fails at once.
function hurt.read_exchange(world)
  local text = rig.read(world.dir .. "/exchange.state") or ""
  local state = {orders = {}, fills = {}, positions = {}, order_count = 0, fill_count = 0}
  for line in text:gmatch("[^\n]+") do
    local w = words_of(line)
    if w[1] == "position" then
      state.positions[w[2]] = {size = base_e9(w[2], w[3]), realised = tonumber(w[5]),
                               fees = tonumber(w[7])}
    elseif w[1] == "order" then
      local id = unhex(w[4])
      rig.check(not state.orders[id], "the exchange has client id %s twice", id)
      state.orders[id] = {open = OPEN[w[12]] or false, filled = base_e9(w[3], w[17])}
      state.order_count = state.order_count + 1
    elseif w[1] == "fill" then
      state.fills[w[2]] = ("%s %s %s %d %s"):format(w[4], w[5] == "0" and "buy" or "sell", w[7],
                                                  base_e9(w[4], w[8]), w[10])
      state.fill_count = state.fill_count + 1
    end
  end
  return state
end

-- --- what the host holds

-- "-12.345" -> -12345000000, exactly.
local function e9(text)
  local sign, whole, fraction = text:match("^(%-?)(%d+)%.?(%d*)$")
  rig.check(whole and #fraction <= 9, "not a decimal of nine places: %s", text)
  local value = math.tointeger(tonumber(whole .. fraction .. ("0"):rep(9 - #fraction)))
  return sign == "-" and -value or value
end

-- The journal's rows as {kind, body}, in order.
function hurt.rows(world, kinds)
  local text, code = rig.shell(string.format("sqlite3 -readonly %s/state/journal.db " ..
    "\"SELECT kind || ' ' || body FROM records WHERE kind IN (%s) ORDER BY n\"", world.dir, kinds))
  rig.check(code == 0, "journal: %s", text)
  local rows = {}
  for kind, body in text:gmatch("(%S+) ([^\n]+)") do
    rows[#rows + 1] = {kind = kind, body = cjson.decode(body)}
  end
  return rows
end

-- The journal by itself: no order decided in a boot before it was reconciled, no fill booked twice.
function hurt.read_journal(world)
  local found = {orders = {}, fills = {}, boots = 0}
  local agreed = false
  for _, row in ipairs(hurt.rows(world, "'boot','reconcile','order','fill'")) do
    local body = row.body
    if row.kind == "boot" then
      agreed, found.boots = false, found.boots + 1
    elseif row.kind == "reconcile" then
      agreed = agreed or body.agreed
    elseif row.kind == "order" then
      if not found.orders[body.id] then
        rig.check(agreed or body.actor == "external",
                  "boot %d decided on %s before it was reconciled", found.boots, body.id)
      end
      found.orders[body.id] = body
    elseif not body.provisional then
      rig.check(not found.fills[body.trade_id], "fill %s is booked twice", body.trade_id)
      found.fills[body.trade_id] = ("%s %s %d %d %s"):format(body.product_id, body.side,
        e9(body.price), e9(body.size), body.fee)
    end
  end
  return found
end

-- --- both

local function fills_differ(theirs, ours)
  for id, fill in pairs(theirs) do
    if ours[id] ~= fill then return ("fill %s: exchange %s, host %s"):format(id, fill, ours[id]) end
  end
  for id, fill in pairs(ours) do
    if not theirs[id] then return ("fill %s (%s) is unknown to the exchange"):format(id, fill) end
  end
end

local function orders_differ(world, exchange, journal)
  local live = {}
  for _, order in ipairs(world:must("orders --limit 500")) do
    if order.live then live[order.id] = order end
  end
  for id, order in pairs(exchange.orders) do
    local ours = live[id]
    if not journal.orders[id] then return id .. " is at the exchange and in no journal" end
    if order.open ~= (ours ~= nil) then
      return ("%s: open at the exchange %s, here %s"):format(id, order.open,
                                                           ours and ours.state or "ended")
    end
    if ours and ours.state == "unknown" then return id .. " is at the exchange, here UNKNOWN" end
    if ours and e9(ours.filled) ~= order.filled then return id .. ": another filled size" end
  end
  for id, order in pairs(live) do
    if not exchange.orders[id] and order.state ~= "unknown" then
      return ("%s is %s here and not at the exchange"):format(id, order.state)
    end
  end
end

function hurt.sizes_differ(world, exchange)
  for _, product in ipairs(hurt.status(world).products) do
    local theirs = exchange.positions[product.product] or {size = 0}
    if e9(product.position) ~= theirs.size then
      return ("%s: host %s, exchange %d e-9"):format(product.product, product.position, theirs.size)
    end
  end
end

function hurt.positions_differ(world, exchange)
  local sizes = hurt.sizes_differ(world, exchange)
  if sizes then return sizes end
  for _, product in ipairs(hurt.status(world).products) do
    local theirs = exchange.positions[product.product] or {fees = 0, realised = 0}
    if math.abs(tonumber(product.fees) - theirs.fees) > 1e-9 then
      return ("%s: fees %s and %s"):format(product.product, product.fees, theirs.fees)
    end
    if math.abs(tonumber(product.realised) - theirs.realised) > 1e-6 then
      return ("%s: realised %s and %s"):format(product.product, product.realised, theirs.realised)
    end
  end
end

-- What differs between a host at rest and the exchange, or nil.
function hurt.difference(world)
  local exchange = hurt.read_exchange(world)
  if not hurt.status(world).reconciled then return "not reconciled" end
  local journal = hurt.read_journal(world)
  return fills_differ(exchange.fills, journal.fills) or orders_differ(world, exchange, journal) or
    hurt.positions_differ(world, exchange)
end

-- Until `difference()` is nil; the last one is told when it never is.
function hurt.until_none(what, difference)
  local last
  local fine, why = pcall(rig.poll, what, function()
    last = difference()
    return last == nil
  end)
  rig.check(fine, "%s: %s", tostring(why), tostring(last))
end

-- Until both agree.
function hurt.agree(world)
  hurt.until_none("agreement", function()
    rig.check(not world.host:code(), "the host ended")
    return hurt.difference(world)
  end)
end

-- The last part of a run whose disk failed: nothing is lost, and both end in order.
function hurt.recovers_on_mended_disk(world)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.settle(world)
  hurt.agree(world)
  rig.equal(world.host:stop(), 0, "exit code of the host on a mended disk")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end

-- --- a script that trades by the list when it is told to

local script_of = rig.source .. "/tests/process/scripts/orders.lua"

function hurt.orders_config(world, products)
  local path = world.dir .. "/orders.lua"
  rig.write(path, assert(rig.read(script_of)))
  return function(text)
    text = rig.with_strategies(text, {rig.strategy("orders", path, products or
      '"BTC-cde", "BTC-intx", "ETH-cde", "ETH-intx"', "keep")})
    return rig.swap(text, "burst = 40; window = 5;", "burst = 1000; window = 1;")
  end
end

-- `go`: whether it places orders; "rest": such only as never fill, so that none can reduce. What is
-- running is changed by a reload.
function hurt.write_script(world, go)
  local text = assert(rig.read(script_of))
  if go then text = rig.swap(text, "local go = false", "local go = true") end
  if go == "rest" then text = rig.swap(text, "local takes = true", "local takes = false") end
  rig.write(world.dir .. "/orders.lua", text)
end

function hurt.go(world, go)
  hurt.write_script(world, go)
  rig.poll("a reload", function() return world:ctl("reload orders").ok end) -- it may be starting
end

return hurt
