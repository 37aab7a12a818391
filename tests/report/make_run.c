/* make_run DIR ROUNDS [--series]: a run directory with a journal of so many round trips over days,
 * by two strategies (one with a name that means harm) in two products; a minute's series beside it
 * when asked for. The same words make the same run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/prng.h"
#include "base/text.h"
#include "io/store.h"
#include "model/client_id.h"

static const int64_t BEGIN_NS = 1767225600000000000; /* 2026-01-01T00:00:00Z */
static const int64_t MINUTE_NS = 60000000000, HOUR_NS = 3600000000000;
static const char HARM[] = "</script><img onerror=alert(1)>";
static const char *const NAMES[] = {"quoter", HARM};
static const char *const PRODUCTS[] = {"BTC-PERP-INTX", "ETH-PERP-INTX"};
enum { BATCH = 64, STRATEGIES = 2 };

struct maker {
    struct store *store;
    struct record batch[BATCH];
    uint32_t count;
    int64_t wall_ns, committed;
    uint64_t number;
    struct prng prng;
    int64_t prices_e9[2];
};

static void flush(struct maker *maker)
{
    if (maker->count == 0)
        return;
    maker->committed = store_commit(maker->store, maker->batch, maker->count);
    maker->count = 0;
    /* The queue is bounded, as it is for the host. */
    if (maker->committed < 0 || store_wait(maker->store, maker->committed) < 0)
        exit(1);
}

static struct record *begin(struct maker *maker, enum record_kind kind)
{
    struct record *record;

    if (maker->count == BATCH)
        flush(maker);
    record = &maker->batch[maker->count++];
    memset(record, 0, sizeof(*record));
    record->kind = kind;
    record->at = (struct stamp){maker->wall_ns - BEGIN_NS + 1, maker->wall_ns};
    return record;
}

static void say(char *out, size_t capacity, const char *text)
{
    text_copy(out, capacity, text, strlen(text));
}

static void put_fill(struct maker *maker, int strategy, int product, enum side side,
                     int64_t price_e9)
{
    struct client_id id = client_id_make(7, 99, ++maker->number);
    struct record_order *order = &begin(maker, RECORD_ORDER)->order;
    struct record_fill *fill;

    order->id = id;
    order->actor = (actor_index)strategy;
    order->product = (product_index)product;
    order->ref = maker->number;
    order->side = side;
    order->size = (struct size){DECIMAL_ONE / 100};
    order->price = (struct price){price_e9};
    order->decision = (struct price){price_e9 - (side == SIDE_BUY ? 1 : -1) * DECIMAL_ONE / 2};
    say(order->product_id, sizeof(order->product_id), PRODUCTS[product]);
    say(order->name, sizeof(order->name), NAMES[strategy]);
    fill = &begin(maker, RECORD_FILL)->fill;
    fill->id = id;
    fill->actor = (actor_index)strategy;
    fill->product = fill->fill.product = (product_index)product;
    fill->fill.side = side;
    fill->fill.price = (struct price){price_e9};
    fill->fill.size = order->size;
    fill->fill.fee = (struct money){(__int128)price_e9 * order->size.e9 / 5000};
    fill->fill.liquidity = maker->number % 3 ? LIQUIDITY_MAKER : LIQUIDITY_TAKER;
    fill->fill.venue_ns = maker->wall_ns;
    snprintf(fill->fill.trade_id.text, VENUE_ID_MAX, "trade-%llu",
             (unsigned long long)maker->number);
    snprintf(fill->fill.venue_order_id.text, VENUE_ID_MAX, "order-%llu",
             (unsigned long long)maker->number);
    say(fill->product_id, sizeof(fill->product_id), PRODUCTS[product]);
    say(fill->name, sizeof(fill->name), NAMES[strategy]);
}

static void put_refusal(struct maker *maker, int strategy, int product)
{
    struct record_refusal *refusal = &begin(maker, RECORD_REFUSAL)->refusal;

    refusal->actor = (actor_index)strategy;
    refusal->intent.product = (product_index)product;
    refusal->intent.size = (struct size){DECIMAL_ONE};
    refusal->intent.price = (struct price){maker->prices_e9[product]};
    refusal->verdict.code = maker->number % 2 ? REFUSED_RULE : REFUSED_ORDER_SIZE;
    refusal->verdict.unit = UNIT_SIZE;
    refusal->verdict.value = (struct money){(__int128)DECIMAL_ONE * DECIMAL_ONE};
    refusal->verdict.limit.e18 = refusal->verdict.value.e18 / 10;
    say(refusal->verdict.config_key, sizeof(refusal->verdict.config_key), "products.x.max");
    say(refusal->text, sizeof(refusal->text), "<svg onload=alert(2)> said no \xff");
    say(refusal->product_id, sizeof(refusal->product_id), PRODUCTS[product]);
    say(refusal->name, sizeof(refusal->name), NAMES[strategy]);
}

