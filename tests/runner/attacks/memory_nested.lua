-- Tables in tables, all kept.
-- ends: fault
-- says: not enough memory
local root = {}
return {on_book = function()
  while true do root = {root, {root}} end
end}
