-- SIGHUP and `ctl reload` under load: a new version takes over the orders of the old one; a bad one
-- changes nothing and is told of.
local rig = require "rig"

local function ids_of(world, strategy)
  local ids = {}
  for _, order in ipairs(world:must("orders --strategy " .. strategy .. " --limit 100")) do
    if order.live then ids[#ids + 1] = order.id end
  end
  table.sort(ids)
  return table.concat(ids, " "), #ids
end

local function open_at_venue(world, ids)
  local open = " " .. table.concat(world:venue_open(), " ") .. " "
  for id in ids:gmatch("%S+") do
    if not open:find(" " .. id .. " ", 1, true) then return false end
  end
  return true
end

local function trades_on(world, what)
  local before = world:runner("quoter").intents
  rig.poll(what .. ": the old version trades on",
           function() return world:runner("quoter").intents > before + 2 end)
end

-- The quoter's file becomes `text`; the version that trades stays, and the reply says why.
local function refuse(world, what, text, why)
  local path = world.dir .. "/strategies/quoter.lua"
  local good, before = rig.read(path), world:runner("quoter")
  rig.write(path, text)
  local reply, code = world:ctl("reload quoter")
  rig.equal(code, 1, what .. ": exit code of reload")
  rig.contains(reply.text, "kept " .. before.hash, what)
  rig.contains(reply.text, why, what)
  rig.contains(world:log(), "reload quoter: kept " .. before.hash, what .. ": log")
  local after = world:runner("quoter")
  rig.equal(after.pid, before.pid, what .. ": process")
  rig.equal(after.hash, before.hash, what .. ": version")
  trades_on(world, what)
  rig.write(path, good)
end

local function bad_versions(world, good)
  refuse(world, "a syntax error", good .. "\nlocal = 5\n", "quoter")
  refuse(world, "an error in on_reload",
         good:gsub("return quoter%s*$", "function quoter.on_reload() error('no room') end\n%0"),
         "on_reload failed")
  rig.contains(world:log(), "no room", "the log of an error in on_reload")
  refuse(world, "an endless loop at load", "while true do end\n", "")
  refuse(world, "a script that returns nothing", "local x = 1\n", "")
  os.remove(world.dir .. "/strategies/quoter.lua")
  local reply, code = world:ctl("reload quoter")
  rig.equal(code, 1, "a missing file: exit code")
  rig.contains(reply.text, "quoter.lua", "a missing file")
  rig.write(world.dir .. "/strategies/quoter.lua", good)
end

local function children(pid)
  return rig.shell("cat /proc/" .. pid .. "/task/*/children 2>/dev/null")
end

-- The fresh runner dies in mid-reload.
local function kill_fresh(world, good)
  local old, known = world:runner("quoter"), children(world.host.pid)
  rig.write(world.dir .. "/strategies/quoter.lua", "while true do end\n")
  world.host:signal("HUP")
  local fresh = rig.poll("fresh runner", function()
    for pid in children(world.host.pid):gmatch("%d+") do
      if not (" " .. known):find(" " .. pid .. " ", 1, true) then return pid end
    end
  end)
  os.execute("kill -KILL " .. fresh)
  rig.poll("end of the reload", function() return not world:runner("quoter").reloading end)
  rig.equal(world:runner("quoter").pid, old.pid, "process after the fresh one was killed")
  rig.write(world.dir .. "/strategies/quoter.lua", good)
  trades_on(world, "a killed fresh runner")
end

local function good_versions(world)
  local path = world.dir .. "/still.lua"
  local text, before, ids = rig.read(path), world:runner("still"), ids_of(world, "still")
  rig.write(path, text .. "\n-- a later version\n")
  world.host:signal("HUP")
  rig.poll("new version", function() return world:runner("still").hash ~= before.hash end)
  world:pass_market(40)
  rig.equal(ids_of(world, "still"), ids, "orders after a reload")
  rig.check(open_at_venue(world, ids), "an order did not outlive the reload: %s", ids)
  rig.check(world:runner("still").generation > before.generation, "the generation did not rise")
  rig.poll("end of the old process", function() return not rig.is_alive(before.pid) end)

  rig.write(path, (text:gsub("function still.on_order%(order%)", "%0\n  host.cancel(order.ref)")))
  world:must("reload still")
  rig.poll("cancels of the new version", function()
    local open = " " .. table.concat(world:venue_open(), " ") .. " "
    for id in ids:gmatch("%S+") do
      if open:find(" " .. id .. " ", 1, true) then return false end
    end
    return true
  end)
end

-- AC-L2 | real process | versions with errors of every kind, then a good one | the old one trades
--   on; the good one takes the orders over
-- F62 | real process | the fresh runner is killed in mid-reload | the old one trades on
rig.scenario("reload", function(world)
  world:start_exchange()
  world:start_host(function(text)
    return rig.with_strategies(text, {world:still("still", '"BTC-cde", "ETH-intx"'),
                                      world:quoter()})
  end)
  rig.poll("two orders of still", function() return select(2, ids_of(world, "still")) == 2 end)
  world:wait_trading(1)
  local good = rig.read(world.dir .. "/strategies/quoter.lua")
  bad_versions(world, good)
  kill_fresh(world, good)
  local reply, code = world:ctl("reload nosuch")
  rig.equal(code, 1, "reload nosuch: exit code")
  rig.contains(reply.text, "there is no script 'nosuch'", "reload nosuch")
  local _, text = world:must("reload")
  rig.contains(text, "unchanged", "reload of nothing new")
  good_versions(world)
  rig.equal(world.host:stop(), 0, "exit code of the host")
  rig.equal(world.exchange:stop(), 0, "exit code of the exchange")
  world:compare_ledgers()
end)
