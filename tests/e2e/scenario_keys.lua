-- Whose key it is, and whose venue: both kinds of key trade; what is wrong about a key, an
-- authority or an environment is said clearly, and nothing is traded.
local rig = require "rig"

local function nothing_traded(world, what)
  local _, count = world:venue_orders()
  rig.equal(count, 0, "orders at the exchange after " .. what)
end

-- F68 | real process | another's CA | refused at start, nothing traded
-- F67 | real process | keys that the exchange does not know | refused at start with its 401
-- F72 | real process | environments and hosts mixed | no start
rig.scenario("keys", function(world)
  local strangers = world:strangers()
  world:start_exchange()
  local function refuse(what, old, new, ...)
    local said = world:refused_start(function(text) return rig.swap(text, old, new) end, 1)
    for _, part in ipairs{...} do rig.contains(said, part, what) end
    nothing_traded(world, what)
    return said
  end
  local key = world.dir .. "/api-key-es256.json"
  refuse("an unknown ES256 key", key, strangers .. "/api-key-es256.json", "401")
  refuse("an unknown Ed25519 key", key, strangers .. "/api-key-ed25519.json", "401")
  refuse("another's CA", world.dir .. "/ca.pem", strangers .. "/ca.pem", "certificate")
  refuse("a missing key", key, world.dir .. "/none.json", "none.json")
  os.execute("chmod 644 " .. key)
  refuse("a key that others may read", key, key, "0644", "chmod 600 " .. key)
  os.execute("chmod 600 " .. key)
  rig.write(world.dir .. "/broken.json",
            '{"name":"a","privateKey":"-----BEGIN EC PRIVATE KEY-----"}')
  os.execute("chmod 600 " .. world.dir .. "/broken.json")
  refuse("half a key", key, world.dir .. "/broken.json", "broken.json")

  local function production(text) return rig.swap(text, '"127.0.0.1"', '"api.coinbase.com"') end
  rig.contains(world:refused_start(production, 2), "api.coinbase.com", "loopback with a live host")
  local function claimed(text) return rig.swap(text, '"loopback";', '"production";') end
  rig.contains(world:refused_start(claimed, 2), "production", "production with a loopback host")
  nothing_traded(world, "mixed environments")

  world:start_host(function(text)
    return rig.swap(text, key, world.dir .. "/api-key-ed25519.json")
  end)
  world:wait_trading(2)
  rig.equal(world.host:stop(), 0, "exit code of the host with the Ed25519 key")
  -- The state directory is of one environment and account; the other kind of key goes on in it.
  world:start_host(function(text) return text end)
  world:wait_trading(1)
  rig.equal(world.host:stop(), 0, "exit code of the host with the ES256 key")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
