--- The bracket of lua/lib: one end of it ends the other, on both profiles.
local lab = require "moongate_lab"

local SCRIPT = [[
  local bracket = require "bracket"
  local done
  return {on_start = function() host.timer(1, 1) end,
    on_timer = function()
      host.place{product = host.products()[1], side = host.param("side"), type = "market",
                 size = "0.1"}
    end,
    on_book = function(book)
      if done or host.position(book.product).size:sign() == 0 then return end
      done = bracket.set(book.product, host.param("take"), host.param("stop"))
    end}]]

for _, product in ipairs{"BTC-PERP-INTX", "BIP-20DEC30-CDE"} do
  describe("a bracket on " .. product, function()
    local host

    local function start(side, take, stop)
      host = lab.new{text = SCRIPT, products = {product}, fills = "touch",
                     params = {side = side, take = take, stop = stop}}
      host:feed(product, {61500})
      host:advance(2)
      host:feed(product, {61500})
    end

    after_each(function()
      assert.same({}, host:faults())
      host:close()
    end)

    local function assert_over()
      assert.equal("0", host:position(product).size)
      assert.equal(0, #host:orders())
    end

    it("takes its profit and spends its stop", function()
      start("buy", "62000", "61000")
      assert.equal("0.1", host:position(product).size)
      assert.equal("62000", host:orders()[1].price)
      assert.is_true(host:orders()[1].reduce_only)
      host:feed(product, {62100})
      host:advance(2)
      assert_over()
      host:feed(product, {60500, 60500}) -- the stop is gone: nothing is sold
      host:advance(2)
      assert_over()
    end)

    it("is stopped out and its order is cancelled", function()
      start("buy", "62000", "61000")
      host:feed(product, {60950})
      host:advance(3)
      assert_over()
    end)

    it("guards a short the other way round, also when its script is dead", function()
      start("sell", "61000", "62000")
      assert.equal("-0.1", host:position(product).size)
      host:feed(product, {62100})
      host:advance(3)
      assert_over()
    end)
  end)
end

describe("bracket.set", function()
  it("says what cannot be one", function()
    local host = lab.new{text = SCRIPT, products = {"BTC-PERP-INTX"},
                         params = {side = "buy", take = "61000", stop = "62000"}}
    host:feed("BTC-PERP-INTX", {61500})
    host:advance(2)
    host:feed("BTC-PERP-INTX", {61500})
    assert.matches("of a long the profit lies above the stop", host:faults()[1], 1, true)
    host:close()
  end)
end)
