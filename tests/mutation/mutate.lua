-- Changes one operator, constant or condition of the gate at a time, and wants a test to fail.
local HELP = [==[
usage: lua5.4 tests/mutation/mutate.lua [--sample N] [--seed S] [--only FILE] [--jobs N]
Builds the engine's unit tests once (build-mutation, -O0, no sanitisers), then for each change of
core/engine/gate*.c compiles that file alone, links, and runs the gate's table, then its laws.
A change that no test notices survives, and is told unless survivors.txt says why it changes
nothing. Exit 1: one survived that is not listed there, or what is listed was noticed.
  --sample N   N changes drawn at random (default: all, some ten minutes)
  --seed S     of the draw (default 1)
  --only FILE  of one file: gate_risk.c
  --jobs N     at a time (default 2)
]==]
io.stdout:setvbuf("line")
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local root = here .. "/../.."
local tree = root .. "/build-mutation"

local function die(message)
  io.stderr:write("mutate: ", message, "\n")
  os.exit(2)
end

local function options()
  local o, i = { seed = 1, jobs = 2 }, 1
  while arg[i] do
    local name, value = arg[i]:match("^%-%-(%l+)$"), arg[i + 1]
    if name == "help" then
      io.write(HELP)
      os.exit(0)
    elseif (name == "sample" or name == "seed" or name == "jobs") and math.tointeger(value) then
      o[name], i = math.tointeger(value), i + 2
    elseif name == "only" and value then
      o.only, i = value, i + 2
    else
      die("what is '" .. arg[i] .. "'? See --help")
    end
  end
  return o
end

