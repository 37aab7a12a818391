--- busted's helper of `moongate test`: that anything was tested; with --coverage which lines of the
-- scripts ran. The laboratory counts them in the runner library; luac tells which lines there are.
local busted = require "busted"

local tests = 0
busted.subscribe({"test", "end"}, function()
  tests = tests + 1
  return nil, true
end)

--- A wrong path is no green test.
busted.subscribe({"exit"}, function()
  if tests == 0 then
    io.stderr:write("moongate test: no test ran; a script's spec stands beside it, NAME_spec.lua\n")
    os.exit(1)
  end
  return nil, true
end)

if not os.getenv("MOONGATE_LAB_COVERAGE") then return end

--- The lines that hold code, of a file that compiles; nil of others.
local function code_lines(path)
  local quoted = "'" .. path:gsub("'", "'\\''") .. "'"
  local listing = io.popen("luac5.4 -l -l -p " .. quoted .. " 2>/dev/null")
  if not listing then return end
  local lines, found = {}, false
  for row in listing:lines() do
    local line, code = row:match("^%s+%d+%s+%[(%d+)%]%s+(%u+)")
    -- A chunk's first and last instructions stand on no line of their own.
    if line and code ~= "VARARGPREP" and code ~= "RETURN" and code ~= "RETURN0" then
      lines[tonumber(line)], found = true, true
    end
  end
  listing:close()
  return found and lines
end

--- "12-14 20" of the lines that never ran.
local function ranges(missed)
  table.sort(missed)
  local list, from = {}, nil
  for i, line in ipairs(missed) do
    from = from or line
    if missed[i + 1] ~= line + 1 then
      list[#list + 1] = from == line and tostring(line) or from .. "-" .. line
      from = nil
    end
  end
  return table.concat(list, " ")
end

--- A module's chunk is named "@a.b.lua": where the library has it, it is a/b.lua.
local function path_of(file)
  local module = file:match("^@(.*)%.lua$")
  if not module then return file end
  return (os.getenv("MOONGATE_LAB_LIBRARY") or "lua/lib") .. "/" .. module:gsub("%.", "/") .. ".lua"
end

local function report()
  local covered, files = require("moongate_lab").coverage(), {}
  for file in pairs(covered) do files[#files + 1] = file end
  table.sort(files, function(a, b) return path_of(a) < path_of(b) end)
  io.write("\n  lines    of     %  file: lines that never ran\n")
  for _, file in ipairs(files) do
    local lines, ran, all, missed = code_lines(path_of(file)), 0, 0, {}
    for line in pairs(lines or {}) do
      all = all + 1
      if covered[file][line] then ran = ran + 1 else missed[#missed + 1] = line end
    end
    if all > 0 then
      io.write(("%7d %5d %5.1f  %s%s\n"):format(ran, all, 100 * ran / all, path_of(file),
        #missed > 0 and ": " .. ranges(missed) or ""))
    end
  end
end

busted.subscribe({"exit"}, function()
  report()
  return nil, true
end)
