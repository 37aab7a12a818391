--- A script's manifest, its metrics and its state's version, in the laboratory and in real jails.
local lab = require "moongate_lab"

local BTC = "BTC-PERP-INTX"
local build = os.getenv("MOONGATE_BUILD") or "build-plain"
local runner = io.open(build .. "/bin/moongate-runner") and build .. "/bin/moongate-runner"

local function script(manifest, body)
  return ("host.manifest{%s}\nlocal strategy = {state_version = 2}\n%s\nreturn strategy\n"):format(
    manifest, body or "")
end

local BUYS = [[
function strategy.on_book(book)
  if #host.orders() == 0 and not book:stale() then
    host.place{product = book.product, side = host.param("side", "buy"), price = book:bid(),
               size = "0.5"}
  end
  host.metric("mid", book:mid())
end]]

for _, jail in ipairs{false, runner} do
  describe("a manifest " .. (jail and "in a jail" or "in the lab"), function()
    local host

    local function start(text, params)
      host = lab.new{text = text, products = {BTC}, params = params, jailed = jail or nil}
      host:book(BTC, {{"61495", "1"}}, {{"61505", "1"}})
      return host
    end

    after_each(function()
      if host then host:close() end
      host = nil
    end)

    it("binds orders", function()
      start(script('max_order_size = "0.2"', BUYS))
      assert.equal(0, #host:orders())
      local refusal = host:refusals()[1]
      assert.equal("manifest", refusal.code)
      assert.equal("0.2", refusal.headroom)
      assert.equal("strategies.manifest.max_order_size", refusal.config)
    end)

    it("does not start when it asks for more than the config gives", function()
      local ok, why = pcall(start, script('max_order_size = "101"'))
      assert.is_false(ok)
      assert.matches("max_order_size 101 of BTC%-PERP%-INTX; the config gives 100", why)
    end)

    it("keeps the old script when a reload asks for more", function()
      start(script("may_short = false", BUYS))
      assert.equal(1, #host:orders())
      local old = host:script().hash
      local hash, why = host:reload(script("working_orders = 101", BUYS))
      assert.is_nil(hash)
      assert.matches("working_orders 101; the config gives 100", why)
      assert.equal(old, host:script().hash)
      assert.is_true(host:script().alive)
      assert.is_string(host:reload(script("working_orders = 100", BUYS)))
    end)

    it("is the new generation's after a reload", function()
      start(script("may_open = false", BUYS))
      assert.equal("strategies.strategy.manifest.may_open", host:refusals()[1].config)
      assert.is_string(host:reload(script("may_open = true", BUYS)))
      host:book(BTC, {{"61496", "1"}}, {{"61505", "1"}})
      assert.equal(1, #host:orders())
    end)

    it("goes with metrics and versions of state", function()
      start(script("", BUYS .. "\nfunction strategy.on_save() return {n = 1} end"))
      assert.same({{script = "script", name = "mid", value = "61500"}}, host:metrics())
      assert.is_string(host:reload(script("", [[
        function strategy.on_reload(saved, version) print(saved.n, version) end]])))
      assert.equal("1\t2", host:log()[#host:log()].text)
    end)
  end)
end
