-- A traceback a hundred thousand frames long.
-- ends: fault
-- says: 
local function down(n) if n == 0 then error("at the bottom") end return 1 + down(n - 1) end
return {on_book = function() down(100000) end}
