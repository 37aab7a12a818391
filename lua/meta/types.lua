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
---@field mark? Decimal in a rule, of other products: there size, account and mark alone

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

---@class Declaration
---@field type "integer"|"number"|"decimal"|"boolean"|"text"|"choice"
---@field default? any without one the config must say it
---@field least? Amount|number
---@field most? Amount|number
---@field choices? string[] of a choice
---@field about? string

---@class Limits
---@field max_order_size Decimal
---@field max_order_value Decimal
---@field max_position Decimal
---@field price_collar Decimal
---@field max_messages integer
---@field buy? Decimal what is left
---@field sell? Decimal
---@field orders? integer

---@class Manifest
---@field products? string[]
---@field max_order_size? Amount
---@field max_position? Amount
---@field may_open? boolean
---@field may_short? boolean
---@field messages? integer
---@field working_orders? integer
---@field timers? integer
