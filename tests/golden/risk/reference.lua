-- The figures of risk once more, in floating point and the plain way, over the real bars: what
-- tests/unit/engine/test_risk_stats.c holds the fixed-point ones to. Product a is the first half of
-- the bars, product b the second, as if they had happened together; c closes where a was lowest.
--
--     lua5.4 tests/golden/risk/reference.lua tests/data/btc-perp.bars-1m.csv
local LAMBDA, HORIZON = 0.94, 16
local NAMES, WORTH = {"a", "b", "c"}, {30000, -12500, 5000}

local bars = {}
for line in io.lines(arg[1]) do
    local _, high, low, close = line:match("^%d+,([%d.]+),([%d.]+),([%d.]+),([%d.]+)")
    if high then
        bars[#bars + 1] = {high = high + 0.0, low = low + 0.0, close = close + 0.0}
    end
end

local half = #bars // 2
local function part(first, close)
    local returns, ranges = {}, {}
    for i = first + 1, first + half - 1 do
        returns[#returns + 1] = bars[i][close] / bars[i - 1][close] - 1
        ranges[#ranges + 1] = math.log(bars[i].high / bars[i].low)
    end
    return {returns = returns, ranges = ranges}
end
local products = {part(1, "close"), part(half + 1, "close"), part(1, "low")}

-- By its definition, not by its recursion: weights that fall by lambda, the rest on the first.
local function weighted(x, y)
    local n, sum = #x, 0
    for i = 1, n do
        local weight = i == 1 and LAMBDA ^ (n - 1) or (1 - LAMBDA) * LAMBDA ^ (n - i)
        sum = sum + weight * x[i] * y[i]
    end
    return sum
end

local function say(name, value)
    print(("%s %.12f"):format(name, value))
end

local variance = 0
for i, x in ipairs(products) do
    local own = weighted(x.returns, x.returns)
    say("volatility_" .. NAMES[i], math.sqrt(own))
    say("parkinson_" .. NAMES[i], math.sqrt(weighted(x.ranges, x.ranges) / (4 * math.log(2))))
    for j, y in ipairs(products) do
        local both = weighted(x.returns, y.returns)
        say("correlation_" .. NAMES[i] .. NAMES[j],
            both / math.sqrt(own * weighted(y.returns, y.returns)))
        variance = variance + WORTH[i] * WORTH[j] * both
    end
end
local deviation = math.sqrt(variance * HORIZON)

-- The quantile by bisection of the distribution, itself summed with Simpson's rule.
local function density(x)
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
end
local function below(x)
    local steps, sum = 2000, density(0) + density(x)
    for i = 1, steps - 1 do
        sum = sum + (i % 2 == 1 and 4 or 2) * density(x * i / steps)
    end
    return 0.5 + sum * x / steps / 3
end
local function quantile(level)
    local low, high = 0, 8
    for _ = 1, 60 do
        local middle = (low + high) / 2
        if below(middle) < level then low = middle else high = middle end
    end
    return low
end

local losses = {}
for t = 1, half - 1 do
    losses[t] = 0
    for i, x in ipairs(products) do
        losses[t] = losses[t] - WORTH[i] * x.returns[t]
    end
end
table.sort(losses, function(x, y) return x > y end)

for _, level in ipairs({95, 99}) do
    local z = quantile(level / 100)
    say("parametric_var_" .. level, z * deviation)
    say("parametric_shortfall_" .. level, density(z) / (1 - level / 100) * deviation)
    local count, sum = math.max(1, #losses * (100 - level) // 100), 0
    for i = 1, count do
        sum = sum + losses[i]
    end
    say("historical_var_" .. level, losses[count] * math.sqrt(HORIZON))
    say("historical_shortfall_" .. level, sum / count * math.sqrt(HORIZON))
end
