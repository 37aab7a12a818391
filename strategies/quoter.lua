--- A post-only quoter: one bid and one ask per product, within an inventory.
--
-- Quotes join the best bid and ask, or stand `back` basis points behind them: at the touch the
-- market is often past a quote when it arrives, and the venue refuses it as post-only. With `skew`
-- both move down by so many ticks per lot held, up per lot short: the side that would bring the
-- inventory home is the likelier to fill. A quote that is more than `requote` ticks from where it
-- should be is cancelled and, once the venue has said that it is gone, placed anew. A side whose
-- fill could take the inventory past `inventory_max` lots is not quoted.
--
-- Parameters (config, all optional): size (base coin, text; per asset as size_BTC, size_ETH, ...),
-- inventory_max (lots, 3), requote (ticks, 2), pause (seconds between quotes of one side, 0), skew
-- (ticks per lot, 0), back (basis points, 0).
local lots = require "lots"

local params = host.declare{
  inventory_max = {type = "decimal", default = "3", least = "0", about = "lots either side"},
  requote = {type = "decimal", default = "2", least = "0",
             about = "ticks a quote may be off before it is moved"},
  skew = {type = "decimal", default = "0", about = "ticks both quotes move per lot held"},
  pause = {type = "number", default = 0, least = 0, about = "seconds between quotes of one side"},
  back = {type = "decimal", default = "0", least = "0", about = "basis points behind the touch"},
}
local inventory_max, requote, skew = params.inventory_max, params.requote, params.skew
local back = params.back * decimal "0.0001"
local at_touch = skew:sign() == 0 and back:sign() == 0
local pause_ns = math.floor(params.pause * 1000000000)
local retry_ns = 1000000000 -- after a refusal: the reason may pass, hammering does not help
local markets = {}          -- per product id

--- A side's slot: the one order that is out there (ref, price), whether its cancel was asked
-- for, and when the next one may go.
local function new_slot()
  return {ref = nil, price = nil, cancelling = false, not_before = 0}
end

for _, id in ipairs(host.products()) do
  local spec = host.product(id)
  local size = lots.size(spec)
  markets[id] = {id = id, tick = spec.tick, size = size, most = size * inventory_max,
                 patience = spec.tick * requote, buy = new_slot(), sell = new_slot()}
end

local quoter = {}

local function wanted(market, side, position)
  if side == "buy" then return position + market.size <= market.most end
  return position - market.size >= -market.most
end

local function quote(market, side, price)
  local slot, now = market[side], host.uptime()
  if now < slot.not_before then return end
  slot.not_before = now + pause_ns
  slot.price = price
  slot.ref = host.place{product = market.id, side = side, price = price, size = market.size,
                        post_only = true}
end

local function withdraw(slot)
  if slot.ref and not slot.cancelling then
    slot.cancelling = true
    host.cancel(slot.ref)
  end
end

local function withdraw_both(market)
  withdraw(market.buy)
  withdraw(market.sell)
end

--- Where the quotes should be: at the touch or behind it, moved against the inventory, and never
-- across.
local function prices(market, book, position)
  local bid, ask, tick = book:bid(), book:ask(), market.tick
  if at_touch then return bid, ask end
  local held = position:div(market.size, "nearest", 9)
  local shift = (held * skew * tick):round(tick, "nearest")
  local buy = (bid - bid * back):round(tick, "down") - shift
  local sell = (ask + ask * back):round(tick, "up") - shift
  local highest, lowest = ask - tick, bid + tick
  return buy > highest and highest or buy, sell < lowest and lowest or sell
end

local function tend(market, side, touch, position)
  local slot = market[side]
  if not wanted(market, side, position) then
    withdraw(slot)
  elseif not slot.ref then
    quote(market, side, touch)
  elseif (slot.price - touch):abs() > market.patience then
    withdraw(slot)
  end
end

function quoter.on_book(book)
  local market = markets[book.product]
  if not market then return end
  if book:stale() then
    withdraw_both(market)
    return
  end
  local position = host.position(market.id).size
  local buy, sell = prices(market, book, position)
  tend(market, "buy", buy, position)
  tend(market, "sell", sell, position)
end

local function forget(slot, wait_ns)
  slot.ref, slot.price, slot.cancelling = nil, nil, false
  slot.not_before = math.max(slot.not_before, host.uptime() + wait_ns)
end

--- A live order is its side's quote. After a reload the host tells of each one: this is how the new
-- script finds what the old one left; a second one on a side is one too many.
function quoter.on_order(order)
  local market = markets[order.product]
  local slot = market and market[order.side]
  if not slot then return end
  if order.done then
    if order.ref == slot.ref then forget(slot, order.state == "refused" and retry_ns or 0) end
  elseif not slot.ref then
    slot.ref, slot.price = order.ref, order.price
    slot.cancelling = order.state == "cancel_sent"
  elseif slot.ref ~= order.ref then
    host.cancel(order.ref)
  end
end

function quoter.on_refusal(refusal)
  local market = markets[refusal.product]
  if not market then return end
  for _, side in ipairs{"buy", "sell"} do
    if market[side].ref == refusal.ref then forget(market[side], retry_ns) end
  end
end

function quoter.on_stale(product)
  if markets[product] then withdraw_both(markets[product]) end
end

--- Working orders outlive a reload, and the host tells of them; the pauses are kept here. Text,
-- because nanoseconds grow past what JSON holds exactly.
function quoter.on_save()
  local saved = {}
  for id, market in pairs(markets) do
    saved[id] = {buy = tostring(market.buy.not_before), sell = tostring(market.sell.not_before)}
  end
  return saved
end

function quoter.on_reload(saved)
  for id, sides in pairs(saved or {}) do
    local market = markets[id]
    if market then
      market.buy.not_before = tonumber(sides.buy) or 0
      market.sell.not_before = tonumber(sides.sell) or 0
    end
  end
end

function quoter.on_stop()
  for _, market in pairs(markets) do withdraw_both(market) end
end

return quoter
