-- The metatable that all strings share cannot be had.
-- ends: lives
-- says: contained
local m = getmetatable("")
assert(m == nil or m == false, "the shared metatable is shown")
assert(not pcall(setmetatable, "", {}))
string.find, string.sub, string.format = nil, error, error
return {on_book = function() host.log("info", "contained") end}
