-- The engine is pure: from its library one reaches base, model, libc's memory and string calls,
-- abort and the 128-bit division helpers, and nothing else. No clock, no file, no randomness.
--     lua5.4 purity.lua moongate_engine.a moongate_model.a moongate_base.a
-- Wants a build without sanitizers, whose helpers would hide what is looked for.
--
-- What counts is what can be reached: starting at every object of the engine, an undefined
-- symbol leads to the object of model or base that defines it, and that one's are asked in turn.

local function set(words)
    local made = {}
    for word in words:gmatch("%S+") do made[word] = true end
    return made
end

local ALLOWED = set [[memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp strchr
    abort __stack_chk_fail __udivti3 __umodti3 __divti3 __modti3 __udivmodti4 __divmodti4 __multi3
    _GLOBAL_OFFSET_TABLE_ __memcpy_chk __memset_chk __memmove_chk]]

-- Objects of base that may ask for more, each with its reason.
local ALLOWED_IN = {
    ["check.c.o"] = set "fprintf fputs fwrite stderr __fprintf_chk", -- a bug's last words
    ["arena.c.o"] = set "calloc free",                       -- once, at create
    ["err.c.o"] = set "vsnprintf snprintf __vsnprintf_chk __snprintf_chk", -- into memory only
    ["buf.c.o"] = set "realloc free vsnprintf __vsnprintf_chk",
}

-- Objects the engine must not reach at all, though they define what it asks for.
local FORBIDDEN = { ["log.c.o"] = "the edge logs, not the engine",
    ["prng.c.o"] = "randomness comes in as an event" }

local objects, defined_by, start = {}, {}, {}

local function read_archive(path, is_engine)
    local pipe = assert(io.popen(("nm -A '%s' 2>&1"):format(path)))
    local seen = 0
    for line in pipe:lines() do
        local member, kind, symbol = line:match("^[^:]+:([^:]+):%x*%s+(%a)%s+(%S+)$")
        if member then
            seen = seen + 1
            local key = path .. ":" .. member
            local object = objects[key]
            if not object then
                object = { member = member, needs = {} }
                objects[key] = object
                if is_engine then start[#start + 1] = object end
            end
            if kind == "U" or kind == "w" or kind == "v" then
                object.needs[#object.needs + 1] = symbol
            elseif kind:match("%u") or kind == "u" then
                defined_by[symbol] = object
            end
        end
    end
    pipe:close()
    return seen
end

local function follow(findings)
    local queue, reached = {}, {}
    local function reach(object)
        if not reached[object] then
            reached[object] = true
            queue[#queue + 1] = object
        end
    end
    for _, object in ipairs(start) do reach(object) end
    for _, object in ipairs(queue) do
        local extra = ALLOWED_IN[object.member] or {}
        for _, symbol in ipairs(object.needs) do
            local definer = defined_by[symbol]
            if definer and FORBIDDEN[definer.member] then
                findings[#findings + 1] = ("%s: purity: %s(): %s"):format(object.member, symbol,
                    FORBIDDEN[definer.member])
            elseif definer then
                reach(definer)
            elseif symbol:match("^__asan") or symbol:match("^__ubsan") then
                io.stderr:write("purity: wants a build without sanitizers\n")
                os.exit(2)
            elseif not ALLOWED[symbol] and not extra[symbol] then
                findings[#findings + 1] = ("%s: purity: %s: the engine reaches outside; let it "
                    .. "come in as an event or go out as a command"):format(object.member, symbol)
            end
        end
    end
    return #queue
end

if #arg < 3 then
    io.stderr:write("usage: purity.lua ENGINE.a MODEL.a BASE.a\n")
    os.exit(2)
end
for i, path in ipairs(arg) do
    if read_archive(path, i == 1) == 0 then
        print("purity: no symbols in " .. path)
        os.exit(1)
    end
end
local findings = {}
local reached = follow(findings)
for _, finding in ipairs(findings) do print(finding) end
print(("%d objects of the engine, %d reached, %d findings"):format(#start, reached, #findings))
os.exit(#findings == 0)
