/* l2_data: the channel that the program exists for. Objects are read by key like all others, but
 * a level in the shape that the venue prints is recognised whole: one comparison a field instead
 * of a scan a key. Anything else about it, and the level is read the slow way. */
#include <string.h>

#include "wire/coinbase_feed_private.h"
#include "wire/json_scan.h"

/* Longest text of a level in the known shape, with room to read eight bytes past any place in it:
 * 9 + 7 + 15 + 40 + 16 + 20 + 18 + 20 + 2. */
enum { LEVEL_TEXT_MAX = 192, EVENT_TIME_MAX = 40 };

struct book_reading {
    product_index product;
    uint32_t first;              /* of feed->levels */
    struct json_text event_time; /* of the first level */
};

/* Digits, perhaps a point and at most nine more, then a quote: 18 digits at most, so that nothing
 * overflows. Returns what lies behind the quote; NULL: another shape, which may be right too. */
static inline const char *read_e9(const char *at, int64_t *ret)
{
    static const int64_t SCALE[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                    10000, 1000, 100, 10, 1};
    const char *begin = at;
    uint64_t value = 0;
    unsigned digit;
    while ((digit = (unsigned)(unsigned char)*at - '0') <= 9 && at - begin < 10) {
        value = value * 10 + digit;
        at++;
    }
    ptrdiff_t whole = at - begin, places = 0;
    if (whole == 0 || whole > 9)
        return NULL;
    if (*at == '.') {
        const char *point = at++;
        while ((digit = (unsigned)(unsigned char)*at - '0') <= 9 && at - point < 11) {
            value = value * 10 + digit;
            at++;
        }
        places = at - point - 1;
        if (places == 0 || places > 9)
            return NULL;
    }
    if (*at != '"')
        return NULL;
    *ret = (int64_t)value * SCALE[places];
    return at + 1;
}

#define STARTS(at, literal) (memcmp(at, literal, sizeof(literal) - 1) == 0)

/* {"side":"bid","event_time":"...","price_level":"83277.25","new_quantity":"0.00715626"}
 * Returns what lies behind it; NULL: not in this shape, and nothing was taken. */
static inline const char *known_level(const char *at, struct level *ret, struct json_text *ret_time)
{
    if (!STARTS(at, "{\"side\":\""))
        return NULL;
    at += sizeof "{\"side\":\"" - 1;
    bool bid = STARTS(at, "bid\"");
    if (!bid && !STARTS(at, "offer\""))
        return NULL;
    at += bid ? 4 : 6;
    if (!STARTS(at, ",\"event_time\":\""))
        return NULL;
    at += sizeof ",\"event_time\":\"" - 1;
    const char *quote = json_find_special(at, at + EVENT_TIME_MAX);
    if (*quote != '"')
        return NULL;
    *ret_time = (struct json_text){at, (size_t)(quote - at), false};
    at = quote;
    if (!STARTS(at, "\",\"price_level\":\""))
        return NULL;
    at = read_e9(at + sizeof "\",\"price_level\":\"" - 1, &ret->price.e9);
    if (!at || !STARTS(at, ",\"new_quantity\":\""))
        return NULL;
    at = read_e9(at + sizeof ",\"new_quantity\":\"" - 1, &ret->size.e9);
    if (!at || *at != '}')
        return NULL;
    ret->side = bid ? SIDE_BUY : SIDE_SELL;
    return at + 1;
}

/* The same near the end of the frame, where the level is read from a padded copy. 0: not in the
 * known shape. */
static inline size_t level_length(const char *at, const char *end, struct level *ret,
                                  struct json_text *ret_time)
{
    char copy[LEVEL_TEXT_MAX];
    const char *from = at;
    size_t left = (size_t)(end - at);
    if (left < LEVEL_TEXT_MAX) {
        memset(copy, 0, sizeof copy);
        memcpy(copy, at, left);
        from = copy;
    }
    const char *behind = known_level(from, ret, ret_time);
    if (!behind)
        return 0;
    ret_time->at = at + (ret_time->at - from);
    return (size_t)(behind - from);
}

