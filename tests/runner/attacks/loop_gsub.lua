-- A replacement that never ends.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function() string.gsub("aaa", "a", function() while true do end end) end}
