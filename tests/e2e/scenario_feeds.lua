-- The exchange's streams fall silent, in whole or in one channel, skip a number, or keep a frame
-- to themselves. Each loss is seen by its class, nothing is ordered while it lasts, and the host
-- trades on when it has passed; what each recovery took is printed.
local rig = require "rig"
local cjson = require "cjson"

-- A silent stream shows in its books first where the last heartbeat came behind them: either class.
-- A host that has lost a stream often waits long before it tries again: each group has a new one.
-- Behind `close` comes a snapshot, which meets what is left of the rule before it.
local BOOK, RESTART = "channel level2/BTC-PERP-INTX: ", "at 3rd channel heartbeats: gap"
local GROUPS = {
  {
    {class = "sequence_gap", "next 1 channel level2: drop"},
    {class = "sequence_gap", "next 1 channel level2: reorder"},
    {class = "silent", "for 5s channel *: suppress"},
  },
  {
    {class = "link_down", "next 2 " .. BOOK .. "giant 10MB", "next 1 " .. BOOK .. "close"},
    {class = "silent", "next 1 channel level2: freeze"},
    {class = "silent", "next 1 channel level2: mute"},
  },
  {
    {class = "link_down", "next 1 channel level2: error authentication failure"},
    {class = "link_down", "next 2 " .. BOOK .. "fragment 1B", "next 1 " .. BOOK .. "close"},
    {class = "crossed_book", "next 1 " .. BOOK .. "crossed", RESTART},
    {class = "crossed_book", "next 1 " .. BOOK .. "locked", RESTART},
  },
  {
    {class = "silent_channel", "for 20s channel market_trades/BTC-PERP-INTX: suppress"},
    {class = "user_frame", "for 10s channel user: suppress"},
  },
}

-- Of all classes whose names begin so.
local function recovery(now, class)
  local found = {count = 0, max_ms = 0}
  for _, row in ipairs(now.recoveries) do
    if row.fault:find(class, 1, true) == 1 then
      found.count = found.count + row.count
      found.max_ms = math.max(found.max_ms, row.max_ms)
    end
  end
  return found
end

-- Every row of orders and of the ladder in the order in which they were written.
local function rows(world)
  local found = {}
  local text, code = rig.shell(("sqlite3 -readonly %s/state/journal.db \"SELECT kind, body FROM "
    .. "records WHERE kind IN ('order', 'ladder') ORDER BY n\""):format(world.dir))
  rig.check(code == 0, "journal: %s", text)
  for kind, body in text:gmatch("(%a+)|([^\n]+)") do
    found[#found + 1] = {kind = kind, body = cjson.decode(body)}
  end
  return found
end

-- Between the row that says that the market stream is lost and the one that takes it back, no order
-- was decided on but a stop's.
local function check_journal(world)
  local down, losses = true, 0
  for _, row in ipairs(rows(world)) do
    local body = row.body
    if row.kind == "ladder" and body.cause == "market_down" then
      down = body.on
      losses = losses + (body.on and 1 or 0)
    end
    rig.check(not (down and row.kind == "order" and body.state == "intended"
      and not body.reduce_only),
      "an order was decided on while the market stream was lost")
  end
  rig.check(losses >= 2, "the journal tells of %d losses of the market stream", losses)
end

local function suffer(world, case)
  local before = recovery(world:status(), case.class).count
  world:fault(table.unpack(case))
  rig.poll("recovery from " .. case.class, function()
    return recovery(world:status(), case.class).count > before
  end)
  world:fault("clear")
  local now = rig.poll("agreement after " .. case.class, function()
    local seen = world:status()
    for _, product in ipairs(seen.products) do
      if not product.book_valid then return false end
    end
    return seen.reconciled and seen
  end)
  rig.equal(now.state, "active", "state after " .. case.class)
  local orders = now.counters.orders
  rig.poll("orders after " .. case.class, function()
    return world:status().counters.orders > orders
  end)
  local row = recovery(now, case.class)
  rig.equal(now.link.market.malformed, 0, "frames of the books that could not be read")
  print(("feeds: %s: %s recovered from, max %d ms"):format(table.concat(case, ", "), case.class,
    row.max_ms))
end

-- F22 | exchange | one frame of the books is dropped with its number | stale, resnapshot, no order
--   decided on meanwhile, trades on
-- F22 | exchange | a frame of the books after its next | the same
-- F23 | exchange | all channels fall silent, the connection stays open | found by the heartbeats,
--   started over, trades on
-- F25 | exchange | the connection stays open and is neither read nor written | the same
-- F23 | exchange | pings alone are answered | the same
-- F27 | exchange | an error frame, then silence | started over at once, trades on
-- F28 | exchange | a snapshot of 10 MB of levels, one in fragments of a byte | taken as they are
-- F32 | exchange | a crossed and a locked book | that product stale until a snapshot, trades on
-- F24 | exchange | one product's trades silent while all else flows | proved by its ticker, that
--   product stale until they are back
-- AC-D3 | exchange | fills that the user channel keeps to itself | found by the drop copy, the
--   stream started over, books as the exchange's
rig.scenario("feeds", function(world)
  world:start_exchange()
  for _, cases in ipairs(GROUPS) do
    world:start_host()
    world:wait_trading(2)
    for _, case in ipairs(cases) do suffer(world, case) end
    rig.equal(world.host:stop(), 0, "exit code of the host")
  end
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  check_journal(world)
  world:compare_ledgers()
end)
