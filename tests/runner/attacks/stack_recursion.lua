-- Recursion without end.
-- ends: fault
-- says: stack overflow
local function down() return 1 + down() end
return {on_book = function() down() end}
