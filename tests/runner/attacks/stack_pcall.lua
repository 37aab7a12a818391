-- pcall in pcall, as deep as it goes.
-- ends: fault
-- says: stack overflow
local function down() local ok, why = pcall(down) if not ok then error(why, 0) end end
return {on_book = function() down() end}
