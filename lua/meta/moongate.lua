---@meta
-- Types of what scripts see, for the Lua language server. lua/README.md says what it all means.

---@class Decimal
---@operator add(Amount): Decimal
---@operator sub(Amount): Decimal
---@operator mul(Amount): Decimal
---@operator unm: Decimal
---@operator concat(any): string
local Decimal = {}

---@alias Amount Decimal|string|integer An exact number: a decimal, text, or a whole number.
---@alias Rounding "down"|"up"|"nearest" Towards minus infinity, plus infinity, or ties to even.
---@alias Side "buy"|"sell"
---@alias OrderState
---| "intended"
---| "sent"
---| "unknown"
---| "open"
---| "cancel_sent"
---| "filled"
---| "cancelled"
---| "expired"
---| "refused"
---| "dropped"
---@alias TradingState "active"|"reducing"|"halted"

---@param by Amount
---@param rounding Rounding
---@param places? integer 0 to 18, 9 by default
---@return Decimal
function Decimal:div(by, rounding, places) end

---@param by Amount
---@param rounding Rounding
---@return Decimal
function Decimal:mul(by, rounding) end

---@param step Amount positive
---@param rounding Rounding
---@return Decimal
function Decimal:round(step, rounding) end

---@return Decimal
function Decimal:abs() end

---@return -1|0|1
function Decimal:sign() end

---@return number # a float, for indicators
function Decimal:number() end

---@param places integer
---@return string # rounded half-even, for people
function Decimal:format(places) end

---@class decimallib
---@overload fun(value: Amount): Decimal
decimal = {}

---@param value Amount
---@return Decimal
function decimal.new(value) end

---@param value number|Amount
---@param step Amount
---@param rounding Rounding
---@return Decimal
function decimal.from(value, step, rounding) end

---@param value any
---@return boolean
function decimal.is(value) end

---@class Book
---@field product string
local Book = {}

---@return Decimal? price
---@return Decimal? size
function Book:bid() end

---@return Decimal? price
---@return Decimal? size
function Book:ask() end

---@param side "bid"|"ask"
---@param n integer 1 is the best
---@return Decimal? price
---@return Decimal? size
function Book:level(side, n) end

---@param side "bid"|"ask"
---@param band integer 1 to 3
---@return Decimal # base coin within the band
function Book:depth(side, band) end

---@return Decimal?
function Book:mid() end

---@return number?
function Book:spread_bps() end

---@return boolean # the prices are not to be used
function Book:stale() end

---@return integer # ns since its last change
function Book:age() end

---@return Decimal?
function Book:mark() end

---@return integer
function Book:trades_lost() end

---@param levels? integer 1 to 10
---@return number? # -1 to 1
function Book:imbalance(levels) end

---@return Decimal?
function Book:index() end

---@return Decimal? rate
---@return integer? next Unix ns
---@return number? seconds between two
function Book:funding() end

---@return "open"|"session_closed"|"disabled"|"view_only"|"cancel_only"|"post_only"|"limit_only"
function Book:mode() end

---@class Candle
---@field product string
---@field time integer
---@field start integer Unix ns
---@field length integer ns
---@field open Decimal
---@field high Decimal
---@field low Decimal
---@field close Decimal
---@field volume Decimal
---@field trades integer

---@class OrderNotice
---@field product string
---@field time integer
---@field ref integer
---@field id string
---@field state OrderState
---@field side Side
---@field price Decimal
---@field size Decimal
---@field filled Decimal
---@field reason string
---@field done boolean

---@class FillNotice
---@field product string
---@field time integer
---@field ref integer
---@field side Side
---@field price Decimal
---@field size Decimal
---@field fee Decimal
---@field liquidity "maker"|"taker"|"unknown"

---@class Refusal
---@field product string
---@field time integer
---@field ref integer
---@field code string
---@field meaning string
---@field reason string
---@field config string the config line to look at
---@field unit "none"|"size"|"money"|"price"|"count"|"ns"|"ratio"
---@field limit Decimal
---@field value Decimal
---@field headroom Decimal what would have passed

---@alias Health "normal"|"no_open_product"|"no_open"|"reducing"|"cancels_only"|"halted"

---@class HealthNotice
---@field time integer
---@field step Health
---@field meaning string
---@field reason string

---@class Protection
---@field product string
---@field state "clear"|"set"|"firing"
---@field stop? Decimal
---@field trail? Decimal
---@field after? number seconds
---@field best? Decimal the best price since the position was opened
---@field reason string
---@field time? integer in on_protect

---@class ProtectOptions
---@field stop? Amount a price
---@field trail? Amount a part of the best price, such as "0.002"
---@field after? Amount seconds
---@alias OrderType "limit"|"market"|"stop_limit"|"bracket"
---@alias Tif "gtc"|"gtd"|"ioc"|"fok"

---@class Intent
---@field product string
---@field side Side
---@field kind "place"|"amend"|"close"
---@field type OrderType
---@field tif Tif
---@field price Decimal
---@field size Decimal
---@field post_only boolean
---@field reduce_only boolean
---@field stop_price? Decimal of a stop or a bracket
---@field stop? "up"|"down" of a stop
---@field expires? integer Unix ns, of "gtd"
---@field strategy integer

