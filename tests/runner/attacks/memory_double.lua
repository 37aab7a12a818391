-- A string that doubles until it cannot.
-- ends: fault
-- says: not enough memory
return {on_book = function()
  local s = "x"
  while true do s = s .. s end
end}
