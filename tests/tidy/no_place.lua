-- The watcher must be unable to place anything, by what it links: no encoder of an order, nothing
-- of the gate, the engine or the host's link, and no path that an order could be sent to.
--     lua5.4 no_place.lua WATCHER HOST
-- The host is looked at too: what is not found there is not called that any more, and would not
-- be found in the watcher either.

-- Functions, each with why.
local SYMBOLS = {
    { "coinbase_rest_encode_place", "writes an order" },
    { "link_place", "sends an order" },
    { "link_command", "carries out the engine's commands" },
    { "gate_approve", "makes an approved order" },
    { "gate_reapprove", "makes one again" },
    { "engine_create", "is the engine" },
    { "turn_run", "is the engine's turn" },
}
local PLACE_PATH = "/api/v3/brokerage/orders" -- a whole string: orders are posted there

local findings = 0

local function say(...)
    findings = findings + 1
    print(("no_place: " .. ...):format(select(2, ...)))
end

local function lines_of(command, path)
    local pipe = assert(io.popen((command .. " '%s' 2>&1"):format(path)))
    local lines = {}
    for line in pipe:lines() do lines[#lines + 1] = line end
    pipe:close()
    return lines
end

local function symbols_of(path)
    local found = {}
    for _, line in ipairs(lines_of("nm", path)) do
        local name = line:match("%s%a%s([%w_.]+)$")
        if name then found[name:match("^[^.]+")] = true end
    end
    if not found.main then say("nm shows no main in %s: build it unstripped", path) end
    return found
end

local function texts_of(path)
    local found = {}
    for _, line in ipairs(lines_of("strings -a -n 6", path)) do found[line] = true end
    return found
end

local watcher, host = arg[1], arg[2]
local watcher_symbols, host_symbols = symbols_of(watcher), symbols_of(host)
for _, row in ipairs(SYMBOLS) do
    if watcher_symbols[row[1]] then say("%s links %s, which %s", watcher, row[1], row[2]) end
    if not host_symbols[row[1]] then say("%s has no %s any more", host, row[1]) end
end
if not watcher_symbols.coinbase_rest_encode_cancel then
    say("%s cannot even cancel", watcher)
end
if texts_of(watcher)[PLACE_PATH] then say("%s names %s", watcher, PLACE_PATH) end
if not texts_of(host)[PLACE_PATH] then say("%s does not name %s any more", host, PLACE_PATH) end
print(findings .. " findings")
os.exit(findings > 0 and 1 or 0)
