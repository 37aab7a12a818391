#pragma once
/* The words every ring shares. Times are nanoseconds. Sizes are base coin, never contracts. */
#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/limits.h"
#include "model/names.h"

/* The turn's one reading of the clocks. mono: CLOCK_BOOTTIME, for every deadline and age;
 * wall: Unix time, for labels and tokens only. */
struct stamp {
    int64_t mono_ns, wall_ns;
};

typedef uint8_t product_index; /* into the catalog; the order of the config file */
enum { NO_PRODUCT = 255 };

/* The client order id: 16 bytes in UUIDv4 shape. owner tag (4) | boot random (5) | sequence (6),
 * with the version and variant bits in their places. See model/client_id.h. */
struct client_id {
    uint8_t bytes[16];
};

/* The venue's own ids, as text: usually UUIDs. Empty when not known. */
struct venue_id {
    char text[VENUE_ID_MAX];
};

struct level { /* a book level; size 0 deletes it */
    struct price price;
    struct size size;
    enum side side; /* BUY: bid, SELL: ask */
};

struct trade {
    struct price price;
    struct size size;
    enum side aggressor; /* the venue prints the maker's side; the codec has inverted it */
    uint64_t trade_id;
    int64_t venue_ns;
};

struct candle {
    int64_t start_ns; /* wall time, a multiple of the length */
    int64_t length_ns;
    struct price open, high, low, close;
    struct size volume;
    uint32_t trades;
};

/* What something was told to be, with what would have passed: a refusal is no error. */
struct verdict {
    enum refusal code;
    struct money limit, value, headroom; /* in `unit`; headroom: what may be used of it */
    enum { UNIT_NONE, UNIT_SIZE, UNIT_MONEY, UNIT_PRICE, UNIT_COUNT_, UNIT_NS, UNIT_RATIO } unit;
    enum { SCOPE_NONE, SCOPE_ACCOUNT, SCOPE_STRATEGY, SCOPE_PRODUCT } scope;
    char config_key[40]; /* the line to look at: "products.btc.max_order_size" */
};
