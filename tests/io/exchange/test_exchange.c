/* The link against the loopback exchange, as the host uses it: discover, come up, read the lists,
 * place an order far from the market, see it on the user stream, cancel it, see it gone.
 *
 *     test_io_exchange CA_FILE KEY_FILE PORT
 *
 * Started by run.sh, once for each kind of key. Ends with 0, or says what did not happen. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../approve.h"
#include "base/check.h"
#include "io/link.h"
#include "io/secret.h"

enum { WATCHDOG_S = 60 };

enum step { STEP_DISCOVER, STEP_STREAMS, STEP_LISTS, STEP_PLACE, STEP_OPEN, STEP_CANCEL, STEP_GONE,
            STEP_RESET, STEP_DONE };

static struct {
    struct loop *loop;
    struct link *link;
    struct event_queue *queue;
    struct catalog catalog;
    enum step step;
    bool up[STREAM_COUNT];
    unsigned downs, lists, incomplete, positions, balances, snapshots, trades, heartbeats;
    uint64_t next_sequence[STREAM_COUNT];
    struct client_id id;
    struct venue_id venue_id;
    product_index product;
    struct price bid;
} host;

static _Noreturn void give_up(const char *format, ...)
{
    struct link_counters counters;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "step %d: ", host.step);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (host.link) {
        link_read_counters(host.link, &counters);
        fprintf(stderr, " (last error: %s)", counters.last_error);
    }
    fprintf(stderr, "\n");
    exit(1);
}

static void ask_lists(void)
{
    for (int kind = 0; kind < LIST_KIND_COUNT; kind++) {
        struct command command = {.kind = COMMAND_LIST,
                                  .list = {.kind = (enum list_kind)kind,
                                           .request = (uint64_t)kind + 1}};
        link_command(host.link, &command);
    }
}

/* Far below the market, so that it rests; inside the collar that the approving gate is given. */
static void place_far(void)
{
    struct command command = {.kind = COMMAND_PLACE};
    const struct instrument *instrument = &host.catalog.items[host.product];
    struct price price = {host.bid.e9 * 95 / 100 / instrument->tick.e9 * instrument->tick.e9};
    struct catalog one = {.items = {*instrument}, .count = 1};
    CHECK(secret_random(host.id.bytes, sizeof host.id.bytes, NULL) == 0);
    host.id.bytes[6] = (uint8_t)((host.id.bytes[6] & 15) | 0x40);
    host.id.bytes[8] = (uint8_t)((host.id.bytes[8] & 63) | 0x80);
    CHECK(host.product == 0); /* the gate above knows product 0 alone */
    command.place.order = approve_order(&one, host.id, price);
    command.place.id = host.id;
    link_command(host.link, &command);
}

static void cancel_it(void)
{
    struct command command = {.kind = COMMAND_CANCEL,
                              .cancel = {.id = host.id, .venue_id = host.venue_id}};
    link_command(host.link, &command);
}

static void reset_market(void)
{
    struct command command = {.kind = COMMAND_STREAM_RESET,
                              .stream_reset = {.stream = STREAM_MARKET, .reason = "the test"}};
    link_command(host.link, &command);
}

static bool is_ours(const struct event_order_report *report)
{
    return report->has_client_id &&
           memcmp(report->client_id.bytes, host.id.bytes, sizeof host.id.bytes) == 0;
}

static void on_frame(const struct event_frame *frame)
{
    if (!host.up[frame->stream])
        give_up("a frame of stream %d while it is down", frame->stream);
    if (frame->sequence != host.next_sequence[frame->stream])
        give_up("stream %d: sequence %llu where %llu was due", frame->stream,
                (unsigned long long)frame->sequence,
                (unsigned long long)host.next_sequence[frame->stream]);
    host.next_sequence[frame->stream]++;
}

static void on_book(const struct event_book *book)
{
    host.snapshots += book->snapshot;
    for (uint32_t i = 0; book->snapshot && book->product == host.product && i < book->count; i++)
        if (book->levels[i].side == SIDE_BUY && book->levels[i].price.e9 > host.bid.e9)
            host.bid = book->levels[i].price;
}

static void on_place_reply(const struct event_place_reply *reply)
{
    if (reply->outcome != OUTCOME_ACCEPTED)
        give_up("the order was not accepted: outcome %d, %s", reply->outcome, reply->reason);
    host.venue_id = reply->venue_id;
    host.step = STEP_OPEN;
}

