-- Types docs/tutorial.md, word for word, in a new folder, with what `cmake --install` puts down:
--     lua5.4 tutorial.lua BUILD SOURCE
-- Its sh blocks are one session that ends at the first failure; each line of its text blocks must
-- have been said. Only the exchange's port is another one, so that nobody's 8443 is in the way.
local build, source = arg[1], arg[2]

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return text, code
end

local function check(holds, ...) if not holds then error(string.format(...), 0) end end

--- As it is read: blanks are one blank.
local function words(text) return (text:gsub("%s+", " ")) end

local folder = run("mktemp -d"):match("%S+")

local function session(tutorial)
  local lines = {"set -e", "trap 'kill $host $exchange 2>/dev/null || true' EXIT",
    ("house=%s/usr/share/moongate PATH=%s/usr/bin:$PATH"):format(folder, folder),
    ("mkdir %s/hour; cd %s/hour"):format(folder, folder)}
  for block in tutorial:gmatch("```sh\n(.-)```") do lines[#lines + 1] = block end
  local port = tostring(math.random(20000, 30000))
  assert(os.execute(("sed -i s/8443/%s/ %s/usr/share/moongate/config/loopback.conf"):format(port,
    folder)))
  return (table.concat(lines, "\n"):gsub("8443", port))
end

local ok, why = pcall(function()
  local said, code = run(("cmake --install %s --prefix %s/usr"):format(build, folder))
  check(code == 0, "cmake --install: %s", said)
  local tutorial = read(source .. "/docs/tutorial.md")
  local file = assert(io.open(folder .. "/session", "w"))
  file:write(session(tutorial))
  file:close()
  said, code = run(("timeout 100 bash %s/session"):format(folder))
  check(code == 0, "the tutorial ended with %s:\n%s\n%s", code, said:sub(-3000),
    (run("tail -n 5 " .. folder .. "/hour/*.log")))
  for block in tutorial:gmatch("```text\n(.-)```") do
    for line in block:gmatch("[^\n]+") do
      check(words(said):find(words(line), 1, true), "not said: %s\nbut:\n%s", line, said)
    end
  end
  check(words(said):find("idea strategy ready active 2 ", 1, true), "no reload:\n%s", said)
end)
run("rm -rf " .. folder)
check(ok, "%s", why)
print("as it is written")
