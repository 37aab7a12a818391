-- Timers of a thousand million seconds, of none, of less than none, and of what is no number.
-- ends: lives
-- says: contained
return {on_book = function()
  for _, seconds in ipairs{1e9, 0, "0.000000001", 1e300, -1, 0 / 0, 1 / 0, math.maxinteger,
      math.mininteger, "x", {}, "1e9", decimal("100000000000000000000")} do
    pcall(host.timer, 1, seconds)
  end
  for _, id in ipairs{-1, 64, 1 << 40, 0.5, "x", {}} do assert(not pcall(host.timer, id, 1)) end
  host.log("info", "contained")
end}
