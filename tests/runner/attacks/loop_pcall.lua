-- A loop that catches the deadline and goes on.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function()
  while true do pcall(function() while true do end end) end
end}
