-- A coroutine that catches the deadline, and is begun again for ever.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function()
  while true do
    coroutine.resume(coroutine.create(function()
      while true do pcall(function() while true do end end) end
    end))
  end
end}
