-- Lines of log as long as memory allows.
-- ends: lives
-- says: xxxxxxxx
return {on_book = function() host.log("info", string.rep("x", 1024 * 1024)) end}
