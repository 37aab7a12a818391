-- Orders before the swap is done.
-- ends: refused
-- says: on_start
local id = host.products()[1]
host.place{product = id, side = "buy", type = "limit", price = "60000", size = "0.01"}
return {}
