-- on_save that never ends.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_save = function() while true do end end}
