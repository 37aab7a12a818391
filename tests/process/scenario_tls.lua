-- Whoever cannot prove to be the exchange is not spoken to: at the start, and when it comes back as
-- somebody else in the middle of trading.
local hurt = require "hurt"
local rig = require "rig"

local DAY = 86400 * 1000000000

-- A CA of our own with a server certificate for this machine and one for another.
local function make_certificates(world)
  local text, code = rig.shell(([[cd %s && set -e
    new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    openssl req -x509 $new -days 30 -subj /CN=test -keyout own.key -out own.pem
    openssl req $new -subj /CN=localhost -keyout other.key -out other.csr
    echo subjectAltName=DNS:elsewhere.example >other.ext
    openssl x509 -req -in other.csr -CA own.pem -CAkey own.key -CAcreateserial -days 30 \
      -extfile other.ext -out other.pem
    cat own.pem >>ca.pem]]):format(world.dir))
  rig.check(code == 0, "certificates: %s", text)
end

-- The exchange, with another certificate on the same port.
local function come_back_as(world, certificate)
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  local orders = hurt.read_exchange(world).order_count
  world:start_exchange{"--rate", "0", "--cert", certificate .. ".pem", "--key",
                       certificate .. ".key"}
  return orders
end

local function is_not_spoken_to(world, certificate, what)
  local orders = come_back_as(world, certificate)
  rig.poll(what .. ": the host to see it", function()
    local now = world:status()
    return not now.market_up and not now.user_up and not now.reconciled
  end)
  rig.poll(what .. ": the reason", function() return world:moongate("status -c CONFIG --json")
    :lower():find("certificate") or world:log():lower():find("certificate") end)
  rig.equal(hurt.read_exchange(world).order_count, orders, what .. ": orders")
end

-- F68 | real process | in mid-trade the exchange is replaced by one of another CA, then by one
--   whose certificate is for another host | not one order leaves, the reason is said; trades on and
--   equals when the right one is back
-- F68 | real process | a certificate that is over (the wall clock is forty days ahead) | no start
rig.scenario("tls", function(world)
  local strangers = world:strangers()
  make_certificates(world)
  world:start_exchange{"--rate", "0"}
  world:write_config(hurt.orders_config(world))
  hurt.write_script(world, false)
  hurt.set(world, "wall_ns", 40 * DAY)
  local ended = hurt.run(world):wait()
  rig.equal(ended, 1, "exit code with a certificate that is over")
  rig.contains(world:log(), "certificate", "a certificate that is over")
  hurt.set(world, "wall_ns", 0)

  hurt.start(world)
  hurt.wait_reconciled(world)
  hurt.go(world, true)
  rig.poll("orders", function() return hurt.read_exchange(world).order_count > 8 end)
  is_not_spoken_to(world, strangers .. "/server", "another CA")
  is_not_spoken_to(world, world.dir .. "/other", "another host's certificate")
  local before = come_back_as(world, world.dir .. "/server")
  rig.poll("orders", function() return hurt.read_exchange(world).order_count > before + 8 end)
  hurt.go(world, false)
  hurt.settle(world)
  hurt.agree(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
