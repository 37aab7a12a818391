-- Runs inside a script's sandbox: what is there, what is not, and that it is in a defined order.

-- The allow-list, whole: a name more or less is a decision, made here.
local function names(t)
  local list = {}
  for name in pairs(t) do list[#list + 1] = name end
  return table.concat(list, " ")
end
assert(names(_G) == "_G _VERSION assert coroutine decimal error getmetatable host ipairs math next "
  .. "pairs pcall print rawequal rawget rawlen rawset require select setmetatable string table "
  .. "tonumber tostring type utf8 xpcall", names(_G))
assert(names(string) == "byte char find format gmatch gsub len lower match pack packsize rep "
  .. "reverse sub unpack upper", names(string))
assert(names(table) == "concat insert move pack remove sort unpack", names(table))
assert(names(coroutine) == "create isyieldable resume running status wrap yield", names(coroutine))
assert(not math.random and not math.randomseed and math.pi and math.tointeger)

-- pairs: numbers ascending, then text bytewise, then booleans.
local mixed = {[3] = 1, [1.5] = 1, [-2] = 1, b = 1, a = 1, ["a\0b"] = 1, [true] = 1, [false] = 1}
local seen = {}
for key in pairs(mixed) do seen[#seen + 1] = tostring(key) end
assert(table.concat(seen, ",") == "-2,1.5,3,a,a\0b,b,false,true", table.concat(seen, ","))

-- Keys may be removed and changed on the way; what was removed is passed over.
local shrinking, visited = {a = 1, b = 2, c = 3}, {}
for key in pairs(shrinking) do
  visited[#visited + 1] = key
  shrinking.b = nil
  shrinking[key] = 9
end
assert(table.concat(visited) == "ac" and shrinking.a == 9)

assert(next({}) == nil and next({5}) == 1 and select(2, next({5})) == 5)
local key, order = nil, {}
repeat
  key = next(mixed, key)
  order[#order + 1] = tostring(key)
until key == nil
assert(table.concat(order, ",") == table.concat(seen, ",") .. ",nil")
assert(not pcall(next, {}, {}) or next({}, {}) == nil)
assert(not pcall(pairs({a = 1}), 5), "an iterator takes no number for a table")
assert(not pcall(pairs) and not pcall(pairs, 5) and not pcall(pairs, "text"))

local proxy = setmetatable({}, {__pairs = function() return function(_, k)
  if not k then return 1, "one" end
end, nil, nil end})
for k, v in pairs(proxy) do assert(k == 1 and v == "one") end

-- sort: stable, and the same whatever the input's order was.
local list = {}
for i = 1, 500 do list[i] = {rank = (i * 7919) % 10, at = i} end
table.sort(list, function(a, b) return a.rank < b.rank end)
for i = 2, #list do
  local a, b = list[i - 1], list[i]
  assert(a.rank < b.rank or (a.rank == b.rank and a.at < b.at), "sort is stable")
end
for count = 0, 40 do
  local numbers = {}
  for i = 1, count do numbers[i] = (i * 31) % 17 end
  table.sort(numbers)
  assert(#numbers == count)
  for i = 2, count do assert(numbers[i - 1] <= numbers[i]) end
  table.sort(numbers, function(a, b) return a > b end)
  for i = 2, count do assert(numbers[i - 1] >= numbers[i]) end
end
local words = {"b", "a", "c"}
table.sort(words)
assert(table.concat(words) == "abc")
assert(not pcall(table.sort, {1, "a"}), "what cannot be compared raises")
assert(not pcall(table.sort, {3, 2, 1}, function() error("x") end))
assert(not pcall(table.sort, {1}, 5) and not pcall(table.sort))
table.sort({3, 2, 1}, function() return true end) -- no "invalid order function": it just ends

-- Text carries no address.
assert(tostring({}) == "table" and tostring(print) == "function")
assert(tostring(coroutine.create(print)) == "thread")
assert(tostring(nil) == "nil" and tostring(1.5) == "1.5" and tostring(true) == "true")
assert(string.format("%s|%5s|%d|%%s|%s", {}, "x", 7, nil) == "table|    x|7|%s|nil")
assert(string.format("\0%s", {}) == "\0table", "a NUL does not hide the rest")
assert(("%s"):format(print) == "function")
assert(not pcall(string.format, "%p", {}) and not pcall(string.format, "%-10p", {}))
assert(string.format("%q", 1 // 1) == "1" and string.format("%5.2f", 2) == " 2.00")
assert(not pcall(string.format, "%s") and not pcall(string.format, "%"))
assert(tostring(setmetatable({}, {__tostring = function() return "mine" end})) == "mine")
assert(not pcall(tostring, setmetatable({}, {__tostring = function() return {} end})))

-- string.rep is bounded, and an empty one is quick.
assert(("ab"):rep(3) == "ababab" and ("x"):rep(3, ",") == "x,x,x" and ("x"):rep(-1) == "")
assert((""):rep(math.maxinteger) == "")
assert(string.rep(5, 3) == "555")
assert(not pcall(string.rep, "x", math.maxinteger) and not pcall(string.rep, "x", 1 << 40))
assert(not pcall(string.rep, 12345, 1 << 40) and not pcall(string.rep, "", 1 << 40, "xy"))

-- Metatables work as ever, less what crashes the interpreter; the check cannot be fooled.
local Class = {}
Class.__index = Class
function Class.new(x) return setmetatable({x = x}, Class) end
function Class:twice() return 2 * self.x end
Class.__add = function(a, b) return Class.new(a.x + b.x) end
Class.__lt = function(a, b) return a.x < b.x end
assert(Class.new(4):twice() == 8 and (Class.new(1) + Class.new(2)).x == 3)
assert(Class.new(1) < Class.new(2) and getmetatable(Class.new(1)) == Class)
local Derived = setmetatable({}, {__index = Class})
Derived.__index = Derived
assert(setmetatable({x = 3}, Derived):twice() == 6)
assert(getmetatable(setmetatable({}, nil)) == nil and getmetatable({}) == nil)
for name in pairs(Class) do assert(type(name) == "string") end
for _, name in ipairs{"__gc", "__mode", "__close"} do
  local ok, message = pcall(setmetatable, {}, {[name] = "k"})
  assert(not ok and message:find(name, 1, true))
end
-- A finalizer or weak mode that is put in afterwards has no effect. The keys would be collected.
local late = {}
local weak = setmetatable({}, late)
late.__mode = "kv"
late.__gc = function() host.log("error", "a finalizer ran") end
weak[1] = {}
local rubbish
for i = 1, 20000 do rubbish = {i, rubbish and rubbish[1]} end
assert(weak[1], "a table became weak behind the check's back")
assert(getmetatable("") == false and not pcall(setmetatable, "", {}))
local locked = setmetatable({}, {__metatable = "locked"})
assert(getmetatable(locked) == "locked" and not pcall(setmetatable, locked, {}))
assert(getmetatable(decimal(1)) == "decimal")
assert(not pcall(setmetatable, {}) and not pcall(setmetatable, 5, {}) and not pcall(getmetatable))

-- Coroutines.
local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(c * 2)
  return d + e
end)
assert(select(2, coroutine.resume(co, 1, 2)) == 3 and coroutine.status(co) == "suspended")
assert(select(2, coroutine.resume(co, 10)) == 20)
assert(select(2, coroutine.resume(co, 3, 4)) == 7 and coroutine.status(co) == "dead")
local ok, why = coroutine.resume(co)
assert(not ok and why:find("dead", 1, true))
ok, why = coroutine.resume(coroutine.create(function() error({code = 5}) end))
assert(not ok and why.code == 5)
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
assert(gen() == 1 and gen() == 2 and gen() == 3 and gen() == nil and not pcall(gen))
assert(not coroutine.resume(coroutine.running()))
local outer
outer = coroutine.wrap(function() return coroutine.resume(outer and coroutine.running()) end)
assert(outer() == false)
assert(not pcall(coroutine.resume, 5) and not pcall(coroutine.wrap, 5))
local inner = coroutine.wrap(function()
  local good, message = pcall(function() coroutine.yield("in"); error("later", 0) end)
  return tostring(good) .. message
end)
assert(inner() == "in" and inner() == "falselater", "yield across pcall")
local across = coroutine.wrap(function()
  return xpcall(function() return coroutine.yield("in") end, function() return "handled" end)
end)
assert(across() == "in" and across(7) == true)

-- xpcall's handler is called as ever.
local good, handled = xpcall(function() error("x", 0) end, function(m) return m .. "!" end)
assert(not good and handled == "x!")
assert(select("#", xpcall(function(...) return ... end, print, 1, nil, 3)) == 4)
assert(select(2, xpcall(function(a) return a end, print, 42)) == 42)

-- require: the bundle alone, loaded once, loops found.
local helper = require "helper"
assert(helper == require "helper" and helper.answer == 42 and require "sub.empty" == true)
for _, name in ipairs{"absent", "io", "os", "debug", "cjson", "../helper", "helper.lua"} do
  ok, why = pcall(require, name)
  assert(not ok and why:find("bundle", 1, true), name)
end
ok, why = pcall(require, "loop_a")
assert(not ok and why:find("requires itself", 1, true), why)
ok, why = pcall(require, "broken")
assert(not ok and why:find("broken.lua:2:", 1, true), why)

print("hello", 1, nil, {}, decimal("1.50"))
return {}
