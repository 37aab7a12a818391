/* The decision path, hot: the bytes of a level2 message are decoded, the engine updates its book, a
 * view crosses to the jailed script, its on_book places an order, the intent crosses back and the
 * gate approves it. The engine, the runner and its process are the real ones; TLS, disk and venue
 * are not on this path. Once back to back and once with 20 ms of sleep before each message, which
 * is how a quiet market finds the caches. Reference: a byte bounced by a child process.
 *
 *     bench_path path/to/moongate-runner path/to/lua/lib */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/engine/suites.h"

#include "../unit/engine/engine_rig.h"
#include "base/check.h"
#include "base/log.h"
#include "bench.h"
#include "io/loop.h"
#include "io/runner.h"
#include "wire/coinbase_feed.h"

enum { TRIPS = 2000, TRIPS_RESTED = 200, REST_US = 20000, BTC_INTX = 1 };

/* One bid far below at each change of the best bid's size; taken back once it works. */
static const char script[] =
    "local seen, bid, orders = nil, nil, 0\n"
    "return {\n"
    "  on_book = function(book)\n"
    "    if book.product ~= 'BTC-PERP-INTX' then return end\n"
    "    local price, size = book:bid()\n"
    "    if bid or size == seen then return end\n"
    "    seen, orders = size, orders + 1\n"
    "    bid = host.place{product = book.product, side = 'buy', size = '0.01',\n"
    "                     price = price - 1 - orders % 10}\n"
    "  end,\n"
    "  on_order = function(order)\n"
    "    if order.done then bid = nil\n"
    "    elseif order.state == 'open' then host.cancel(order.ref) end\n"
    "  end,\n"
    "  on_refusal = function(refusal) error(refusal.code) end}\n";

struct bench {
    struct rig *rig;
    struct coinbase_feed *feed;
    struct loop *loop;
    struct event_queue *queue;
    struct runner_pool *pool;
    struct bench_samples samples;
    struct client_id order;
    uint32_t trips, rest_us, served; /* served: commands of the rig handed on */
    int64_t started_ns;              /* 0: nothing is measured */
};

static void hand_on(struct bench *bench)
{
    struct rig *rig = bench->rig;

    for (; bench->served < rig->command_count; bench->served++) {
        struct command *command = &rig->commands[bench->served];
        if (command->kind == COMMAND_VIEW)
            command->view.view = &rig->views[0];
        if (command->kind == COMMAND_PLACE) {
            bench_add(&bench->samples, bench_now_ns() - bench->started_ns);
            bench->order = command->place.id;
        }
        if ((command->kind == COMMAND_VIEW && command->view.runner == 0) ||
            (command->kind == COMMAND_NOTICE && command->notice.runner == 0))
            runner_command(bench->pool, command);
    }
}

static void take_fed(void *context, const struct event *event)
{
    struct bench *bench = context;
    struct event copy = *event;

    rig_step(bench->rig, &copy);
}

/* A market message, from its bytes to the view that is owed for it. */
static void feed_message(struct bench *bench)
{
    char message[512];
    struct err err;
    int length = snprintf(message, sizeof(message),
        "{\"channel\":\"l2_data\",\"timestamp\":\"2026-09-30T02:39:54.014999553Z\","
        "\"sequence_num\":%llu,\"events\":[{\"type\":\"update\",\"product_id\":"
        "\"BTC-PERP-INTX\",\"updates\":[{\"side\":\"bid\",\"event_time\":"
        "\"2026-09-30T02:39:53.977543Z\",\"price_level\":\"99\",\"new_quantity\":\"%u.5\"}]}]}",
        (unsigned long long)bench->rig->sequence[STREAM_MARKET]++, bench->samples.count % 9 + 1);

    if (bench->rest_us)
        usleep(bench->rest_us);
    bench->started_ns = bench_now_ns();
    CHECK(coinbase_feed_decode(bench->feed, STREAM_MARKET, message, (size_t)length, take_fed, bench,
                               &err) == 0);
    hand_on(bench);
}

