/* What anybody may see: products, books, trades, candles, the time. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/exchange_rest.h"
#include "app/exchange_words.h"
#include "base/text.h"

enum { CANDLES_MAX = 350, BOOK_LEVELS_ALL = 1000 * 1000 };
static const int64_t SECOND_NS = 1000000000;

void rest_get_time(struct rest_call *call)
{
    int64_t now_ns = exchange_clock_ns(call->exchange);
    char iso[40], text[24];
    text_format_time(now_ns / SECOND_NS * SECOND_NS, iso);
    text_copy(iso + 19, sizeof iso - 19, "Z", 1); /* whole seconds */
    json_open_object(&call->json);
    json_put_text(&call->json, "iso", iso);
    snprintf(text, sizeof text, "%" PRId64, now_ns / SECOND_NS);
    json_put_text(&call->json, "epochSeconds", text);
    snprintf(text, sizeof text, "%" PRId64, now_ns / 1000000);
    json_put_text(&call->json, "epochMillis", text);
    json_close_object(&call->json);
}

/* Without a product_type the venue lists spot alone, and there is none here. */
static bool product_is_wanted(const struct rest_call *call, int product)
{
    const char *type = rest_arg(call, "product_type"), *all = rest_arg(call, "get_all_products");
    bool intx = venue_products[product].profile == PROFILE_INTX;
    bool futures = (type && strcmp(type, "FUTURE") == 0) || (all && strcmp(all, "true") == 0) ||
                   rest_arg(call, "product_ids");
    const char *expiry = rest_arg(call, "contract_expiry_type");
    if (expiry && strcmp(expiry, "UNKNOWN_CONTRACT_EXPIRY_TYPE") == 0)
        expiry = NULL;
    return futures && !call->exchange->listings[product].flags[VENUE_LISTING_DELISTED] &&
           rest_arg_allows(call, "product_ids", venue_products[product].id) &&
           (!expiry || strcmp(expiry, intx ? "PERPETUAL" : "EXPIRING") == 0);
}

void rest_get_products(struct rest_call *call)
{
    uint32_t limit = rest_arg_number(call, "limit", UINT32_MAX, UINT32_MAX);
    uint32_t skip = rest_arg_number(call, "offset", 0, UINT32_MAX), count = 0, seen = 0;
    json_open_object(&call->json);
    json_open_array_at(&call->json, "products");
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        if (!product_is_wanted(call, i) || seen++ < skip || count >= limit)
            continue;
        words_put_product(&call->json, call->exchange, i);
        count++;
    }
    json_close_array(&call->json);
    json_put_uint(&call->json, "num_products", count);
    json_put_null(&call->json, "pagination");
    json_close_object(&call->json);
}

void rest_get_product(struct rest_call *call)
{
    int product = rest_star_product(call);
    if (product >= 0)
        words_put_product(&call->json, call->exchange, product);
}

static void put_side(struct rest_call *call, const char *key, int product, enum side side,
                     uint32_t limit)
{
    struct venue_book *book = venue_sim_book(call->exchange->venue, product);
    struct level level;
    uint32_t cursor = 0;
    json_open_array_at(&call->json, key);
    while (limit-- > 0 && venue_book_walk_shown(book, side, &cursor, &level)) {
        json_open_object(&call->json);
        json_put_price(&call->json, "price", level.price);
        json_put_size(&call->json, "size", level.size);
        json_close_object(&call->json);
    }
    json_close_array(&call->json);
}

static void put_pricebook(struct rest_call *call, int product, uint32_t limit)
{
    json_put_text(&call->json, "product_id", venue_products[product].id);
    put_side(call, "bids", product, SIDE_BUY, limit);
    put_side(call, "asks", product, SIDE_SELL, limit);
    json_put_time(&call->json, "time", venue_sim_now(call->exchange->venue));
}

static void put_spread(struct rest_call *call, int product)
{
    struct venue_book *book = venue_sim_book(call->exchange->venue, product);
    struct price last = venue_sim_stats(call->exchange->venue, product)->last;
    struct price mid = venue_sim_mark(call->exchange->venue, product);
    struct level bid, ask;
    struct ratio bps = {0};
    struct price spread = {0};
    if (venue_book_best_shown(book, SIDE_BUY, &bid) &&
        venue_book_best_shown(book, SIDE_SELL, &ask) && mid.e9 > 0) {
        spread.e9 = ask.price.e9 - bid.price.e9;
        bps.e9 = (int64_t)((__int128)spread.e9 * 10000 * DECIMAL_ONE / mid.e9);
    }
    json_put_price(&call->json, "last", last.e9 ? last : mid);
    json_put_price(&call->json, "mid_market", mid);
    json_put_ratio(&call->json, "spread_bps", bps);
    json_put_price(&call->json, "spread_absolute", spread);
}

void rest_get_product_book(struct rest_call *call)
{
    const char *id = rest_arg(call, "product_id");
    int product = id ? venue_product_find(id, strlen(id)) : -1;
    if (product < 0) {
        rest_fail(call, id ? 404 : 400, id ? "NOT_FOUND" : "INVALID_ARGUMENT",
                  "valid product_id is required");
        return;
    }
    json_open_object(&call->json);
    json_open_object_at(&call->json, "pricebook");
    put_pricebook(call, product, rest_arg_number(call, "limit", BOOK_LEVELS_ALL,
                                                 BOOK_LEVELS_ALL));
    json_close_object(&call->json);
    put_spread(call, product);
    json_close_object(&call->json);
}

