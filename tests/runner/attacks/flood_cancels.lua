-- A million cancels.
-- ends: dead
-- says: intent flood
return {on_book = function() for i = 1, 1000000 do host.cancel_all() end end}
