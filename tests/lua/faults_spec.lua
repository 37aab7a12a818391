--- What the laboratory can do to a script: lost answers, refusals, delays, endless loops.
local lab = require "moongate_lab"

local BTC = "BTC-PERP-INTX"

local BUYER = [[
  local asked
  return {on_book = function(book)
    if asked or book:stale() then return end
    asked = host.place{product = book.product, side = "buy", price = book:bid(), size = "0.1"}
  end, on_order = function(order) print(order.state) end}]]

describe("the laboratory", function()
  local host

  local function start(options)
    host = lab.new{text = options and options.text or BUYER, products = {BTC},
                   max_instructions = options and options.max_instructions}
  end

  local function states()
    local list = {}
    for i, line in ipairs(host:log()) do list[i] = line.text end
    return table.concat(list, " ")
  end

  after_each(function() host:close() end)

  it("loses an answer", function()
    start()
    host:drop_answer()
    host:feed(BTC, {61500})
    assert.equal("unknown", host:orders()[1].state)
    host:advance(30)
    assert.equal("open", host:orders()[1].state)
    assert.matches("unknown open", states(), 1, true)
    assert.equal(1, #host:orders(nil, "all"))
  end)

  it("refuses the next order", function()
    start()
    host:reject_next("INSUFFICIENT_FUND")
    host:feed(BTC, {61500})
    assert.equal("refused", host:orders(nil, "all")[1].state)
    assert.equal("INSUFFICIENT_FUND", host:orders(nil, "all")[1].reason)
  end)

  it("answers late", function()
    start{text = [[return {on_start = function() host.timer(1, 1) end, on_timer = function()
      host.place{product = host.products()[1], side = "buy", price = 61000, size = "0.1"}
    end}]]}
    host:feed(BTC, {61500})
    host:delay(2)
    assert.equal("open", host:orders()[1].state)
  end)

  it("feeds prices with time between them", function()
    start{text = "return {on_trade = function(_, price) print(price) end}"}
    local before = host:now()
    host:feed(BTC, {61500, "61501.5"}, {every = 5, spread = 2, volume = "0.3"})
    assert.equal("61500 61501.5", states():match("61500 61501.5"))
    assert.is_true(host:now() - before >= 10000000000)
  end)

  it("stops a callback that does not end, in pcall and coroutines too", function()
    start{max_instructions = 100000, text = [[return {
      on_book = function() pcall(function() while true do end end) print("never") end,
      on_trade = function() coroutine.wrap(function() while true do end end)() end}]]}
    host:feed(BTC, {61500})
    assert.is_true(#host:faults() > 0)
    for _, fault in ipairs(host:faults()) do assert.matches("soft deadline", fault, 1, true) end
    assert.equal("", states())
    assert.is_true(host:script().alive)
  end)
end)
