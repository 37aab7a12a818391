-- A million intents.
-- ends: dead
-- says: intent flood
local id = host.products()[1]
return {on_book = function()
  for i = 1, 1000000 do
    host.place{product = id, side = "buy", type = "limit", price = "60000", size = "0.01"}
  end
end}
