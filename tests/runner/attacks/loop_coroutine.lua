-- A loop inside of a coroutine, inside of another.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function()
  while true do
    coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()
  end
end}
