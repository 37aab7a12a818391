-- on_stop that never ends: the stop does not wait for it.
-- ends: stopped
-- says: 
-- deadline: short
return {on_book = function() end, on_stop = function() while true do end end}
