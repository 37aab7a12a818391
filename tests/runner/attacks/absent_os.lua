-- os.execute, called.
-- ends: fault
-- says: os
return {on_book = function() os.execute("touch /tmp/owned") end}
