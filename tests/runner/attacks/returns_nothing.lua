-- A script that returns no callbacks.
-- ends: refused
-- says: must return a table
local x = 1
