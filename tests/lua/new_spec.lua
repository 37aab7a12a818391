--- `moongate new` writes what passes its own test at once, and overwrites nothing; `moongate test`
-- finds it, in the laboratory and in jails, and holds it to a config's limits.
local build = os.getenv("MOONGATE_BUILD") or "build-plain"

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local root = io.popen("pwd"):read("l")
local program = (build:sub(1, 1) == "/" and build or root .. "/" .. build) .. "/bin/moongate-lab"

describe("moongate new", function()
  local folder

  --- What it said, both streams, and whether all was well.
  local function run(words)
    local out = folder .. "/out"
    local ok = os.execute(("cd %s && %s %s >out 2>&1"):format(folder, program, words))
    return read(out), ok or false
  end

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir -p " .. folder))
  end)

  after_each(function() os.execute("rm -r " .. folder) end)

  for kind, script in pairs{strategy = "strategies/first_try.lua",
                            rule = "risk_rules/first_try.lua"} do
    it("writes a " .. kind .. " that passes", function()
      local said, ok = run("new " .. kind .. " first_try")
      assert.is_true(ok, said)
      assert.matches(script, said, 1, true)
      said, ok = run("test " .. script)
      assert.is_true(ok, said)
      assert.matches("0 failures / 0 errors", said, 1, true)
      said, ok = run("test --jailed --coverage " .. script)
      assert.is_true(ok, said)
      said, ok = run("test --coverage " .. script)
      assert.is_true(ok, said)
      assert.matches("%d+ +%d+ +%d+%.%d  " .. script:gsub("%.", "%%."), said)
      said, ok = run("params --json " .. script)
      assert.is_true(ok, said)
      assert.matches('"role":"' .. kind .. '"', said, 1, true)
      assert.is_truthy(os.execute("cd " .. folder .. " && luacheck -q --std lua54+busted " ..
        "--read-globals host decimal --max-line-length 100 " .. script .. " >out"))
      assert.is_nil(read(folder .. "/" .. script):find("NAME", 1, true))
    end)
  end

  it("does not call a test green that never ran", function()
    local said, ok = run("test /etc/passwd")
    assert.is_false(ok)
    assert.matches("no test ran", said, 1, true)
    assert(os.execute("mkdir " .. folder .. "/empty"))
    assert.is_false(select(2, run("test empty")))
  end)

  it("lists what a choice may be", function()
    local said, ok = run("params " .. root .. "/risk_rules/session.lua")
    assert.is_true(ok, said)
    assert.matches("profile +choice +cde +cde, intx, all: the products", said)
  end)

  it("overwrites nothing", function()
    assert.is_true(select(2, run("new strategy first_try")))
    assert(os.execute("rm " .. folder .. "/strategies/first_try.lua"))
    local said, ok = run("new strategy first_try")
    assert.is_false(ok)
    assert.matches("first_try_spec.lua is there already", said, 1, true)
    assert.is_nil(io.open(folder .. "/strategies/first_try.lua"))
  end)

  it("says what is wrong with a name", function()
    for name, words in pairs{["My-Idea"] = "there is a 'M' in it", ["1st"] = "begins with a letter",
                             a_spec = "is a spec", [("x"):rep(32)] = "has 1 to 31 letters",
                             ["../up"] = "there is a '.' in it"} do
      local said, ok = run("new strategy " .. name)
      assert.is_false(ok)
      assert.matches(words, said, 1, true)
    end
    assert.matches("usage: moongate new", (run("new thing x")), 1, true)
  end)

  it("says in an empty folder what there is to do", function()
    for words, expected in pairs{
        test = "moongate new strategy NAME", ["repl -s absent"] = "moongate repl: script absent",
        ["params absent.lua"] = "moongate params: script absent.lua cannot be read\n",
        ["backtest -s absent -d absent.csv"] = "there is no strategies/absent.lua",
        ["backtest -s ma_cross -d x.csv -c absent.conf"] = "absent.conf: cannot be read"} do
      local said, ok = run(words)
      assert.is_false(ok)
      assert.matches(expected, said, 1, true)
      assert.is_nil(said:find("traceback", 1, true), said)
    end
  end)

  it("plays what it wrote over recorded data, under the shipped limits", function()
    assert.is_true(select(2, run("new strategy first_try")))
    local said, ok = run("backtest -s first_try -d " .. root .. "/tests/data/btc-perp.tape.csv.gz")
    assert.is_true(ok, said)
    assert.matches("first_try %x+: 2024", said)
  end)

  it("tests strategies and rules when none is named", function()
    assert.is_true(select(2, run("new strategy first_try")))
    local alone = tonumber(run("test"):match("(%d+) successes"))
    assert.is_true(select(2, run("new rule second_try")))
    assert.is_true(tonumber(run("test"):match("(%d+) successes")) > alone)
  end)

  it("is held to the limits of a config", function()
    assert.is_true(select(2, run("new strategy first_try")))
    local said, ok = run("test -c " .. root .. "/config/absent.conf strategies/first_try.lua")
    assert.is_false(ok)
    assert.matches("absent.conf", said, 1, true)
    said = select(1, run("test -c " .. root .. "/config/paper.conf strategies/first_try.lua"))
    assert.matches("the config has no limits for BTC-PERP-INTX", said, 1, true)
  end)
end)
