-- Widths and unpacking of sizes nobody has.
-- ends: fault
-- says: 
return {on_book = function()
  assert(not pcall(string.format, "%99999d", 1))
  assert(not pcall(string.pack, "s1", string.rep("x", 300)))
  table.unpack({}, 1, 1e8)
end}
