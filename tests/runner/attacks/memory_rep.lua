-- A string of ten gigabytes at once.
-- ends: fault
-- says: 
return {on_book = function() return string.rep("x", 10 * 1024 * 1024 * 1024) end}
