-- Coroutines in coroutines, as deep as they go.
-- ends: fault
-- says: stack overflow
local function down()
  local ok, why = coroutine.resume(coroutine.create(down))
  if not ok then error(why, 0) end
end
return {on_book = function() down() end}
