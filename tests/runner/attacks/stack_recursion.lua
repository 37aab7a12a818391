-- Recursion without end.
-- ends: fault
-- says: stack_recursion
local function down() return 1 + down() end
return {on_book = function() down() end}