---@class Strategy
---@field on_start? fun()
---@field on_book? fun(book: Book)
---@field on_trade? fun(product: string, price: Decimal, size: Decimal, side: Side, time: integer)
---@field on_candle? fun(candle: Candle)
---@field on_order? fun(order: OrderNotice)
---@field on_fill? fun(fill: FillNotice)
---@field on_refusal? fun(refusal: Refusal)
---@field on_timer? fun(id: integer)
---@field on_stale? fun(product: string)
---@field on_fresh? fun(product: string)
---@field on_health? fun(health: HealthNotice)
---@field on_protect? fun(protection: Protection)
---@field on_save? fun(): any
---@field on_reload? fun(saved: any)
---@field on_stop? fun()

---@class Rule
---@field judge fun(intent: Intent, book: Book): boolean, string?
---@field on_start? fun()
---@field on_candle? fun(candle: Candle)
---@field on_save? fun(): any
---@field on_reload? fun(saved: any)
---@field on_stop? fun()

---@class Order
---@field ref integer
---@field product string
---@field side Side
---@field state OrderState
---@field price Decimal
---@field size Decimal
---@field filled Decimal

---@class Position
---@field size Decimal signed, this script's
---@field account Decimal signed, everybody's
---@field average_price Decimal 0 when flat
---@field realised Decimal
---@field unrealised Decimal
---@field fees Decimal
---@field working_orders integer
---@field state TradingState

---@class Product
---@field id string
---@field asset string
---@field profile "cde"|"intx"
---@field tick Decimal
---@field step Decimal
---@field size_min Decimal
---@field size_max Decimal
---@field contract_size Decimal
---@field quote_min Decimal

---@class PlaceOptions
---@field product string
---@field side Side
---@field size Amount base coin
---@field type? OrderType
---@field price? Amount of all but a market order
---@field tif? Tif
---@field post_only? boolean
---@field reduce_only? boolean
---@field stop_price? Amount what triggers a stop or a bracket
---@field stop? "up"|"down" the way the market comes to a stop; up for a buy, down for a sell
---@field expires? integer Unix ns, of "gtd"

---@class AmendOptions
---@field price? Amount
---@field size? Amount the whole, with what has filled
---@field stop_price? Amount
---@field expires? integer

---@class hostlib
---@field name string
---@field params table<string, any>
host = {}

---@param order PlaceOptions
---@return integer ref
function host.place(order) end

---@param ref integer
---@param changes AmendOptions
---@return integer ref of the order that takes its place
function host.amend(ref, changes) end

---@param product string
---@param size? Amount at most so much
---@return integer ref
function host.close(product, size) end

---@param ref integer
function host.cancel(ref) end

---@param product? string
function host.cancel_all(product) end

---@param product? string
---@return Order[]
function host.orders(product) end

---@param product string
---@return Position?
function host.position(product) end

---@param product string
---@return Book?
function host.book(product) end

---@return string[]
function host.products() end

---@param id string
---@return Product
function host.product(id) end

---@return number[] # seconds
function host.candles() end

---@class Declaration
---@field type "integer"|"number"|"decimal"|"boolean"|"text"|"choice"
---@field default? any without one the config must say it
---@field least? Amount|number
---@field most? Amount|number
---@field choices? string[] of a choice
---@field about? string

---@param declarations table<string, Declaration>
---@return table<string, any> # by name: the config's value, or the default, checked
function host.declare(declarations) end

---@param name string
---@param default? any
---@return any
function host.param(name, default) end

---@param name string
---@param default? number
---@param least? number
---@param most? number
---@return number
function host.number(name, default, least, most) end

---@param name string
---@param default? Amount
---@return Decimal
function host.decimal(name, default) end

---@param product string
---@param terms ProtectOptions all of them absent: no protection any more
function host.protect(product, terms) end

---@param product string
---@return Protection
function host.protection(product) end

---@return Health
---@return string # why; "" when normal
function host.health() end

---@return integer # Unix ns of the frame being handled
function host.now() end

---@return integer # monotonic ns of the frame being handled
function host.uptime() end

---@param id integer 0 to 63
---@param seconds number|Amount
function host.timer(id, seconds) end

---@param id integer
function host.cancel_timer(id) end

---@param n integer
---@return integer # 1 to n
function host.random(n) end

---@param level "debug"|"info"|"warn"|"error"
---@param text string
---@param fields? table<string, any>
function host.log(level, text, fields) end

---@return Decimal?
function host.equity() end

---@class Limits
---@field max_order_size Decimal
---@field max_order_value Decimal
---@field max_position Decimal
---@field price_collar Decimal
---@field max_messages integer
---@field buy? Decimal what is left
---@field sell? Decimal
---@field orders? integer

---@param product string
---@return Limits
function host.limits(product) end

---@param name string
---@param value number|Decimal
function host.metric(name, value) end

---@class Manifest
---@field products? string[]
---@field max_order_size? Amount
---@field max_position? Amount
---@field may_open? boolean
---@field may_short? boolean
---@field messages? integer
---@field working_orders? integer
---@field timers? integer

---@param manifest Manifest
function host.manifest(manifest) end
