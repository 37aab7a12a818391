-- `moongate selftest`: every config that is shipped signs off; a limit that nothing trips does not.
local cjson = require "cjson"

local moongate, source = arg[1], arg[2]
local CONFIGS = { "canary", "demo", "loopback", "paper", "production" }

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local function run(arguments)
  local pipe = assert(io.popen(moongate .. " " .. arguments .. " 2>&1"))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return text, code
end

local function selftest(path)
  local text, code = run("selftest -c " .. path .. " --json")
  local fine, result = pcall(cjson.decode, text)
  assert(fine, text)
  assert(result.signed_off == (code == 0), "the exit code says something else than the table")
  return result, code
end

-- A shipped config with some texts in place of others, everywhere.
local function changed(name, swaps)
  local path, text = os.tmpname(), read(source .. "/config/" .. name .. ".conf")
  for old, new in pairs(swaps) do
    local from, to = text:find(old, 1, true)
    assert(from, old .. " is not in " .. name)
    text = text:sub(1, from - 1) .. new .. text:sub(to + 1)
  end
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local result, code = selftest(path)
  os.remove(path)
  return result, code
end

local function dead_keys(result)
  local keys = {}
  for _, row in ipairs(result.rows) do
    if row.outcome == "DEAD" then keys[#keys + 1] = row.key end
  end
  table.sort(keys)
  return table.concat(keys, " ")
end

local function shipped_configs_sign_off()
  local results = {}
  for _, name in ipairs(CONFIGS) do
    local result, code = selftest(source .. "/config/" .. name .. ".conf")
    local seen = {}
    assert(code == 0, name .. ": dead: " .. dead_keys(result))
    assert(#result.sha256 == 16 and result.at:match("^%d+%-%d+%-%d+T"))
    for _, row in ipairs(result.rows) do
      seen[row.control] = true
      assert(row.outcome == "off" or row.inside ~= row.outside, name .. " " .. row.key)
    end
    for control = 1, 29 do assert(seen[control], name .. " lacks control " .. control) end
    results[name] = result
  end
  return results
end

-- Each key that names a control in `check --keys` is among what is tried.
local function every_limit_is_tried(result)
  local tried = {}
  for _, row in ipairs(result.rows) do tried[row.key:match("[^.]*$")] = true end
  for key, meaning in run("check --keys"):gmatch("\n  (%S+)%s+%S+%s+required%s+([^\n]*)") do
    if meaning:match("^control %d+") then
      assert(tried[key], key .. " is a limit, and selftest does not try it")
    end
  end
end

-- An impact beyond the collar, a loss of more than there is, nothing between calm and too wild.
local function dead_limits_are_found(canary)
  local result, code = changed("canary", {
    ['max_impact = "0.0015"'] = 'max_impact = "0.2"',
    ['calm_volatility = "0.001"'] = 'calm_volatility = "0.01"',
    ['max_daily_loss = "0.02"'] = 'max_daily_loss = "5"'})
  assert(code == 1 and not result.signed_off)
  assert(dead_keys(result) == "account.max_daily_loss products.BTC-cde.calm_volatility " ..
    "products.BTC-cde.max_impact", dead_keys(result))
  assert(result.sha256 ~= canary.sha256, "the signature is not of the config's bytes")
end

local function a_wrong_config_is_refused()
  local text, code = run("selftest -c " .. source .. "/README.md")
  assert(code == 2 and text:match("README.md:%d+"), text)
end

local results = shipped_configs_sign_off()
every_limit_is_tried(results.canary)
dead_limits_are_found(results.canary)
a_wrong_config_is_refused()
