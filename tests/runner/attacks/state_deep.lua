-- Saved state a thousand tables deep.
-- ends: fault
-- says: 
return {on_save = function()
  local deep = {}
  for i = 1, 1000 do deep = {deep} end
  return deep
end}
