-- Every global replaced: the host does not lean on them.
-- ends: lives
-- says: contained
local log = host.log
local globals = _G
for name in pairs(globals) do globals[name] = false end
setmetatable, getmetatable, pairs, next, error, type = nil, nil, nil, nil, nil, nil
return {
  on_book = function(book)
    local price = book:bid()
    if price then log("info", "contained") end
  end,
  on_save = function() return {n = 1} end
}
