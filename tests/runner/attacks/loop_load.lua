-- The chunk itself never ends: it never gets to trade.
-- ends: refused
-- says: soft deadline
-- deadline: short
while true do end
