-- A comparison that never ends.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function() table.sort({3, 2, 1}, function() while true do end end) end}
