-- Saved state of what JSON cannot say.
-- ends: fault
-- says: 
return {on_save = function() return {print, coroutine.create(print), 0 / 0} end}
