-- Whole backtests by the program itself: the same run twice, in jails, and what is wrong with a
-- command line or a file. Run from the root: lua5.4 tests/backtest/backtest.lua build/bin
local bin = arg[1]
local tape = "tests/data/btc-perp.tape.csv.gz"
local bars = "tests/data/btc-perp.bars-1m.csv"
local scratch = os.tmpname()
os.remove(scratch)
assert(os.execute("mkdir " .. scratch))

local function run(words)
  local pipe = io.popen(("%s/moongate %s 2>&1"):format(bin, words))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return code, text
end

local function backtest(words)
  return run("backtest " .. words)
end

local function done(words)
  local code, text = backtest(words)
  assert(code == 0, words .. "\n" .. text)
  return text
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("a")
  file:close()
  return bytes
end

local function write(name, text)
  local path = scratch .. "/" .. name
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

local function same_run(one, other)
  for _, file in ipairs {"journal.db", "journal.mark", "series.csv", "run.json"} do
    assert(read(one .. "/" .. file) == read(other .. "/" .. file), file .. " differs")
  end
end

local function figure(json, name)
  return (assert(json:match('"' .. name .. '":"?([^",}]+)'), name .. " in " .. json))
end

local tests = {}

function tests.the_same_run_gives_the_same_bytes_in_jails_too()
  local words = ("-s quoter -d %s --to 2024-08-08T23:54:35Z -o %s/"):format(tape, scratch)
  done(words .. "one")
  done(words .. "two")
  done(words .. "jailed --jailed")
  same_run(scratch .. "/one", scratch .. "/two")
  same_run(scratch .. "/one", scratch .. "/jailed")
  assert(tonumber(figure(read(scratch .. "/one/run.json"), "fills")) > 5)
  local code, text = run("verify " .. scratch .. "/one")
  assert(code == 0 and text:find("whole", 1, true), text)
end

function tests.a_decimal_is_typed_as_a_number_and_a_day_is_its_beginning()
  local words = ("-s quoter -d %s --to 2024-08-08T23:54:25Z --json "):format(tape)
  local function without_params(json) return (json:gsub('"params":%b{},', "")) end
  local typed = done(words .. "--from 2024-08-08 -p size_BTC=0.02")
  assert(without_params(typed) == without_params(done(words .. "-p 'size_BTC=\"0.02\"'")), typed)
  assert(figure(typed, "position") ~= figure(done(words), "position"))
  assert(figure(done(words .. "-p size=0.02"), "position") == figure(typed, "position"))
end

function tests.the_report_comes_to_what_the_run_says()
  for name, words in pairs{report1 = "-s twap -p target=0.1 -p slices=10 -d " .. bars,
                           report2 = "-s quoter --to 2024-08-08T23:54:40Z -d " .. tape} do
    local out = scratch .. "/" .. name
    local json = done(words .. " --json -o " .. out)
    local _, report = run("report --json " .. out)
    assert(figure(json, "position") ~= "0", json)
    local began, ended = json:match('"start_equity":"([^"]+)","equity":"([^"]+)"')
    local gained = ended - began
    local result = report:match('"scope":"run".-"result":"([^"]+)"')
    assert(math.abs(result - gained) < 1e-6, gained .. "\n" .. report)
  end
end

function tests.parameters_by_asset_are_those_of_the_data()
  local words = "-s ma_cross -c config/loopback.conf -p candle=60 -d ETH-intx=" .. bars .. " "
  done(words .. "-p size_ETH=0.2")
  local code, text = backtest(words .. "-p size_SOL=1")
  assert(code == 1 and text:find("declares no parameter 'size_SOL'", 1, true), text)
end

