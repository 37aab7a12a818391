-- __gc, __close, __concat and weak tables, which crash interpreters.
-- ends: lives
-- says: contained
for _, name in ipairs{"__gc", "__mode", "__close", "__concat"} do
  assert(not pcall(setmetatable, {}, {[name] = "k"}), name)
end
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
m.__mode = "kv"
return {on_book = function()
  for i = 1, 1000 do t[{}] = {i} end
  t = setmetatable({}, {})
  host.log("info", "contained")
end}
