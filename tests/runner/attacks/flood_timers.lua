-- Timers without end.
-- ends: dead
-- says: timer flood
return {on_book = function() for i = 1, 1000000 do host.timer(1, 1) end end}
