-- An error whose __tostring raises another.
-- ends: fault
-- says: 
return {on_book = function()
  error(setmetatable({}, {__tostring = function() error("again") end}))
end}
