-- Orders as fast as a script may ask without being ended for it: sixteen chains, each with the next
-- order as soon as the last one ended, and after a refusal with the next book. They are IOC far
-- below the market, so none ever trades.
local CHAINS <const> = 16
local chains, tick_of, sent = {}, {}, 0
local flood = {}

local function place(product)
  local book = host.book(product)
  if not book or book:stale() then return end
  sent = sent + 1
  local away = tick_of[product] * (sent % 60)
  local ref = host.place{product = product, side = "buy", tif = "ioc",
    price = (book:bid() * decimal "0.998"):round(tick_of[product], "down") - away,
    size = host.product(product).size_min}
  chains[ref] = product
end

local function again(ref)
  local product = chains[ref]
  chains[ref] = nil
  if product then place(product) end
end

function flood.on_start()
  for _, id in ipairs(host.products()) do tick_of[id] = host.product(id).tick end
end

function flood.on_book(book)
  local count = 0
  for _ in pairs(chains) do count = count + 1 end
  for _ = count + 1, CHAINS do place(book.product) end
end

function flood.on_order(order) if order.done then again(order.ref) end end

function flood.on_refusal(refusal) chains[refusal.ref] = nil end

return flood
