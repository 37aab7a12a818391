-- Saved state of ten megabytes.
-- ends: fault
-- says: 
return {on_save = function() return {string.rep("x", 10 * 1024 * 1024)} end}
