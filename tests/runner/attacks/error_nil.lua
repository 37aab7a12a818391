-- An error of nothing.
-- ends: fault
-- says: 
return {on_book = function() error(nil) end}
