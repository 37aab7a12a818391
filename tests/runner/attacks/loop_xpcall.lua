-- A handler of errors that loops itself.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function()
  xpcall(function() while true do end end, function() while true do end end)
end}
