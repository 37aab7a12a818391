-- Coroutines without end, all kept.
-- ends: fault
-- says: not enough memory
return {on_book = function()
  local all = {}
  while true do all[#all + 1] = coroutine.create(function() end) end
end}
