-- Scripts see two globals of the host beside the language; specs see busted's words.
std = "lua54"
max_line_length = 100
exclude_files = {"build*", "tests/runner/attacks"} -- attacks are wrong on purpose
local scripts = {read_globals = {"host", "decimal"}}
files["strategies"] = scripts
files["risk_rules"] = scripts
files["lua/lib"] = scripts
files["tests/unit/script/chunks"] = scripts
files["tests/e2e/scripts"] = scripts
files["tests/process/scripts"] = scripts
files["tests/bench/pinger.lua"] = scripts
files["lua/meta"] = {ignore = {"111", "112", "113", "121", "131", "212", "241"}}
files["**/*_spec.lua"] = {std = "lua54+busted", globals = {}, read_globals = {}}
