-- `count` bids per product, a tick apart and far enough below the market to stay.
local count = host.params.count
local many = {}

function many.on_book(book)
  local spec, working = host.product(book.product), #host.orders(book.product)
  for i = working + 1, math.min(working + 4, count) do
    host.place{product = book.product, side = "buy", post_only = true,
      price = (book:bid() * host.decimal("distance", "0.97") - spec.tick * i):round(spec.tick,
                                                                                    "down"),
      size = host.decimal("size_" .. spec.asset, "0.1")}
  end
end

return many
