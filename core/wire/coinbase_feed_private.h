#pragma once
/* Inside the feed decoder. A frame is decoded into `staged` whole, and leaves only then. Keys may
 * come in any order: what cannot be understood yet is skipped (and so checked), and read again
 * when it can. */
#include <string.h>

#include "wire/coinbase_feed.h"
#include "wire/coinbase_words.h"

/* Events of one frame: a user snapshot has 50 orders, a candle snapshot 100 candles. */
enum { FEED_STAGED_MAX = 2048 };

/* A contract size as a reduced fraction: int64 arithmetic instead of 128-bit division. */
struct feed_unit { int64_t contract_e9, numerator, denominator; };

struct coinbase_feed {
    const struct catalog *catalog; /* borrowed */
    struct json_reader json;
    enum coinbase_channel channel;
    enum stream stream;
    bool has_sequence;
    uint64_t sequence;
    int64_t frame_ns;
    bool is_error;
    struct json_text error_words;
    uint32_t staged_count, level_count, trade_count;
    struct feed_unit units[MAX_PRODUCTS];
    char day[10];       /* "2026-09-30", whose midnight is day_ns */
    int64_t day_ns;
    struct event *staged;           /* owned, as those below */
    struct level *levels;
    struct trade *trades;
    product_index *trade_products;  /* of trades[i] */
};

#define FEED_KEY_IS(key, literal)                                                                 \
    (!(key).escaped ? (key).length == sizeof(literal) - 1 &&                                      \
                          memcmp((key).at, literal, sizeof(literal) - 1) == 0                     \
                    : json_text_equal(key, literal))

/* NULL after json_fail: the frame has more events than are kept. */
struct event *coinbase_feed_stage(struct coinbase_feed *feed, enum event_kind kind);
product_index coinbase_feed_product(const struct coinbase_feed *feed, struct json_text id);
/* Contracts to base coin; false when it is not exact. */
bool coinbase_feed_base_size(struct coinbase_feed *feed, product_index product, struct size venue,
                             struct size *ret);
/* RFC 3339, with the day of the last one remembered. */
bool coinbase_feed_time(struct coinbase_feed *feed, struct json_text text, int64_t *ret_ns);

/* Skips a value that cannot be understood yet; where it stood, to be read with resume. */
const char *coinbase_feed_postpone(struct json_reader *json);
/* Goes back to `at`; the caller reads one value and then sets json->at to what this returns. */
const char *coinbase_feed_resume(struct json_reader *json, const char *at);

/* One object of `events`, by channel. */
void coinbase_feed_read_book(struct coinbase_feed *feed);
void coinbase_feed_read_trades(struct coinbase_feed *feed);
void coinbase_feed_read_tickers(struct coinbase_feed *feed);
void coinbase_feed_read_candles(struct coinbase_feed *feed);
void coinbase_feed_read_user(struct coinbase_feed *feed);
void coinbase_feed_read_balance(struct coinbase_feed *feed);
void coinbase_feed_read_heartbeat(struct coinbase_feed *feed);
