-- A callback that yields to a host that does not wait for it.
-- ends: fault
-- says: yield
return {on_book = function() coroutine.yield(1) end}
