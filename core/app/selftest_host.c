#include "app/selftest_host.h"

#include <stdlib.h>
#include <string.h>

#include "engine/snapshot.h"

static const int64_t PACE_NS = 250 * (int64_t)1000000;
static const int64_t DEEP_E9 = 1000000 * (int64_t)DECIMAL_ONE;
static const __int128 RICH = (__int128)1000000000000 * DECIMAL_ONE * DECIMAL_ONE;
enum { GENERATION = 1, OUTAGE_TICKS = 128 };

static void step(struct drill_host *host, struct event event);

static void answer(struct drill_host *host, const struct command_list *list)
{
    for (int i = PROFILE_CDE; list->kind == LIST_BALANCE && i <= PROFILE_INTX; i++) {
        struct event event = {.kind = EVENT_BALANCE};
        event.balance.equity.e18 = event.balance.available_margin.e18 = RICH;
        event.balance.profile = (enum venue_profile)i;
        step(host, event);
    }
    step(host, (struct event){.kind = EVENT_LIST_END,
                              .list_end = {list->kind, list->request, !host->deaf}});
}

static void step(struct drill_host *host, struct event event)
{
    struct command_list lists[LIST_KIND_COUNT * 2];
    const struct command *commands;
    uint32_t count, wanted = 0;

    event.at = host->now;
    engine_step(host->engine, &event);
    commands = engine_commands(host->engine, &count);
    for (uint32_t i = 0; i < count; i++)
        if (commands[i].kind == COMMAND_LIST && wanted < LIST_KIND_COUNT * 2)
            lists[wanted++] = commands[i].list;
    engine_clear(host->engine);
    for (uint32_t i = 0; i < wanted; i++)
        answer(host, &lists[i]);
}

static void frame(struct drill_host *host, enum stream stream)
{
    step(host, (struct event){.kind = EVENT_FRAME,
                              .frame = {stream, host->sequence[stream]++, host->now.wall_ns}});
}

/* Whole books. With `far` nothing but a step stands at the touch of its own product; the others are
 * told so that no stream is taken for dead. */
static void tell_book(struct drill_host *host, product_index product)
{
    const struct instrument *spec = &host->settings.catalog.items[product];
    bool own = product == host->product, far = own && host->far.e9 > 0;
    struct price bid = {own ? host->bid.e9 : 1000 * spec->tick.e9};
    struct price ask = {own ? host->ask.e9 : bid.e9 + spec->tick.e9};
    struct size touch = {far ? spec->step.e9 : DEEP_E9};
    struct level levels[] = {{bid, touch, SIDE_BUY}, {{bid.e9 - host->far.e9}, {DEEP_E9}, SIDE_BUY},
                             {ask, touch, SIDE_SELL},
                             {{ask.e9 + host->far.e9}, {DEEP_E9}, SIDE_SELL}};

    frame(host, STREAM_MARKET);
    step(host, (struct event){.kind = EVENT_BOOK,
                              .book = {.product = product, .snapshot = true,
                                       .venue_ns = host->now.wall_ns, .levels = levels,
                                       .count = 4}});
}

static void tell(struct drill_host *host)
{
    struct trade trade = {.price = host->bid, .size = host->size, .trade_id = ++host->trades,
                          .venue_ns = host->now.wall_ns};

    host->beats++;
    for (int i = 0; i < STREAM_COUNT; i++) {
        frame(host, (enum stream)i);
        step(host, (struct event){.kind = EVENT_HEARTBEAT,
                                  .heartbeat = {(enum stream)i, host->beats}});
    }
    for (product_index i = 0; i < host->settings.catalog.count; i++)
        tell_book(host, i);
    frame(host, STREAM_MARKET);
    step(host, (struct event){.kind = EVENT_TRADES,
                              .trades = {.product = host->product, .trades = &trade,
                                         .count = 1}});
}

void drill_host_pass(struct drill_host *host, int64_t ns)
{
    while (ns > 0) {
        int64_t piece_ns = ns < PACE_NS ? ns : PACE_NS;
        host->now.mono_ns += piece_ns;
        host->now.wall_ns += piece_ns;
        ns -= piece_ns;
        tell(host);
    }
}

