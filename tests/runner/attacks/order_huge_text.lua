-- Text of megabytes where a word belongs.
-- ends: lives
-- says: contained
local huge = string.rep("A", 4 * 1024 * 1024)
local id = host.products()[1]
local function refused(name)
  local order = {product = id, side = "buy", type = "limit", price = "1", size = "1"}
  order[name] = huge
  assert(not pcall(host.place, order), name)
end
return {on_book = function()
  refused("product") refused("side") refused("type") refused("price") refused("size")
  assert(not pcall(decimal, huge))
  host.log("info", "contained")
end}
