-- The same by way of gsub and nested captures.
-- ends: dead
-- says: hard deadline
-- deadline: short
return {on_book = function()
  string.gsub(string.rep("a", 60000), string.rep(".-", 20) .. "b", "")
end}
