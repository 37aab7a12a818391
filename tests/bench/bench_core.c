/* What the pure parts cost: decoding a feed message, updating a book, both together, judging an
 * order. References: cJSON on the same bytes, a plain sorted array with memmove on the same
 * updates, a getppid() system call. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/prng.h"
#include "bench.h"
#include "engine/book.h"
#include "engine/gate.h"
#include "model/client_id.h"
#include "wire/coinbase_feed.h"
#include "model/limit_list.h"

enum { MESSAGES = 4096, ROUNDS = 200, LEVELS = 20000, BATCH = 16 };

static char *messages[MESSAGES];
static struct catalog catalog;

static void make_catalog(void)
{
    struct instrument *spec = &catalog.items[0];

    catalog.count = 1;
    snprintf(spec->product_id, sizeof(spec->product_id), "BTC-PERP-INTX");
    snprintf(spec->asset, sizeof(spec->asset), "BTC");
    spec->profile = PROFILE_INTX;
    spec->contract_size.e9 = DECIMAL_ONE;
    spec->tick.e9 = DECIMAL_ONE / 10;
    spec->step.e9 = spec->size_min.e9 = DECIMAL_ONE / 10000;
    spec->size_max.e9 = 1000 * (int64_t)DECIMAL_ONE;
    spec->session_open = true;
    spec->funding_interval_ns = 3600LL * DECIMAL_ONE;
}

/* One-level updates near the touch, as most of the venue's messages are. */
static void make_messages(struct prng *prng)
{
    for (int i = 0; i < MESSAGES; i++) {
        bool bid = prng_below(prng, 2);
        int64_t ticks = bid ? 614000 - (int64_t)prng_below(prng, 200)
                            : 614001 + (int64_t)prng_below(prng, 200);
        int length = asprintf(&messages[i],
            "{\"channel\":\"l2_data\",\"timestamp\":\"2026-09-30T02:39:54.014999553Z\","
            "\"sequence_num\":%d,\"events\":[{\"type\":\"update\",\"product_id\":"
            "\"BTC-PERP-INTX\",\"updates\":[{\"side\":\"%s\",\"event_time\":"
            "\"2026-09-30T02:39:53.977543Z\",\"price_level\":\"%ld.%ld\",\"new_quantity\":"
            "\"%d.%04d\"}]}]}", i, bid ? "bid" : "offer", (long)(ticks / 10), (long)(ticks % 10),
            (int)prng_below(prng, 5), (int)prng_below(prng, 10000));
        CHECK(length > 0);
    }
}

static void apply_book(void *context, const struct event *event)
{
    struct book *book = context;

    if (event->kind != EVENT_BOOK)
        return;
    for (uint32_t i = 0; i < event->book.count; i++)
        book_set(book, event->book.levels[i].side, event->book.levels[i].price,
                 event->book.levels[i].size);
}

static void drop(void *context, const struct event *event)
{
    *(uint64_t *)context += event->kind;
}

static void fill_book(struct book *book)
{
    for (int i = 0; i < LEVELS; i++) {
        int64_t tick = DECIMAL_ONE / 10;
        book_set(book, SIDE_BUY, (struct price){(614000 - i) * tick}, (struct size){DECIMAL_ONE});
        book_set(book, SIDE_SELL, (struct price){(614001 + i) * tick}, (struct size){DECIMAL_ONE});
    }
}

static double bench_cjson(void)
{
    struct bench_samples samples;
    double per;

    bench_init(&samples, ROUNDS);
    for (int round = 0; round < ROUNDS / 4; round++) {
        int64_t start = bench_now_ns();
        for (int i = 0; i < MESSAGES; i++) {
            cJSON *tree = cJSON_Parse(messages[i]);
            CHECK(tree);
            cJSON_Delete(tree);
        }
        bench_add(&samples, bench_now_ns() - start);
    }
    per = bench_per_op(&samples, MESSAGES);
    bench_fini(&samples);
    return per;
}

