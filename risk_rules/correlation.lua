--- Soft rule: not the same bet in many products at once.
--
-- Opening orders that were let through within `window` seconds are remembered. A further one is
-- refused when `most` of them, in other products, are the same bet: on the same side of a product
-- whose returns go with this one's (correlation at least `threshold`), or on the other side of one
-- whose returns go against it. Correlation is that of candle returns over the last `length`
-- candles; while fewer than half of them are known for both, two products count as going together.
--
-- Parameters: candle (seconds, 60; one that the host builds), length (60), threshold (0.7),
-- window (seconds, 300), most (1).
local candles = require "candles"
local counted = require "counted"

local params = host.declare{
  candle = {type = "number", default = 60, least = 0, about = "seconds; one that the host builds"},
  length = {type = "integer", default = 60, least = 4, about = "candles that are correlated"},
  threshold = {type = "number", default = 0.7, least = 0, most = 1, about = "alike above it"},
  window = {type = "number", default = 300, least = 1, about = "seconds that an opening counts"},
  most = {type = "number", default = 1, least = 1, about = "openings of a kind in it"},
}
local candle_ns = candles.length(params.candle)
local length, threshold, most = params.length, params.threshold, params.most
local window_ns = math.floor(params.window * 1000000000)
local REMEMBERED = 256

local closes = {}  -- per product id: closes by the time their candle began
local entries = {} -- let through: product, sign, at; oldest first
for _, id in ipairs(host.products()) do closes[id] = candles.recent(length + 1) end

local rule = {}

function rule.on_candle(candle)
  if candle.length ~= candle_ns then return end
  closes[candle.product]:push(candle.start, candle.close:number())
end

--- Log returns by the start of their candle, of candles that follow one another.
local function returns_of(id)
  local returns, last_start, last = {}, nil, nil
  for start, close in closes[id]:each() do
    if last and start - last_start == candle_ns then returns[start] = math.log(close / last) end
    last_start, last = start, close
  end
  return returns
end

--- Pearson's correlation of the returns that both have; 1 when too few are known.
local function correlation(one, other)
  local n, sx, sy, sxx, syy, sxy = 0, 0, 0, 0, 0, 0
  for start, x in pairs(one) do
    local y = other[start]
    if y then
      n, sx, sy = n + 1, sx + x, sy + y
      sxx, syy, sxy = sxx + x * x, syy + y * y, sxy + x * y
    end
  end
  if n < length / 2 then return 1 end
  local spread = (n * sxx - sx * sx) * (n * syy - sy * sy)
  return spread > 0 and (n * sxy - sx * sy) / math.sqrt(spread) or 0
end

local function forget_old(now)
  while entries[1] and (now - entries[1].at >= window_ns or #entries > REMEMBERED) do
    table.remove(entries, 1)
  end
end

function rule.judge(intent)
  local now, sign = host.uptime(), intent.side == "buy" and 1 or -1
  forget_old(now)
  local mine, known, same = returns_of(intent.product), {}, 0
  for _, entry in ipairs(entries) do
    local id = entry.product
    if id ~= intent.product then
      known[id] = known[id] or correlation(mine, returns_of(id))
      if known[id] * sign * entry.sign >= threshold then same = same + 1 end
    end
  end
  if same >= most then
    return false, string.format("the same bet as %d of late in other products", same), "same bet"
  end
  entries[#entries + 1] = {product = intent.product, sign = sign, at = now}
  return true
end

--- Nanoseconds go as text, for they grow past what JSON holds exactly.
function rule.on_save()
  local saved = {closes = {}, entries = {}}
  for id, kept in pairs(closes) do saved.closes[id] = kept:save() end
  for i, entry in ipairs(entries) do
    saved.entries[i] = {product = entry.product, sign = entry.sign, at = tostring(entry.at)}
  end
  return saved
end

function rule.on_reload(saved)
  if not saved then return end
  for id, kept in pairs(saved.closes) do
    if closes[id] then closes[id]:load(kept) end
  end
  for _, entry in ipairs(saved.entries) do
    entries[#entries + 1] = {product = entry.product, sign = entry.sign,
                             at = math.tointeger(tonumber(entry.at)) or 0}
  end
end

return counted(rule)
