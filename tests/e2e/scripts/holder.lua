-- Buys one lot of its product and asks the host for a stop.
local stop = host.decimal("stop")
local holder, asked = {}, false

function holder.on_book(book)
  local position = host.position(book.product)
  if asked or book:stale() or not position or position.size:sign() ~= 0 then return end
  asked = true
  host.protect(book.product, {stop = stop})
  host.place{product = book.product, side = "buy", type = "market",
    size = host.product(book.product).size_min}
end

function holder.on_refusal() asked = false end

return holder
