-- Some ten thousand intents a second, whatever came of the last: a timer of ten milliseconds comes
-- after thirteen or so. They are IOC far below the market, so none ever trades.
local BURST <const>, PERIOD <const> = 140, 0.01
local flood, tick_of, products, sent = {}, {}, {}, 0

local function place(product)
  local book = host.book(product)
  if not book or book:stale() then return end
  sent = sent + 1
  local away = tick_of[product] * (sent % 60)
  host.place{product = product, side = "buy", tif = "ioc",
    price = (book:bid() * decimal "0.998"):round(tick_of[product], "down") - away,
    size = host.product(product).size_min}
end

function flood.on_start()
  products = host.products()
  for _, id in ipairs(products) do tick_of[id] = host.product(id).tick end
  host.timer(1, PERIOD)
end

function flood.on_timer()
  host.timer(1, PERIOD) -- first: a slow machine may stop what follows at the soft deadline
  for i = 1, BURST do place(products[i % #products + 1]) end
end

return flood