/* The order of the last trip ends, a fifth of a second goes by, and the next message comes. */
static void begin_trip(struct bench *bench)
{
    bench->rig->journal_count = 0;
    rig_forget(bench->rig);
    bench->served = 0;
    rig_pass(bench->rig, 200000000);
    hand_on(bench);
    if (bench->samples.count == bench->trips)
        loop_stop(bench->loop);
    else
        feed_message(bench);
}

static void venue_answers(struct bench *bench, const struct event *intent)
{
    char venue_id[24];

    snprintf(venue_id, sizeof(venue_id), "order-%u", bench->samples.count);
    if (intent->intent.intent.kind == INTENT_PLACE) {
        rig_reply(bench->rig, bench->order, OUTCOME_ACCEPTED, venue_id);
    } else {
        rig_report(bench->rig, bench->order, venue_id, VENUE_CANCELLED, "0", "0",
                   REPORT_USER_UPDATE);
        hand_on(bench);
        begin_trip(bench);
    }
    hand_on(bench);
}

static void on_turn(void *context)
{
    struct bench *bench = context;
    struct event event;

    while (event_queue_pop(bench->queue, &event)) {
        CHECK(event.kind != EVENT_RUNNER || event.runner.state != RUNNER_DEAD);
        if (event.kind == EVENT_RUNNER)
            bench->rig->generation[0] = event.runner.generation;
        rig_step(bench->rig, &event);
        hand_on(bench);
        if (event.kind == EVENT_RUNNER && event.runner.state == RUNNER_READY)
            begin_trip(bench);
        else if (event.kind == EVENT_INTENT)
            venue_answers(bench, &event);
    }
}

static void add_runner(struct bench *bench, char **arguments, const char *path)
{
    struct runner_pool_config config = runner_pool_defaults();
    struct runner_config runner = {.role = SCRIPT_ROLE_STRATEGY, .index = 0, .name = "bench",
                                   .script_path = path, .products = 1 << BTC_INTX};
    struct err err = {""};

    config.loop = bench->loop;
    config.events = bench->queue;
    config.settings = &bench->rig->settings;
    config.program = arguments[1];
    config.lib_directory = arguments[2];
    config.max_frames_per_s = config.max_intents_per_s = 10 * 1000 * 1000;
    config.first_generation = 1000;
    bench->pool = runner_pool_create(&config, &err);
    if (!bench->pool || runner_add(bench->pool, &runner, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

static void run(char **arguments, const char *path, const char *what, uint32_t trips,
                uint32_t rest_us, double reference)
{
    struct bench bench = {.trips = trips, .rest_us = rest_us};
    struct err err = {""};

    bench.rig = rig_create(0);
    bench.feed = coinbase_feed_create(&bench.rig->settings.catalog);
    bench.loop = loop_create(&err);
    bench.queue = event_queue_create(1 << 20);
    CHECK(bench.rig && bench.feed && bench.loop && bench.queue);
    bench_init(&bench.samples, trips);
    rig_up(bench.rig);
    bench.served = bench.rig->command_count;
    add_runner(&bench, arguments, path);
    loop_add_hook(bench.loop, LOOP_TURN, on_turn, &bench);
    loop_run(bench.loop);
    bench_line(what, &bench.samples, 1, "bare socket round trip", reference);
    runner_pool_destroy(bench.pool);
    event_queue_destroy(bench.queue);
    loop_destroy(bench.loop);
    coinbase_feed_destroy(bench.feed);
    rig_destroy(bench.rig);
    bench_fini(&bench.samples);
}

int main(int argc, char **argv)
{
    char path[] = "/tmp/moongate-bench-XXXXXX.lua";
    int fd = mkstemps(path, 4);

    if (argc != 3)
        return fprintf(stderr, "usage: bench_path MOONGATE-RUNNER LUA-LIB\n"), 2;
    CHECK(fd >= 0 && write(fd, script, strlen(script)) == (ssize_t)strlen(script));
    close(fd);
    log_set_level(LOG_WARN);
    bench_head();
    double reference = bench_bare_trip();
    run(argv, path, "frame to approved order, hot", TRIPS, 0, reference);
    run(argv, path, "frame to approved, after 20 ms rest", TRIPS_RESTED, REST_US, reference);
    unlink(path);
    return 0;
}
