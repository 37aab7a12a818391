-- Memory runs out under pcall, again and again, for ever.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function()
  while true do
    pcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end)
  end
end}
