---@meta
-- What scripts are handed and hand over, for the Lua language server: a spec holds each class to
-- what really comes. The functions, and which callbacks there are, stand in moongate.lua, which is
-- written from the runner's own tables. lua/README.md says what it all means.

---@class Decimal
---@operator add(Amount): Decimal
---@operator sub(Amount): Decimal
---@operator mul(Amount): Decimal
---@operator unm: Decimal

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
---@alias ProductMode
---| "open"
---| "session_closed"
---| "disabled"
---| "view_only"
---| "cancel_only"
---| "post_only"
---| "limit_only"

---@class decimallib
---@overload fun(value: Amount): Decimal

---@class Book
---@field product string

---@class Candle
---@field product string
---@field time integer Unix ns of the turn that closed it
---@field start integer Unix ns
---@field length integer ns
---@field open Decimal dollars, as the other prices
---@field high Decimal
---@field low Decimal
---@field close Decimal
---@field volume Decimal base coin
---@field trades integer

---@class OrderNotice
---@field product string
---@field time integer Unix ns
---@field ref integer as host.place returned it; 0 of the host's own
---@field id string the client order id, a UUID
---@field state OrderState
---@field side Side
---@field price Decimal dollars; 0 of a market order
---@field size Decimal base coin, all of it
---@field filled Decimal base coin, so far
---@field reason string the venue's or the host's words; "" while there is nothing to say
---@field done boolean nothing will follow but fills on their way

---@class FillNotice
---@field product string
---@field time integer Unix ns
---@field ref integer of the order; 0 of the host's own
---@field side Side
---@field price Decimal dollars
---@field size Decimal base coin, of this fill
---@field fee Decimal dollars, what it cost; below 0: a rebate
---@field liquidity "maker"|"taker"|"unknown"

---@class Refusal
---@field product string
---@field time integer Unix ns
---@field ref integer of the order that does not come
---@field code string see docs/gate.md
---@field meaning string of the code
---@field reason string in words, such as a rule's
---@field config string the config line to look at
---@field unit "none"|"size"|"money"|"price"|"count"|"ns"|"ratio" of limit, value and headroom
---@field limit Decimal
---@field value Decimal
---@field headroom Decimal what would have passed

---@alias Health "normal"|"no_open_product"|"no_open"|"reducing"|"cancels_only"|"halted"

---@class HealthNotice
---@field time integer Unix ns
---@field step Health
---@field meaning string of the step
---@field reason string what is wrong

---@class Protection
---@field product string
---@field state "clear"|"set"|"firing"
---@field stop? Decimal dollars
---@field trail? Decimal a part of the best price
---@field after? number seconds
---@field best? Decimal the best price since the position was opened
---@field reason string what set it or made it fire
---@field time? integer in on_protect

---@class ProtectOptions
---@field stop? Amount dollars
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
---@field price Decimal dollars; 0 of a market order
---@field size Decimal base coin
---@field post_only boolean
---@field reduce_only boolean
---@field stop_price? Decimal of a stop or a bracket
---@field stop? "up"|"down" of a stop
---@field expires? integer Unix ns, of "gtd"
---@field strategy integer its number in the config, from 0

---@class Order
---@field ref integer
---@field product string
---@field side Side
---@field state OrderState
---@field price Decimal dollars; 0 of a market order
---@field size Decimal base coin, all of it
---@field filled Decimal base coin, so far

---@class Position
---@field size Decimal base coin, signed, this script's
---@field account Decimal base coin, signed, everybody's
---@field average_price Decimal dollars; 0 when flat
---@field realised Decimal dollars, before fees
---@field unrealised Decimal dollars, at the mark
---@field fees Decimal dollars paid
---@field working_orders integer this script's in the product
---@field state TradingState of this script, its product and the account: the strictest
---@field mark? Decimal in a rule, of other products: there size, account and mark alone

---@class Product
---@field id string
---@field asset string the base coin: BTC
---@field profile "cde"|"intx"
---@field tick Decimal dollars: prices are its multiples
---@field step Decimal base coin: sizes are its multiples
---@field size_min Decimal base coin
---@field size_max Decimal base coin
---@field contract_size Decimal base coin of one contract; 1 on intx
---@field quote_min Decimal dollars, the least worth of an order; 0: none

---@class PlaceOptions
---@field product string
---@field side Side
---@field size Amount base coin
---@field type? OrderType limit
---@field price? Amount dollars, of all but a market order
---@field tif? Tif gtc; ioc of a market order
---@field post_only? boolean false
---@field reduce_only? boolean false
---@field stop_price? Amount dollars; what triggers a stop or a bracket
---@field stop? "up"|"down" the way the market comes to a stop; up for a buy, down for a sell
---@field expires? integer Unix ns, of "gtd"

---@class AmendOptions
---@field price? Amount dollars
---@field size? Amount base coin, the whole, with what has filled
---@field stop_price? Amount dollars
---@field expires? integer Unix ns

---@class hostlib
---@field name string
---@field params table<string, any>

---@class Declaration
---@field type "integer"|"number"|"decimal"|"boolean"|"text"|"choice"
---@field default? any without one the config must say it
---@field least? Amount|number of numbers and decimals
---@field most? Amount|number likewise
---@field choices? string[] of a choice
---@field about? string in words, for moongate params

---@class Limits
---@field max_order_size Decimal base coin
---@field max_order_value Decimal dollars
---@field max_position Decimal base coin
---@field price_collar Decimal a part of the reference price, either side of it
---@field max_messages integer in a window of message_window_ms
---@field buy? Decimal base coin that may still be bought; nil before the first book
---@field sell? Decimal likewise sold
---@field orders? integer that may still work

---@class Manifest
---@field products? string[] ids; the config's
---@field max_order_size? Amount base coin
---@field max_position? Amount base coin, of each product
---@field may_open? boolean
---@field may_short? boolean
---@field messages? integer in a window
---@field working_orders? integer
---@field timers? integer
