/* Any bytes as a frame: nothing leaves a frame that fails, what leaves is within its bounds, and
 * blanks between the tokens (which keep the book off its fast path) change nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "wire/coinbase_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

struct digest { uint64_t events, hash; };

static void mix(struct digest *digest, int64_t value)
{
    digest->hash = (digest->hash ^ (uint64_t)value) * 0x100000001b3u;
}

static void check_trades(struct digest *digest, const struct event_trades *trades)
{
    CHECK(trades->count > 0 && trades->count <= MAX_MESSAGE_TRADES && trades->product < 2);
    for (uint32_t i = 0; i < trades->count; i++) {
        const struct trade *trade = &trades->trades[i];
        CHECK(i == 0 || trade[-1].trade_id <= trade->trade_id);
        CHECK(trade->price.e9 > 0 && trade->size.e9 >= 0);
        mix(digest, trade->price.e9);
        mix(digest, trade->size.e9);
        mix(digest, (int64_t)trade->aggressor);
    }
}

static void check_book(struct digest *digest, const struct event_book *book)
{
    CHECK(book->count <= MAX_MESSAGE_LEVELS && book->product < 2);
    mix(digest, book->venue_ns);
    for (uint32_t i = 0; i < book->count; i++) {
        CHECK(book->levels[i].price.e9 > 0 && book->levels[i].size.e9 >= 0);
        CHECK(book->levels[i].side == SIDE_BUY || book->levels[i].side == SIDE_SELL);
        mix(digest, book->levels[i].price.e9);
        mix(digest, book->levels[i].size.e9);
        mix(digest, (int64_t)book->levels[i].side);
    }
}

static void note(void *context, const struct event *event)
{
    struct digest *digest = context;
    CHECK(digest->events > 0 || event->kind == EVENT_FRAME || event->kind == EVENT_LINK);
    digest->events++;
    mix(digest, (int64_t)event->kind);
    if (event->kind == EVENT_BOOK)
        check_book(digest, &event->book);
    if (event->kind == EVENT_TRADES)
        check_trades(digest, &event->trades);
    if (event->kind == EVENT_ORDER_REPORT) {
        CHECK(event->order.filled.e9 >= 0 && event->order.leaves.e9 >= 0);
        CHECK(memchr(event->order.reason, 0, REASON_MAX));
        mix(digest, event->order.filled.e9);
    }
    if (event->kind == EVENT_POSITION)
        mix(digest, event->position.size.e9);
}

/* A copy with a blank behind every comma and colon that stands outside strings. */
static size_t loosen(const char *bytes, size_t length, char *out)
{
    bool inside = false;
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        out[written++] = bytes[i];
        if (inside && bytes[i] == '\\' && i + 1 < length)
            out[written++] = bytes[++i];
        else if (bytes[i] == '"')
            inside = !inside;
        else if (!inside && (bytes[i] == ',' || bytes[i] == ':'))
            out[written++] = ' ';
    }
    return written;
}

static int decode(struct coinbase_feed *feed, const char *bytes, size_t length,
                  struct digest *digest)
{
    struct err err = {""};
    *digest = (struct digest){0};
    int result = coinbase_feed_decode(feed, STREAM_USER, bytes, length, note, digest, &err);
    CHECK(result == 0 ? digest->events > 0 : digest->events == 0 && err.text[0] != '\0');
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static struct catalog catalog = {
        .items = {{.product_id = "BIP-20DEC30-CDE", .contract_size = {10000000}},
                  {.product_id = "BTC-USD", .contract_size = {DECIMAL_ONE}}},
        .count = 2};
    static struct coinbase_feed *feed;
    struct digest tight, loose;
    if (!feed)
        feed = coinbase_feed_create(&catalog);
    char *copy = malloc(2 * length + 1);
    CHECK(feed && copy);
    size_t loose_length = loosen((const char *)data, length, copy);
    int result = decode(feed, (const char *)data, length, &tight);
    CHECK(decode(feed, copy, loose_length, &loose) == result);
    CHECK(tight.events == loose.events && tight.hash == loose.hash);
    free(copy);
    return 0;
}
