-- Saved state that holds itself.
-- ends: fault
-- says: 
local loop = {}
loop.loop = loop
return {on_save = function() return loop end}
