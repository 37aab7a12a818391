-- The chunk itself takes all memory: it never gets to trade.
-- ends: refused
-- says: not enough memory
local t = {}
for i = 1, 1e9 do t[i] = i end
return {}
