/* The round trip to a jailed script: a view leaves the core, crosses the socket, becomes on_book
 * with two reads of the book, and its credit comes back through the loop. Once alone, once beside
 * a neighbour that spins in every callback until its soft deadline, and once pinned to one CPU with
 * the core. Reference: one byte bounced by a bare child process over the same kind of socket,
 * without loop, jail or Lua.
 *
 *     bench_runner path/to/moongate-runner path/to/lua/lib */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "bench.h"
#include "io/loop.h"
#include "io/runner.h"

enum { TRIPS = 20000 };

static const char script[] =
    "local last\n"
    "return {on_book = function(book) last = book:bid(); last = book:mid() end}\n";

static const char spinner[] = "return {on_book = function() while true do end end}\n";

struct bench {
    struct loop *loop;
    struct event_queue *queue;
    struct runner_pool *pool;
    struct bench_samples samples;
    struct view view;
    uint32_t generation[2]; /* the measured one, its neighbour */
    int64_t sent_ns;
};

static void send_view(struct bench *bench, actor_index runner)
{
    struct command command = {.kind = COMMAND_VIEW};

    bench->view.number++;
    command.view.runner = runner;
    command.view.generation = bench->generation[runner];
    command.view.view = &bench->view;
    if (runner == 0)
        bench->sent_ns = bench_now_ns();
    runner_command(bench->pool, &command);
}

static void on_credit(struct bench *bench, actor_index runner)
{
    if (runner == 0)
        bench_add(&bench->samples, bench_now_ns() - bench->sent_ns);
    if (bench->samples.count == TRIPS)
        loop_stop(bench->loop);
    else
        send_view(bench, runner);
}

static void on_turn(void *context)
{
    struct bench *bench = context;
    struct event event;

    while (event_queue_pop(bench->queue, &event)) {
        if (event.kind == EVENT_RUNNER && event.runner.state == RUNNER_READY) {
            bench->generation[event.runner.runner] = event.runner.generation;
            send_view(bench, event.runner.runner);
        } else if (event.kind == EVENT_RUNNER && event.runner.state == RUNNER_DEAD) {
            fprintf(stderr, "a runner died: %s\n", event.runner.reason);
            exit(1);
        } else if (event.kind == EVENT_CREDIT) {
            on_credit(bench, event.credit.runner);
        }
    }
}

static void make_view(struct view *view)
{
    view->bid_count = view->ask_count = VIEW_LEVELS;
    for (int i = 0; i < VIEW_LEVELS; i++) {
        view->bids[i] = (struct view_level){{(61800LL - i) * DECIMAL_ONE}, {DECIMAL_ONE}};
        view->asks[i] = (struct view_level){{(61801LL + i) * DECIMAL_ONE}, {DECIMAL_ONE}};
    }
}

static void make_settings(struct engine_settings *settings)
{
    struct instrument *spec = &settings->catalog.items[0];

    settings->catalog.count = 1;
    snprintf(spec->product_id, sizeof(spec->product_id), "BTC-PERP-INTX");
    snprintf(spec->asset, sizeof(spec->asset), "BTC");
    spec->contract_size.e9 = DECIMAL_ONE;
    spec->tick.e9 = spec->step.e9 = 1;
    settings->strategies[0].products = settings->strategies[1].products = 1;
    settings->strategy_count = 2;
}

static void write_script(char *path, const char *text)
{
    int fd = mkstemps(path, 4);

    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void add(struct runner_pool *pool, actor_index index, const char *name, const char *path)
{
    struct runner_config runner = {.role = SCRIPT_ROLE_STRATEGY, .index = index, .name = name,
                                   .script_path = path, .products = 1};
    struct err err = {""};

    if (runner_add(pool, &runner, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

static struct runner_pool *make_pool(struct bench *bench, char **arguments, int cpu)
{
    static struct engine_settings settings;
    struct runner_pool_config config = runner_pool_defaults();
    struct err err = {""};

    make_settings(&settings);
    config.loop = bench->loop;
    config.events = bench->queue;
    config.settings = &settings;
    config.program = arguments[1];
    config.lib_directory = arguments[2];
    config.max_frames_per_s = config.max_intents_per_s = 10 * 1000 * 1000;
    config.soft_deadline_ns = 20 * 1000 * 1000;
    config.cpu = cpu;
    struct runner_pool *pool = runner_pool_create(&config, &err);
    CHECK(pool);
    return pool;
}

static void run(char **arguments, const char *what, double reference, bool neighbour, int cpu)
{
    char path[] = "/tmp/moongate-bench-XXXXXX.lua", spin[] = "/tmp/moongate-bench-XXXXXX.lua";
    struct bench bench = {0};
    struct err err = {""};

    write_script(path, script);
    write_script(spin, spinner);
    make_view(&bench.view);
    bench_init(&bench.samples, TRIPS);
    bench.loop = loop_create(&err);
    bench.queue = event_queue_create(1 << 20);
    CHECK(bench.loop && bench.queue);
    bench.pool = make_pool(&bench, arguments, cpu);
    if (neighbour)
        add(bench.pool, 1, "spinner", spin);
    add(bench.pool, 0, "bench", path);
    loop_add_hook(bench.loop, LOOP_TURN, on_turn, &bench);
    loop_run(bench.loop);
    bench_line(what, &bench.samples, 1, "bare socket round trip", reference);
    runner_pool_destroy(bench.pool);
    event_queue_destroy(bench.queue);
    loop_destroy(bench.loop);
    bench_fini(&bench.samples);
    unlink(path);
    unlink(spin);
}

int main(int argc, char **argv)
{
    cpu_set_t first;
    double reference;

    if (argc != 3)
        return fprintf(stderr, "usage: bench_runner MOONGATE-RUNNER LUA-LIB\n"), 2;
    log_set_level(LOG_ERROR);
    reference = bench_bare_trip();
    bench_head();
    run(argv, "runner: view to credit, any CPU", reference, false, -1);
    run(argv, "runner: beside a spinning neighbour", reference, true, -1);
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    sched_setaffinity(0, sizeof(first), &first);
    run(argv, "runner: core and runner on one CPU", reference, false, 0);
    run(argv, "runner: one CPU, and the neighbour", reference, true, 0);
    return 0;
}
