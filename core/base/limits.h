#pragma once
/* Every bound of the house, each with its reason. A bound that is met is an error that names
 * itself; nothing grows without one. */

enum {
    /* Four assets in two profiles are eight; twice that leaves room to watch without trading. */
    MAX_PRODUCTS = 16,
    /* A strategy is a process; two cores carry a dozen comfortably. */
    MAX_STRATEGIES = 16,
    /* Rules sit on the order path, asked all at once; ten are shipped. */
    MAX_RULES = 16,
    MAX_RUNNERS = MAX_STRATEGIES + MAX_RULES,

    /* Orders held in memory: working, UNKNOWN and the recent past. The venue caps working orders
     * per product at about 500; eight products of those. */
    MAX_ORDERS = 4096,
    /* Trade ids remembered so that a fill is booked once. A REST page overlaps by far less. */
    MAX_FILLS_SEEN = 32768,
    /* Orders that control 12 remembers: at the venue's 30 a second those of 17 s. */
    RECENT_INTENTS = 512,
    /* Intents waiting for a rule's verdict at one time, all strategies together. */
    MAX_PENDING_INTENTS = 256,
    /* Orders and intents that wait for an operator: more than one reads in a sitting. */
    MAX_PARKED = 64,
    /* Loosenings asked for or in force: more than a person keeps in mind. */
    MAX_CONSENTS = 16,
    /* Timers a single script may hold; a script that wants more has a bug. */
    MAX_TIMERS_PER_RUNNER = 64,
    /* One batch_cancel carries at most this many ids (the venue states none, clients use 100). */
    MAX_CANCEL_BATCH = 100,

    /* BTC-USD shows 23,000 levels a side; levels past this far from the touch are dropped. */
    MAX_BOOK_LEVELS = 32768,
    /* Trades in one feed message: snapshots hold 100. */
    MAX_MESSAGE_TRADES = 1024,

    VIEW_LEVELS = 10, /* a side; more is asked for through depth bands */
    VIEW_BANDS = 3,   /* depth summed within so many configured bands of basis points */
    VIEW_TRADES = 32, /* since the last view; beyond this they are counted as lost */
    MAX_CANDLE_LENGTHS = 4,
    /* Returns kept for historical VaR: 99 % of two thousand leaves twenty in the tail. */
    MAX_RISK_WINDOW = 2000,
    /* Named stress scenarios: what one page of a report shows. */
    MAX_SCENARIOS = 8,
    /* Figures of a script's own in one screen of status. */
    MAX_METRICS = 32,
    MAX_FUNDING_STAMPS = 24, /* a day: the venue settles hourly at most */

    PRODUCT_ID_MAX = 32, /* longest seen is 16; with the NUL */
    ASSET_MAX = 8,
    NAME_MAX_BYTES = 32,  /* strategy and rule names, with the NUL */
    REASON_MAX = 96,      /* a venue's or a rule's words, cut with the NUL */
    VENUE_ID_MAX = 48,    /* order and trade ids: UUIDs of 36 and foreign shapes */
    DECIMAL_TEXT_MAX = 48,

    /* One message over the WebSocket: books run to 5 MB, the venue's advice is "the largest". */
    MAX_WS_MESSAGE = 16 * 1024 * 1024,
    /* Levels in one feed message: as many as the largest holds, for the venue's shortest text of
     * one has 88 bytes. The book keeps what is nearest to the touch. */
    MAX_MESSAGE_LEVELS = MAX_WS_MESSAGE / 88,
    /* A REST reply: a products list is 1 MB. */
    MAX_HTTP_BODY = 16 * 1024 * 1024,
    /* A frame between core and runner, one seqpacket. */
    MAX_SCRIPT_FRAME = 16 * 1024,
    /* Saved state of one script, as JSON text. */
    MAX_SCRIPT_STATE = 64 * 1024,
    /* JSON nesting the pull reader follows; the venue's deepest reply is 7. */
    MAX_JSON_DEPTH = 32,
};
