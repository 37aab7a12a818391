-- What does not compile.
-- ends: refused
-- says: syntax.lua:4
return {on_book = function( end}
