-- Methods called with the wrong self.
-- ends: lives
-- says: contained
return {on_book = function(book)
  for _, wrong in ipairs{1, "text", {}, print, true, decimal("1")} do
    assert(not pcall(book.bid, wrong))
    assert(not pcall(book.level, wrong, "bid", 1))
  end
  assert(not pcall(decimal("1").div, book, "1", "down", 9))
  for _, at in ipairs{0, -1, 1e18, math.mininteger, 2^53, 0 / 0, "x", {}} do
    pcall(book.level, book, "bid", at)
  end
  host.log("info", "contained")
end}
