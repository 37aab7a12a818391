-- Plants a bug in a copy of one source file, links the simulation with it, and wants it found.
--     lua5.4 mutants.lua SOURCE OUT CC SEEDS [-only NAME] -- LINK...
-- Each mutants/NAME.patch says in its first line what it breaks; the rest is the patch. The shipped
-- sources hold no mutant. A mutant that survives is a hole in the invariants, and one whose patch
-- no longer applies says nothing: both fail.

local source, out, cc, seeds = arg[1], arg[2], arg[3], arg[4]
local link, only = {}, nil
do
    local at = 5
    if arg[at] == "-only" then only, at = arg[at + 1], at + 2 end
    assert(arg[at] == "--", "usage: mutants.lua SOURCE OUT CC SEEDS [-only NAME] -- LINK...")
    for i = at + 1, #arg do link[#link + 1] = arg[i] end
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function run(...)
    local words = {}
    for _, word in ipairs { ... } do words[#words + 1] = word end
    return os.execute(table.concat(words, " "))
end

local function read(path)
    local file = assert(io.open(path))
    local text = file:read("a")
    file:close()
    return text
end

local function names()
    local found = {}
    local pipe = assert(io.popen("ls " .. quote(source .. "/tests/sim/mutants")))
    for line in pipe:lines() do
        local name = line:match("^([%w_]+)%.patch$")
        if name and (not only or name == only) then found[#found + 1] = name end
    end
    pipe:close()
    return found
end

-- nil and what went wrong, or the program.
local function build(name)
    local patch = source .. "/tests/sim/mutants/" .. name .. ".patch"
    local file = read(patch):match("\n%+%+%+ b/(%S+)")
    local work = out .. "/" .. name
    local mutated, object, program = work .. "/" .. file, work .. "/mutant.o", work .. "/sim"
    run("rm -rf", quote(work), "&& mkdir -p", quote(mutated:match("^.*/")))
    run("cp", quote(source .. "/" .. file), quote(mutated))
    if not run("patch -s -p1 -d", quote(work), "<", quote(patch)) then
        return nil, "its patch no longer applies"
    end
    if not run(quote(cc), "-O2 -std=gnu11 -c -I", quote(source .. "/core"), "-o", quote(object),
        quote(mutated)) then
        return nil, "it does not compile"
    end
    -- Before the libraries: what the object defines is not taken from them.
    local words = { quote(cc), "-o", quote(program), quote(object) }
    for _, word in ipairs(link) do words[#words + 1] = quote(word) end
    if not run(table.unpack(words)) then return nil, "it does not link" end
    return program
end

local function find(program)
    local pipe = assert(io.popen(quote(program) .. " --seeds " .. seeds
        .. " --jobs 2 --stop --no-shrink --quiet 2>&1"))
    local said = pipe:read("a")
    local _, how, code = pipe:close()
    if how == "exit" and code == 0 then return nil end
    return said:match("(seed %d+ broke `[%w_]+`)") or "a CHECK ended the host"
end

local all, found = names(), 0
assert(#all > 0, "no mutants")
for _, name in ipairs(all) do
    local program, why = build(name)
    local how = program and find(program)
    if how then found = found + 1 end
    print(("%-26s %s"):format(name, how or ("NOT FOUND: " .. (why or "it survived"))))
end
print(("%d of %d found"):format(found, #all))
os.exit(found == #all)
