-- A __tostring that never ends, called while an error is told.
-- ends: fault
-- says: soft deadline
-- deadline: short
return {on_book = function()
  error(setmetatable({}, {__tostring = function() while true do end end}))
end}
