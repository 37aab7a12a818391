-- The real programs on this machine, driven as an operator would: started,
-- signalled, killed, asked.
--
--   local rig = require "rig"
--   rig.scenario("trades", function(world)
--     world:start_exchange()
--     local host = world:start_host()
--     world:wait_trading()
--     host:signal("TERM")
--     rig.equal(host:wait(), 0, "exit code")
--   end)
--
-- Arguments of each scenario: MOONGATE EXCHANGE RUNNER SOURCE_DIR TOOLS_DIR. Nothing asserts a
-- time: `poll` waits for a condition, and its watchdog only ends what would never come. A scenario
-- that fails shows the ends of its logs; E2E_KEEP=1 leaves its folder.
local cjson = require "cjson"

local rig = {}
local programs = {moongate = arg[1], exchange = arg[2], runner = arg[3],
  watch = arg[1] .. "-watch"}
rig.programs = programs
local source = arg[4]
rig.source = source
rig.tools = arg[5] -- the folder of programs that only tests use
local WATCHDOG = tonumber(os.getenv("E2E_WATCHDOG")) or 60 -- seconds

-- Words of the test as one shell word.
function rig.quote(text) return "'" .. tostring(text):gsub("'", "'\\''") .. "'" end
local quote = rig.quote

function rig.fail(...) error(string.format(...), 0) end

function rig.check(holds, ...)
  if not holds then rig.fail(...) end
  return holds
end

function rig.equal(got, wanted, what)
  if got ~= wanted then
    rig.fail("%s: got %s, wanted %s", what, tostring(got), tostring(wanted))
  end
end

function rig.contains(text, part, what)
  if not text:find(part, 1, true) then
    rig.fail("%s: '%s' is not in:\n%s", what, part, text)
  end
end

function rig.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

function rig.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

-- Output (both streams) and exit code of a shell command.
function rig.shell(command)
  local pipe = assert(io.popen("{ " .. command .. "\n} 2>&1", "r"))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return text, code
end

function rig.nap() os.execute("sleep 0.05") end

-- Until `condition` gives something true, which is returned. `what` says what was waited for;
-- `each` runs each time: what must hold meanwhile.
function rig.poll(what, condition, each)
  local started = os.time()
  while true do
    local result = condition()
    if result then return result end
    if each then each() end
    if os.time() - started > WATCHDOG then rig.fail("never came: %s", what) end
    rig.nap()
  end
end

-- --- processes

local process = {}
process.__index = process

local function start(world, name, words)
  local stem = world.dir .. "/" .. name .. "." .. world.started
  world.started = world.started + 1
  local quoted = {}
  for i, word in ipairs(words) do quoted[i] = quote(word) end
  -- A shell per process stays behind to tell its exit code.
  os.execute(string.format(
    "( %s </dev/null >>%s 2>&1 & pid=$!; echo $pid >%s.new; mv %s.new %s.pid; wait $pid; " ..
    "echo $? >%s.new; mv %s.new %s.code ) >/dev/null 2>&1 &",
    table.concat(quoted, " "), quote(world.dir .. "/" .. name .. ".log"), quote(stem), quote(stem),
    quote(stem), quote(stem), quote(stem), quote(stem)))
  local pid = rig.poll("process id of " .. name, function() return rig.read(stem .. ".pid") end)
  local made = setmetatable({pid = math.tointeger(tonumber(pid)), stem = stem, name = name},
                            process)
  table.insert(world.processes, made)
  return made
end

function process:code()
  local text = rig.read(self.stem .. ".code")
  return text and math.tointeger(tonumber(text))
end

function process:signal(name)
  if not self:code() then os.execute(string.format("kill -%s %d 2>/dev/null", name, self.pid)) end
end

function process:wait()
  return rig.poll("end of " .. self.name, function() return self:code() end)
end

function process:stop()
  self:signal("TERM")
  return self:wait()
end

function process:kill()
  self:signal("KILL")
  rig.equal(self:wait(), 137, "code of " .. self.name .. " after SIGKILL")
end

function rig.is_alive(pid)
  local status = rig.read(string.format("/proc/%d/status", pid))
  return status ~= nil and not status:find("State:%s+Z")
end

-- --- a world: a folder, an exchange, a host

local world_methods = {}
local world_meta = {__index = world_methods}

-- A folder of the world's with a CA and keys that it does not know.
function world_methods:strangers()
  local dir = self.dir .. "/strangers"
  local out, code = rig.shell(quote(source .. "/scripts/make-certs") .. " " .. quote(dir))
  rig.check(code == 0, "make-certs: %s", out)
  return dir