local function lines_of(command)
  local pipe, found = assert(io.popen(command)), {}
  for line in pipe:lines() do
    found[#found + 1] = line
  end
  return found, pipe:close()
end

-- ---- what is changed into what

local PLAIN = {
  { " < ", " <= " }, { " < ", " > " }, { " <= ", " < " }, { " > ", " >= " }, { " > ", " < " },
  { " >= ", " > " }, { " == ", " != " }, { " != ", " == " }, { "&&", "||" }, { "||", "&&" },
  { " + ", " - " }, { " - ", " + " }, { " * ", " / " }, { " / ", " * " }, { " % ", " * " },
  { " >> ", " << " }, { " & ", " | " }, { " += ", " -= " }, { "true", "false" },
  { "false", "true" }, { "ROUND_DOWN", "ROUND_UP" }, { "ROUND_UP", "ROUND_DOWN" },
  { "SIDE_BUY", "SIDE_SELL" }, { "SIDE_SELL", "SIDE_BUY" }, { " ? ", " ? !" },
}

-- Blanks for what is no code, so that places stay what they are.
local function masked(text)
  text = text:gsub('/%*.-%*/', function(c) return c:gsub("[^\n]", " ") end)
  text = text:gsub('"[^"\n]*"', function(c) return (" "):rep(#c) end)
  text = text:gsub("%f[^\n]%s*#[^\n]*", function(c) return (" "):rep(#c) end)
  for _, name in ipairs({ "CHECK", "_Static_assert" }) do
    text = text:gsub(name .. "%b()", function(c) return c:gsub("[^\n]", " ") end)
  end
  return text
end

local function add(found, file, text, from, to, becomes)
  local _, line = text:sub(1, from):gsub("\n", "")
  local start = text:sub(1, from):match(".*\n()") or 1
  found[#found + 1] = { file = file, from = from, to = to, becomes = becomes, line = line + 1,
    text = text:match("^%s*([^\n]*)", start), was = text:sub(from, to), column = from - start + 1 }
end

local function find_plain(found, file, text, code)
  for _, pair in ipairs(PLAIN) do
    local at = 1
    while true do
      local from, to = code:find(pair[1], at, true)
      if not from then break end
      local word = pair[1]:match("^%a") and
        (code:sub(from - 1, from - 1):match("[%w_]") or code:sub(to + 1, to + 1):match("[%w_]"))
      if not word then add(found, file, text, from, to, pair[2]) end
      at = to + 1
    end
  end
end

local function find_shaped(found, file, text, code)
  for from, to in code:gmatch("()!()%f[^!][%a(]") do
    add(found, file, text, from, to - 1, "")
  end
  for from, digits, to in code:gmatch("%f[%w_]()(%d+)()%f[^%w_]") do
    if digits ~= "0" then -- one more than nothing is a billionth of something
      add(found, file, text, from, to - 1, tostring(math.tointeger(digits) + 1))
    end
  end
  for from, condition, to in code:gmatch("if ()(%b())()") do
    local inside = text:sub(from, to - 1)
    add(found, file, text, from, to - 1, "(1 || " .. inside .. ")")
    add(found, file, text, from, to - 1, "(0 && " .. inside .. ")")
    assert(condition)
  end
end

local function mutants(only)
  local found, texts = {}, {}
  for _, path in ipairs(lines_of("ls '" .. root .. "/core/engine/'gate*.c")) do
    local file = path:match("[^/]+$")
    if not only or file == only then
      local handle = assert(io.open(path))
      texts[file] = handle:read("a")
      handle:close()
      local code = masked(texts[file])
      assert(#code == #texts[file])
      find_plain(found, file, texts[file], code)
      find_shaped(found, file, texts[file], code)
    end
  end
  if #found == 0 then die("nothing to change") end
  return found, texts
end

local function sample(found, count, seed)
  math.randomseed(seed)
  for i = 1, math.min(count, #found) do
    local k = math.random(i, #found)
    found[i], found[k] = found[k], found[i]
  end
  return table.move(found, 1, math.min(count, #found), 1, {})
end

-- ---- one change

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function words(mutant)
  return ("%s | %s | %d `%s` -> `%s`"):format(mutant.file, mutant.text, mutant.column, mutant.was,
    mutant.becomes)
end

-- One line of arguments for the script below.
local function task(i, mutant, text)
  local work = ("%s/changes/%d"):format(tree, i)
  local path = work .. "/" .. mutant.file
  os.execute("mkdir -p '" .. work .. "'")
  write(path, text:sub(1, mutant.from - 1) .. mutant.becomes .. text:sub(mutant.to + 1))
  return ("%d '%s' '%s' '%s'"):format(i, work, path, tree)
end

-- The table and the laws are linked first, alone: most changes end there. A change that does not
-- compile says nothing; one that hangs is noticed.
local GATE_MAIN = [==[
int suite_gate(void);
int suite_gate_properties(void);
int main(int argc, char **argv)
{
    return argc > 1 && argv[1][4] ? suite_gate_properties() : suite_gate();
}
]==]
local ONE = [==[
REST="manifest ladder operator risk tail consent stage intents"
i=$1 work=$2 path=$3 tree=$4
said() { echo "$i $1"; rm -rf "$work"; exit 0; }
gcc -O0 -std=gnu11 -w -I"$tree/../core" -c -o "$work/m.o" "$path" 2>/dev/null || said invalid
objects=$tree/tests/CMakeFiles/test_engine.dir/unit/engine
link() {
    gcc -o "$work/t" "$@" "$work/m.o" "$tree/core/libmoongate_engine.a" \
        "$tree/core/libmoongate_model.a" "$tree/core/libmoongate_base.a" -lcmocka 2>/dev/null ||
        said invalid
}
link "$tree/gate.o" "$objects"/test_gate.c.o "$objects"/test_gate_properties.c.o \
    "$objects"/gate_world.c.o "$objects"/gate_shake.c.o
for suite in gate gate_properties; do
    timeout 60 "$work/t" $suite >/dev/null 2>&1 || said "noticed $suite"
done
link "$objects"/*.o
for suite in $REST; do
    timeout 60 "$work/t" $suite >/dev/null 2>&1 || said "noticed rest"
done
said survived
]==]

local function build()
  local log = tree .. "/build.log"
  if not os.execute(("mkdir -p '%s' && cmake -S '%s' -B '%s' -G Ninja -DCMAKE_C_COMPILER=gcc " ..
    "-DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-DGATE_ROUNDS=20000 " ..
    "'-DCMAKE_C_FLAGS_DEBUG=-O0' >'%s' 2>&1 && ninja -C '%s' test_engine >>'%s' 2>&1")
      :format(tree, root, tree, log, tree, log)) then
    die("the build failed, see build-mutation/build.log")
  end
  write(tree .. "/gate.c", GATE_MAIN)
  assert(os.execute(("gcc -O0 -c -o '%s/gate.o' '%s/gate.c'"):format(tree, tree)))
end

local function run(found, texts, jobs, each)
  local script, list, tasks = tree .. "/one.sh", tree .. "/tasks", {}
  for i, mutant in ipairs(found) do
    tasks[i] = task(i, mutant, texts[mutant.file])
  end
  write(script, ONE)
  write(list, table.concat(tasks, "\n") .. "\n")
  local pipe = assert(io.popen(("xargs -P %d -L 1 bash '%s' <'%s'"):format(jobs, script, list)))
  for line in pipe:lines() do
    local i, what, suite = line:match("^(%d+) (%a+) ?(%g*)$")
    local mutant = found[tonumber(i)]
    mutant.what, mutant.suite = what, suite
    each(mutant)
  end
  pipe:close()
end

-- ---- what is known to change nothing

local function known()
  local ret = {}
  for line in io.lines(here .. "/survivors.txt") do
    local key = line:match("^([^#].-`) : ")
    if key then ret[key] = true end
  end
  return ret
end

-- Told as they come; true while nothing is wrong.
local function judge(mutant, listed)
  local key = words(mutant)
  if mutant.what == "survived" and not listed[key] then
    print(("SURVIVED %s (line %d)"):format(key, mutant.line))
    return false
  elseif mutant.what == "noticed" and listed[key] then
    print("listed in survivors.txt, but noticed: " .. key)
    return false
  end
  return true
end

local function total(found)
  local n = setmetatable({}, { __index = function() return 0 end })
  for _, mutant in ipairs(found) do
    n[mutant.what], n[mutant.suite] = n[mutant.what] + 1, n[mutant.suite] + 1
  end
  print(("%d changes: %d noticed (%d by the table, %d by the laws, %d by the engine's other " ..
    "tests), %d survived, %d do not compile"):format(#found, n.noticed, n.gate,
    n.gate_properties, n.rest, n.survived, n.invalid))
end

local o = options()
local found, texts = mutants(o.only)
if o.sample then
  found = sample(found, o.sample, o.seed)
end
build()
local listed, right = known(), true
run(found, texts, o.jobs, function(mutant) right = judge(mutant, listed) and right end)
total(found)
os.exit(right and 0 or 1)
