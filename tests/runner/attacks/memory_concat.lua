-- table.concat to more than there is.
-- ends: fault
-- says: not enough memory
return {on_book = function()
  local t = {}
  for i = 1, 4096 do t[i] = string.rep("x", 1024) end
  while true do t = {table.concat(t), table.concat(t)} end
end}
