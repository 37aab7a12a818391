-- A staged host begins at observe, where nothing opens; an operator promotes it in two steps once
-- its checkpoints hold, and the stage is in the journal.
local rig = require "rig"

local function stage_is(world, wanted, when)
  rig.poll("reconciled " .. when, function() return world:status().reconciled end)
  rig.equal(world:status().stage, wanted, "stage " .. when)
end

local function promote(world)
  local reply
  rig.poll("a promotion", function()
    reply = world:ctl("promote --reason 'watched it'")
    return reply.ok
  end)
  rig.equal(world:status().stage, "observe", "stage before the second step")
  local token = reply.text:match("confirm (%w+)")
  world:must("confirm " .. token)
  return token
end

local function is_forgotten(world, token)
  rig.contains(world:moongate("ctl -c CONFIG confirm " .. token), "no request",
               "a token of before")
end

-- F72 | real process | a config says canary, the host is staged | observe, and no order; demo after
--   the checkpoints and two steps of an operator, with its smallest post-only orders
-- F72 | real process | a token is used again; kill -9 between the two steps of an override | both
--   worth nothing, and the journal has the user behind each verb
-- AC-E2 | real process | kill -9 in stage demo | demo at the next start
rig.scenario("stage", function(world)
  world:start_exchange()
  world:start_host(function(text)
    return rig.swap(text, 'stage = "production";',
      'stage = "canary"; staged = true; promote_after_ms = 1000; promote_after_orders = 2;')
  end)
  stage_is(world, "observe", "at the start")
  rig.poll("refusals by the stage", function()
    for _, row in ipairs(world:must("refusals --limit 50").latest) do
      if row.code == "stage" then return true end
    end
  end)
  rig.check(not next((world:venue_orders())), "an order came to be in stage observe")
  rig.contains(world:moongate("ctl -c CONFIG promote canary --reason 'in a hurry'"), "one step",
               "a promotion by two stages")
  local token = promote(world)
  stage_is(world, "demo", "after the promotion")
  is_forgotten(world, token)
  rig.poll("an order", function() return next((world:venue_orders())) end)
  local _, asked = world:must("override 10 --for 1m --product BTC-cde --reason 'a thin book'")
  world.host:kill()
  world:start_host()
  stage_is(world, "demo", "after kill -9")
  is_forgotten(world, asked:match("confirm (%w+)"))
  rig.contains(world:moongate("ctl -c CONFIG checkpoints"), "feed_uptime", "the checkpoints")
  world:must("demote observe --reason 'a new strategy'")
  stage_is(world, "observe", "after demote")
  local me = tonumber((rig.shell("id -u")))
  for _, row in ipairs(world:journal("operator")) do
    rig.equal(row.uid, me, "the user in the journal, of " .. row.verb)
  end
  local stages = {}
  for _, row in ipairs(world:journal("stage")) do stages[#stages + 1] = row.stage end
  rig.contains(table.concat(stages, " "), "demo", "stages in the journal")
  rig.equal(stages[#stages], "observe", "the last stage in the journal")
end)
