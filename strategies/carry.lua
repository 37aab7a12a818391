--- Funding-aware carry: short the dearer perpetual of an asset, long the cheaper one, same size.
--
-- Funding is made of the premium: on the hour a perpetual that traded above spot pays its holders'
-- shorts about a twenty-fourth of its mean premium over that hour. Two perpetuals of one asset have
-- the same spot, so the difference of their premiums is the difference of their prices. Its mean
-- over `window` seconds is sampled here, `premium` in bps: the carry of the pair is about
-- premium / 24 per hour, and whoever closes nearer together wins the rest.
--
-- With a mean premium of `entry` or more the pair is opened, below `exit` it is closed. A leg that
-- stands alone for `leg_timeout` seconds, because the other was refused, is closed, and `pause`
-- seconds pass before the next try.
--
-- Parameters (config, all optional): entry (bps, 20), exit (bps, 5), window (seconds, 3600), sample
-- (seconds, 60), leg_timeout (seconds, 10), pause (seconds, 600), size (base coin, text, "0.01";
-- per asset as size_BTC, size_ETH, ...). Products come in pairs of one asset.
local indicators = require "indicators"
local lots = require "lots"
local pursuit = require "pursuit"

local params = host.declare{
  entry = {type = "number", default = 20, least = 0, about = "bps of mean premium to enter at"},
  exit = {type = "number", default = 5, about = "bps of mean premium to leave at"},
  window = {type = "number", default = 3600, least = 1, about = "seconds of the mean"},
  sample = {type = "number", default = 60, least = 1, about = "seconds between samples"},
  leg_timeout = {type = "number", default = 10, least = 0, about = "seconds one leg may be alone"},
  pause = {type = "number", default = 600, least = 0, about = "seconds until the next try"},
}
local entry, exit, window, sample = params.entry, params.exit, params.window, params.sample
local timeout_ns = math.floor(params.leg_timeout * 1000000000)
local pause_ns = math.floor(params.pause * 1000000000)
assert(exit < entry, "carry: exit must be below entry")

local SAMPLE_TIMER = 1
local nothing = decimal(0)
local pairs_of = {} -- per asset: legs, size, premium
local pair_with = {} -- per product id

for _, id in ipairs(host.products()) do
  local spec = host.product(id)
  local pair = pairs_of[spec.asset] or {
    asset = spec.asset, legs = {}, size = nil,
    mean = indicators.sma(math.ceil(window / sample)),
    premium = nil,  -- mean of what the first leg is dearer by, bps
    alone_since = nil, not_before = 0
  }
  local size = lots.size(spec)
  if not pair.size or size < pair.size then pair.size = size end
  pair.legs[#pair.legs + 1] = pursuit.new(id)
  pairs_of[spec.asset], pair_with[id] = pair, pair
end

for asset, pair in pairs(pairs_of) do
  assert(#pair.legs == 2, "carry: two products of " .. asset .. " are wanted, not " .. #pair.legs)
  for _, leg in ipairs(pair.legs) do
    assert(pair.size:round(host.product(leg.product).step, "down") == pair.size,
      string.format("carry: %s cannot trade the other leg's size, %s", leg.product, pair.size))
  end
end

local strategy = {}

local function mid_of(leg)
  local book = host.book(leg.product)
  return book and not book:stale() and book:mid():number() or nil
end

local function held(leg)
  local position = host.position(leg.product)
  return position and position.size or nothing
end

local function want(pair, first)
  host.log("info", string.format("%s: premium %.1f bps, wants %s and %s", pair.asset, pair.premium
    or 0, first, -first))
  pair.legs[1]:want(first)
  pair.legs[2]:want(-first)
end

local function busy(pair)
  return pair.legs[1].target or pair.legs[2].target or pair.legs[1].in_flight
    or pair.legs[2].in_flight
end

local function decide(pair)
  if not pair.premium or busy(pair) then return end
  local first = held(pair.legs[1]):sign()
  if first ~= 0 then
    -- The dear leg is the short one: what it still is dearer by decides.
    if -first * pair.premium < exit then want(pair, nothing) end
  elseif math.abs(pair.premium) >= entry and host.uptime() >= pair.not_before then
    want(pair, pair.premium > 0 and -pair.size or pair.size)
  end
end

--- One leg without the other is a bet that nobody made.
local function watch_legs(pair)
  local first, second = held(pair.legs[1]), held(pair.legs[2])
  if (first + second):sign() == 0 then
    pair.alone_since = nil
    return
  end
  local now = host.uptime()
  pair.alone_since = pair.alone_since or now
  if now - pair.alone_since < timeout_ns then return end
  host.log("warn", pair.asset .. ": one leg stands alone; both are closed")
  pair.alone_since, pair.not_before = now, now + pause_ns
  want(pair, nothing)
end

function strategy.on_timer(id)
  if id ~= SAMPLE_TIMER then return end
  host.timer(SAMPLE_TIMER, sample)
  for _, pair in pairs(pairs_of) do
    local first, second = mid_of(pair.legs[1]), mid_of(pair.legs[2])
    -- A price that must not be used makes a gap in the samples, not a premium.
    if first and second then
      pair.premium = pair.mean:push((first - second) / second * 10000)
    end
    decide(pair)
  end
end

function strategy.on_start()
  host.timer(SAMPLE_TIMER, sample)
end

function strategy.on_book(book)
  local pair = pair_with[book.product]
  if not pair then return end
  for _, leg in ipairs(pair.legs) do leg:on_book(book) end
  watch_legs(pair)
end

function strategy.on_order(order)
  local pair = pair_with[order.product]
  for _, leg in ipairs(pair and pair.legs or {}) do leg:on_order(order) end
end

function strategy.on_refusal(refusal)
  local pair = pair_with[refusal.product]
  for _, leg in ipairs(pair and pair.legs or {}) do leg:on_refusal(refusal) end
end

function strategy.on_save()
  local saved = {}
  for asset, pair in pairs(pairs_of) do
    saved[asset] = {mean = pair.mean:save(), premium = pair.premium,
                    not_before = tostring(pair.not_before), -- ns grow past what JSON holds exactly
                    first = pair.legs[1]:save(), second = pair.legs[2]:save()}
  end
  return saved
end

function strategy.on_reload(saved)
  host.timer(SAMPLE_TIMER, sample)
  for asset, state in pairs(saved or {}) do
    local pair = pairs_of[asset]
    if pair then
      if pair.mean:load(state.mean) then pair.premium = state.premium end
      pair.not_before = math.tointeger(tonumber(state.not_before)) or 0
      pair.legs[1]:load(state.first)
      pair.legs[2]:load(state.second)
    end
  end
end

return strategy
