-- A refusal is visible: which control, which limit, what it was held against, what would have
-- passed, and which line of the config to change.
local rig = require "rig"

local function refusal_of(world, actor, code)
  return rig.poll(code .. " of " .. actor, function()
    for _, row in ipairs(world:must("refusals --limit 200").latest) do
      if row.actor == actor and row.code == code then return row end
    end
  end)
end

local function tells(world, row, key)
  rig.equal(row.config_key, key, "config line of " .. row.code)
  rig.check(row.control > 0, "%s names no control", row.code)
  rig.check(#row.meaning > 0, "%s has no meaning", row.code)
  for _, field in ipairs{"limit", "value", "headroom"} do
    rig.check(type(row[field]) == "string" and row[field]:find("^%-?%d"),
              "%s of %s is not a number: %s", field, row.code, tostring(row[field]))
  end
  local text, code = world:moongate(string.format("ctl -c CONFIG why %d", row.number))
  rig.equal(code, 0, "exit code of why")
  for _, part in ipairs{row.code, row.limit, row.value, row.headroom, key, row.product} do
    rig.contains(text, part, "why " .. row.code)
  end
end

-- F69 | real process | a product is in its auction | its orders are refused, the others trade
rig.scenario("why", function(world)
  world:start_exchange()
  world:fault("venue: product BTC-PERP-INTX auction_mode=true")
  world:start_host(function(text)
    -- 0.3 BTC of the cde product is more than an order may have; 0.1 ETH costs more than 100 USD.
    local large = world:still("large", '"BTC-cde"'):gsub('size = "0.1"', 'size = "0.3"')
    text = rig.with_strategies(text, {
      large, world:still("dear", '"ETH-intx"'), world:still("early", '"BTC-intx"'),
      world:quoter('"ETH-cde"')})
    local from = text:find('asset = "ETH"; profile = "intx"', 1, true)
    return text:sub(1, from - 1) .. rig.swap(text:sub(from), 'max_order_value = "10000"',
                                             'max_order_value = "100"')
  end)
  world:wait_trading(1)
  local large = refusal_of(world, "large", "order_size")
  tells(world, large, "products.BTC-cde.max_order_size")
  rig.equal(large.limit, "0.1", "limit")
  rig.equal(large.value, "0.3", "value")
  local dear = refusal_of(world, "dear", "order_value")
  tells(world, dear, "products.ETH-intx.max_order_value")
  rig.contains(dear.limit, "100", "limit")
  local early = refusal_of(world, "early", "product")
  rig.equal(early.product, "BTC-PERP-INTX", "product of the refusal")
  local screen = world:moongate("status -c CONFIG")
  rig.contains(screen, "order_size", "the status screen")

  -- An order that passed has a story too, under each of its names.
  local order
  for _, row in ipairs((world:must("orders --strategy quoter --limit 100"))) do
    if row.venue_id ~= "" then order = row end
  end
  for _, id in ipairs{order.id, order.venue_id} do
    local text, code = world:moongate("ctl -c CONFIG why " .. id)
    rig.equal(code, 0, "exit code of why")
    rig.contains(text, order.id, "why of an order")
    rig.contains(text, "intended", "why of an order: its journal")
  end
  local text, code = world:moongate("ctl -c CONFIG why nosuch")
  rig.check(code ~= 0 or text:find("0 rows", 1, true), "why nosuch: %s", text)

  local large_orders = 0
  for _, row in pairs((world:venue_orders())) do
    if row.product_id:find("^BIP") or row.product_id:find("ETH.*INTX") then
      large_orders = large_orders + 1
    end
  end
  rig.equal(large_orders, 0, "refused orders at the exchange")
  rig.equal(world.host:stop(), 0, "exit code of the host")
end)