end

local function create_world()
  local dir = rig.shell("mktemp -d"):match("%S+")
  local world = setmetatable({dir = dir, started = 0, processes = {}, ended = {}}, world_meta)
  local out, code = rig.shell(string.format(
    "chmod 700 %s && %s %s && cp -r %s/strategies %s/risk_rules %s", dir,
    quote(source .. "/scripts/make-certs"), dir, quote(source), quote(source), dir))
  rig.check(code == 0, "the folder was not made: %s", out)
  return world
end

-- `more`: further options of moongate-exchange.
function world_methods:start_exchange(more)
  local words = {programs.exchange, "--port", self.port or "0", "--port-file", self.dir .. "/port",
    "--cert", self.dir .. "/server.pem", "--key", self.dir .. "/server.key",
    "--keys", self.dir .. "/public-keys.json", "--state", self.dir .. "/exchange.state",
    "--session", "open", "--tape", source .. "/tests/data/btc-perp.tape.csv.gz",
    "--control", self.dir .. "/faults"}
  for _, word in ipairs(more or {}) do words[#words + 1] = word end
  os.remove(self.dir .. "/port")
  self.exchange = start(self, "exchange", words)
  rig.poll("port of the exchange", function()
    self.port = (rig.read(self.dir .. "/port") or ""):match("%d+")
    rig.check(not self.exchange:code(), "the exchange ended")
    return self.port
  end)
  return self.exchange
end

-- `moongate-exchange fault WORD...` for this world's exchange: rules, or list, or clear.
function world_methods:fault(...)
  local words = {}
  for i, word in ipairs{...} do words[i] = quote(word) end
  local text, code = rig.shell(("%s fault --control %s/faults %s"):format(quote(programs.exchange),
    self.dir, table.concat(words, " ")))
  rig.check(code == 0, "fault %s: %s", table.concat(words, " "), text)
  return text
end

-- How often each rule has fired, in the order in which they were given.
function world_methods:fired()
  local counts = {}
  for count in self:fault("list"):gmatch("fired (%d+):") do
    counts[#counts + 1] = tonumber(count)
  end
  return counts
end

-- The loopback example as it is shipped, with this world's folder and port; `change(text)`
-- edits it.
function world_methods:write_config(change)
  local text = assert(rig.read(source .. "/config/loopback.conf"))
  text = text:gsub("%.moongate/", self.dir .. "/")
  text = text:gsub('"strategies/', '"' .. self.dir .. "/strategies/")
  text = text:gsub('"risk_rules/', '"' .. self.dir .. "/risk_rules/")
  text = text:gsub('"lua/lib"', string.format('"%s/lua/lib";\n  program = "%s"', source,
                                              programs.runner))
  text = text:gsub("8443", self.port or "1")
  -- The jail has tests of its own; a busy machine must not cut or end a script here.
  text = rig.swap(text, "soft_deadline_ms = 50;", "soft_deadline_ms = 5000;")
  text = rig.swap(text, "hard_deadline_ms = 500;", "hard_deadline_ms = 30000;")
  if change then text = change(text) end
  self.config = self.dir .. "/test.conf"
  rig.write(self.config, text)
end

-- Replaces plain text; what is not there is a mistake of the test.
function rig.swap(text, old, new)
  local from, to = text:find(old, 1, true)
  rig.check(from, "'%s' is not in the config", old)
  return text:sub(1, from - 1) .. new .. text:sub(to + 1)
end

-- The strategies are `sections` and nothing else.
function rig.with_strategies(text, sections)
  local from, to = text:find("\nstrategies = %(.-\n%);")
  rig.check(from, "no strategies in the config")
  return text:sub(1, from) .. "strategies = (\n  " .. table.concat(sections, ",\n  ") .. "\n);" ..
    text:sub(to + 1)
end

-- A section of the config for the script at `path`; products as text: '"BTC-cde", "ETH-cde"'.
function rig.strategy(name, path, products, on_death, params)
  return string.format('{ name = "%s"; script = "%s"; products = [ %s ]; max_messages = 16; ' ..
    'max_working_orders = 16; on_death = "%s"; params = { %s }; max_fires = 1000000; ' ..
    'fires_window_ms = 1000; max_refusals = 1000000; max_rejects = 1000000; ' ..
    'max_gross = "200000"; max_net = "200000"; max_loss_streak = 1000000; cooldown_ms = 1; }',
    name, path, products, on_death or "cancel", params or "")
end

-- The shipped quoter of this world, on the products of both profiles.
function world_methods:quoter(products)
  return rig.strategy("quoter", self.dir .. "/strategies/quoter.lua",
    products or '"BTC-cde", "BTC-intx", "ETH-cde", "ETH-intx"', "cancel",
    'size_BTC = "0.01"; size_ETH = "0.1"; inventory_max = 4; requote = 1;')
end

-- scripts/still.lua, to be edited in this world's folder.
function world_methods:still(name, products, on_death)
  local path = self.dir .. "/" .. name .. ".lua"
  rig.write(path, assert(rig.read(source .. "/tests/e2e/scripts/still.lua")))
  return rig.strategy(name, path, products, on_death, 'size = "0.1"')
end

-- `before`: words before the program's, as of setpriv. `world.verb`: another than run.
function world_methods:run_host(before)
  local words = {table.unpack(before or {})}
  for _, word in ipairs{programs.moongate, self.verb or "run", "-c", self.config} do
    words[#words + 1] = word
  end
  self.host = start(self, "host", words)
  return self.host
end

-- Any program, its words besides, as a process of this world.
function world_methods:start_program(name, program, words)
  return start(self, name, {program, table.unpack(words)})
end

-- A host that must not come up: what it logged; it ended with `code`.
function world_methods:refused_start(change, code)
  local before = #self:log()
  self:write_config(change)
  rig.equal(self:run_host():wait(), code, "exit code of a host that must not start")
  return self:log():sub(before + 1)
end

-- Returns once the host answers.
function world_methods:start_host(change, before)
  if change or not self.config then self:write_config(change) end
  self:run_host(before)
  rig.poll("answer of the host", function()
    rig.check(not self.host:code(), "the host ended at its start")
    return self:status()
  end)
  return self.host
end

-- What the host logged, of all its runs here.
function world_methods:log() return rig.read(self.dir .. "/host.log") or "" end

-- `moongate` with words of its own: output and exit code.
function rig.moongate(words) return rig.shell(quote(programs.moongate) .. " " .. words) end

function world_methods:moongate(words)
  return rig.moongate(words:gsub("CONFIG", quote(self.config)))
end

-- `moongate ctl WORDS --json`: the decoded reply and the exit code.
function world_methods:ctl(words)
  local text, code = self:moongate("ctl -c CONFIG --json " .. words)
  local fine, reply = pcall(cjson.decode, text)
  return fine and reply or {ok = false, text = text}, code
end

function world_methods:must(words)
  local reply, code = self:ctl(words)
  rig.check(code == 0 and reply.ok, "ctl %s: code %d, %s", words, code, tostring(reply.text))
  return reply.result, reply.text
end

function world_methods:status()
  local reply, code = self:ctl("status")
  return code == 0 and reply.result or nil
end

function world_methods:runner(name)
  for _, row in ipairs(self:must("runners")) do
    if row.name == name then return row end
  end
  rig.fail("no runner %s", name)
end

-- Orders at work and at least `fills` fills since this host's start.
function world_methods:wait_trading(fills)
  return rig.poll("trading", function()
    rig.check(not self.host:code(), "the host ended")
    local now = self:status()
    return now and now.reconciled and now.working > 0 and now.counters.fills >= (fills or 1) and now
  end)
end

-- --- the exchange's own word

local function ask_venue(world, method, path, query, body)
  local text, code = rig.shell(string.format("%s %s %s /api/v3/brokerage/%s %s %s",
    quote(source .. "/tests/e2e/venue.sh"), world.dir, method, path, quote(query or ""),
    quote(body or "")))
  rig.check(code == 0, "the exchange does not answer %s: %s", path, text)
  return cjson.decode(text)
end

function world_methods:venue(path, query) return ask_venue(self, "GET", path, query) end
function world_methods:venue_post(path, body) return ask_venue(self, "POST", path, nil, body) end

-- All orders it ever had: a map by client order id, and their count.
function world_methods:venue_orders()
  local orders, count, cursor = {}, 0, ""
  repeat
    local page = self:venue("orders/historical/batch",
                            cursor ~= "" and "cursor=" .. cursor or nil)
    for _, order in ipairs(page.orders) do
      rig.check(not orders[order.client_order_id], "the exchange has client id %s twice",
                order.client_order_id)
      orders[order.client_order_id] = order
      count = count + 1
    end
    cursor = page.cursor
  until not page.has_next
  return orders, count
end

-- Client ids of what works there now.
function world_methods:venue_open()
  local open = {}
  for id, order in pairs((self:venue_orders())) do
    if order.status == "OPEN" or order.status == "PENDING" or order.status == "CANCEL_QUEUED" then
      open[#open + 1] = id
    end
  end
  return open
end

-- The market has moved on by `updates` books: time enough for a script to do what it must not.
function world_methods:pass_market(updates)
  local function total()
    local sum = 0
    for _, product in ipairs((self:status() or {products = {}}).products) do
      sum = sum + product.book_updates
    end
    return sum
  end
  local before = total()
  rig.poll("market data", function() return total() >= before + updates end)
end

-- --- both ledgers, after both have ended

-- The rows of a kind, decoded, each with the stamp of its turn as `wall_ns`.
function world_methods:journal(kind)
  local rows = {}
  local text, code = rig.shell(string.format(
    "sqlite3 -readonly %s/state/journal.db \"SELECT json_set(body, '$.wall_ns', wall_ns) " ..
    "FROM records WHERE kind='%s' ORDER BY n\"",
    self.dir, kind))
  rig.check(code == 0, "journal: %s", text)
  for line in text:gmatch("[^\n]+") do rows[#rows + 1] = cjson.decode(line) end
  return rows
end

-- Each fill of the exchange is booked once at the host, and the other way round.
function world_methods:compare_fills()
  local theirs, ours = {}, {}
  for line in io.lines(self.dir .. "/exchange.state") do
    local id = line:match("^fill (%S+)")
    if id then theirs[id] = true end
  end
  for _, fill in ipairs(self:journal("fill")) do
    if not fill.provisional then
      rig.check(not ours[fill.trade_id], "fill %s is booked twice", fill.trade_id)
      rig.check(theirs[fill.trade_id], "the exchange has no fill %s", fill.trade_id)
      ours[fill.trade_id] = true
    end
  end
  for id in pairs(theirs) do rig.check(ours[id], "fill %s was never booked", id) end
end

local function unhex(text)
  return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- Each order the exchange has was journaled first, and is there once.
function world_methods:compare_orders()
  local journaled, seen = {}, {}
  for _, order in ipairs(self:journal("order")) do journaled[order.id] = true end
  for line in io.lines(self.dir .. "/exchange.state") do
    local hex, status = line:match("^order %S+ %S+ (%x+) %d %d %d %d %d %d %d (%d)")
    if hex then
      local id = unhex(hex)
      rig.check(journaled[id], "order %s is at the exchange and not in the journal", id)
      rig.check(not seen[id], "order %s is at the exchange twice", id)
      seen[id] = status
    end
  end
  return seen
end

local CONTRACT_E9 = {BIP = 10000000, ETP = 100000000, SLP = 5000000000, XPP = 500000000000}

-- Positions of the host's last words against the exchange's.
function world_methods:compare_positions()
  local summary = cjson.decode(rig.check(rig.read(self.dir .. "/state/summary.json"),
                                         "no summary"))
  local theirs = {}
  for line in io.lines(self.dir .. "/exchange.state") do
    local id, units = line:match("^position (%S+) (%-?%d+)")
    if id then
      local contract = CONTRACT_E9[id:match("^(%u+)%-.*%-CDE$")]
      units = math.tointeger(tonumber(units))
      theirs[id] = contract and units // 1000000000 * contract or units
    end
  end
  for _, product in ipairs(summary.products) do
    local ours = math.floor(tonumber(product.position) * 1e9 + 0.5)
    rig.equal(ours, theirs[product.product_id], "position in " .. product.product_id)
  end
  return summary
end

function world_methods:compare_ledgers()
  self:compare_fills()
  self:compare_orders()
  self:compare_positions()
end

-- --- a scenario

local function clean(world, failed)
  if failed and world.host and not world.host:code() then
    io.stderr:write((world:moongate("status -c CONFIG; ") .. world:moongate(
      "ctl -c CONFIG refusals --limit 5")))
  end
  for _, made in ipairs(world.processes) do
    if not made:code() then made:signal("KILL") end
  end
  for _, made in ipairs(world.processes) do pcall(made.wait, made) end
  if failed then
    io.stderr:write((rig.shell("tail -n 25 " .. world.dir .. "/*.log")))
  end
  if os.getenv("E2E_KEEP") then
    io.stderr:write("kept: ", world.dir, "\n")
  else
    os.execute("rm -rf " .. quote(world.dir))
  end
end

function rig.scenario(name, body)
  local world = create_world()
  local fine, why = xpcall(body, function(message)
    return os.getenv("E2E_KEEP") and debug.traceback(message) or message
  end, world)
  clean(world, not fine)
  if not fine then
    io.stderr:write(name, ": ", tostring(why), "\n")
    os.exit(1)
  end
  print(name .. ": done")
end

return rig