void rest_get_best_bid_ask(struct rest_call *call)
{
    json_open_object(&call->json);
    json_open_array_at(&call->json, "pricebooks");
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        if (!rest_arg_allows(call, "product_ids", venue_products[i].id))
            continue;
        json_open_object(&call->json);
        put_pricebook(call, i, 1);
        json_close_object(&call->json);
    }
    json_close_array(&call->json);
    json_close_object(&call->json);
}

void rest_get_ticker(struct rest_call *call)
{
    int product = rest_star_product(call);
    if (product < 0)
        return;
    const struct venue_stats *stats = venue_sim_stats(call->exchange->venue, product);
    struct venue_book *book = venue_sim_book(call->exchange->venue, product);
    uint32_t limit = rest_arg_number(call, "limit", VENUE_RECENT_TRADES, VENUE_RECENT_TRADES);
    struct level bid = {0}, ask = {0};
    venue_book_best_shown(book, SIDE_BUY, &bid);
    venue_book_best_shown(book, SIDE_SELL, &ask);
    json_open_object(&call->json);
    json_open_array_at(&call->json, "trades");
    for (uint32_t i = 0; i < stats->count && i < limit; i++) {
        uint32_t at = (stats->next + VENUE_RECENT_TRADES - 1 - i) % VENUE_RECENT_TRADES;
        words_put_trade(&call->json, product, &stats->recent[at], true);
    }
    json_close_array(&call->json);
    json_put_price(&call->json, "best_bid", bid.price);
    json_put_price(&call->json, "best_ask", ask.price);
    json_close_object(&call->json);
}

static int64_t granularity_s(const char *name)
{
    static const struct { const char *name; int64_t seconds; } ALL[] = {
        {"ONE_MINUTE", 60}, {"FIVE_MINUTE", 300}, {"FIFTEEN_MINUTE", 900},
        {"THIRTY_MINUTE", 1800}, {"ONE_HOUR", 3600}, {"TWO_HOUR", 7200}, {"FOUR_HOUR", 14400},
        {"SIX_HOUR", 21600}, {"ONE_DAY", 86400}};
    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++)
        if (name && strcmp(name, ALL[i].name) == 0)
            return ALL[i].seconds;
    return 0;
}

static void put_candle(struct json_writer *json, const struct venue_candle *candle)
{
    char start[24];
    snprintf(start, sizeof start, "%" PRId64, candle->start_s);
    json_open_object(json);
    json_put_text(json, "start", start);
    json_put_price(json, "low", candle->low);
    json_put_price(json, "high", candle->high);
    json_put_price(json, "open", candle->open);
    json_put_price(json, "close", candle->close);
    json_put_size(json, "volume", candle->volume);
    json_close_object(json);
}

static void put_candles(struct rest_call *call, const struct venue_stats *stats, int64_t length_s,
                        int64_t start_ns, int64_t end_ns)
{
    struct venue_candle open = {.start_s = INT64_MIN};
    for (uint32_t i = 0; i < stats->minute_count; i++) { /* newest first */
        const struct venue_candle *minute =
            &stats->minutes[(stats->minute_next + VENUE_MINUTES - 1 - i) % VENUE_MINUTES];
        int64_t start_s = minute->start_s / length_s * length_s;
        if (start_s * SECOND_NS < start_ns || start_s * SECOND_NS > end_ns)
            continue;
        if (open.start_s == start_s) { /* an earlier minute of the same candle */
            open.open = minute->open;
            open.high = minute->high.e9 > open.high.e9 ? minute->high : open.high;
            open.low = minute->low.e9 < open.low.e9 ? minute->low : open.low;
            open.volume.e9 += minute->volume.e9;
            continue;
        }
        if (open.start_s != INT64_MIN)
            put_candle(&call->json, &open);
        open = *minute;
        open.start_s = start_s;
    }
    if (open.start_s != INT64_MIN)
        put_candle(&call->json, &open);
}

void rest_get_candles(struct rest_call *call)
{
    int product = rest_star_product(call);
    int64_t length_s = granularity_s(rest_arg(call, "granularity")), start_ns, end_ns;
    if (product < 0)
        return;
    if (length_s == 0 || !rest_arg(call, "start") || !rest_arg(call, "end")) {
        rest_fail(call, 400, "INVALID_ARGUMENT", "start, end and granularity are required");
        return;
    }
    if (!rest_arg_time(call, "start", 0, &start_ns) || !rest_arg_time(call, "end", 0, &end_ns))
        return;
    if ((end_ns - start_ns) / SECOND_NS / length_s > CANDLES_MAX) {
        rest_fail(call, 400, "INVALID_ARGUMENT",
                  "number of candles requested should be less than 350");
        return;
    }
    json_open_object(&call->json);
    json_open_array_at(&call->json, "candles");
    put_candles(call, venue_sim_stats(call->exchange->venue, product), length_s, start_ns,
                end_ns);
    json_close_array(&call->json);
    json_close_object(&call->json);
}
