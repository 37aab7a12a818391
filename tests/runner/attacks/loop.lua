-- A callback that never ends.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function() while true do end end}
