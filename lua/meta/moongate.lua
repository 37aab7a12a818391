---@meta
-- Written by scripts/api-table from the tables of lua/runner: do not edit. The classes stand
-- in types.lua.

---@class Decimal
local Decimal = {}

---@class Book
local Book = {}

---@class decimallib
decimal = {}

---@class hostlib
host = {}

---@class Strategy
---@field state_version? integer the shape of what on_save gives
---@field on_start? fun()
---@field on_book? fun(book: Book)
---@field on_trade? fun(product: string, price: Decimal, size: Decimal, side: Side, time: integer)
---@field on_candle? fun(candle: Candle)
---@field on_order? fun(order: OrderNotice)
---@field on_fill? fun(fill: FillNotice)
---@field on_timer? fun(id: integer)
---@field on_refusal? fun(refusal: Refusal)
---@field on_stale? fun(product: string)
---@field on_fresh? fun(product: string)
---@field on_stop? fun()
---@field on_health? fun(health: HealthNotice)
---@field on_protect? fun(protection: Protection)
---@field on_save? fun(): any
---@field on_reload? fun(saved: any, version?: integer)

---@class Rule
---@field state_version? integer
---@field on_start? fun()
---@field on_candle? fun(candle: Candle)
---@field on_stop? fun()
---@field on_save? fun(): any
---@field on_reload? fun(saved: any, version?: integer)
---@field judge fun(intent: Intent, book: Book): boolean|Decimal, string?

--- Unix ns of the frame being handled
---@return integer
function host.now() end

--- monotonic ns of the same frame: for ages
---@return integer
function host.uptime() end

--- 1 to n, from the host's recorded seed
---@param n integer
---@return integer
function host.random(n) end

--- a line of at most 1024 bytes; fields by name
---@param level "debug"|"info"|"warn"|"error"
---@param text string
---@param fields? table<string, any>
function host.log(level, text, fields) end

--- on_timer(id) once, after that long; ids are 0 to 63, again moves it
---@param id integer
---@param seconds number|Amount
function host.timer(id, seconds) end

--- takes it back
---@param id integer
function host.cancel_timer(id) end

--- ids of this script's products
---@return string[]
function host.products() end

--- its facts
---@param id string
---@return Product
function host.product(id) end

--- lengths in seconds that on_candle gets
---@return number[]
function host.candles() end

--- what is off; "normal"
---@return Health step
---@return string why
function host.health() end

--- as it stands in the config
---@param name string
---@param default? any
---@return any
function host.param(name, default) end

--- as a number; text is read, a wrong one raises
---@param name string
---@param default? number
---@param least? number
---@param most? number
---@return number
function host.number(name, default, least, most) end

--- as an exact decimal
---@param name string
---@param default? Amount
---@return Decimal
function host.decimal(name, default) end

--- the config's values or the defaults, checked, by name
---@param declarations table<string, Declaration>
---@return table<string, any>
function host.declare(declarations) end

--- the best bid; nil without one
---@return Decimal? price
---@return Decimal? size
function Book:bid() end

--- the best ask
---@return Decimal? price
---@return Decimal? size
function Book:ask() end

--- the n-th best of ten
---@param side "bid"|"ask"
---@param n integer
---@return Decimal? price
---@return Decimal? size
function Book:level(side, n) end

--- base coin within the band, 1 to 3, of the mid
---@param side "bid"|"ask"
---@param band integer
---@return Decimal
function Book:depth(side, band) end

--- half way between the best; nil while one-sided
---@return Decimal?
function Book:mid() end

--- a float: for comparing, never for a price
---@return number?
function Book:spread_bps() end

--- -1, all asks, to 1, all bids, of the best levels (1)
---@param levels? integer
---@return number?
function Book:imbalance(levels) end

--- the prices are not to be used
---@return boolean
function Book:stale() end

--- ns since its last change
---@return integer
function Book:age() end

--- ours, of trades or the mid
---@return Decimal?
function Book:mark() end

--- as the venue tells it
---@return Decimal?
function Book:index() end

--- a fraction per stamp, the next one in Unix ns, seconds between two; nil: no rate is shown
---@return Decimal? rate
---@return integer? next
---@return number? every
function Book:funding() end

--- whether the venue takes orders, and which
---@return ProductMode
function Book:mode() end

--- trades past the 32 of this view
---@return integer
function Book:trades_lost() end

--- as last shown; nil before the first
---@param product string
---@return Book?
function host.book(product) end

--- what becomes of it comes by on_order, on_fill, on_refusal
---@param order PlaceOptions
---@return integer ref
function host.place(order) end

--- cancels, then places what takes its place under the new ref
---@param ref integer
---@param changes AmendOptions
---@return integer ref
function host.amend(ref, changes) end

--- a reduce-only order for this script's own position
---@param product string
---@param size? Amount
---@return integer ref
function host.close(product, size) end

--- it lives until on_order says done
---@param ref integer
function host.cancel(ref) end

--- all orders of this script
---@param product? string
function host.cancel_all(product) end

--- this script's live orders
---@param product? string
---@return Order[]
function host.orders(product) end

--- this script's; nil before the first book
---@param product string
---@return Position?
function host.position(product) end

--- the account's; nil while the venue has not told
---@return Decimal?
function host.equity() end

--- the config's, and what is left now
---@param product string
---@return Limits
function host.limits(product) end

--- a figure of the script's own, in status and summary; 32 names at most
---@param name string
---@param value number|Decimal
function host.metric(name, value) end

--- what the script will ever need: once, while it is loaded
---@param manifest Manifest
function host.manifest(manifest) end

--- stops that the host holds, in place of what was set; {} for none
---@param product string
---@param terms ProtectOptions
function host.protect(product, terms) end

--- as last told
---@param product string
---@return Protection
function host.protection(product) end

--- to so many places, 0 to 18, 9 when not said
---@param by Amount
---@param rounding Rounding
---@param places? integer
---@return Decimal
function Decimal:div(by, rounding, places) end

--- of what has more than 18 places
---@param by Amount
---@param rounding Rounding
---@return Decimal
function Decimal:mul(by, rounding) end

--- to a multiple of the step, which is positive
---@param step Amount
---@param rounding Rounding
---@return Decimal
function Decimal:round(step, rounding) end

--- without its sign
---@return Decimal
function Decimal:abs() end

--- where it lies
---@return -1|0|1
function Decimal:sign() end

--- a float, for indicators
---@return number
function Decimal:number() end

--- rounded half-even, for people
---@param places integer
---@return string
function Decimal:format(places) end

--- as decimal(value)
---@param value Amount
---@return Decimal
function decimal.new(value) end

--- the one door for floats: 15 digits, then rounded to the step
---@param value number|Amount
---@param step Amount
---@param rounding Rounding
---@return Decimal
function decimal.from(value, step, rounding) end

--- is it one?
---@param value any
---@return boolean
function decimal.is(value) end
