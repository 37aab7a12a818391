-- `cmake --install` puts down what the README and the units count on, and the shipped examples are
-- right where the units run them.
local build = ...

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return text, code
end

local function check(holds, ...) if not holds then error(string.format(...), 0) end end

local root = run("mktemp -d"):match("%S+")
local said, code = run(("DESTDIR=%s cmake --install %s --prefix /usr"):format(root, build))
check(code == 0, "cmake --install: %s", said)

for _, path in ipairs{"bin/moongate", "bin/moongate-runner", "bin/moongate-lab",
                      "bin/moongate-watch", "bin/moongate-exchange",
                      "share/man/man1/moongate.1", "share/man/man1/moongate-watch.1",
                      "share/moongate/lua/lib/series.lua", "share/moongate/lua/meta/moongate.lua",
                      "share/moongate/strategies/quoter.lua",
                      "share/moongate/risk_rules/cooldown.lua",
                      "share/moongate/config/production.conf",
                      "share/doc/moongate/docs/operator.md", "share/doc/moongate/LICENSE",
                      "lib/systemd/system/moongate@.service",
                      "lib/systemd/system/moongate-watch@.service",
                      "lib/sysusers.d/moongate.conf"} do
  check(select(2, run(("test -s %s/usr/%s"):format(root, path))) == 0, "/usr/%s is missing", path)
end
for name in run(("ls %s/usr/share/moongate/config/*.conf"):format(root)):gmatch("[^\n]+") do
  said, code = run(("cd %s/usr/share/moongate && ../../bin/moongate check -c %s"):format(root,
    name))
  check(not said:find("%.lua"), "scripts of %s are not found from share/moongate: %s", name, said)
  check(code == 0 or said:find("key", 1, true), "%s: %s", name, said)
end
run("rm -rf " .. root)
