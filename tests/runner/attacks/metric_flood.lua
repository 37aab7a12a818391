-- Figures without end, of names without end, and of numbers that are none.
-- ends: lives
-- says: contained
return {on_book = function()
  local refused = 0
  for i = 1, 1000 do
    if not pcall(host.metric, "name " .. i, i) then refused = refused + 1 end
  end
  assert(refused == 1000 - 32, refused)
  for _, value in ipairs{0 / 0, 1 / 0, -1 / 0, "x", {}, print} do
    assert(not pcall(host.metric, "name 1", value), tostring(value))
  end
  for _, name in ipairs{"", ("n"):rep(1000), "a\nb", "\0", 7, {}, false} do
    pcall(host.metric, name, 1)
  end
  host.log("info", "contained")
end}
