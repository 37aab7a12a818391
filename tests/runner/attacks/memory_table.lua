-- A table that grows to ten gigabytes.
-- ends: fault
-- says: not enough memory
return {on_book = function()
  local t = {}
  for i = 1, 1e9 do t[i] = i end
end}
