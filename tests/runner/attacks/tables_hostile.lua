-- Tables that lie about themselves, hold themselves, or never end, where the host reads tables.
-- ends: lives
-- says: contained
local cyclic = {}
cyclic.cyclic = cyclic
local liar = setmetatable({}, {__index = function() error("asked") end,
  __pairs = function() return function() return "size", 1 end end,
  __len = function() return 1e9 end})
local id = host.products()[1]
for _, call in ipairs{host.declare, host.manifest} do
  for _, value in ipairs{cyclic, {x = cyclic}, {x = {type = cyclic}}, {[cyclic] = 1}, {1, 2, 3},
      {x = {type = "choice", choices = cyclic}}, {x = {type = "choice", choices = {}}},
      {x = {type = "number", default = 0 / 0}}, {x = {type = "integer", least = 2, most = 1}},
      {[("x"):rep(100000)] = {type = "text"}}, 7, "x", print} do
    assert(not pcall(call, value))
  end
end
return {on_book = function()
  for _, value in ipairs{cyclic, liar, {stop = cyclic}, {trail = 0 / 0}, {after = -1},
      {after = 1e300}, {trail = "2"}, {stop = "-1"}, 7, "x"} do
    pcall(host.protect, id, value)
    pcall(host.place, value)
    pcall(host.amend, 1, value)
  end
  for _, fields in ipairs{cyclic, liar, {[("k"):rep(5000)] = ("v"):rep(5000)}, {[cyclic] = 1}} do
    pcall(host.log, "info", "fields", fields)
  end
  local many = {}
  for i = 1, 5000 do many["k" .. i] = i end
  pcall(host.log, "info", "many", many)
  assert(not pcall(host.log, "loud", "x") and not pcall(host.log, nil, nil))
  host.log("info", "contained")
end}
