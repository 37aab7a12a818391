-- A list of orders, one after another per product, as fast as the market ticks: resting ones far
-- away, cancels, and small ones that take. The test edits `go`, without which nothing is placed,
-- and `takes`.
local go = false
local takes = true

local OUT = 3   -- working orders per product
local MOST = 5  -- lots held at most, either way
local LOT = {BTC = decimal "0.01", ETH = decimal "0.1"} -- one contract
local step = {} -- per product: how far down the list

local orders = {}

local function place(book, side, price, tif)
  host.place{product = book.product, side = side, price = price, tif = tif,
    post_only = tif == "gtc", size = LOT[host.product(book.product).asset]}
end

-- Never the same price twice in a row, which would be a duplicate.
local function rest(book, side, number)
  local spec = host.product(book.product)
  local away = spec.tick * (number % 20)
  if side == "buy" then
    place(book, side, ((book:bid()) * "0.994"):round(spec.tick, "down") - away, "gtc")
  else
    place(book, side, ((book:ask()) * "1.006"):round(spec.tick, "up") + away, "gtc")
  end
end

local function take(book, side, number)
  local spec = host.product(book.product)
  local more = spec.tick * (1 + number % 5)
  if side == "buy" then place(book, side, (book:ask()) + more, "ioc")
  else place(book, side, (book:bid()) - more, "ioc") end
end

local function next_order(book, number)
  local held, lot = host.position(book.product).size, LOT[host.product(book.product).asset]
  local side = number % 4 < 2 and "buy" or "sell"
  if held >= lot * MOST then side = "sell" elseif held <= -(lot * MOST) then side = "buy" end
  if number % 2 == 0 or not takes then rest(book, side, number) else take(book, side, number) end
end

function orders.on_book(book)
  if not go or book:stale() then return end
  local out, all = {}, host.orders(book.product)
  for _, order in ipairs(all) do -- what is UNKNOWN has no id to cancel it by yet
    if order.state == "open" then out[#out + 1] = order end
  end
  if #out >= OUT or (#out > 0 and #all > OUT) then
    host.cancel(out[1].ref)
    return
  end
  local number = (step[book.product] or host.random(4)) + 1
  step[book.product] = number
  next_order(book, number)
end

function orders.on_save() return {} end

return orders
