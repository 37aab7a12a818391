-- An __index that asks itself.
-- ends: fault
-- says: stack overflow
local t = setmetatable({}, {__index = function(self, key) return self[key .. "x"] end})
return {on_book = function() return t.x end}
