-- require of files that are not in the bundle.
-- ends: lives
-- says: contained
local ask = require
for _, name in ipairs{"os", "io", "debug", "cjson", "socket", "/etc/passwd", "../secret",
  "params.json", ""} do
  assert(not pcall(ask, name), name)
end
package = {path = "/?;/etc/?", loaded = {}, cpath = "/tmp/?.so"}
assert(not pcall(ask, "passwd"))
return {on_book = function() host.log("info", "contained") end}
