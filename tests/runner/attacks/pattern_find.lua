-- A pattern that takes string.find minutes, where no hook reaches.
-- ends: dead
-- says: hard deadline
-- deadline: short
return {on_book = function()
  string.find(string.rep("a", 40), string.rep("a?", 40) .. string.rep("a", 41) .. "b")
end}
