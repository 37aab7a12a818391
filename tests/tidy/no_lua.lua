-- A process that holds keys must hold no interpreter: no `lua_` symbol in the program, no liblua
-- among what it loads.
--     lua5.4 no_lua.lua MAIN_C PROGRAM...
-- A program that is not built is skipped (77) as long as MAIN_C does not exist either.

local function exists(path)
    local file = io.open(path)
    if file then file:close() end
    return file ~= nil
end

local function output_of(command, path)
    local pipe = assert(io.popen((command .. " '%s' 2>&1"):format(path)))
    local text = pipe:read("a")
    pipe:close()
    return text
end

local findings = 0

local function say(path, what)
    findings = findings + 1
    print(("%s: no_lua: %s"):format(path, what))
end

local function check(path)
    local symbols = output_of("nm", path) .. output_of("nm -D", path)
    -- Without this a stripped or foreign file would pass for a clean one.
    if not symbols:find(" T main\n") then say(path, "nm shows no main: build it unstripped") end
    for symbol in symbols:gmatch("%s(luaL?_[%w_]+)") do say(path, "links " .. symbol .. "()") end
    local library = output_of("ldd", path):match("liblua%S*")
    if library then say(path, "loads " .. library) end
end

local main_c = table.remove(arg, 1)
local missing = {}
for _, path in ipairs(arg) do
    if exists(path) then check(path) else missing[#missing + 1] = path end
end
for _, path in ipairs(missing) do
    if exists(main_c) then
        say(path, "is not built, though " .. main_c .. " is there")
    else
        print(path .. ": skipped: not written yet")
    end
end
print(("%d programs, %d findings"):format(#arg - #missing, findings))
os.exit(findings > 0 and 1 or #missing > 0 and 77 or 0)
