-- The verbs as a new user meets them: help, mistakes, no daemon, and JSON that parses.
local rig = require "rig"
local cjson = require "cjson"

local VERBS = {"run", "check", "status", "ctl", "decode", "verify"}
local CTL_VERBS = {"halt", "reduce", "resume", "reload", "cancel-mine", "flatten", "reconcile",
  "accept", "stop", "status", "orders", "positions", "limits", "runners", "refusals", "why"}

-- `parts`: what the answer must say.
local function expect(code, words, ...)
  local text, got = rig.moongate(words)
  rig.equal(got, code, "exit code of moongate " .. words .. ", which said " .. text)
  for _, part in ipairs{...} do rig.contains(text, part, "moongate " .. words) end
  rig.check(#text > 0, "moongate %s says nothing", words)
  return text
end

local function helps()
  local help = expect(0, "--help", "usage:")
  expect(2, "", "usage:")
  for _, verb in ipairs(VERBS) do
    rig.contains(help, verb, "moongate --help")
    expect(0, verb .. " --help", "usage: moongate " .. verb)
    expect(2, verb .. " --no-such-option", "--no-such-option")
  end
  expect(2, "stauts", "did you mean 'status'")
  local verbs = expect(0, "ctl --help", "--reason")
  for _, verb in ipairs(CTL_VERBS) do
    rig.contains(verbs, "\n  " .. verb, "moongate ctl --help")
    expect(0, "ctl " .. verb .. " --help", "usage: moongate ctl")
  end
end

local function mistakes(world)
  local config = " -c " .. world.config .. " "
  expect(2, "ctl" .. config .. "hlat", "did you mean 'halt'")
  expect(2, "ctl" .. config, "which verb")
  expect(2, "ctl" .. config .. "why")
  expect(2, "ctl" .. config .. "orders --limit 0", "--limit")
  expect(2, "ctl" .. config .. "halt because", "--reason")
  expect(2, "ctl status", "-c")
  expect(2, "run")
  expect(2, "run -c /no/such/file", "/no/such/file")
  expect(2, "check -c /no/such/file", "/no/such/file")
  expect(2, "verify /no/such/directory", "/no/such/directory")
  -- No daemon yet: the message names the socket and says what to start.
  for _, words in ipairs{"status" .. config, "ctl" .. config .. "orders"} do
    expect(3, words, world.dir .. "/state/control.sock", "moongate run")
  end
  expect(3, "ctl -S /no/such/socket status", "/no/such/socket")
end

local function parses(words, ok)
  local text = rig.moongate(words)
  local fine, value = pcall(cjson.decode, text)
  rig.check(fine, "moongate %s: no JSON: %s", words, text)
  rig.check(not text:find("\n."), "moongate %s: more than one line", words)
  if ok ~= nil then rig.equal(value.ok, ok, "ok of moongate " .. words) end
  return value
end

local function asks(world)
  local ctl = "ctl --json -c " .. world.config .. " "
  for _, verb in ipairs{"status", "orders", "positions", "limits", "runners", "refusals", "why 1",
                        "orders --strategy quoter --limit 3", "reconcile", "reload",
                        "cancel-mine --strategy quoter", "reduce --strategy quoter",
                        "halt --strategy quoter --reason 'a \"quoted\" reason'",
                        "resume --strategy quoter --reason back"} do
    parses(ctl .. verb, true)
  end
  parses(ctl .. "reload nosuch", false)
  local wrong = parses(ctl .. "halt --strategy qouter", false)
  rig.contains(wrong.text, "did you mean 'quoter'", "a misspelt strategy")
  parses(ctl .. "orders --product BTC", false)
  parses("status --json -c " .. world.config, true)
  parses("verify --json " .. world.dir .. "/state")
  for _, verb in ipairs{"status", "orders", "positions", "limits", "runners", "refusals"} do
    expect(0, "ctl -c " .. world.config .. " " .. verb)
  end
  expect(0, "check -c " .. world.config, "max_order_size")
end

rig.scenario("operator", function(world)
  helps()
  world:start_exchange()
  world:write_config()
  mistakes(world)
  world:start_host()
  world:wait_trading(1)
  asks(world)
  local text = expect(0, "ctl -c " .. world.config .. " stop --reason 'end of day'")
  rig.contains(text, "stopping", "ctl stop")
  rig.equal(world.host:wait(), 0, "exit code of the host after ctl stop")
  rig.equal(#world:venue_open(), 0, "own orders at the exchange after ctl stop")
end)
