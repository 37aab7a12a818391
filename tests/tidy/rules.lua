-- The rules of the house as functions of one file's path and text, so that the self test can
-- hand them small bad files. Each finding is {line, rule, what to do}.
--
-- Words that a rule forbids are written here in two halves: the rules read this file as well.

local rules = {}

local CORE_RINGS = { base = true, model = true, engine = true, wire = true, sim = true, io = true,
    app = true }

local function set(words)
    local made = {}
    for word in words:gmatch("%S+") do made[word] = true end
    return made
end

-- What a folder may include from core/. The first pattern that matches the path decides.
local MAY_INCLUDE = {
    { "^core/base/", set "base" },
    { "^core/model/", set "base model" },
    { "^core/engine/", set "base model engine" },
    { "^core/wire/", set "base model wire" },
    -- What judges the engine must not be able to ask it: they keep their own books.
    { "^core/sim/venue", set "base model sim" },
    { "^core/sim/ledger", set "base model sim" },
    { "^core/sim/auditor", set "base model sim" },
    { "^core/sim/tape", set "base model sim" },
    { "^core/sim/fill", set "base model sim" },
    { "^core/sim/market", set "base model sim" },
    { "^core/sim/", set "base model engine sim" },
    { "^core/io/", set "base model wire io" },
    { "^core/app/", set "base model engine wire sim io app" },
    -- The files of a recording, and no other file or descriptor of the host's.
    { "^lua/lab/replay", set "base model wire engine sim io" },
    -- A backtest is a host's run without a host: its config and its journal, offline.
    { "^lua/lab/settings_config", set "base model wire engine sim app" },
    { "^lua/lab/find_config", set "base model app" },
    { "^lua/lab/backtest", set "base model wire engine sim io app" },
    { "^lua/lab/sweep", set "base model wire engine sim io app" },
    { "^lua/lab/", set "base model wire engine sim" },
    { "^lua/runner/", set "base model wire" },
    { "^lua/", set "base model wire" },
}

-- Who may know how an approved order is laid out: the gate that makes it, the codec that
-- encodes it. Anyone else could forge one.
local MAY_FORGE = { "^core/engine/gate%.c$", "^core/wire/coinbase_rest[%w_]*%.c$",
    "^core/model/approved_order",
    "^tests/unit/wire/test_rest%.c$" } -- no gate to ask there: it tests the encoder alone

local BANNED = set [[strcpy strcat sprintf vsprintf gets strtok atoi atol atoll atof strtod strtof
    system popen rand srand alloca]]
local CLOCKS = set "time gettimeofday clock_gettime timespec_get"

-- Files that break a rule for a reason.
local EXCEPTIONS = {
    -- A log line carries the wall clock; only the edge logs, and purity.lua holds the engine off.
    ["core/base/log.c"] = set "clock",
}

local MAX_FUNCTION, MAX_FILE, MAX_HEADER, MAX_COLUMNS = 70, 800, 130, 100

local function extension(path)
    local name = path:match("[^/]*$")
    if name == "CMakeLists.txt" then return "cmake" end
    if path:match("^scripts/") or path:match("^%.ci/") then return "sh" end
    return name:match("%.(%w+)$") or ""
end

local function ring_of(path)
    return path:match("^core/(%w+)/")
end

