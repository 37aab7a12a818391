#pragma once
/* What a script may offer, X(SYMBOL, name, takes, gives, when, order, may). lua/meta and docs/lua
 * are written from this list by scripts/api-table. Rules have judge, on_start, on_candle, on_save,
 * on_reload and on_stop; strategies all but judge. */
#define CALLBACK_LIST(X)                                                                          \
    X(CALLBACK_START, "on_start", "", "",                                                         \
      "Once, when the script begins to trade. A reload calls on_reload in its place.",            \
      "Before any book, notice or position is known; after the chunk has run.",                   \
      "All of host: orders may be sent from here on. host.book and host.position are nil yet.")   \
    X(CALLBACK_BOOK, "on_book", "book: Book", "",                                                 \
      "What a product shows has changed: its book, trades, mark, position or state.",             \
      "After the on_trade of the same view. One at a time: what changes meanwhile is merged, the "\
      "newest wins. The first books are empty: look at book:stale().",                            \
      "All of host. The book is one object per product and shows the newest view, also later.")   \
    X(CALLBACK_TRADE, "on_trade",                                                                 \
      "product: string, price: Decimal, size: Decimal, side: Side, time: integer", "",            \
      "For each trade at the venue since the last view; side is the taker's.",                    \
      "Oldest first, before the on_book that carries them. At most 32 a view; "                   \
      "book:trades_lost() counts the rest.",                                                      \
      "All of host.")                                                                             \
    X(CALLBACK_CANDLE, "on_candle", "candle: Candle", "",                                         \
      "A candle of one of the host.candles() lengths has closed. An interval without a trade has "\
      "none.",                                                                                    \
      "Numbered with the other notices, never dropped. Rules are told of every product.",         \
      "All of host; in a rule what reads.")                                                       \
    X(CALLBACK_ORDER, "on_order", "order: OrderNotice", "",                                       \
      "An order of this script entered a state or was filled further.",                           \
      "In the order of events: intended, sent or open, ..., and one with done. After a reload "   \
      "each working order is told once, before the first book.",                                  \
      "All of host. A script that sees unknown waits: a resend would double it.")                 \
    X(CALLBACK_FILL, "on_fill", "fill: FillNotice", "",                                           \
      "An exact fill was booked, with its fee. It comes with the venue's list of fills.",         \
      "An order can be done a moment before its last fill comes.",                                \
      "All of host.")                                                                             \
    X(CALLBACK_TIMER, "on_timer", "id: integer", "",                                              \
      "A timer of host.timer is due, once each time it was set.",                                 \
      "Timers do not survive a reload: set them again in on_reload.",                             \
      "All of host; setting the same timer again makes it periodic.")                             \
    X(CALLBACK_REFUSAL, "on_refusal", "refusal: Refusal", "",                                     \
      "The gate or a rule said no, with the limit, the value and what would have passed.",        \
      "In place of the order's first on_order. Of an amendment: nothing follows under its ref.",   \
      "All of host. Asking again at once is asking for the refusal throttle.")                    \
    X(CALLBACK_STALE, "on_stale", "product: string", "",                                          \
      "Prices of the product must not be used any more: a gap, a silence, a jump.",               \
      "Before the book that shows it.",                                                           \
      "All of host; the gate refuses what opens until it is fresh.")                              \
    X(CALLBACK_FRESH, "on_fresh", "product: string", "",                                          \
      "Prices of the product may be used again.", "After an on_stale.", "All of host.")           \
    X(CALLBACK_STOP, "on_stop", "", "",                                                           \
      "The end: the host stops, or a new version has taken over.",                                \
      "Last. What becomes of working orders is the config's on_death and cancel_on_stop.",        \
      "To log and to say metrics. After a reload its wishes count no more.")                      \
    X(CALLBACK_HEALTH, "on_health", "health: HealthNotice", "",                                   \
      "The host has gone up or down its ladder of what is off, and why.",                         \
      "At once when it changes; also when a script takes over while something is off.",           \
      "All of host. What is off is refused anyway: this is why.")                                 \
    X(CALLBACK_PROTECT, "on_protect", "protection: Protection", "",                               \
      "What guards a position was set, fires, or ended.",                                         \
      "Also told when a script takes over. The closing orders come by on_order with ref 0.",      \
      "All of host. While it fires, new orders in the product are refused.")                      \
    X(CALLBACK_SAVE, "on_save", "", "any",                                                        \
      "Before a reload, and every save_interval: what the next version shall have.",              \
      "The old version goes on trading until the new one has taken it.",                          \
      "What reads. It returns tables of text, numbers, booleans and decimals; see saved_state.md.")\
    X(CALLBACK_RELOAD, "on_reload", "saved: any, version?: integer", "",                          \
      "In place of on_start, with what the old version saved; nil when it saved nothing.",        \
      "Before any notice or book. When it raises, the old version goes on.",                      \
      "What reads, and timers. Orders may not be sent yet: its first book is the place.")         \
    X(CALLBACK_JUDGE, "judge", "intent: Intent, book: Book", "boolean|Decimal, string?",          \
      "In rules: a strategy asks for an order that could open something, and the gate has found " \
      "no fault.",                                                                                \
      "All rules are asked at once, and the gate again after them. Orders that reduce are not "   \
      "asked about.",                                                                             \
      "What reads: a rule sends no orders and has no timers. True lets it pass, a decimal so "     \
      "much of it and no more, everything else refuses.")
