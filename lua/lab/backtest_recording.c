/* A recording as market data: what the host was told of one product, batch by batch. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "io/recording_reader.h"
#include "lab/backtest_private.h"
#include "wire/coinbase_feed.h"
#include "wire/event_rec.h"

struct taker {
    struct recording_reader reader;
    struct recording_turn turn;
    struct event_rec_room *room;  /* owned */
    struct market_data *data;     /* owned until given */
    const struct instrument *spec;
    product_index product;        /* as the recording numbers it */
    struct venue_ladder ladders[2];
    struct coinbase_feed *feed;   /* owned; of raw frames, with its catalog */
    struct catalog catalog;
    struct buf frame;             /* in pieces */
    int64_t last_ns;
    bool begun;                   /* a whole book came */
    struct err other_build;       /* why its events cannot be read; "": they can */
};

static int take_settings(struct taker *taker, struct err *err)
{
    struct engine_settings *settings;
    const struct instrument *spec = taker->spec;
    struct entry entry;
    int result = -1;

    if (recording_turn_next(&taker->turn, ENTRY_HEAD, &entry) &&
        recording_check_head(&entry, &taker->other_build) < 0) {
        taker->catalog = (struct catalog){.items = {*spec}, .count = 1};
        taker->product = 0; /* the venue's frames read the same in every build */
        return 0;
    }
    settings = malloc(sizeof(*settings));
    CHECK(settings != NULL);
    if (!recording_turn_next(&taker->turn, ENTRY_SETTINGS, &entry) ||
        entry.length != sizeof(*settings)) {
        free(settings);
        return err_set(err, "the recording has no settings of this build");
    }
    memcpy(settings, entry.bytes, sizeof(*settings));
    taker->catalog = settings->catalog;
    taker->product = catalog_find(&settings->catalog, spec->product_id, strlen(spec->product_id));
    if (taker->product == NO_PRODUCT)
        err_set(err, "%s was not recorded", spec->product_id);
    else
        result = 0;
    free(settings);
    return result;
}

static void put_level(struct taker *taker, enum side side, int64_t price_e9, int64_t size_e9)
{
    struct level *level = market_data_add_level(taker->data);
    struct venue_level *kept = venue_ladder_insert(&taker->ladders[side], side, price_e9);

    *level = (struct level){{price_e9}, {size_e9}, side};
    kept->base_e9 = size_e9;
    if (size_e9 == 0)
        venue_ladder_remove(&taker->ladders[side], kept);
}

/* A snapshot says all there is: what it does not name is gone. */
static void drop_others(struct taker *taker, const struct event_book *book)
{
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        struct venue_ladder *ladder = &taker->ladders[side];
        for (uint32_t i = 0; i < ladder->count; i++)
            ladder->levels[i].own_e9 = 0;
        for (uint32_t i = 0; i < book->count; i++) {
            struct venue_level *level = venue_ladder_find(ladder, (enum side)side,
                                                          book->levels[i].price.e9);
            if (level && book->levels[i].side == (enum side)side)
                level->own_e9 = 1;
        }
        for (uint32_t i = ladder->count; i-- > 0;)
            if (ladder->levels[i].own_e9 == 0)
                put_level(taker, (enum side)side, ladder->levels[i].price_e9, 0);
    }
}

static void take_book(struct taker *taker, const struct event_book *book)
{
    if (!taker->begun && !book->snapshot)
        return;
    taker->begun = true;
    if (book->snapshot)
        drop_others(taker, book);
    for (uint32_t i = 0; i < book->count; i++)
        if (book->levels[i].side <= SIDE_SELL && book->levels[i].price.e9 > 0 &&
            book->levels[i].size.e9 >= 0)
            put_level(taker, book->levels[i].side, book->levels[i].price.e9,
                      book->levels[i].size.e9);
}

static bool is_crossed(const struct venue_ladder sides[2])
{
    const struct venue_ladder *bids = &sides[SIDE_BUY], *asks = &sides[SIDE_SELL];

    return bids->count > 0 && asks->count > 0 &&
           bids->levels[bids->count - 1].price_e9 >= asks->levels[asks->count - 1].price_e9;
}

