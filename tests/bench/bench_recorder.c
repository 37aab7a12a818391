/* What the recording costs the loop's thread: an event taken from its source through the recorder,
 * with its share of a turn's head. Reference: the same source without one. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "bench.h"
#include "io/recorder.h"
#include "io/recorder_files.h"

enum { TURNS = 20000, EVENTS = 10, LEVELS = 4, REST_EVERY = 20, REST_NS = 2000000 };

static struct level levels[LEVELS];

static struct stamp now(void *context)
{
    (void)context;
    return (struct stamp){bench_now_ns(), 0};
}

static bool next(void *context, struct event *ret)
{
    int64_t *number = context;

    memset(ret, 0, sizeof(*ret));
    ret->kind = EVENT_BOOK;
    ret->book.levels = levels;
    ret->book.count = LEVELS;
    ret->book.venue_ns = ++*number;
    levels[*number % LEVELS].price.e9 = *number * DECIMAL_ONE / 10;
    return true;
}

static void on_ended(void *context, const char *reason)
{
    (void)context;
    fprintf(stderr, "the recording ended: %s\n", reason);
    abort();
}

/* The helper packs meanwhile, as it does between the venue's messages. */
static void rest(int turn)
{
    struct timespec pause = {0, REST_NS};

    if (turn % REST_EVERY == 0)
        nanosleep(&pause, NULL);
}

static void run(struct clock_port clock, struct source_port source, struct bench_samples *ret)
{
    struct event event;

    bench_init(ret, TURNS);
    for (int turn = 0; turn < TURNS; turn++) {
        int64_t start = bench_now_ns();
        clock.now(clock.context);
        for (int i = 0; i < EVENTS; i++)
            CHECK(source.next(source.context, &event));
        bench_add(ret, bench_now_ns() - start);
        rest(turn);
    }
}

static void remove_run(const char *directory, const char *run_name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s/00000001%s", directory, run_name, RECORDER_CHUNK_SUFFIX);
    unlink(path);
    snprintf(path, sizeof(path), "%s/%s/%s", directory, run_name, RECORDER_END_FILE);
    unlink(path);
    snprintf(path, sizeof(path), "%s/%s", directory, run_name);
    rmdir(path);
    rmdir(directory);
}

int main(int argc, char **argv)
{
    char directory[] = "/var/tmp/moongate-bench-XXXXXX", run_name[64];
    struct recorder_config config = {.version = "bench", .max_bytes = 1ull << 30,
                                     .waiting_max = 64u << 20, .on_ended = on_ended};
    struct bench_samples plain, recorded;
    struct err err = {""};
    int64_t number = 0;
    struct clock_port clock = {NULL, now};
    struct source_port source = {&number, next};

    (void)argv;
    if (argc > 1)
        return fprintf(stderr, "bench_recorder takes no arguments\n"), 2;
    CHECK(mkdtemp(directory));
    config.directory = directory;
    struct recorder *recorder = recorder_open(&config, &err);
    if (!recorder)
        return fprintf(stderr, "%s\n", err.text), 1;
    snprintf(run_name, sizeof(run_name), "%s", recorder_run(recorder));
    bench_head();
    run(clock, source, &plain);
    run(recorder_clock(recorder, clock), recorder_source(recorder, source), &recorded);
    bench_line("recorder: one event", &recorded, EVENTS, "not recorded",
               bench_per_op(&plain, EVENTS));
    recorder_poll(recorder);
    recorder_close(recorder);
    remove_run(directory, run_name);
    bench_fini(&plain);
    bench_fini(&recorded);
    return 0;
}
