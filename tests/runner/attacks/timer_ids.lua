-- More timers than there are, and at odd times.
-- ends: lives
-- says: contained
return {on_book = function()
  for _, id in ipairs{-1, 64, 1e9, 1 << 40, 0.5, "x", {}} do
    if id ~= 0 then pcall(host.timer, id, 1) end
  end
  for _, seconds in ipairs{-1, 0 / 0, 1 / 0, -1 / 0, 1e300, "x", {}} do
    assert(not pcall(host.timer, 1, seconds), tostring(seconds))
  end
  host.log("info", "contained")
end}
