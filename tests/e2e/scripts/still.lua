-- One bid per product, far enough below the market to stay. Orders are found again after a reload
-- or a restart as every script finds them: the host tells of each one.
local distance, size = host.decimal("distance", "0.995"), host.decimal("size", "0.1")
local bids = {}
local still = {}

function still.on_order(order)
  if not order.done then
    bids[order.product] = order.ref
  elseif bids[order.product] == order.ref then
    bids[order.product] = nil
  end
end

function still.on_book(book)
  if bids[book.product] or book:stale() or #host.orders(book.product) > 0 then return end
  local spec = host.product(book.product)
  bids[book.product] = host.place{product = book.product, side = "buy", post_only = true,
    price = ((book:bid()) * distance):round(spec.tick, "down"),
    size = size:round(spec.step, "down")}
end

function still.on_refusal(refusal)
  if bids[refusal.product] == refusal.ref then bids[refusal.product] = nil end
end

function still.on_save() return {} end

return still
