-- An iterator that never ends.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function() for _ in function() return 1 end do end end}
