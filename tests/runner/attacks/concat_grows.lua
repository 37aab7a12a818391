-- A __concat that the stack has to grow in: Debian's Lua 5.4.4 loses the operands or the process.
-- ends: lives
-- says: contained
local given = {}
local object = setmetatable({}, given)
given.__concat = function() return "x" end
return {on_book = function()
  for depth = 0, 150 do
    local function down(n)
      if n == 0 then return object .. "y" end
      local a, b = down(n - 1), 1
      return a, b
    end
    assert(not coroutine.resume(coroutine.create(function() return (down(depth)) end)))
  end
  host.log("info", "contained")
end}
