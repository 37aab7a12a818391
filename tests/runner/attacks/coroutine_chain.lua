-- Chains of dead, running and wrapped coroutines.
-- ends: lives
-- says: contained
return {on_book = function()
  local co
  co = coroutine.create(function()
    assert(not coroutine.resume(co))
    assert(coroutine.status(co) == "running")
    coroutine.yield()
    error({})
  end)
  assert(coroutine.resume(co))
  assert(not coroutine.resume(co))
  assert(not coroutine.resume(co))
  local chain = function() end
  for i = 1, 100 do
    local inner = chain
    chain = coroutine.wrap(function() inner() coroutine.yield(i) end)
  end
  pcall(chain)
  host.log("info", "contained")
end}
