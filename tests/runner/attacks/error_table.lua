-- Errors that are no text.
-- ends: fault
-- says: 
return {on_book = function() error({code = 1}) end}
