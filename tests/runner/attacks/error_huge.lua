-- An error of eight megabytes.
-- ends: fault
-- says: 
return {on_book = function() error(string.rep("e", 1024 * 1024 * 2)) end}