static void on_event(const struct event *event)
{
    switch (event->kind) {
    case EVENT_LINK:
        host.up[event->link.stream] = event->link.up;
        host.downs += !event->link.up;
        host.next_sequence[event->link.stream] = 0;
        break;
    case EVENT_FRAME: on_frame(&event->frame); break;
    case EVENT_BOOK: on_book(&event->book); break;
    case EVENT_TRADES: host.trades += event->trades.count; break;
    case EVENT_HEARTBEAT: host.heartbeats++; break;
    case EVENT_POSITION: host.positions++; break;
    case EVENT_BALANCE: host.balances++; break;
    case EVENT_LIST_END:
        host.lists++;
        host.incomplete += !event->list_end.complete;
        break;
    case EVENT_PLACE_REPLY: on_place_reply(&event->place_reply); break;
    case EVENT_CANCEL_REPLY:
        if (event->cancel_reply.outcome != OUTCOME_ACCEPTED)
            give_up("the cancel was not accepted: %s", event->cancel_reply.reason);
        break;
    case EVENT_ORDER_REPORT:
        if (host.step == STEP_OPEN && is_ours(&event->order) && event->order.status == VENUE_OPEN) {
            host.step = STEP_CANCEL;
            cancel_it();
        } else if (host.step == STEP_CANCEL && is_ours(&event->order) &&
                   event->order.status == VENUE_CANCELLED) {
            host.step = STEP_GONE;
        }
        break;
    default:
        break;
    }
}

static void advance(void)
{
    if (host.step == STEP_STREAMS && host.up[STREAM_MARKET] && host.up[STREAM_USER] &&
        host.bid.e9 > 0 && host.trades > 0 && host.heartbeats > 2) {
        host.step = STEP_LISTS;
        ask_lists();
    } else if (host.step == STEP_LISTS && host.lists == LIST_KIND_COUNT) {
        if (host.incomplete || host.balances < 2)
            give_up("%u of the lists were incomplete, %u balances came", host.incomplete,
                    host.balances);
        host.step = STEP_PLACE;
        place_far();
    } else if (host.step == STEP_GONE) {
        host.step = STEP_RESET;
        host.snapshots = 0;
        reset_market();
    } else if (host.step == STEP_RESET && host.downs == 1 && host.up[STREAM_MARKET] &&
               host.snapshots >= host.catalog.count) {
        host.step = STEP_DONE;
        loop_stop(host.loop);
    }
}

static void on_turn(void *context)
{
    struct event event;
    (void)context;
    while (event_queue_pop(host.queue, &event))
        on_event(&event);
    advance();
}

static void on_discovered(void *context, const struct catalog *found, const char *error)
{
    struct err err;
    (void)context;
    if (error)
        give_up("discovery: %s", error);
    if (found->count != 4)
        give_up("%u products were found, not BTC and ETH in both profiles", found->count);
    host.catalog = *found;
    host.step = STEP_STREAMS;
    if (link_start(host.link, &err) < 0)
        give_up("%s", err.text);
}

static void report(void)
{
    struct link_counters counters;
    link_read_counters(host.link, &counters);
    printf("ok: %llu market and %llu user frames, order to wire %.0f us, round trip %.1f ms, "
           "tokens %llu ahead %llu at once, skew %.1f ms\n",
           (unsigned long long)counters.frames[STREAM_MARKET],
           (unsigned long long)counters.frames[STREAM_USER],
           (double)counters.submit_to_write.p50_ns / 1e3,
           (double)counters.order_round_trip.p50_ns / 1e6,
           (unsigned long long)counters.tokens_ahead,
           (unsigned long long)counters.tokens_at_once, (double)counters.skew_ns / 1e6);
}

int main(int argc, char **argv)
{
    static const char assets[2][ASSET_MAX] = {"BTC", "ETH"};
    struct err err = {""};
    struct link_config config;
    if (argc != 4)
        give_up("usage: %s CA_FILE KEY_FILE PORT", argv[0]);
    uint16_t port = (uint16_t)strtoul(argv[3], NULL, 10);
    alarm(WATCHDOG_S);
    struct sign_key *key = secret_load_key(argv[2], API_ADVANCED, &err);
    if (!key)
        give_up("%s", err.text);
    link_config_init(&config);
    config.rest = (struct link_endpoint){"localhost", port};
    config.market = (struct link_endpoint){"127.0.0.1", port};
    config.user = (struct link_endpoint){"localhost", port};
    config.ca_file = argv[1];
    config.spec_refresh_ns = 1000000000;
    host.loop = loop_create(&err);
    host.queue = event_queue_create(8 << 20);
    host.link = link_create(&config, host.loop, &host.catalog, key, host.queue, &err);
    if (!host.link || link_discover(host.link, assets, 2, on_discovered, NULL, &err) < 0)
        give_up("%s", err.text);
    loop_add_hook(host.loop, LOOP_TURN, on_turn, NULL);
    loop_run(host.loop);
    report();
    link_destroy(host.link);
    event_queue_destroy(host.queue);
    loop_destroy(host.loop);
    sign_key_destroy(key);
    return 0;
}
