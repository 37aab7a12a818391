-- A million lines of log.
-- ends: dead
-- says: log flood
return {on_book = function() for i = 1, 1000000 do host.log("info", "line " .. i) end end}