static void bench_decode(struct book *book, double cjson_ns)
{
    struct coinbase_feed *feed = coinbase_feed_create(&catalog);
    struct bench_samples decode, both;
    uint64_t sink = 0;
    struct err err;

    CHECK(feed);
    bench_init(&decode, ROUNDS * (MESSAGES / BATCH));
    bench_init(&both, ROUNDS * (MESSAGES / BATCH));
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < MESSAGES; i += BATCH) {
            int64_t start = bench_now_ns(), middle;
            for (int k = i; k < i + BATCH; k++)
                CHECK(coinbase_feed_decode(feed, STREAM_MARKET, messages[k], strlen(messages[k]),
                                           drop, &sink, &err) == 0);
            middle = bench_now_ns();
            for (int k = i; k < i + BATCH; k++)
                coinbase_feed_decode(feed, STREAM_MARKET, messages[k], strlen(messages[k]),
                                     apply_book, book, &err);
            bench_add(&decode, middle - start);
            bench_add(&both, bench_now_ns() - middle);
        }
    }
    bench_line("feed: decode one l2 update", &decode, BATCH, "cJSON parse alone", cjson_ns);
    bench_line("feed: decode + book", &both, BATCH, "cJSON parse alone", cjson_ns);
    printf("%-34s %10.2f M messages/s on one core\n", "", 1000 / bench_per_op(&both, BATCH));
    bench_fini(&decode);
    bench_fini(&both);
    coinbase_feed_destroy(feed);
}

/* The reference book: one sorted array, found by bisection, kept by memmove. */
static struct { int64_t keys[2 * LEVELS], sizes[2 * LEVELS]; int count; } plain;

