--- Counts what a rule answers and says so in the log: at the first order that it refuses or
-- shrinks, then at most once a minute while it is asked, and at its end. The counts go on over a
-- reload.
--
--     local counted = require "counted"
--     function rule.judge(intent, book)
--       if ... then return false, "spread 12.00 bps is above 10.00", "spread" end  -- reason, kind
--       return true
--     end
--     return counted(rule)
--
-- says: asked 40, refused 12: depth 2, spread 10
local REPORT_NS = 60 * 1000000000

---@param rule Rule judge may return a third value, the kind of refusal that is counted
---@return Rule
return function(rule)
  local judge, on_save, on_reload, on_stop = rule.judge, rule.on_save, rule.on_reload, rule.on_stop
  local asked, refused, shrunk, kinds = 0, 0, 0, {}
  local told_at

  local function report()
    local parts = {}
    for kind, count in pairs(kinds) do parts[#parts + 1] = kind .. " " .. count end
    told_at = host.uptime()
    host.log("info", string.format("asked %d, refused %d%s: %s", asked, refused,
      shrunk > 0 and ", shrunk " .. shrunk or "", table.concat(parts, ", ")))
  end

  function rule.judge(intent, book)
    local allowed, reason, kind = judge(intent, book)
    asked = asked + 1
    if allowed ~= true then
      kind = kind or "other"
      kinds[kind] = (kinds[kind] or 0) + 1
      if decimal.is(allowed) then shrunk = shrunk + 1 else refused = refused + 1 end
    end
    local news = refused + shrunk > 0
    if news and (not told_at or host.uptime() - told_at >= REPORT_NS) then report() end
    return allowed, reason
  end

  function rule.on_stop()
    if refused + shrunk > 0 then report() end
    if on_stop then on_stop() end
  end

  function rule.on_save()
    return {asked = asked, refused = refused, shrunk = shrunk, kinds = kinds,
            rule = on_save and on_save()}
  end

  function rule.on_reload(saved)
    saved = saved or {}
    asked, refused, kinds = saved.asked or 0, saved.refused or 0, saved.kinds or {}
    shrunk = saved.shrunk or 0
    if refused + shrunk > 0 then told_at = host.uptime() end -- the old version has just said so
    if on_reload then on_reload(saved.rule) end
  end

  return rule
end
