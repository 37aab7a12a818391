-- Orders that contradict themselves, and fields nobody knows.
-- ends: lives
-- says: contained
local id = host.products()[1]
local function refused(order) assert(not pcall(host.place, order)) end
return {on_book = function()
  local good = {product = id, side = "buy", type = "limit", price = "60000", size = "0.01"}
  for name, bad in pairs{product = "BTC-USD", side = "both", type = "iceberg", tif = "forever",
    post_only = 5, leverage = 100, client_id = "forged", account = "other"} do
    local order = {}
    for k, v in pairs(good) do order[k] = v end
    order[name] = bad
    refused(order)
  end
  refused(nil)
  refused("text")
  refused(setmetatable({}, {__index = function() error("trap") end}))
  host.log("info", "contained")
end}
