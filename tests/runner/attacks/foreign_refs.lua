-- Cancels of orders that are not its own, by names it made up.
-- ends: lives
-- says: contained
return {on_book = function()
  for _, ref in ipairs{0, -1, 1, 1 << 62, math.mininteger, 0.5, "x", {}} do
    pcall(host.cancel, ref)
  end
  host.log("info", "contained")
end}
