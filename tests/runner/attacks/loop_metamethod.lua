-- A loop inside of __index, __lt and __concat.
-- ends: fault
-- says: soft deadline
-- deadline: short
local forever = setmetatable({}, {__index = function() while true do end end})
return {on_book = function() return forever.anything end}