static bool push_level(struct coinbase_feed *feed, const struct book_reading *book,
                       const struct level *venue)
{
    if (feed->level_count == MAX_MESSAGE_LEVELS)
        return json_fail(&feed->json, "more levels in one frame than are kept");
    struct level *level = &feed->levels[feed->level_count];
    *level = *venue;
    if (venue->price.e9 <= 0)
        return json_fail(&feed->json, "a level without a price");
    if (!coinbase_feed_base_size(feed, book->product, venue->size, &level->size))
        return json_fail(&feed->json, "a level whose size does not fit the contract size");
    feed->level_count++;
    return true;
}

/* As many levels in the known shape as stand in a row, from the announced one on. */
static void read_known_levels(struct coinbase_feed *feed, struct book_reading *book)
{
    struct json_reader *json = &feed->json;
    struct json_text time;
    struct level level;
    for (;;) {
        size_t length = level_length(json->at, json->end, &level, &time);
        if (length == 0 || !push_level(feed, book, &level))
            return;
        if (!book->event_time.at)
            book->event_time = time;
        json->at += length;
        json->pending = false;
        if (json->end - json->at < 2 || json->at[0] != ',' || json->at[1] != '{')
            return;
        json->at++;
        json->pending = true;
    }
}

static void read_any_level(struct coinbase_feed *feed, struct book_reading *book)
{
    enum { SIDE, TIME, PRICE, SIZE, FIELDS };
    static const char *const NAMES[FIELDS] = {"side", "event_time", "price_level", "new_quantity"};
    struct json_reader *json = &feed->json;
    struct json_text key, got[FIELDS] = {0};
    struct level level = {0};
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, NAMES, FIELDS, got);
    if (json->failure)
        return;
    bool bid = coinbase_word(got[SIDE], "BID");
    if (!bid && !coinbase_word(got[SIDE], "OFFER") && !coinbase_word(got[SIDE], "ASK")) {
        json_fail(json, "a level whose side is neither bid nor offer");
        return;
    }
    level.side = bid ? SIDE_BUY : SIDE_SELL;
    if (!coinbase_price(got[PRICE], &level.price) || !got[SIZE].length ||
        !coinbase_size(got[SIZE], &level.size)) {
        json_fail(json, "a level that is not an exact price and size");
        return;
    }
    if (!book->event_time.at)
        book->event_time = got[TIME];
    push_level(feed, book, &level);
}

static void read_levels(struct coinbase_feed *feed, struct book_reading *book)
{
    struct json_reader *json = &feed->json;
    if (!json_enter_array(json))
        return;
    while (json_next_item(json)) {
        read_known_levels(feed, book);
        if (json->pending && !json->failure)
            read_any_level(feed, book);
    }
}

static void stage_book(struct coinbase_feed *feed, const struct book_reading *book, bool snapshot)
{
    int64_t venue_ns = 0;
    struct event *event = coinbase_feed_stage(feed, EVENT_BOOK);
    /* Old recordings show 1970 in snapshots: the frame's own time stands for it. */
    if (book->event_time.length > 0)
        coinbase_feed_time(feed, book->event_time, &venue_ns);
    if (event)
        event->book = (struct event_book){
            .product = book->product,
            .snapshot = snapshot,
            .venue_ns = venue_ns,
            .levels = feed->levels + book->first,
            .count = feed->level_count - book->first,
        };
}

void coinbase_feed_read_book(struct coinbase_feed *feed)
{
    struct json_reader *json = &feed->json;
    struct json_text key, type = {0}, id = {0};
    struct book_reading book = {NO_PRODUCT, feed->level_count, {0}};
    const char *postponed = NULL;
    bool has_levels = false;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (FEED_KEY_IS(key, "type"))
            json_read_string(json, &type);
        else if (FEED_KEY_IS(key, "product_id")) {
            if (json_read_string(json, &id))
                book.product = coinbase_feed_product(feed, id);
        } else if (FEED_KEY_IS(key, "updates")) {
            has_levels = true;
            if (book.product != NO_PRODUCT)
                read_levels(feed, &book);
            else
                postponed = coinbase_feed_postpone(json);
        }
    }
    if (json->failure || book.product == NO_PRODUCT)
        return;
    if (postponed) {
        const char *here = coinbase_feed_resume(json, postponed);
        read_levels(feed, &book);
        json->at = json->failure ? json->at : here;
    }
    bool snapshot = FEED_KEY_IS(type, "snapshot");
    if (!has_levels || (!snapshot && !FEED_KEY_IS(type, "update")))
        json_fail(json, "a book that is neither snapshot nor update");
    if (!json->failure)
        stage_book(feed, &book, snapshot);
}
