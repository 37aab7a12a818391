-- What opens files, runs programs or looks behind the curtain is not there.
-- ends: lives
-- says: contained
for _, name in ipairs{"os", "io", "debug", "package", "load", "loadstring", "loadfile", "dofile",
  "collectgarbage", "newproxy", "jit", "ffi", "cjson", "warn", "rawnext"} do
  assert(_G[name] == nil, name)
end
assert(not string.dump and not coroutine.close and not math.random and not math.randomseed)
for _, call in ipairs{function() return os.execute("id") end,
  function() return io.open("/etc/passwd") end, function() return debug.getregistry() end,
  function() return load("return 1")() end,
  function() return string.dump(print) end, function() return collectgarbage("stop") end} do
  assert(not pcall(call))
end
return {on_book = function() host.log("info", "contained") end}
