--- Every shipped strategy does the same, to the byte, in twenty processes: hash seeds, addresses
-- and clocks differ between them, and none of that may reach an order.
local PROCESSES = 20
local BUILD = os.getenv("MOONGATE_BUILD")

local function run(script, seed, jailed)
  local command = "MOONGATE_JAILED='%s' lua5.4 tests/lua/determinism_run.lua %s %s 2>&1"
  local pipe = assert(io.popen(command:format(jailed or "", script, seed or "")))
  local text = pipe:read("a")
  return text, pipe:close()
end

local function count(text, kind)
  return select(2, text:gsub("%f[^\n\0]" .. kind .. "\t", ""))
end

describe("determinism", function()
  for _, name in ipairs{"ma_cross", "quoter", "bollinger", "donchian", "carry", "twap"} do
    local script = "strategies/" .. name .. ".lua"
    it(script .. " does the same in " .. PROCESSES .. " processes", function()
      local first, ended = run(script)
      assert.is_true(ended, first)
      assert.is_true(count(first, "intent") >= 6, first)
      assert.is_true(count(first, "order") >= 6, first)
      assert.equal(0, count(first, "fault"), first)
      for number = 2, PROCESSES do
        local text = run(script)
        assert.is_true(first == text, "process " .. number .. " did otherwise")
      end
    end)

    it(script .. " does the same in its real jail", function()
      if not BUILD then
        pending("MOONGATE_BUILD names no build with a moongate-runner in it")
        return
      end
      local jailed, ended = run(script, nil, BUILD .. "/bin/moongate-runner")
      assert.is_true(ended, jailed)
      assert.is_true(jailed == run(script), "in its jail it did otherwise")
    end)

    it(script .. " does otherwise on another market: the comparison can fail", function()
      local one, two = run(script, 4), run(script, 7)
      assert.is_true(count(one, "intent") > 0 and count(two, "intent") > 0)
      assert.is_true(one ~= two)
      assert.is_true(one == run(script, 4))
    end)
  end
end)
