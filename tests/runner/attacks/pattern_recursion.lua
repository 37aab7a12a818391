-- A pattern that recurses too deep in C.
-- ends: fault
-- says: pattern too complex
return {on_book = function() string.find(string.rep("a", 300000), string.rep("a?", 300000)) end}
