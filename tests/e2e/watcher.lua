-- moongate-watch beside a host: started, and what it says and does.
--
--   local watcher = require "watcher"
--   world:write_config()
--   watcher.start(world)
local cjson = require "cjson"
local rig = require "rig"

local watcher = {}

function watcher.run(world, more)
  return world:start_program("watch", rig.programs.watch,
                             {"-c", world.config, table.unpack(more or {})})
end

-- Returns once the venue took its key.
function watcher.start(world)
  world.watch = watcher.run(world)
  watcher.wait(world, "ready")
  return world.watch
end

-- What it did, all its runs together.
function watcher.events(world, kind)
  local found = {}
  for line in (rig.read(world.dir .. "/state/watch.log") or ""):gmatch("[^\n]+\n") do
    local event = cjson.decode(line)
    if not kind or event.event == kind then found[#found + 1] = event end
  end
  return found
end

-- The `nth` event of a kind.
function watcher.wait(world, kind, nth)
  return rig.poll(kind .. " of the watcher", function()
    rig.check(not world.watch:code(), "the watcher ended")
    return watcher.events(world, kind)[nth or 1]
  end)
end

-- Client ids that work at the exchange: of the host, and of anybody else.
function watcher.open(world)
  local beat = cjson.decode(rig.read(world.dir .. "/state/host.beat"))
  local tag = string.format("%08x", beat.owner_tag)
  local own, others = {}, {}
  for _, id in ipairs(world:venue_open()) do
    table.insert(id:sub(1, 8) == tag and own or others, id)
  end
  table.sort(others)
  return own, others
end

-- An order that somebody else places on the account, to rest far below the market.
function watcher.place_strange(world, id, product, size)
  local reply = world:venue_post("orders", string.format('{"client_order_id":"%s",' ..
    '"product_id":"%s","side":"BUY","order_configuration":{"limit_limit_gtc":' ..
    '{"base_size":"%s","limit_price":"1000"}}}', id, product, size))
  rig.check(reply.success, "the strange order %s was refused", id)
end

return watcher
