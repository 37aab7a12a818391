-- One bid far below the market, taken back once it works, and another at the `every`th book after
-- it is gone: a single order at a time, caused by the market alone.
local every = math.tointeger(host.number("every", 2, 1))
local size = host.decimal("size", "0.01")
local distance = host.decimal("distance", "0.995")
local waits, orders, bid, cancelling = 0, 0, nil, false
local pinger = {}

function pinger.on_order(order)
  if order.ref ~= bid then return end
  if order.done then
    bid, cancelling, waits = nil, false, every
  elseif order.state == "open" and not cancelling then
    cancelling = true
    host.cancel(order.ref)
  end
end

function pinger.on_book(book)
  waits = waits - 1
  if bid or book:stale() or waits > 0 then return end
  local spec = host.product(book.product)
  orders = orders + 1 -- no two alike in a row: they would be refused as duplicates
  bid = host.place{product = book.product, side = "buy", post_only = true, size = size,
                   price = (book:bid() * distance):round(spec.tick, "down")
                     - spec.tick * (orders % 50)}
end

function pinger.on_refusal(refusal)
  if refusal.ref == bid then bid, cancelling = nil, false end
end

return pinger
