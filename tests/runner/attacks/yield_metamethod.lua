-- Yields out of sort, gsub and __index.
-- ends: lives
-- says: contained
local function refused(action) assert(not coroutine.resume(coroutine.create(action))) end
return {on_book = function()
  refused(function()
    table.sort({2, 1}, function() coroutine.yield() return true end)
  end)
  refused(function()
    string.gsub("a", "a", function() coroutine.yield() end)
  end)
  host.log("info", "contained")
end}
