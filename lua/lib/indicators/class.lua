--- The ground of all indicators: how one is made, saved and loaded.
--
--     local Sma = class("sma", {}, {"window"})
--     local sma = Sma:new({length}, {window = series.new(length)})
--     sma:save()                a table that on_save may keep
--     sma:load(saved)           true when it went on from there
--
-- An indicator is its parameters, a few plain fields, and windows or other indicators inside it.
-- What was saved under other parameters is another indicator: load leaves the new one as it is.

--- `fields`: names of numbers and booleans that change. `parts`: names of what has save and load.
return function(name, fields, parts)
  local class = {}
  class.__index = class

  function class:new(parameters, object)
    local words = {name}
    for i, value in ipairs(parameters) do words[i + 1] = tostring(value) end
    object.key = table.concat(words, " ")
    return setmetatable(object, self)
  end

  function class:save()
    local saved = {key = self.key}
    for _, field in ipairs(fields) do saved[field] = self[field] end
    for _, part in ipairs(parts or {}) do saved[part] = self[part]:save() end
    return saved
  end

  function class:load(saved)
    if type(saved) ~= "table" or saved.key ~= self.key then return false end
    for _, field in ipairs(fields) do self[field] = saved[field] end
    for _, part in ipairs(parts or {}) do self[part]:load(saved[part]) end
    return true
  end

  return class
end
