--- The console, its lines piped in: a paper world, and recorded data.
local build = os.getenv("MOONGATE_BUILD") or "build-plain"

local function console(options, lines)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(table.concat(lines, "\n"), "\n")
  file:close()
  local pipe = io.popen(("timeout 60 %s/bin/moongate-lab repl %s <%s 2>&1"):format(build, options,
    path))
  local said = pipe:read("a")
  local ok = pipe:close()
  os.remove(path)
  return said, ok
end

describe("moongate repl", function()
  it("runs Lua inside the script and steps the clock", function()
    local said, ok = console("--seed 7", {
      'ref = host.place{product = "BTC-PERP-INTX", side = "buy", type = "market", size = "0.1"}',
      ":step 2", "host.position(host.products()[1]).size", ":orders all", ":position",
      "print(decimal('1'):div(3, 'down', 3))", "host.name, 1 + 1"})
    assert.is_true(ok, said)
    assert.matches("0.1\n", said, 1, true)
    assert.matches("market +0 +0.1 +0.1 +filled", said)
    assert.matches("size 0.1 at ", said, 1, true)
    assert.matches("[info] 0.333", said, 1, true)
    assert.matches("script\t2", said, 1, true)
    assert.equal(said, (console("--seed 7", {
      'ref = host.place{product = "BTC-PERP-INTX", side = "buy", type = "market", size = "0.1"}',
      ":step 2", "host.position(host.products()[1]).size", ":orders all", ":position",
      "print(decimal('1'):div(3, 'down', 3))", "host.name, 1 + 1"})))
  end)

  it("survives what is wrong, and says it", function()
    local said, ok = console("", {"foo(", "error('x')", "while true do end", ":nosuch", "io.open",
      ":until 3 false", 'host.place{product = "BTC-PERP-INTX", side = "buy", price = 61000, ' ..
      'size = "1000"}', ":reload absent.lua", ":help", ":quit", "print('never')"})
    assert.is_true(ok, said)
    for _, words in ipairs{"unexpected symbol", "console:1: x", "soft deadline",
        "there is no :nosuch", "attempt to index a nil value (global 'io')", "not within 3 s",
        "refused: order_size", "headroom 100", "kept: ", ":step [seconds]"} do
      assert.matches(words, said, 1, true)
    end
    assert.is_nil(said:find("never", 1, true))
  end)

  it("talks to a script of one's own, over recorded data", function()
    local said, ok = console("-s strategies/ma_cross.lua -d tests/data/btc-perp.tape.csv.gz",
      {":now", ":step 60", ":script", ":book", ":reload"})
    assert.is_true(ok, said)
    assert.matches("2024-08-08 23:54", said, 1, true)
    assert.matches("alive, generation 1", said, 1, true)
    assert.matches("\tmid\t618%d%d", said)
    assert.matches("now %x+", said)
  end)

  it("says how a command is written", function()
    local said = console("", {":step x", ":until 5", ":operator", ":operator %", ":operator halt"})
    for _, words in ipairs{":step [seconds]  time", ":until [seconds] TEXT",
                           ":operator halt|reduce|resume|cancel|flatten"} do
      assert.matches(words, said, 1, true)
    end
    assert.equal(2, select(2, said:gsub(":operator halt|", "")))
  end)

  it("says what cannot be opened", function()
    local said, ok = console("-s absent.lua", {})
    assert.is_falsy(ok)
    assert.matches("absent.lua", said, 1, true)
    said, ok = console("-d absent.csv", {})
    assert.is_falsy(ok)
    assert.matches("absent.csv", said, 1, true)
    said, ok = console("--params '{'", {})
    assert.is_falsy(ok)
    assert.matches("--params wants a JSON object", said, 1, true)
  end)
end)
