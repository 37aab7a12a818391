--- Brings a position to what is wanted, with one market order at a time.
--
--     local pursuit = require "pursuit"
--     local btc = pursuit.new("BTC-PERP-INTX")
--     btc:want(decimal "0.02")          signed; then these are told:
--     btc:on_book(book)  btc:on_order(order)  btc:on_refusal(refusal)  btc:on_protect(protection)
--     on_save: {btc = btc:save()}   on_reload: btc:load(saved.btc)
--
-- It waits while an order is out, while the book cannot be believed, and a second after a refusal:
-- the reason may pass, hammering does not help. What is wanted and reached is forgotten: a position
-- that is closed later, by protection or by hand, is not opened anew.
local pursuit = {}
pursuit.__index = pursuit

local RETRY_NS = 1000000000
local nothing = decimal(0)

function pursuit.new(product)
  return setmetatable({
    product = product,
    target = nil,    -- the position wanted, a decimal; nil: the present one
    in_flight = nil, -- ref of the one order that is out
    unseen = false,  -- an order has ended, and no book since has shown what it did to the position
    not_before = 0   -- uptime of the next try after a refusal
  }, pursuit)
end

--- The sign of what is wanted, or else of what is held.
---@return -1|0|1
function pursuit:direction()
  local position = host.position(self.product)
  return (self.target or position and position.size or nothing):sign()
end

local function pursue(self)
  if not self.target or self.in_flight or self.unseen then return end
  local position, book = host.position(self.product), host.book(self.product)
  if host.uptime() < self.not_before or not position or not book or book:stale() then
    return
  end
  local difference = self.target - position.size
  if difference:sign() == 0 then
    self.target = nil
    return
  end
  self.in_flight = host.place{
    product = self.product, type = "market", side = difference:sign() > 0 and "buy" or "sell",
    size = difference:abs(), reduce_only = self.target:sign() == 0
  }
end

---@param target Decimal signed, base coin
function pursuit:want(target)
  self.target = target
  pursue(self)
end

function pursuit:on_book(book)
  if book.product ~= self.product then return end
  self.unseen = false
  pursue(self)
end

--- Any live order of ours counts as the one in flight: after a reload this is how the new script
-- learns of what the old one left. Those with ref 0 are the host's own, of a protection that fires.
function pursuit:on_order(order)
  if order.product ~= self.product or order.ref == 0 then return end
  if not order.done then
    self.in_flight = order.ref
  elseif order.ref == self.in_flight then
    self.in_flight, self.unseen = nil, true
    if order.state ~= "filled" then self.not_before = host.uptime() + RETRY_NS end
  end
end

function pursuit:on_refusal(refusal)
  if refusal.ref ~= self.in_flight then return end
  self.in_flight, self.not_before = nil, host.uptime() + RETRY_NS
  host.log("warn", string.format("%s: refused, %s %s", self.product, refusal.code, refusal.reason))
end

--- What was wanted before a stop is not wanted after it.
function pursuit:on_protect(protection)
  if protection.product == self.product and protection.state == "firing" then self.target = nil end
end

function pursuit:save()
  return {target = self.target}
end

function pursuit:load(saved)
  if saved and saved.target then self.target = decimal(saved.target) end
end

return pursuit
