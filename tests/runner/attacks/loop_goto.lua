-- A loop by goto, with a call in it.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function()
  local n = 0
  ::again::
  n = (n + 1) % 7
  goto again
end}
