-- No address of memory in any text.
-- ends: lives
-- says: contained
local function clean(text) assert(not text:find("0x%x+"), text) end
clean(tostring({})) clean(tostring(print)) clean(tostring(function() end))
clean(tostring(coroutine.create(print))) clean(tostring(host)) clean(tostring(decimal))
assert(not pcall(string.format, "%p", {}))
clean(string.format("%s", {}))
local _, why = pcall(error, {})
clean(tostring(why))
local _, told = pcall(function() return {} < {} end)
clean(told)
return {on_book = function(book) clean(tostring(book)) host.log("info", "contained") end}
