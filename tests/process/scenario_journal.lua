-- What may become of the journal's files while the host is down: a torn tail is dropped, whatever
-- else is wrong refuses to start and says so, and an old copy, put back whole, finds at the
-- exchange what it does not know.
local hurt = require "hurt"
local rig = require "rig"

local function state(world, file) return world.dir .. "/state/" .. file end

-- A folder of the world becomes a copy of another, whole.
local function copy(world, from, to)
  local words = ("cd %s && rm -rf %s && cp -a %s %s"):format(world.dir, to, from, to)
  local text, code = rig.shell(words)
  rig.check(code == 0, "copy of %s: %s", from, text)
end

-- Trades until some more orders were placed, then dies without a word, when an order is on disk and
-- not yet on its way.
local function trade_and_die(world)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.agree(world)
  local before = hurt.read_exchange(world).order_count
  hurt.go(world, true)
  rig.poll("orders", function() return hurt.read_exchange(world).order_count > before + 12 end)
  hurt.kill_at(world, "send", 1)
  rig.poll("its death", function() return world.host:code() end)
  hurt.write_script(world, false)
end

local function starts_and_agrees(world, what)
  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.agree(world)
  world.host:kill()
  print("journal: " .. what .. ": equal")
end

local function refuses(world, what)
  local before = #world:log()
  hurt.run(world)
  rig.equal(world.host:wait(), 1, what .. ": exit code")
  local said = world:log():sub(before + 1)
  rig.contains(said, world.dir .. "/state", what)
  rig.contains(said, "Restore", what .. ": what to do")
  print("journal: " .. what .. ": refused")
end

local function changed(text, at, with)
  return text:sub(1, at - 1) .. with .. text:sub(at + #with)
end

local function damage(world)
  local wal = rig.read(state(world, "journal.db-wal"))
  rig.check(#wal > 9 * 4120, "the log has %d bytes: the test tests nothing", #wal)
  copy(world, "state", "kept")
  local function try(what, text, verdict)
    copy(world, "kept", "state")
    rig.write(state(world, "journal.db-wal"), text)
    verdict(world, what)
  end
  try("half a frame behind the log", wal .. wal:sub(33, 32 + 2000), starts_and_agrees)
  try("its last frame twice", wal .. wal:sub(-4120), starts_and_agrees)
  local half = 32 + 4120 * (#wal // 4120 // 2)
  try("a log cut in the middle", wal:sub(1, half + 100), refuses)
  local middle = #wal // 2
  try("a bit flipped in the log",
      changed(wal, middle, string.char(wal:byte(middle) ~ 4)), refuses)
  copy(world, "kept", "state")
  os.remove(state(world, "journal.db-wal"))
  refuses(world, "the log removed")
  copy(world, "kept", "state")
end

-- F64 | real process | a torn tail, a doubled frame, a log cut, flipped or removed | the tail
--   alone is dropped; all else refuses and says how to restore
-- F64 | real process | an old copy beside the newer mark, and an old copy restored whole | refused;
--   restored whole, what it lacks is found at the exchange, positions equal
rig.scenario("journal", function(world)
  world:start_exchange{"--rate", "0"}
  world:write_config(hurt.orders_config(world))
  hurt.write_script(world, false)
  trade_and_die(world)
  damage(world)
  copy(world, "state", "old")
  trade_and_die(world)

  rig.shell("cp " .. world.dir .. "/old/journal.db* " .. world.dir .. "/state/ && rm -f " ..
            state(world, "journal.db-shm"))
  refuses(world, "an old journal beside a newer mark")

  copy(world, "old", "state")
  hurt.start(world)
  hurt.wait_reconciled(world)
  -- An order of the copy that was on its way may own any fill of its side, which is the account's
  -- at once and changes hands when that order has ended.
  hurt.until_none("positions of the account", function()
    return hurt.sizes_differ(world, hurt.read_exchange(world))
  end)
  hurt.settle(world)
  hurt.until_none("positions of an old copy", function()
    return hurt.positions_differ(world, hurt.read_exchange(world))
  end)
  rig.poll("own orders that the copy does not know to be gone", function()
    return #world:venue_open() == world:status().working
  end)
  rig.contains(world:log(), "unknown to the journal", "what an old copy says of newer orders")
  rig.equal(world.host:stop(), 0, "exit code on an old copy")
  rig.equal(#world:venue_open(), 0, "own orders at the exchange after an old copy")
end)