static void take_event(void *context, const struct event *event)
{
    struct taker *taker = context;

    if (event->kind == EVENT_BOOK && event->book.product == taker->product)
        take_book(taker, &event->book);
    if (event->kind == EVENT_TRADES && event->trades.product == taker->product &&
        !event->trades.snapshot && taker->begun)
        for (uint32_t i = 0; i < event->trades.count; i++)
            *market_data_add_trade(taker->data) = event->trades.trades[i];
}

/* A frame that the feed could not use was no event of its host either. */
static int take_raw(struct taker *taker, const struct entry *entry, struct err *err)
{
    struct recording_raw raw;

    if (recording_read_raw(entry, &raw, err) < 0)
        return -1;
    if (!raw.alone || raw.stream != STREAM_MARKET)
        return 0;
    if (!taker->feed)
        taker->feed = coinbase_feed_create(&taker->catalog);
    buf_put(&taker->frame, raw.text, raw.length);
    if (!taker->feed || taker->frame.failed)
        return err_set(err, "no memory for a frame");
    if (raw.rest > 0)
        return 0;
    (void)coinbase_feed_decode(taker->feed, raw.stream, taker->frame.data, taker->frame.length,
                               take_event, taker, NULL);
    buf_clear(&taker->frame);
    return 0;
}

static int take_turn(struct taker *taker, struct err *err)
{
    struct entry entry;
    struct event event;
    struct market_batch *batch;

    if (taker->turn.at.wall_ns > taker->last_ns)
        taker->last_ns = taker->turn.at.wall_ns; /* a wall clock may step back; a market does not */
    market_data_add_batch(taker->data, taker->last_ns);
    while (!*taker->other_build.text && recording_turn_next(&taker->turn, ENTRY_EVENT, &entry)) {
        if (event_rec_decode(entry.bytes, entry.length, taker->room, &event, err) < 0)
            return -1;
        take_event(taker, &event);
    }
    while (recording_turn_next(&taker->turn, ENTRY_RAW, &entry))
        if (take_raw(taker, &entry, err) < 0)
            return -1;
    batch = &taker->data->batches[taker->data->count - 1];
    batch->crossed = is_crossed(taker->ladders);
    taker->data->rows += batch->levels + batch->trades;
    taker->data->count -= batch->levels + batch->trades == 0;
    return 0;
}

static int take_all(struct taker *taker, struct err *err)
{
    int got;

    while ((got = recording_reader_turn(&taker->reader, &taker->turn, err)) > 0)
        if (taker->turn.begun ? take_turn(taker, err) < 0 : take_settings(taker, err) < 0)
            return -1;
    if (got < 0)
        return -1;
    if (taker->data->count == 0)
        return *taker->other_build.text
                   ? err_set(err, "%s", taker->other_build.text)
                   : err_set(err, "it holds no book of %s", taker->spec->product_id);
    taker->data->start_ns = taker->data->batches[0].at_ns;
    taker->data->end_ns = taker->last_ns;
    return 0;
}

struct market_data *backtest_recording_read(const char *path, const struct instrument *spec,
                                            struct err *err)
{
    struct taker taker = {.spec = spec, .product = NO_PRODUCT};

    if (recording_reader_open(&taker.reader, path, err) < 0)
        return NULL;
    buf_init(&taker.frame, MAX_WS_MESSAGE);
    taker.room = calloc(1, sizeof(*taker.room));
    taker.data = calloc(1, sizeof(*taker.data));
    CHECK(taker.room && taker.data);
    taker.data->depth = true;
    if (take_all(&taker, err) < 0) {
        err_wrap(err, "%s", path);
        market_data_destroy(taker.data);
        taker.data = NULL;
    }
    coinbase_feed_destroy(taker.feed);
    buf_fini(&taker.frame);
    recording_turn_fini(&taker.turn);
    recording_reader_close(&taker.reader);
    free(taker.ladders[SIDE_BUY].levels);
    free(taker.ladders[SIDE_SELL].levels);
    free(taker.room);
    return taker.data;
}
