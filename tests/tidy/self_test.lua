-- Each rule is shown a small file that breaks it and must say so, and the same done right, about
-- which all must be silent. A rule that cannot fail guards nothing.

local rules = dofile((arg[0]:match("^.*/") or "./") .. "rules.lua")

local function lines(count, text)
    return (text .. "\n"):rep(count)
end

local BAD = {
    { "include", "core/base/a.c", '#include "model/types.h"\n' },
    { "include", "core/model/a.h", '#pragma once\n#include "engine/engine.h"\n' },
    { "include", "core/engine/a.c", '#include "wire/sign.h"\n' },
    { "include", "core/engine/a.c", '#include "io/loop.h"\n' },
    { "include", "core/engine/a.c", '#include "../../core/io/loop.h"\n' },
    { "include", "core/wire/a.c", '#  include "engine/gate.h"\n' },
    { "include", "core/sim/venue_match.c", '#include "engine/engine.h"\n' },
    { "include", "core/sim/ledger.c", '#include "engine/engine.h"\n' },
    { "include", "core/sim/auditor.c", '#include "wire/sign.h"\n' },
    { "include", "core/sim/tape.c", '#include "engine/engine.h"\n' },
    { "include", "core/io/ws.c", '#include "engine/engine.h"\n' },
    { "include", "core/io/ws.c", '#include "app/config.h"\n' },
    { "include", "core/io/ws.c", '#include "ws_private.h"\n' },
    { "include", "core/io/ws.c", "#include <lua5.4/lua.h>\n" },
    { "include", "core/app/main.c", "#include <lua.h>\n" },
    { "include", "lua/runner/a.c", '#include "engine/engine.h"\n' },
    { "include", "lua/runner/a.c", '#include "io/secret.h"\n' },
    { "include", "lua/lab/a.c", '#include "io/secret.h"\n' },
    { "forge", "core/engine/orders.c", '#include "model/approved_order_private.h"\n' },
    { "forge", "core/wire/sign.c", '#include "model/approved_order_private.h"\n' },
    { "forge", "core/app/main.c", '#include "model/approved_order_private.h"\n' },
    { "forge", "tests/io/a.c", '#include "model/approved_order_private.h"\n' },
    { "banned", "core/io/a.c", "x = strcpy(a, b);\n" },
    { "banned", "core/io/a.c", "strcat (a, b);\n" },
    { "banned", "core/io/a.c", "if (!sprintf(a, b))\n" },
    { "banned", "core/io/a.c", "gets(a);\n" },
    { "banned", "lua/runner/a.c", "strtok(a, b);\n" },
    { "banned", "core/io/a.c", "n = atoi(a);\n" },
    { "banned", "core/io/a.c", "n = -atof(a);\n" },
    { "banned", "tests/unit/io/a.c", "n = (int)strtod(a, b);\n" },
    { "banned", "core/io/a.c", "system(a);\n" },
    { "banned", "core/io/a.c", "popen(a, b);\n" },
    { "banned", "core/sim/a.c", "rand();\n" },
    { "banned", "core/io/a.c", "p = alloca(9);\n" },
    { "clock", "core/base/a.c", "time(NULL);\n" },
    { "clock", "core/engine/a.c", "now = time(0);\n" },
    { "clock", "core/wire/a.c", "gettimeofday(&a, 0);\n" },
    { "clock", "core/sim/a.c", "clock_gettime(CLOCK_REALTIME, &a);\n" },
    { "float", "core/base/a.c", "double a;\n" },
    { "float", "core/model/a.c", "x = (float)y;\n" },
    { "float", "core/engine/a.c", "const double *a;\n" },
    { "float", "core/wire/a.c", "long double a;\n" },
    { "function", "core/io/a.c", "int f(void)\n{\n" .. lines(68, "    a();") .. "}\n" },
    { "file", "core/io/a.c", lines(801, "int a;") },
    { "file", "strategies/a.lua", lines(801, "a()") },
    { "header", "core/io/a.h", "#pragma once\n" .. lines(130, "int a;") },
    { "columns", "core/io/a.c", "/* " .. ("é"):rep(98) .. "\n*/\n" },
    { "columns", "strategies/a.lua", "-- " .. ("a"):rep(98) .. "\n" },
    { "columns", "scripts/test", "# " .. ("a"):rep(99) .. "\n" },
    { "typedef", "core/io/a.c", "typedef struct a b;\n" },
    { "typedef", "core/io/a.c", "typedef  union a b;\n" },
    { "brace", "core/io/a.c", "static int f(void) {\n}\n" },
    { "unfinished", "core/io/a.c", "/* FIX" .. "ME: later */\n" },
    { "unfinished", "README.md", "TO" .. "DO\n" },
    { "unfinished", "strategies/a.lua", "-- X" .. "XX\n" },
    { "pragma", "core/io/a.h", "int a;\n" },
    { "tab", "core/io/a.c", "\tint a;\n" },
    { "path", "README.md", "see /wo" .. "rk/main\n" },
    { "path", "core/io/a.c", "/* shared/refer" .. "ence/gate.md */\n" },
    { "path", "core/io/a.c", "/* ../shared/da" .. "ta */\n" },
    { "path", "tests/sim/a.c", "/* x/shared/da" .. "ta */\n" },
}

