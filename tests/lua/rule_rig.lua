--- A rule in the laboratory, in front of a strategy that asks for what the spec tells it.
--
--     local rig = require "tests.lua.rule_rig"
--     local host = rig.start("risk_rules/volume.lua", {min_volume = 5})
--     rig.candle(host, 61500, 2)                a candle of 10 s, and a fresh book
--     rig.ask(host, "buy")                      "placed", or the refusal's code and reason
local lab = require "moongate_lab"

local rig = {BTC = "BTC-PERP-INTX", BIP = "BIP-20DEC30-CDE", ETH = "ETH-PERP-INTX"}

--- Asks once, at the first fresh book it is shown.
local ASKER = [[
  local asked
  return {on_book = function(book)
    if asked or book.product ~= "PRODUCT" or book:stale() then return end
    asked = host.place{product = "PRODUCT", side = "SIDE", type = "market", size = "0.1"}
  end}]]

local function asker(side, product)
  return (ASKER:gsub("PRODUCT", product):gsub("SIDE", side))
end

function rig.start(rule, params, products)
  local quiet = "return {\n}"
  return lab.new{text = quiet, products = products or {rig.BTC}, candles = {10, 60},
    limits = {stale_after = 900, max_book_age = 900, max_mark_age = 900, max_mark_deviation = "1",
              price_collar = "0.9"},
    rules = {{script = rule, params = params}}}
end

function rig.book(host, price, product)
  local cents = math.floor(price * 100 + 0.5)
  local function text(value) return ("%d.%02d"):format(value // 100, value % 100) end
  host:book(product or rig.BTC, {{text(cents - 100), "50"}}, {{text(cents + 100), "50"}})
end

--- A trade, and a book around it.
function rig.trade(host, price, size, product)
  rig.book(host, price, product)
  host:trade(product or rig.BTC, tostring(price), tostring(size or 1))
end

--- One candle: a trade, and its ten seconds are over.
function rig.candle(host, price, size, product)
  rig.trade(host, price, size, product)
  host:advance(10)
end

--- Has a strategy ask once, at a book around `price`.
function rig.ask(host, side, product, price)
  local before, placed = #host:refusals(), #host:orders(nil, "all")
  rig.book(host, price or 61500, product)
  assert(host:reload(asker(side, product or rig.BTC)))
  assert(host:reload("return {\n}"))
  local refusals = host:refusals()
  if #refusals > before then
    return refusals[#refusals].code .. ": " .. refusals[#refusals].reason
  end
  return #host:orders(nil, "all") > placed and "placed" or "nothing"
end

--- Texts that the rule has logged.
function rig.said(host)
  local list = {}
  for _, line in ipairs(host:log()) do
    if line.text:match("^asked") then list[#list + 1] = line.text end
  end
  return list
end

--- Closes it; no script may have raised anything.
function rig.stop(host)
  local faults = host:faults()
  host:close()
  assert(#faults == 0, faults[1])
end

return rig
