-- Holds every file that git tracks, or would track, to the rules in rules.lua.
--     lua5.4 tests/tidy/tidy.lua [root]
-- Prints `file:line: rule: what to do` per finding and exits 1 when there is one.

local here = arg[0]:match("^.*/") or "./"
local rules = dofile(here .. "rules.lua")
local root = arg[1] or here .. "../.."

local function tracked_files()
    local command = ("git -C '%s' ls-files -z --cached --others --exclude-standard"):format(root)
    local pipe = assert(io.popen(command))
    local all = pipe:read("a")
    if not pipe:close() or all == "" then
        io.stderr:write("tidy: git lists no files in ", root, "\n")
        os.exit(2)
    end
    local files = {}
    for path in all:gmatch("[^\0]+") do files[#files + 1] = path end
    table.sort(files)
    return files
end

local findings, functions, file_count = 0, {}, 0

for _, path in ipairs(tracked_files()) do
    -- A file that was deleted but not yet committed is listed and cannot be opened.
    local file = io.open(root .. "/" .. path, "rb")
    local text = file and file:read("a")
    if text then
        file_count = file_count + 1
        local found, met = rules.check(path, text)
        for _, finding in ipairs(found) do
            findings = findings + 1
            print(("%s:%d: %s: %s"):format(path, finding.line, finding.rule, finding.advice))
        end
        for _, f in ipairs(met) do
            f.path = path
            functions[#functions + 1] = f
        end
    end
    if file then file:close() end
end

table.sort(functions, function(a, b) return a.length < b.length end)
if #functions > 0 then
    local middle, longest = functions[(#functions + 1) // 2], functions[#functions]
    print(("%d files, %d C functions: median %d lines, 95th percentile %d, longest %d (%s:%d %s)")
        :format(file_count, #functions, middle.length,
            functions[math.ceil(#functions * 0.95)].length, longest.length, longest.path,
            longest.line, longest.name))
end
print(findings == 0 and "tidy" or findings .. " findings")
os.exit(findings == 0)
