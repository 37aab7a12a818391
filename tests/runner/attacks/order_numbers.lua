-- Prices and sizes that are no numbers, or too many digits of one.
-- ends: lives
-- says: contained
local id = host.products()[1]
local function refused(price, size)
  local order = {product = id, side = "buy", type = "limit", price = price, size = size}
  assert(not pcall(host.place, order), tostring(price) .. " " .. tostring(size))
end
local wrong = {0 / 0, 1 / 0, -1 / 0, 1e400, 1e300, 0.1, "NaN", "inf", "1e5", "0x10", "", " 1",
  "1,5", string.rep("9", 40), "1." .. string.rep("0", 10) .. "1", {}, print, true, math.mininteger}
return {on_book = function()
  for _, bad in ipairs(wrong) do
    refused(bad, "0.01")
    refused("60000", bad)
  end
  host.log("info", "contained")
end}
