--- Every shipped spec, in the laboratory and with its scripts in real jails: the same verdicts, and
-- behind them the same intents, refusals, logs and orders at the same times.
local build = os.getenv("MOONGATE_BUILD") or "build-plain"

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

--- Verdicts, and one line per laboratory that was closed.
local function run(words)
  local trace = os.tmpname()
  local pipe = io.popen(("LD_PRELOAD= LUA_INIT=@tests/lua/trace.lua MOONGATE_TRACE=%s " ..
    "%s/bin/moongate-lab test %s -- --output=TAP 2>&1"):format(trace, build, words))
  local verdicts, failed = {}, {}
  for line in pipe:lines() do
    local verdict, name = line:match("^(.*ok) %d+ %- (.*)$")
    if verdict then verdicts[#verdicts + 1] = name end
    if verdict == "not ok" then failed[#failed + 1] = name end
  end
  pipe:close()
  local seen = {}
  for line in read(trace):gmatch("[^\n]+") do seen[#seen + 1] = line end
  os.remove(trace)
  table.sort(seen) -- a spec may go by pairs, whose order is the interpreter's
  return {verdicts = verdicts, failed = failed, seen = seen}
end

describe("moongate test --jailed", function()
  it("agrees with the laboratory about every shipped spec", function()
    local lab, jailed = run(""), run("--jailed")
    assert.same({}, lab.failed)
    assert.same({}, jailed.failed)
    assert.same(lab.verdicts, jailed.verdicts)
    assert.is_true(#lab.seen >= 80, #lab.seen)
    assert.equal(#lab.seen, #jailed.seen)
    for i, line in ipairs(lab.seen) do assert.equal(line, jailed.seen[i]) end
  end)
end)