local GOOD = {
    { "core/engine/a.c", '#include "base/map.h"\n#include "model/types.h"\n#include <string.h>\n' },
    { "core/engine/gate.c", '#include "model/approved_order_private.h"\n' },
    { "core/wire/coinbase_rest.c", '#include "model/approved_order_private.h"\n' },
    { "core/wire/coinbase_rest_place.c", '#include "model/approved_order_private.h"\n' },
    { "core/sim/world.c", '#include "engine/engine.h"\n#include "sim/venue_sim.h"\n' },
    { "core/app/main.c", '#include "engine/engine.h"\n#include "io/loop.h"\n' },
    { "lua/lab/a.c", '#include "engine/engine.h"\n#include "sim/world.h"\n#include "local.h"\n' },
    { "core/io/a.c", "snprintf(a, 1, b);\nmy_system(a);\na->system(b);\na.rand(c);\n" },
    { "core/io/a.c", "/* strcpy(a) */ char *s = \"double time( strcat(\"; // gets(a)\n" },
    { "core/io/a.c", "clock_gettime(CLOCK_MONOTONIC, &a);\nchar c = '\"'; /* it's \"odd */\n" },
    { "core/base/log.c", "clock_gettime(CLOCK_REALTIME, &a);\n" },
    { "core/engine/a.c", "/* a double spend */\nint64_t time_ns(int a);\nint doubled, floats;\n" },
    { "core/engine/a.c", "on_time(a);\nclock->time(a);\n" },
    { "core/io/a.c", "int f(void)\n{\n" .. lines(67, "    a();") .. "}\n" },
    { "core/io/a.h", "/* About. */\n#pragma once\nstruct a {\n    int b;\n};\n" },
    { "core/io/a.c", "/* " .. ("é"):rep(97) .. "\n*/\n" },
    { "README.md", ("a"):rep(300) .. "\n" },
    { "core/io/a.c", 'mkstemp("/tmp/a-' .. ("X"):rep(6) .. '");\n' },
    { "tests/sim/a.c", 'open("../shared/da' .. 'ta/x");\n' },
    { "scripts/test", "ls ../shared/da" .. "ta\n" },
    { "tests/data/blob", "\0/wo" .. "rk/\n" },
}

local wrong = 0

local function say(...)
    wrong = wrong + 1
    print(string.format(...))
end

local function rules_named(findings)
    local names = {}
    for _, finding in ipairs(findings) do names[#names + 1] = finding.rule end
    return table.concat(names, ", ")
end

for number, case in ipairs(BAD) do
    local rule, path, text = table.unpack(case)
    local findings, met = rules.check(path, text), false
    for _, finding in ipairs(findings) do met = met or finding.rule == rule end
    if not met then
        say("bad case %d (%s, %s) was not found; got: %s", number, rule, path,
            rules_named(findings))
    end
end

for number, case in ipairs(GOOD) do
    local findings = rules.check(case[1], case[2])
    if #findings > 0 then
        say("good case %d (%s) was blamed for: %s", number, case[1], rules_named(findings))
    end
end

print(("%d bad and %d good snippets, %d wrong"):format(#BAD, #GOOD, wrong))
os.exit(wrong == 0)
