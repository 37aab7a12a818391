-- Closures over closures.
-- ends: fault
-- says: not enough memory
return {on_book = function()
  local f = function() end
  while true do local g = f f = function() return g() end end
end}
