--- Stops that the host holds, and the ladder's word, seen from the script's side.
local lab = require "moongate_lab"

local BTC = "BTC-PERP-INTX"

--- Buys once, guards it as `terms` says, and tells in the log what it is told.
local SCRIPT = [[
local asked = false
local strategy = {}
function strategy.on_start() host.protect("BTC-PERP-INTX", {TERMS}) end
function strategy.on_book(book)
  if asked or book:stale() then return end
  asked = true
  host.place{product = book.product, side = "buy", type = "market", size = "0.02"}
end
function strategy.on_protect(p)
  local now = host.protection(p.product)
  assert(now.state == p.state and now.reason == p.reason)
  host.log("info", "protect " .. p.state .. ": " .. p.reason)
end
function strategy.on_health(health)
  assert(host.health() == health.step)
  host.log("info", "health " .. health.step)
end
function strategy.on_save() return {asked = asked} end
function strategy.on_reload(saved) asked = saved.asked end
return strategy
]]

local function show(host, price) host:book(BTC, {{price - 5, "50"}}, {{price + 5, "50"}}) end

--- Holds a position that is guarded so.
local function hold(terms, options)
  local given = {text = SCRIPT:gsub("TERMS", terms), products = {BTC}, on_death = "keep",
                 limits = {stale_after = 30}}
  for key, value in pairs(options or {}) do given[key] = value end
  local host = lab.new(given)
  show(host, 60000)
  host:advance(1)
  assert.equal("0.02", host:position(BTC).size)
  return host
end

local function said(host, words)
  for _, line in ipairs(host:log()) do
    if (line.text or line):find(words, 1, true) then return true end
  end
  return false
end

describe("host.protect", function()
  local host

  after_each(function()
    assert.same({}, host:faults())
    host:close()
  end)

  local function holds() assert.equal("0.02", host:position(BTC).size) end

  local function closed()
    host:advance(1)
    assert.equal("0", host:position(BTC).size)
    assert.equal(0, #host:orders())
  end

  it("closes at the stop and not before, and says so", function()
    host = hold 'stop = "59900"'
    show(host, 59901)
    holds()
    assert.is_false(said(host, "protect firing"))
    show(host, 59900)
    closed()
    assert.is_true(said(host, "protect firing: its stop price was reached at 59900"))
    assert.is_true(said(host, "protect clear: the position is closed"))
  end)

  it("trails the best price", function()
    host = hold 'trail = "0.01"'
    show(host, 61000)
    show(host, 60400)
    holds()
    show(host, 60380)
    closed()
    assert.is_true(said(host, "protect firing: its trailing stop was reached at 60380"))
    assert.is_true(said(host, "protect set: the position is closed")) -- for the next one
  end)

  it("closes what was held for too long", function()
    host = hold 'after = 5'
    host:advance(2)
    holds()
    show(host, 60000)
    host:advance(3)
    closed()
  end)

  it("closes it after the script's death", function()
    host = hold 'stop = "59900"'
    host:kill("test")
    holds()
    show(host, 59890)
    closed()
  end)

  it("stands over a reload, and the new version is told", function()
    host = hold 'stop = "59900"'
    assert.is_string(host:reload((SCRIPT:gsub("TERMS", 'trail = "0.5"'))))
    assert.is_true(said(host, "protect set: a position began"))
    show(host, 59890)
    closed()
  end)

  it("is cleared by the script alone", function()
    host = hold 'stop = "59900"'
    assert.is_string(host:reload((SCRIPT:gsub("function strategy.on_book%(book%)",
      "%0\n host.protect(book.product, {})"))))
    show(host, 59950)
    assert.is_true(said(host, "protect clear: cleared by the strategy"))
    show(host, 59800)
    host:advance(1)
    holds()
  end)

  it("closes without a book, priced by the last good one", function()
    host = hold 'after = 5'
    host:link("market", false)
    host:advance(5)
    closed()
  end)

  it("tells of the ladder", function()
    host = hold 'after = 600'
    host:link("user", false)
    assert.is_true(said(host, "health no_open"))
    host:link("user", true)
    host:advance(2)
    assert.is_true(said(host, "health normal"))
    host:operator("halt", "test")
    assert.is_true(said(host, "health halted"))
  end)
end)