static void put_funding(struct maker *maker, int strategy, int product, int64_t position_e9)
{
    struct record_funding *funding = &begin(maker, RECORD_FUNDING)->funding;

    funding->product = (product_index)product;
    funding->actor = (actor_index)strategy;
    funding->stamp_ns = maker->wall_ns;
    funding->position = (struct size){position_e9};
    funding->mark = (struct price){maker->prices_e9[product]};
    funding->rate = (struct ratio){10000};
    funding->payment = (struct money){-(__int128)position_e9 * maker->prices_e9[product] / 100000};
    say(funding->product_id, sizeof(funding->product_id), PRODUCTS[product]);
    say(funding->name, sizeof(funding->name), NAMES[strategy]);
}

static void put_equity(struct maker *maker)
{
    struct record_mark *mark = &begin(maker, RECORD_MARK)->mark;

    mark->product = NO_PRODUCT;
    mark->equity_known = true;
    mark->equity = (struct money){(__int128)10000 * DECIMAL_ONE * DECIMAL_ONE};
}

static void put_start(struct maker *maker)
{
    struct record_boot *boot = &begin(maker, RECORD_BOOT)->boot;
    struct record_latch *latch;

    boot->owner_tag = 7;
    boot->boot_random = 99;
    say(boot->version, sizeof(boot->version), "0.1.0");
    put_equity(maker);
    latch = &begin(maker, RECORD_LATCH)->latch;
    latch->state = TRADING_REDUCING;
    say(latch->reason, sizeof(latch->reason), "<b>& \"quoted\" ]]> -->");
}

static void move(struct maker *maker, int product)
{
    int64_t step = (int64_t)prng_below(&maker->prng, 400) - 198; /* a drift that pays */

    maker->prices_e9[product] += step * (DECIMAL_ONE / 100) * (product == 0 ? 40 : 2);
}

static void put_round(struct maker *maker, uint32_t round)
{
    int strategy = (int)(round % STRATEGIES), product = (int)(round / STRATEGIES % 2);
    bool longs = round % 3 != 0;

    maker->wall_ns += HOUR_NS / 4 + (int64_t)prng_below(&maker->prng, (uint64_t)HOUR_NS);
    move(maker, product);
    put_fill(maker, strategy, product, longs ? SIDE_BUY : SIDE_SELL, maker->prices_e9[product]);
    if (round % 5 == 0)
        put_funding(maker, strategy, product, (longs ? 1 : -1) * DECIMAL_ONE / 100);
    maker->wall_ns += (int64_t)prng_below(&maker->prng, (uint64_t)HOUR_NS);
    move(maker, product);
    put_fill(maker, strategy, product, longs ? SIDE_SELL : SIDE_BUY, maker->prices_e9[product]);
    if (round % 7 == 0)
        put_refusal(maker, strategy, product);
}

static void write_series(const struct maker *maker, const char *directory)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/series.csv", directory);
    file = fopen(path, "w");
    if (!file)
        exit(1);
    fprintf(file, "time_ns,product,open,high,low,close,volume,mark,position,equity,realised,"
                  "unrealised,fees,funding\n");
    for (int64_t at = BEGIN_NS, i = 0; at < maker->wall_ns; at += MINUTE_NS, i++)
        for (int product = 0; product < 2; product++)
            fprintf(file, "%lld,%s,,,,,,%lld.5,%s0.01,%lld,0,0,0,0\n", (long long)at,
                    PRODUCTS[product], (long long)(product ? 2000 : 60000) + i % 500,
                    i % 60 < 30 ? "" : "-", (long long)(10000 + (i % 977) - (i % 131) * 3));
    fclose(file);
}

int main(int argc, char **argv)
{
    struct maker maker = {.wall_ns = BEGIN_NS,
                          .prices_e9 = {60000 * (int64_t)DECIMAL_ONE, 2000 * (int64_t)DECIMAL_ONE}};
    struct store_config config = {.identity = "loopback"};
    struct err err = {""};
    uint32_t rounds = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

    if (rounds == 0) {
        fprintf(stderr, "usage: make_run DIR ROUNDS [--series]\n");
        return 2;
    }
    config.directory = argv[1];
    maker.store = store_open(&config, &err);
    if (!maker.store) {
        fprintf(stderr, "make_run: %s\n", err.text);
        return 1;
    }
    prng_seed(&maker.prng, 1);
    put_start(&maker);
    for (uint32_t round = 0; round < rounds; round++)
        put_round(&maker, round);
    put_fill(&maker, 0, 0, SIDE_BUY, maker.prices_e9[0]); /* stays open */
    flush(&maker);
    store_close(maker.store);
    if (argc > 3)
        write_series(&maker, argv[1]);
    return 0;
}
