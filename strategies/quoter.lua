--- A post-only quoter: one bid and one ask per product, leaning against its own inventory.
--
-- Quotes join the best bid and ask. When the touch has moved more than `requote` ticks away
-- from a quote, it is cancelled and, once the venue has said that it is gone, placed anew. A side
-- that would add to an inventory of `inventory_max` lots is not quoted.
--
-- Parameters (config, all optional): size (base coin, text; per product as size_<ASSET>),
-- inventory_max (lots), requote (ticks), pause (seconds between quotes of one side).
local inventory_max = host.param("inventory_max", 3)
local requote = host.param("requote", 2)
local pause = host.param("pause", 0) * 1000000000
local markets = {}

local function new_market(id)
  local spec = host.product(id)
  local size = decimal(host.param("size_" .. spec.asset, nil) or host.param("size", "0.01"))
  return {
    id = id, tick = spec.tick, size = size:round(spec.step, "up"),
    buy = {}, sell = {} -- per side: ref, price, cancelling, quoted_at
  }
end

local quoter = {}

function quoter.on_start()
  for _, id in ipairs(host.products()) do markets[id] = new_market(id) end
end

local function wanted(market, side, position)
  local lots = position:div(market.size, "nearest", 0):number()
  if side == "buy" then return lots < inventory_max end
  return lots > -inventory_max
end

local function quote(market, side, price)
  local slot = market[side]
  if slot.quoted_at and host.uptime() - slot.quoted_at < pause then return end
  slot.quoted_at = host.uptime()
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

local function tend(market, side, touch, position)
  local slot = market[side]
  if not wanted(market, side, position) then
    withdraw(slot)
  elseif not slot.ref then
    quote(market, side, touch)
  elseif (slot.price - touch):abs() > market.tick * requote then
    withdraw(slot)
  end
end

function quoter.on_book(book)
  local market = markets[book.product]
  if not market then return end
  if book:stale() then
    withdraw(market.buy)
    withdraw(market.sell)
    return
  end
  local position = host.position(market.id).size
  tend(market, "buy", (book:bid()), position)
  tend(market, "sell", (book:ask()), position)
end

local function forget(ref)
  for _, market in pairs(markets) do
    for _, side in ipairs{"buy", "sell"} do
      if market[side].ref == ref then market[side] = {quoted_at = market[side].quoted_at} end
    end
  end
end

function quoter.on_order(order)
  if order.done then forget(order.ref) end
end

function quoter.on_refusal(refusal)
  forget(refusal.ref)
end

function quoter.on_stale(product)
  local market = markets[product]
  if market then
    withdraw(market.buy)
    withdraw(market.sell)
  end
end

--- Working orders outlive a reload; so must the memory of them.
function quoter.on_save()
  local saved = {}
  for id, market in pairs(markets) do
    saved[id] = {}
    for _, side in ipairs{"buy", "sell"} do
      local slot = market[side]
      if slot.ref then saved[id][side] = {ref = tostring(slot.ref), price = slot.price} end
    end
  end
  return saved
end

function quoter.on_reload(saved)
  quoter.on_start()
  for id, sides in pairs(saved or {}) do
    for side, slot in pairs(sides) do
      if markets[id] then
        markets[id][side] = {ref = math.tointeger(tonumber(slot.ref)), price = decimal(slot.price)}
      end
    end
  end
end

function quoter.on_stop()
  for _, market in pairs(markets) do
    withdraw(market.buy)
    withdraw(market.sell)
  end
end

return quoter