-- Blanks comments, strings and character constants, keeping every line break, so that a rule
-- about code does not read prose.
function rules.code_only(text)
    local out, at = {}, 1
    local function blank(upto)
        out[#out + 1] = text:sub(at, upto):gsub("[^\n]", " ")
        at = upto + 1
    end
    local function string_end(quote)
        local i = at + 1
        while i <= #text do
            local c = text:sub(i, i)
            if c == "\\" then i = i + 1 elseif c == quote or c == "\n" then return i end
            i = i + 1
        end
        return #text
    end
    while at <= #text do
        local plain = text:find("[/\"']", at)
        if not plain then plain = #text + 1 end
        out[#out + 1] = text:sub(at, plain - 1)
        at = plain
        local two = text:sub(at, at + 1)
        local c = two:sub(1, 1)
        if two == "/*" then
            local _, last = text:find("*/", at + 2, true)
            blank(last or #text)
        elseif two == "//" then
            blank((text:find("\n", at, true) or #text + 1) - 1)
        elseif c == "'" and text:sub(at - 1, at - 1):match("%x") then
            out[#out + 1], at = c, at + 1
        elseif c == '"' or c == "'" then
            blank(string_end(c))
        else
            out[#out + 1], at = c, at + 1
        end
    end
    return table.concat(out)
end

local function lines_of(text)
    local lines = {}
    for line in (text:sub(-1) == "\n" and text or text .. "\n"):gmatch("(.-)\n") do
        lines[#lines + 1] = line
    end
    return lines
end

local function check_includes(path, lines, add)
    local allowed
    for _, row in ipairs(MAY_INCLUDE) do
        if path:match(row[1]) then allowed = row[2] break end
    end
    for number, line in ipairs(lines) do
        local file = line:match('^%s*#%s*include%s*"([^"]+)"')
        local system = line:match("^%s*#%s*include%s*<([^>]+)>")
        local ring = file and (file:match("^(%w+)/") or file:match("core/(%w+)/"))
        if allowed and CORE_RINGS[ring] and not allowed[ring] then
            add(number, "include", ("%s must not see %s/; includes point down (core/README.md)")
                :format(path:match("^.*/"), ring))
        elseif file and path:match("^core/") and not CORE_RINGS[ring] then
            add(number, "include", "name the ring: \"ring/file.h\"")
        elseif system and path:match("^core/") and system:match("^lua") then
            add(number, "include", "the core never links Lua")
        end
        if file and file:match("approved_order_private%.h$") then
            local may = false
            for _, pattern in ipairs(MAY_FORGE) do may = may or path:match(pattern) end
            if not may then
                add(number, "forge", "only the gate and the REST encoder know an approved "
                    .. "order's layout; take `const struct approved_order *`")
            end
        end
    end
end

local function check_calls(path, code_lines, add)
    local ring, excepted = ring_of(path), EXCEPTIONS[path] or {}
    local no_clock = ring and ring ~= "io" and ring ~= "app" and not excepted.clock
    for number, line in ipairs(code_lines) do
        for before, name in (" " .. line):gmatch("([^%w_])([%a_][%w_]*)%s*%f[%(]") do
            local member = before == "." or (before == ">" and line:find("->" .. name, 1, true))
            if BANNED[name] and not member then
                add(number, "banned", name .. "() is banned: it has no bound, no error or no seed")
            elseif no_clock and CLOCKS[name] and not member then
                add(number, "clock", name .. "(): time is an argument here; take it from the turn")
            end
        end
    end
end

local NO_BINARY_FLOAT = set "base model engine wire"

local function check_words(path, code_lines, add)
    local ring = ring_of(path)
    for number, line in ipairs(code_lines) do
        local word = line:match("%f[%w_](double)%f[^%w_]") or line:match("%f[%w_](float)%f[^%w_]")
        if word and NO_BINARY_FLOAT[ring] then
            add(number, "float", "no " .. word .. " here: use base/decimal.h")
        end
        if line:match("%f[%w_]typedef%s+struct%f[^%w_]")
            or line:match("%f[%w_]typedef%s+union%f[^%w_]") then
            add(number, "typedef", "no typedef'd structs: say struct where it is used")
        end
        if line:match("^%S.*%)%s*{%s*$") and not line:match("^[%w_]*%s*=")
            and not line:match("^#") and not line:match("=%s*%(") then
            add(number, "brace", "a function's opening brace stands on its own line")
        end
    end
end

-- A function's body stands between a `{` and a `}` that are alone in the first column; its
-- length counts both and the line that names it.
function rules.functions(code_lines)
    local found, start = {}, nil
    for number, line in ipairs(code_lines) do
        if line:match("^{%s*$") then
            start = number
        elseif start and line:match("^}") then
            local naming = start - 1
            while naming > 1 and not code_lines[naming]:match("^[%a_].*%(") do
                naming = naming - 1
            end
            local name = code_lines[naming]:match("([%a_][%w_]*)%s*%(") or "?"
            found[#found + 1] = { line = naming, name = name, length = number - start + 2 }
            start = nil
        end
    end
    return found
end

local function check_c(path, text, lines, add)
    local code_lines = lines_of(rules.code_only(text))
    check_includes(path, lines, add)
    check_calls(path, code_lines, add)
    check_words(path, code_lines, add)
    local found = rules.functions(code_lines)
    for _, f in ipairs(found) do
        if f.length > MAX_FUNCTION then
            add(f.line, "function", ("%s has %d lines, %d are allowed: split it by what it does")
                :format(f.name, f.length, MAX_FUNCTION))
        end
    end
    for number, line in ipairs(lines) do
        if line:find("\t", 1, true) then add(number, "tab", "indent with 4 spaces") end
    end
    if extension(path) == "h" then
        if #lines > MAX_HEADER then
            add(MAX_HEADER, "header", ("%d lines, %d are allowed: split it or say less")
                :format(#lines, MAX_HEADER))
        end
        if not ("\n" .. text):find("\n#pragma once\n", 1, true) then
            add(1, "pragma", "begin with `#pragma once`")
        end
    end
    return found
end

local UNFINISHED = { "FIX" .. "ME", "TO" .. "DO", "X" .. "XX" }
local MACHINE = { "/wo" .. "rk/", "shared/refer" .. "ence", "shared/DES" .. "IGN" }
local DATA = "shared/da" .. "ta"

local function check_text(path, lines, add)
    local is_data = path:match("^tests/fuzz/corpus/") or path:match("^tests/data/")
    local may_name_data = path:match("^tests/") or path:match("^scripts/")
    for number, line in ipairs(lines) do
        for _, word in ipairs(UNFINISHED) do
            if not is_data and line:match("%f[%w_]" .. word .. "%f[^%w_]") then
                add(number, "unfinished", "do it, or write down elsewhere why not")
            end
        end
        for _, place in ipairs(MACHINE) do
            if line:find(place, 1, true) then
                add(number, "path", "'" .. place .. "' exists on one machine only")
            end
        end
        local rest = may_name_data and line:gsub("%.%./" .. DATA, "") or line
        if rest:find(DATA, 1, true) then
            add(number, "path", "only tests/ and scripts/ may name ../" .. DATA)
        end
    end
end

local CODE = set "c h lua cmake sh"

local function check_shape(lines, add)
    if #lines > MAX_FILE then
        add(MAX_FILE, "file", ("%d lines, %d are allowed: split it by subject")
            :format(#lines, MAX_FILE))
    end
    for number, line in ipairs(lines) do
        local columns = utf8.len(line) or #line
        if columns > MAX_COLUMNS then
            add(number, "columns", ("%d columns, %d are allowed"):format(columns, MAX_COLUMNS))
        end
    end
end

-- Returns the findings and, for C, the functions that were met.
function rules.check(path, text)
    local findings, found = {}, {}
    local function add(line, rule, advice)
        findings[#findings + 1] = { line = line, rule = rule, advice = advice }
    end
    if text:find("\0", 1, true) then return findings, found end
    local lines, kind = lines_of(text), extension(path)
    check_text(path, lines, add)
    if CODE[kind] then check_shape(lines, add) end
    if kind == "c" or kind == "h" then found = check_c(path, text, lines, add) end
    table.sort(findings, function(a, b) return a.line < b.line end)
    return findings, found
end

return rules
