--- TWAP execution: brings a position to `target` in equal slices over `duration`.
--
-- Every duration / slices seconds a limit order, immediate or cancel, goes out at the best opposite
-- price for what the schedule is ahead of the position. What does not fill is caught up by the next
-- slice, of at most `catch_up` times the plain one; nothing is paid beyond `limit`. After the last
-- slice it goes on at the same pace until the position is there.
--
-- It is told a position to reach, not an amount to trade: started twice, or anew after a crash,
-- it does not buy twice. At the end it logs the average price against the mid at the start.
--
-- Parameters: target (base coin, text, signed), and optionally duration (seconds, 3600), slices
-- (60), catch_up (3), limit (price, text; none). One product.
local product = host.products()[1]
assert(#host.products() == 1, "twap: one product is wanted")
local spec = host.product(product)
local params = host.declare{
  target = {type = "decimal", about = "the position to reach, base coin, signed"},
  duration = {type = "number", default = 3600, least = 1, about = "seconds"},
  slices = {type = "integer", default = 60, least = 1},
  catch_up = {type = "decimal", default = "3", least = "0", about = "largest slice, in slices"},
}
local target = params.target:round(spec.step, "down")
local slices, catch_up = params.slices, params.catch_up
local pause = params.duration / slices
local limit = host.param("limit") and host.decimal("limit") -- a price; none: any

local SLICE_TIMER = 1
local start, slice = nil, 0        -- the position at the start; slices so far
local arrival, in_flight           -- the mid at the start; ref of the one order that is out
local unseen = false               -- an order has ended, and no book since has shown what it did
local traded, paid = decimal(0), decimal(0)
local done = false

local strategy = {}

--- What the position should be after `number` slices: on the straight line, in whole steps.
local function scheduled(number)
  if number >= slices then return target end
  return start + ((target - start) * number):div(slices, "nearest", 9):round(spec.step, "down")
end

local function finish()
  done = true
  if traded:sign() == 0 then
    host.log("info", product .. ": the position is there already")
    return
  end
  local average = paid:div(traded, "nearest", 9)
  local bps = (average - arrival):number() / arrival:number() * 10000
  if target < start then bps = -bps end
  host.log("info", string.format("%s: %s done at %s on average, %.2f bps worse than at the start",
    product, traded, average:format(2), bps))
end

local function send_slice(position, book)
  local wanted = scheduled(slice) - position
  -- Ahead of the schedule, it waits: it never turns round.
  if wanted:sign() == 0 or wanted:sign() ~= (target - position):sign() then return end
  local buying = wanted:sign() > 0
  local most = ((target - start):abs():div(slices, "up", 9) * catch_up):round(spec.step, "up")
  local size = wanted:abs()
  if size > most then size = most end
  if size < spec.size_min then return end
  local price = buying and book:ask() or book:bid()
  if limit and (buying and price > limit or not buying and price < limit) then return end
  in_flight = host.place{product = product, side = buying and "buy" or "sell", size = size,
                         price = price, tif = "ioc"}
end

local function step()
  local position, book = host.position(product), host.book(product)
  if not position or not book or book:stale() then return end
  start, arrival = start or position.size, arrival or book:mid()
  if position.size == target then return finish() end
  slice = slice + 1
  if not in_flight and not unseen then send_slice(position.size, book) end
end

function strategy.on_timer(id)
  if id ~= SLICE_TIMER then return end
  if not done then step() end
  if not done then host.timer(SLICE_TIMER, pause) end
end

function strategy.on_start()
  host.timer(SLICE_TIMER, pause)
end

function strategy.on_order(order)
  if not order.done then
    in_flight = order.ref
  elseif order.ref == in_flight then
    in_flight, unseen = nil, true
  end
end

function strategy.on_book()
  unseen = false
end

function strategy.on_refusal(refusal)
  if refusal.ref ~= in_flight then return end
  in_flight = nil
  host.log("warn", string.format("%s: slice refused, %s %s; %s would have passed", product,
    refusal.code, refusal.reason, refusal.headroom))
end

function strategy.on_fill(fill)
  traded, paid = traded + fill.size, paid + fill.size * fill.price
end

function strategy.on_save()
  return {target = target, start = start, slice = slice, arrival = arrival, traded = traded,
          paid = paid, done = done}
end

--- Another target is another execution: it begins anew from where the position is.
function strategy.on_reload(saved)
  if saved and decimal(saved.target) == target then
    start = saved.start and decimal(saved.start)
    arrival = saved.arrival and decimal(saved.arrival)
    slice, done = saved.slice, saved.done
    traded, paid = decimal(saved.traded), decimal(saved.paid)
  end
  if not done then host.timer(SLICE_TIMER, pause) end
end

return strategy