static void plain_set(int64_t key, int64_t size)
{
    int low = 0, high = plain.count;

    while (low < high) {
        int middle = (low + high) / 2;
        if (plain.keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    bool there = low < plain.count && plain.keys[low] == key;
    size_t rest = (size_t)(plain.count - low) * sizeof(int64_t);
    if (there && size == 0) {
        memmove(&plain.keys[low], &plain.keys[low + 1], rest - sizeof(int64_t));
        memmove(&plain.sizes[low], &plain.sizes[low + 1], rest - sizeof(int64_t));
        plain.count--;
    } else if (there) {
        plain.sizes[low] = size;
    } else if (size > 0 && plain.count < 2 * LEVELS) {
        memmove(&plain.keys[low + 1], &plain.keys[low], rest);
        memmove(&plain.sizes[low + 1], &plain.sizes[low], rest);
        plain.keys[low] = key;
        plain.sizes[low] = size;
        plain.count++;
    }
}

static void bench_book(struct book *book, struct prng *prng)
{
    enum { UPDATES = 1024 };
    struct bench_samples ours, theirs;
    int64_t tick = DECIMAL_ONE / 10;
    double reference;

    for (int i = LEVELS; i > 0; i--)
        plain_set((614000 - i) * tick, DECIMAL_ONE);
    bench_init(&ours, ROUNDS * 4);
    bench_init(&theirs, ROUNDS * 4);
    for (int round = 0; round < ROUNDS * 4; round++) {
        int64_t keys[UPDATES], sizes[UPDATES], start, middle;
        for (int i = 0; i < UPDATES; i++) {
            keys[i] = (614000 - (int64_t)prng_below(prng, LEVELS)) * tick;
            sizes[i] = prng_below(prng, 3) ? DECIMAL_ONE : 0;
        }
        start = bench_now_ns();
        for (int i = 0; i < UPDATES; i++)
            book_set(book, SIDE_BUY, (struct price){keys[i]}, (struct size){sizes[i]});
        middle = bench_now_ns();
        for (int i = 0; i < UPDATES; i++)
            plain_set(keys[i], sizes[i]);
        bench_add(&theirs, bench_now_ns() - middle);
        bench_add(&ours, middle - start);
    }
    reference = bench_per_op(&theirs, UPDATES);
    bench_line("book: one level, 20,000 a side", &ours, UPDATES, "sorted array with memmove",
               reference);
    bench_fini(&ours);
    bench_fini(&theirs);
}

static struct engine_settings settings;

static void make_settings(void)
{
    struct product_limits *limits = &settings.product_limits[0];
    struct money million = {(__int128)1000000 * DECIMAL_ONE * DECIMAL_ONE};

    settings.catalog = catalog;
    settings.strategy_count = 1;
    settings.strategies[0].products = 1;
    settings.strategies[0].max_messages = settings.max_messages = settings.max_cancels = 1000;
    settings.strategies[0].max_working_orders = settings.max_working_orders = 1000;
    settings.max_working_value = limits->max_order_value = limits->max_working_value = million;
    settings.message_window_ns = settings.duplicate_window_ns = DECIMAL_ONE;
    settings.max_skew_ns = settings.stale_after_ns = DECIMAL_ONE;
    limits->max_order_size.e9 = limits->max_position.e9 = 100 * (int64_t)DECIMAL_ONE;
    limits->price_collar.e9 = limits->max_mark_deviation.e9 = DECIMAL_ONE / 50;
    limits->max_working_orders = 100;
    limits->max_book_age_ns = limits->max_mark_age_ns = DECIMAL_ONE;
    limits_widen(&settings);
}

static struct gate_input make_input(const struct intent *intent)
{
    const __int128 million = (__int128)1000000 * DECIMAL_ONE * DECIMAL_ONE;
    struct gate_input in = {
        .settings = &settings, .intent = intent, .instrument = &settings.catalog.items[0],
        .reconciled = true, .market_up = true, .user_up = true, .journal_up = true,
        .skew_known = true, .book_valid = true, .mark_valid = true,
        .bid.e9 = 61400LL * DECIMAL_ONE, .ask.e9 = 61401LL * DECIMAL_ONE,
        .mark.e9 = 61400LL * DECIMAL_ONE,
        .account_worth.known = true, .strategy_worth.known = true, .equity_known = true,
        .equity = {million}, .available_margin = {million}, .depth.e9 = 10LL * DECIMAL_ONE,
        .result_known = true, .volatility_known = true, .since_loss_ns = INT64_MAX,
    };
    return in;
}

static void bench_gate(void)
{
    struct intent intent = {.kind = INTENT_PLACE, .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT,
                            .price.e9 = 61400LL * DECIMAL_ONE, .size.e9 = DECIMAL_ONE / 100};
    struct gate_input in = make_input(&intent);
    struct bench_samples judge, call;
    struct approved_order order;
    struct verdict verdict;
    double reference;

    bench_init(&judge, 20000);
    bench_init(&call, 20000);
    for (int round = 0; round < 20000; round++) {
        int64_t start = bench_now_ns(), middle;
        for (int i = 0; i < BATCH; i++) {
            struct client_id id = client_id_make(7, 9, (uint64_t)(round * BATCH + i));
            bool passed = gate_approve(&in, id, &order, &verdict);
            if (!passed)
                fprintf(stderr, "refused: %s\n", refusal_text(verdict.code));
            CHECK(passed);
        }
        middle = bench_now_ns();
        for (int i = 0; i < BATCH; i++)
            syscall(SYS_getppid);
        bench_add(&call, bench_now_ns() - middle);
        bench_add(&judge, middle - start);
    }
    reference = bench_per_op(&call, BATCH);
    bench_line("gate: judge and approve an order", &judge, BATCH, "getppid() system call",
               reference);
    bench_fini(&judge);
    bench_fini(&call);
}

int main(void)
{
    struct arena arena;
    struct book book;
    struct prng prng;

    prng_seed(&prng, 1);
    make_catalog();
    make_messages(&prng);
    make_settings();
    CHECK(arena_init(&arena, book_bytes() + 4096) == 0);
    book_init(&book, arena_take(&arena, book_bytes(), 1));
    fill_book(&book);
    bench_head();
    bench_decode(&book, bench_cjson());
    bench_book(&book, &prng);
    bench_gate();
    arena_fini(&arena);
    for (int i = 0; i < MESSAGES; i++)
        free(messages[i]);
    return 0;
}