-- What each shipped strategy does with real bars: it trades, in the sizes of its page, and reads
-- all that the shipped config gives it.
function tests.the_shipped_strategies_do_what_their_pages_say()
  local size = {ma_cross = "0.01", bollinger = "0.01"}
  for strategy, least in pairs{ma_cross = 20, bollinger = 10, donchian = 10, twap = 5} do
    local out = scratch .. "/shipped-" .. strategy
    local more = strategy == "twap" and "-p target=0.1 -p slices=10" or ""
    local said = done(("-s %s -d %s -v -o %s %s"):format(strategy, bars, out, more))
    assert(not said:find("never asked for it", 1, true), said)
    assert(tonumber(figure(read(out .. "/run.json"), "fills")) >= least, said)
    local sizes = io.popen(([=[sqlite3 %s/journal.db "select distinct json_extract(body,'$.size')
      from records where kind='fill' and json_extract(body,'$.provisional')=0"]=]):format(out))
    for one in sizes:lines() do
      assert(one == (size[strategy] or one) and tonumber(one) <= 0.1, strategy .. " fills " .. one)
    end
    sizes:close()
  end
end

function tests.another_seed_or_latency_is_another_run()
  local words = ("-s quoter -d %s --to 2024-08-08T23:54:25Z --json "):format(tape)
  local here = done(words)
  assert(here == done(words))
  assert(figure(here, "realised") ~= figure(done(words .. "--order-ms 500"), "realised"))
end

function tests.a_position_is_worth_what_the_venue_says()
  local json = done(("-s ma_cross -d %s --json -p 'size_BTC=\"0.02\"'"):format(bars))
  assert(tonumber(figure(json, "fills")) > 3)
  -- Two sets of books, the engine's and the venue's, come to the same.
  local function dollars(name) return tonumber(figure(json, name)) end
  local gained = dollars "equity" - dollars "start_equity"
  local booked = dollars "realised" + dollars "unrealised" - dollars "fees" + dollars "funding"
  -- What is held is marked at the last trade by the one, at the mid by the other.
  local marked = math.abs(dollars "position") * 5
  assert(math.abs(gained - booked) < 1e-6 + marked, json)
end

local function write_bars(name, rows)
  local lines = {"start_s,open,high,low,close,volume"}
  for i, bar in ipairs(rows) do
    lines[#lines + 1] = ("%d,%s"):format(bar.at or 1700000000 // 60 * 60 + i * 60, bar[1])
  end
  return write(name, table.concat(lines, "\n"))
end

function tests.a_bar_gives_nothing_to_who_bought_its_low()
  -- A bid far below from the second bar on, and once it has filled an ask far above: the one bar
  -- that spans both fills the bid alone, so its low must come after its high.
  local script = write("dip.lua", [[
    local id, bid, ask = host.products()[1], nil, nil
    return {on_refusal = function() bid = nil end, on_book = function(book)
      if book:stale() or not host.position(id) then return end
      if not bid then
        bid = host.place{product = id, side = "buy", price = "39900", size = "0.01"}
      elseif host.position(id).size:sign() > 0 and not ask then
        ask = host.place{product = id, side = "sell", price = "40100", size = "0.01"}
      end
    end}]])
  local flat, wide = {"40000,40000,40000,40000,100"}, {"40000,40200,39800,40000,100"}
  local data = write_bars("dip.csv", {flat, flat, flat, wide, flat, flat})
  local text = done(("-s %s -d %s"):format(script, data))
  assert(text:find("2 orders, 1 fills, position 0.01", 1, true), text)
  assert(text:find("open at the end: 0.01 ", 1, true), text)
  assert(text:find("working at the end: 1 orders", 1, true), text)
end

function tests.gaps_and_crossed_books_are_told()
  local lines = {"recv_ns,kind,side,price,size"}
  local function row(ms, words) lines[#lines + 1] = ("%d,%s"):format((1e12 + ms) * 1e6, words) end
  local function pair(ms, bid, ask)
    row(ms, "Q,B," .. bid .. ",1")
    row(ms, "Q,S," .. ask .. ",1")
  end
  for ms = 0, 2000, 100 do pair(ms, 40000, 40010 + ms) end
  pair(2100, 41000, 40000)
  pair(2200, 40000, 40010)
  pair(60000, 40000, 40020)
  local text = done(("-s quoter -d %s"):format(write("gap.csv", table.concat(lines, "\n"))))
  assert(text:find("1 gaps, the longest of 57.8 s", 1, true), text)
  assert(text:find("crossed book 1 times", 1, true), text)
end

function tests.series_has_a_row_a_minute()
  done(("-s ma_cross -d %s -o %s/bars"):format(bars, scratch))
  local rows = 0
  for line in io.lines(scratch .. "/bars/series.csv") do
    rows = rows + 1
    local _, commas = line:gsub(",", "")
    assert(commas == 13, line)
  end
  assert(rows >= 400 and rows <= 403, rows)
end

function tests.trades_alone_are_enough()
  local lines = {"time_ms,price,size,side"}
  for i = 0, 600 do
    lines[#lines + 1] = ("%d,%.1f,%.3f,%s"):format(1700000000000 + i * 1000,
      40000 + 50 * math.sin(i / 20), 0.5, i % 2 == 0 and "buy" or "sell")
  end
  local path = write("trades.csv", table.concat(lines, "\n"))
  local json = done(("-s ma_cross -p candle=5 -d %s --json"):format(path))
  assert(tonumber(figure(json, "fills")) > 1, json)
end

function tests.the_future_is_of_no_consequence_but_to_a_cheat()
  local words = ("-s quoter -d %s --to 2024-08-08T23:54:30Z --check-lookahead"):format(tape)
  local _, cuts = done(words):gsub("the same with the future shuffled", "")
  assert(cuts == 5, cuts)
  done(("-s ma_cross -d %s --check-lookahead"):format(bars))
  -- The cuts lie within bars, in which this one decides at each point.
  local of_bars = ("-s quoter -d %s --to 2022-01-06T01:00:00Z --check-lookahead"):format(bars)
  done(of_bars)
  local found, said = backtest(of_bars .. " --peek 1") -- the close of the bar after
  assert(found == 1 and said:find("NOT the same", 1, true), said)
  local code, text = backtest(words .. " --peek 20")
  assert(code == 1 and text:find("NOT the same", 1, true), text)
end

function tests.latency_comes_from_a_run()
  done(("-s quoter -d %s --to 2024-08-08T23:54:25Z --order-ms 70 --answer-ms 30 -o %s/slow")
    :format(tape, scratch))
  local text = done(("-s quoter -d %s --to 2024-08-08T23:54:20Z --latency-from %s/slow")
    :format(tape, scratch))
  assert(text:find("100.000 ms there and back", 1, true), text)
end

-- Totals by cause, the difference they add up to, and how many orders each run had.
local function compare(words, live, name)
  local json = done(("-s quoter -d %s --to 2024-08-08T23:54:35Z -o %s/%s --compare %s/%s --json %s")
    :format(tape, scratch, name, scratch, live, words))
  local causes, orders = {}, 0
  for cause, count, total in json:gmatch('"(%a+)":{"orders":(%d+),"total":"([^"]+)"}') do
    causes[cause] = {orders = tonumber(count), total = tonumber(total)}
    orders = orders + tonumber(count)
  end
  return causes, tonumber(figure(json, "difference")), orders, json
end

function tests.each_difference_is_put_down_to_an_order()
  done(("-s quoter -d %s --to 2024-08-08T23:54:35Z -o %s/live"):format(tape, scratch))
  local causes, difference, orders = compare("", "live", "again")
  assert(difference == 0 and causes.same.orders == orders and orders > 20)

  -- Of another strategy: only the one that was backtested is held against the live run.
  local other = write("other.lua", read "strategies/quoter.lua")
  done(("-s %s -d %s --to 2024-08-08T23:54:35Z -o %s/other"):format(other, tape, scratch))
  local alone = compare("", "other", "alone")
  assert(alone.decision.orders == orders and alone.same.orders == 0)

  -- A part of its time: orders of the rest are not held against it, nor those of other products.
  local json
  local words = "-s quoter -d %s --to 2024-08-08T23:54:%dZ -o %s --compare " .. scratch ..
    "/live --json"
  json = done(words:format(tape, 25, scratch .. "/part"))
  local part = tonumber(figure(json, "live_orders"))
  assert(part > 5 and part < orders and figure(json, "backtest_orders") == tostring(part), json)
  json = done(words:format("BTC-cde=" .. tape, 35, scratch .. "/cde"))
  assert(figure(json, "live_orders") == "0" and figure(json, "backtest_orders") ~= "0", json)

  -- Dearer by a hundredth of a percent: nothing but fees, on every order that filled.
  causes, difference, orders, json = compare("--fee-maker 0.0003", "live", "dearer")
  assert(causes.fees.orders > 5 and causes.fees.orders + causes.same.orders == orders)
  local fees = 0
  for total in json:gmatch('"by_fees":"([^"]+)"') do fees = fees + total end
  assert(difference > 0 and math.abs(difference - fees) < 1e-9, difference)

  -- Later: other places in the queue, other decisions; all of it adds up, and to what the runs say.
  causes, difference, orders, json = compare("--order-ms 120", "live", "later")
  local sum, counted = 0, 0
  for _, cause in pairs(causes) do
    sum, counted = sum + cause.total, counted + cause.orders
  end
  assert(counted == orders)
  assert(causes.queue.orders > 0 and causes.latency.orders > 0 and causes.fees.orders == 0)
  assert(math.abs(sum - difference) < 1e-9, json)
  local function result(name)
    local json_of_run = read(scratch .. "/" .. name .. "/run.json")
    return figure(json_of_run, "realised") - figure(json_of_run, "fees"),
      figure(json_of_run, "position")
  end
  local live, held = result "live"
  local later, left = result "later"
  if held == "0" and left == "0" then assert(math.abs(live - later - difference) < 1e-6) end
end

-- words, and what the error must say
local WRONG = {
  {"-d " .. tape, "-s STRATEGY is wanted"},
  {"-s quoter", "-d DATA is wanted"},
  {"-s quoter -d " .. tape .. " --tape", "'--tape' is no option"},
  {"-s quoter -d " .. tape .. " -p", "'-p' is no option of it, lacks its value"},
  {"-s quoter -d " .. tape .. " quoter", "'quoter' is no option"},
  {"-s quoter -d " .. tape .. " -p size", "--param wants NAME=VALUE"},
  {"-s quoter -d " .. tape .. " -p sise=1", "declares no parameter 'sise'"},
  {"-s quoter -d " .. tape .. " --from 2024-08-09 --to 2024-08-08", "--from must be before --to"},
  {"-s quoter -d " .. tape .. " --from yesterday", "--from wants a time"},
  {"-s quoter -d /nowhere", "/nowhere: No such file"},
  {"-s quoter -d tests", "no recording there"},
  {"-s quoter -d " .. tape .. " --compare x", "--compare wants --out"},
  {"-s quoter -d " .. tape .. " --latency-from /nowhere", "/nowhere"},
  {"-s nobody -d " .. tape, "no strategy 'nobody'"},
  {"-s quoter -d ETH-cde=" .. tape, "each once: -d BTC-cde=FILE"},
  {"-s quoter -c /nowhere -d " .. tape, "cannot be read"},
  {"-s quoter -d " .. tape .. " --from 2030-01-01T00:00:00Z", "it holds 2024-08-08T23:54:"},
  {"-s quoter -d " .. tape .. " --cash lots", "--cash wants dollars, more than 0, not 'lots'"},
  {"-s quoter -d " .. tape .. " --cash -5", "--cash wants dollars"},
  {"-s strategies/none.lua -d " .. tape, "none.lua"},
}

function tests.what_is_wrong_is_said()
  for _, wrong in ipairs(WRONG) do
    local code, text = backtest(wrong[1])
    assert(code ~= 0 and text:find(wrong[2], 1, true), wrong[1] .. "\n" .. text)
  end
end

-- a file, and what the error must say of it
local BAD_FILES = {
  {"", "a file with data is wanted"},
  {"a,b,c\n1,2,3\n", ":1: the columns must be"},
  {"time_s,price,size\nx,1,1\n", ":2: 'x' is no time"},
  {"time_s,price,size\n5,1,1\n4,1,1\n", ":3: time runs backwards"},
  {"time_s,price,size\n5,-1,1\n", ":2: price '-1' is not a positive decimal"},
  {"time_s,price,size,side\n5,1,1,up\n", ":2: side 'up' is neither buy nor sell"},
  {"time_s,price,size\n5,1\n", ":2: only 2 columns"},
  {"time_s,open,high,low,close,volume\n5,2,1,1,1,1\n", ":2: open and close must lie"},
  {"time_s,open,high,low,close,volume\n5,1,1,1,1,1\n5,1,1,1,1,1\n", ":3: a second bar"},
  {"time_s,open,high,low,close,volume\n5,1,1,1,1,1\n", "at least two are wanted"},
  {"recv_ns,kind,side,price,size\n1,L,B,2,x\n", ":2: size is not a decimal"},
}

function tests.a_bad_line_is_named()
  for i, bad in ipairs(BAD_FILES) do
    local path = write("bad" .. i .. ".csv", bad[1])
    local code, text = backtest("-s ma_cross -d " .. path)
    assert(code == 1 and text:find(bad[2], 1, true), bad[1] .. "\n" .. text)
  end
end

local function import(words)
  return run("import " .. words)
end

local CANDLES = "time_s,open,high,low,close,notional_usd\n"

function tests.files_of_others_become_one_that_gives_the_same_run()
  local first = write("first.csv", CANDLES .. "60,10,12,9,11,100\n120,11,11,10,10,50\n")
  local second = write("second.csv", "\xef\xbb\xbfclose,low,high,open,volume,time_ms\r\n" ..
    "12,10,13,10,4,240000\r\n")
  local code, text = import(("%s %s -o %s/both.csv"):format(first, second, scratch))
  assert(code == 0 and text:find("candles: 3 rows", 1, true) and
    text:find("120.000 s, from 1970-01-01T00:02:00", 1, true), text)
  assert(read(scratch .. "/both.csv") == "time_ns,open,high,low,close,volume\n" ..
    "60000000000,10,12,9,11,9.090909091\n120000000000,11,11,10,10,5\n240000000000,10,13,10,12,4\n")
  code, text = import(("%s -o %s/both.csv"):format(first, scratch))
  assert(code == 2 and text:find("both.csv is there already", 1, true), text)
  -- Packed, and of any kind, it plays as what it was made from.
  for of, words in pairs{[bars] = "-s ma_cross --json ",
                         [tape] = "-s quoter --json --to 2024-08-08T23:54:25Z "} do
    local copy = ("%s/copy%s.gz"):format(scratch, of:match("[^/]*%.csv"))
    assert(import(of .. " -o " .. copy) == 0)
    local function figures(path) return (done(words .. "-d " .. path):gsub('"data":%b[]', "")) end
    assert(figures(of) == figures(copy), of)
  end
end

function tests.bad_lines_are_listed_and_left_out_when_that_is_asked_for()
  local path = write("bad.csv", CANDLES .. "60,10,12,9,11,100\n120,11,11,10\n180,1,1,1,-1,1\n" ..
    "x\27[31m,1,1,1,1,1\n999999999,1,1,1,x,1\n240,1,1,1,1,1" .. (",1"):rep(9) ..
    "\n240,10,11,9,10,7\n240,10,11,9,10,7\n")
  local out = scratch .. "/good.csv"
  local code, text = import(path .. " --lines 4 -o " .. out)
  assert(code == 1 and not io.open(out) and not io.open(out .. ".part"), text)
  for _, said in ipairs{":3: only 4 columns", ":4: close '-1'", ":5: 'x?[31m' is no time",
                        ":6: close 'x'", "... and 2 more bad lines", "6 bad lines",
                        "nothing is written"} do
    assert(text:find(said, 1, true), said .. "\n" .. text)
  end
  code, text = import(path .. " --json --skip-bad -o " .. out)
  assert(code == 1 and figure(text, "rows") == "2" and figure(text, "bad") == "6", text)
  assert(text:find(":7: more than 12 columns", 1, true) and text:find(":9: a second bar", 1, true))
  assert(select(2, read(out):gsub("\n", "")) == 3)
  assert(import(out) == 0)
end

function tests.what_is_no_market_data_is_refused()
  local tape_of = write("tape.csv", "recv_ns,kind,side,price,size\n1,Q,B,1,1\n")
  local candles_of = write("candles.csv", CANDLES .. "60,10,12,9,11,100\n")
  for words, said in pairs{
    [""] = "usage", ["/nowhere"] = "No such file", ["tests"] = "a file with data is wanted",
    ["README.md"] = "README.md:1: the columns must be", ["--lines x " .. tape_of] = "--lines wants",
    [bin .. "/moongate"] = "is it a CSV", [candles_of .. " " .. tape_of] = "import them apart",
    [tape_of .. " -o /nowhere/x"] = "/nowhere/x.part", [write("head.csv", CANDLES)] = "not one row",
  } do
    local code, text = import(words)
    assert(code == 2 and text:find(said, 1, true), words .. "\n" .. text)
  end
end

local names = {}
for name in pairs(tests) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  tests[name]()
  print("ok " .. name:gsub("_", " "))
end
os.execute("rm -r " .. scratch)
