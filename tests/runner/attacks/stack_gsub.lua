-- Patterns called from patterns: the C stack.
-- ends: fault
-- says: C stack overflow
local function down() return (string.gsub("a", "a", down)) end
return {on_book = function() down() end}
