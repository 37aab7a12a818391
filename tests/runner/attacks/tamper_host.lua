-- The host's own objects cannot be bent to hand out what they hold.
-- ends: lives
-- says: contained
local function sealed(object)
  local m = getmetatable(object)
  return m == nil or m == false or type(m) == "string" or not pcall(setmetatable, object, {})
end
local checked
return {on_book = function(book)
  if not checked then
    assert(sealed(book) and sealed(decimal("1")))
    pcall(rawset, book, "bid", function() return 1 end)
    checked = true
  end
  assert(book:bid() ~= 1)
  host.log("info", "contained")
end}
