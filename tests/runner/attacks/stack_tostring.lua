-- __tostring by way of __tostring.
-- ends: fault
-- says: overflow
local t = setmetatable({}, {__tostring = function(self) return tostring(self) end})
return {on_book = function() tostring(t) end}