void drill_host_recover(struct drill_host *host)
{
    step(host, (struct event){.kind = EVENT_SKEW, .skew = {.known = true}});
    for (int i = 0; i < STREAM_COUNT; i++)
        step(host, (struct event){.kind = EVENT_LINK,
                                  .link = {.stream = (enum stream)i, .up = true}});
    tell(host);
    drill_host_pass(host, 20 * PACE_NS); /* the lists of a start follow one another */
}

static void begin(struct drill_host *host)
{
    step(host, (struct event){.kind = EVENT_RUNNER,
                              .runner = {.runner = host->strategy, .generation = GENERATION,
                                         .state = RUNNER_READY}});
    drill_host_recover(host);
}

void drill_host_outage(struct drill_host *host, enum stream stream, int64_t ns)
{
    step(host, (struct event){.kind = EVENT_LINK, .link = {.stream = stream, .up = false}});
    host->deaf = true;
    for (int i = 0; i < OUTAGE_TICKS; i++) {
        host->now.mono_ns += ns / OUTAGE_TICKS + 1;
        host->now.wall_ns += ns / OUTAGE_TICKS + 1;
        step(host, (struct event){.kind = EVENT_TICK});
    }
    host->deaf = false;
}

struct drill_host *drill_host_open(const struct engine_settings *settings, product_index product,
                                   uint8_t strategy, int64_t wall_ns, struct price bid,
                                   struct size size)
{
    struct drill_host *host = calloc(1, sizeof(*host));

    if (!host)
        return NULL;
    host->settings = *settings;
    host->settings.rule_count = 0;
    host->settings.var.mode = VAR_OFF;
    host->settings.staged = false;
    host->product = product;
    host->strategy = strategy;
    host->now = (struct stamp){.mono_ns = wall_ns, .wall_ns = wall_ns};
    host->bid = bid;
    host->ask.e9 = bid.e9 + settings->catalog.items[product].tick.e9;
    host->size = size;
    host->engine = engine_create(&host->settings);
    if (!host->engine) {
        free(host);
        return NULL;
    }
    begin(host);
    return host;
}

void drill_host_close(struct drill_host *host)
{
    if (host)
        engine_destroy(host->engine);
    free(host);
}

struct client_id drill_host_leave(struct drill_host *host, struct price price,
                                  enum outcome outcome, struct verdict *ret)
{
    struct event event = {.kind = EVENT_INTENT};
    struct verdict_row row = {.verdict.code = REFUSED_MALFORMED};

    event.intent.runner = host->strategy;
    event.intent.generation = GENERATION;
    event.intent.intent = (struct intent){.kind = INTENT_PLACE, .product = host->product,
                                          .side = SIDE_BUY, .type = ORDER_TYPE_LIMIT,
                                          .tif = TIF_GTC, .post_only = true, .price = price,
                                          .size = host->size, .ref = ++host->refs};
    step(host, event);
    snapshot_verdict(host->engine, 0, &row);
    *ret = row.verdict;
    if (row.verdict.code == REFUSED_NOT)
        step(host, (struct event){.kind = EVENT_PLACE_REPLY,
                                  .place_reply = {.client_id = row.id, .outcome = outcome,
                                                  .venue_id = {"drill"}}});
    return row.id;
}

void drill_host_cancelled(struct drill_host *host, struct client_id id)
{
    step(host, (struct event){.kind = EVENT_ORDER_REPORT,
                              .order = {.source = REPORT_USER_UPDATE, .client_id = id,
                                        .has_client_id = true, .venue_id = {"drill"},
                                        .product = host->product, .side = SIDE_BUY,
                                        .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC,
                                        .status = VENUE_CANCELLED}});
}

void drill_host_order(struct drill_host *host, struct price price, struct verdict *ret)
{
    struct client_id id = drill_host_leave(host, price, OUTCOME_ACCEPTED, ret);

    if (ret->code == REFUSED_NOT)
        drill_host_cancelled(host, id);
}
