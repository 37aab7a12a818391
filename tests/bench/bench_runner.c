/* The round trip to a jailed script: a view leaves the core, crosses the socket, becomes on_book
 * with two reads of the best bid, and its credit comes back through the loop. Reference: one byte
 * bounced by a bare child process over the same kind of socket, without loop, jail or Lua.
 *
 *     bench_runner path/to/moongate-runner path/to/lua/lib */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "bench.h"
#include "io/loop.h"
#include "io/runner.h"

enum { TRIPS = 20000 };

static const char script[] =
    "local last\n"
    "return {on_book = function(book) last = book:bid(); last = book:mid() end}\n";

struct bench {
    struct loop *loop;
    struct event_queue *queue;
    struct runner_pool *pool;
    struct bench_samples samples;
    struct view view;
    uint32_t generation;
    int64_t sent_ns;
};

static double bench_bare(void)
{
    struct bench_samples samples;
    int ends[2];
    char byte = 'x';
    double per;

    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(ends[0]);
        while (read(ends[1], &byte, 1) == 1 && write(ends[1], &byte, 1) == 1)
            ;
        _exit(0);
    }
    close(ends[1]);
    bench_init(&samples, TRIPS);
    for (int i = 0; i < TRIPS; i++) {
        int64_t start = bench_now_ns();
        CHECK(write(ends[0], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1);
        bench_add(&samples, bench_now_ns() - start);
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    per = bench_per_op(&samples, 1);
    bench_fini(&samples);
    return per;
}

static void send_view(struct bench *bench)
{
    struct command command = {.kind = COMMAND_VIEW};

    bench->view.number++;
    command.view.generation = bench->generation;
    command.view.view = &bench->view;
    bench->sent_ns = bench_now_ns();
    runner_command(bench->pool, &command);
}

static void on_turn(void *context)
{
    struct bench *bench = context;
    struct event event;

    while (event_queue_pop(bench->queue, &event)) {
        if (event.kind == EVENT_RUNNER && event.runner.state == RUNNER_READY) {
            bench->generation = event.runner.generation;
            send_view(bench);
        } else if (event.kind == EVENT_RUNNER && event.runner.state == RUNNER_DEAD) {
            fprintf(stderr, "the runner died: %s\n", event.runner.reason);
            exit(1);
        } else if (event.kind == EVENT_CREDIT) {
            bench_add(&bench->samples, bench_now_ns() - bench->sent_ns);
            if (bench->samples.count == TRIPS)
                loop_stop(bench->loop);
            else
                send_view(bench);
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
    settings->strategies[0].products = 1;
    settings->strategy_count = 1;
}

static void run(const char *program, const char *library, int cpu, const char *what,
                double reference)
{
    static struct engine_settings settings;
    char path[] = "/tmp/moongate-bench-XXXXXX.lua";
    struct bench bench = {0};
    struct runner_pool_config config = runner_pool_defaults();
    struct runner_config runner = {.role = SCRIPT_ROLE_STRATEGY, .name = "bench",
                                   .script_path = path, .products = 1};
    struct err err = {""};
    int fd = mkstemps(path, 4);

    CHECK(fd >= 0 && write(fd, script, sizeof(script) - 1) == (ssize_t)sizeof(script) - 1);
    close(fd);
    make_settings(&settings);
    make_view(&bench.view);
    bench_init(&bench.samples, TRIPS);
    bench.loop = loop_create(&err);
    bench.queue = event_queue_create(1 << 20);
    CHECK(bench.loop && bench.queue);
    config.loop = bench.loop;
    config.events = bench.queue;
    config.settings = &settings;
    config.program = program;
    config.lib_directory = library;
    config.max_frames_per_s = config.max_intents_per_s = 10 * 1000 * 1000;
    config.cpu = cpu;
    bench.pool = runner_pool_create(&config, &err);
    if (!bench.pool || runner_add(bench.pool, &runner, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    loop_add_hook(bench.loop, LOOP_TURN, on_turn, &bench);
    loop_run(bench.loop);
    bench_line(what, &bench.samples, 1, "bare socket round trip", reference);
    runner_pool_destroy(bench.pool);
    event_queue_destroy(bench.queue);
    loop_destroy(bench.loop);
    bench_fini(&bench.samples);
    unlink(path);
}

int main(int argc, char **argv)
{
    double reference;

    if (argc != 3)
        return fprintf(stderr, "usage: bench_runner MOONGATE-RUNNER LUA-LIB\n"), 2;
    reference = bench_bare();
    bench_head();
    run(argv[1], argv[2], -1, "runner: view to credit, any CPU", reference);
    return 0;
}
