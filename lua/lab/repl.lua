--- The console of `moongate repl`: lines in, values out; a colon before what is not Lua.
local lab = require "moongate_lab"
local options, host = ...

local interactive = os.execute("test -t 0") == true
local has_readline, readline = pcall(require, "readline")
if not (interactive and has_readline) then readline = nil end

local said = {log = 0, refusals = 0, faults = 0}
local commands, names = {}, {}

local function command(name, about, run)
  commands[name], names[#names + 1] = {about = about, run = run}, name
end

local function print_rows(rows, columns)
  for _, row in ipairs(rows) do
    local cells = {}
    for i, column in ipairs(columns) do cells[i] = ("%-10s"):format(tostring(row[column])) end
    print("  " .. table.concat(cells, " "))
  end
  if #rows == 0 then print("  none") end
end

--- What came since the last time; what is said again and again, once.
local function tell(kind, list, line_of)
  local last, times = nil, 0
  for i = said[kind] + 1, #list + 1 do
    local line = list[i] and line_of(list[i])
    if line ~= last then
      if times > 1 then print(("  %d times"):format(times)) end
      if line then print(line) end
      last, times = line, 0
    end
    times = times + 1
  end
  said[kind] = #list
end

--- What the script and the gate have said since the last time.
local function tell_news()
  tell("log", host:log(), function(entry) return ("[%s] %s"):format(entry.level, entry.text) end)
  tell("refusals", host:refusals(), function(r)
    return ("refused: %s, %s; limit %s, value %s, headroom %s (%s)"):format(r.code,
      r.reason ~= "" and r.reason or r.meaning, r.limit, r.value, r.headroom, r.config)
  end)
  tell("faults", host:faults(), function(fault) return "raised: " .. fault end)
end

--- Ends a command that does not say what it must.
local function wants(name)
  error(commands[name].about, 0)
end

command("step", ":step [seconds]  time passes: a second, or so many", function(seconds)
  host:advance(seconds == "" and 1 or tonumber(seconds) or wants "step")
end)
command("until", ":until [seconds] TEXT  steps until the expression is true, an hour at most",
  function(rest)
    local most, text = rest:match("^(%d+)%s+(.+)$")
    text, most = text or rest, tonumber(most) or 3600
    if tonumber(text) or text == "" then wants "until" end
    for second = 1, most do
      host:advance(1)
      local value, why = host:eval("not not (" .. text .. ")")
      if not value then return print(why) end
      if value == "true" then return print("after " .. second .. " s") end
    end
    print("not within " .. most .. " s")
  end)
command("book", ":book [PRODUCT]  the touch, the mid and the mode as the script sees them",
  function(product)
    print((host:eval(([[(function(id)
      local b = host.book(id)
      if not b then return "no book yet" end
      return b.product, b:bid(), b:ask(), "mid", b:mid(), b:mode(), b:stale() and "stale" or ""
    end)(%q)]]):format(product ~= "" and product or options.products[1]))))
  end)
command("orders", ":orders [all]  live orders, or all of them", function(all)
  print_rows(host:orders(nil, all ~= "" and "all" or nil),
    {"ref", "product", "side", "type", "price", "size", "filled", "state"})
end)
command("position", ":position [PRODUCT]  the script's, and the venue's count", function(product)
  local p = host:position(product ~= "" and product or options.products[1])
  print(("  size %s at %s, realised %s, unrealised %s, fees %s; venue %s"):format(p.size,
    p.average_price, p.realised, p.unrealised, p.fees, p.venue))
end)
command("metrics", ":metrics  what the script said by host.metric", function()
  print_rows(host:metrics(), {"script", "name", "value"})
end)
command("alerts", ":alerts  what the host cried out", function()
  for _, text in ipairs(host:alerts()) do print("  " .. text) end
end)
command("now", ":now  the clock", function()
  local wall, mono = host:now()
  print(("  %s UTC, up %.3f s"):format(os.date("!%Y-%m-%d %H:%M:%S", wall // 1000000000),
    mono / 1e9))
end)
command("reload", ":reload [FILE]  the script is read again, or another one takes over",
  function(path)
    local hash, why = host:reload(path ~= "" and path or nil)
    print(hash and "now " .. hash or "kept: " .. why)
  end)
local VERBS = {halt = true, reduce = true, resume = true, cancel = true, flatten = true}
command("operator", ":operator halt|reduce|resume|cancel|flatten", function(verb)
  if not VERBS[verb] then wants "operator" end
  host:operator(verb, "from the console")
end)
command("script", ":script  what runs", function()
  local s = host:script()
  print(("  %s, generation %d, %s, %d bytes"):format(s.alive and "alive" or "dead", s.generation,
    s.hash, s.memory))
end)

local function help()
  print("Lua runs in the script: host.place{...}, host.position(id), any expression. Time stands"
    .. " still until :step.")
  table.sort(names)
  for _, name in ipairs(names) do print("  " .. commands[name].about) end
  print("  :quit")
end

local function run_command(line)
  local name, rest = line:match("^:(%a+)%s*(.-)%s*$")
  if name == "help" then return help() end
  local found = commands[name]
  if not found then return print("there is no :" .. tostring(name) .. "; see :help") end
  local ok, why = pcall(found.run, rest)
  if not ok then print((tostring(why):gsub("^[^:]*:%d+: ", ""))) end
end

local function run_lua(line)
  local ok, value, why = pcall(host.eval, host, line)
  if not ok then return print((tostring(value):gsub("^[^:]*:%d+: ", ""))) end
  if not value then return print(why) end
  if value ~= "" then print(value) end
end

local function read_line()
  if not readline then
    if interactive then io.write("> ") io.flush() end
    return io.read("l")
  end
  local line = readline.readline("> ")
  if line and line:match("%S") then readline.add_history(line) end
  return line
end

local function paper_world()
  if #options.products == 0 then options.products = {"BTC-PERP-INTX"} end
  local made = {products = options.products, library = options.library, config = options.config,
                market = {seed = options.seed, tape = options.tape}}
  if options.params then
    local fits, params = pcall(require("cjson").decode, options.params)
    if not fits or type(params) ~= "table" then
      io.stderr:write("moongate repl: --params wants a JSON object, such as {\"fast\":5}\n")
      os.exit(2)
    end
    made.params = params
  end
  if options.script then made.script = options.script else made.text = "return {\n}" end
  local ok, world = pcall(lab.new, made)
  if ok then return world end
  io.stderr:write("moongate repl: ", tostring(world), "\n")
  os.exit(2)
end

local own = not host
if own then
  host = paper_world()
  host:advance(1)
else
  options.products = {(host:eval("host.products()[1]"))}
end
if interactive then
  if readline then readline.set_options{keeplines = 500, histfile = "", completion = false} end
  print("moongate repl: " .. (options.script or "no script") .. ", " ..
    (own and "a paper world" or "recorded data") .. ". :help, :step, :quit")
end
tell_news()
for line in read_line do
  if line == ":quit" or line == ":q" then break end
  if line:match("^:") then run_command(line)
  elseif line:match("%S") then run_lua(line) end
  tell_news()
end
if own then host:close() end
