/* The recorder with a source and a sink of its own, read back with the codec. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/recorder.h"
#include "io/recorder_files.h"
#include "suites.h"
#include "wire/recording.h"

enum { LEVELS = 2000, PATH = 256 };
#define MIB(n) ((uint64_t)(n) << 20)

struct world {
    char directory[64];
    struct recorder *recorder;
    struct clock_port clock;
    struct source_port source;
    struct journal_port journal;
    struct sink_port sink;
    struct level levels[LEVELS];
    int64_t now_ns;
    uint64_t events, sent, seed;
    char ended[256];
    int ended_count;
};

/* ---- below the recorder */

static struct stamp below_now(void *context)
{
    struct world *world = context;
    world->now_ns += 1000000;
    return (struct stamp){world->now_ns, world->now_ns};
}

/* Levels that do not pack. */
static bool below_next(void *context, struct event *ret)
{
    struct world *world = context;
    for (uint32_t i = 0; i < LEVELS; i++) {
        world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
        world->levels[i] = (struct level){{(int64_t)(world->seed >> 4)},
                                          {(int64_t)(world->seed >> 9)}, SIDE_BUY};
    }
    *ret = (struct event){.kind = EVENT_BOOK, .book = {.levels = world->levels, .count = LEVELS}};
    world->events++;
    return true;
}

static int64_t below_commit(void *context, const struct record *records, uint32_t count)
{
    (void)context;
    (void)records;
    return count;
}

static void below_send(void *context, const struct command *command, int64_t number)
{
    (void)command;
    (void)number;
    ((struct world *)context)->sent++;
}

static void on_ended(void *context, const char *reason)
{
    struct world *world = context;
    world->ended_count++;
    snprintf(world->ended, sizeof world->ended, "%s", reason);
}

static bool try_open(struct world *world, uint64_t max_bytes, uint64_t waiting_max)
{
    struct err err = {""};
    struct recorder_config config = {
        .directory = world->directory, .version = "test", .max_bytes = max_bytes,
        .keep_days = 1, .waiting_max = waiting_max, .context = world, .on_ended = on_ended};
    world->recorder = recorder_open(&config, &err);
    if (!world->recorder)
        return false;
    world->clock = recorder_clock(world->recorder, (struct clock_port){world, below_now});
    world->source = recorder_source(world->recorder, (struct source_port){world, below_next});
    world->journal = recorder_journal(world->recorder, (struct journal_port){world, below_commit});
    world->sink = recorder_sink(world->recorder, (struct sink_port){world, below_send});
    return true;
}

/* One turn: an event, a record, a command. */
static void turn(struct world *world)
{
    struct event event;
    struct record record;
    struct command command;
    memset(&record, 0, sizeof record);
    memset(&command, 0, sizeof command);
    record.kind = RECORD_BOOT;
    command.kind = COMMAND_STOPPED;
    world->clock.now(world->clock.context);
    assert_true(world->source.next(world->source.context, &event));
    assert_int_equal(world->journal.commit(world->journal.context, &record, 1), 1);
    world->sink.send(world->sink.context, &command, 0);
}

static int make_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    if (!world)
        return -1;
    snprintf(world->directory, sizeof world->directory, "/tmp/recorder.XXXXXX");
    if (!mkdtemp(world->directory))
        return -1;
    *state = world;
    return 0;
}

/* ---- reading back */

static int list_runs(const struct world *world, char names[8][64])
{
    struct dirent **found;
    int count = scandir(world->directory, &found, NULL, alphasort), runs = 0;
    for (int i = 0; i < count; i++) {
        if (found[i]->d_name[0] != '.' && runs < 8)
            snprintf(names[runs++], 64, "%.60s", found[i]->d_name);
        free(found[i]);
    }
    free(found);
    return runs;
}

static int end_world(void **state)
{
    struct world *world = *state;
    char path[PATH];
    char names[8][64];
    recorder_close(world->recorder);
    for (int i = list_runs(world, names); i-- > 0;) {
        for (int chunk = 0; chunk < 200; chunk++) {
            snprintf(path, sizeof path, "%s/%s/%08d.mgr", world->directory, names[i], chunk);
            unlink(path);
        }
        snprintf(path, sizeof path, "%s/%s/end.txt", world->directory, names[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/%s", world->directory, names[i]);
        rmdir(path);
    }
    rmdir(world->directory);
    free(world);
    return 0;
}

static void read_file(const char *path, struct buf *ret)
{
    FILE *file = fopen(path, "re");
    char piece[65536];
    size_t got;
    buf_init(ret, MIB(256));
    while (file && (got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_put(ret, piece, got);
    if (file)
        fclose(file);
}

struct read_back {
    uint64_t turns, events, records, commits, commands, ends, chunks, raw_bytes, raw_whole;
    bool ordered;
};

static void count_block(const struct buf *block, struct read_back *ret)
{
    struct bytes_in in = {(const unsigned char *)block->data,
                          (const unsigned char *)block->data + block->length, false};
    struct entry entry;
    struct stamp at;
    uint64_t number;
    while (recording_next(&in, &entry, NULL) == 1) {
        ret->events += entry.kind == ENTRY_EVENT;
        ret->records += entry.kind == ENTRY_RECORD;
        ret->commits += entry.kind == ENTRY_COMMIT;
        ret->commands += entry.kind == ENTRY_COMMAND;
        ret->ends += entry.kind == ENTRY_END;
        if (entry.kind == ENTRY_RAW) {
            struct recording_raw raw;
            assert_int_equal(recording_read_raw(&entry, &raw, NULL), 0);
            ret->raw_bytes += raw.length;
            ret->raw_whole += raw.rest == 0;
        }
        if (entry.kind == ENTRY_TURN && recording_read_turn(&entry, &number, &at, NULL) == 0)
            ret->ordered &= number == ++ret->turns && ret->events == number - 1;
    }
    assert_false(in.failed);
}

static void count_chunk(const struct buf *chunk, struct read_back *ret)
{
    struct recording_unpacker *unpacker = recording_unpacker_create();
    const unsigned char *at = (const unsigned char *)chunk->data + RECORDING_MAGIC_BYTES;
    const unsigned char *end = (const unsigned char *)chunk->data + chunk->length;
    struct buf block;
    buf_init(&block, RECORDING_BLOCK_MAX);
    while (end - at >= RECORDING_BLOCK_HEAD &&
           end - at - RECORDING_BLOCK_HEAD >= recording_block_length(at)) {
        assert_int_equal(recording_unpack(unpacker, at, at + RECORDING_BLOCK_HEAD, &block, NULL),
                         0);
        count_block(&block, ret);
        at += RECORDING_BLOCK_HEAD + recording_block_length(at);
    }
    assert_ptr_equal(at, end); /* what did not fit was cut off */
    buf_fini(&block);
    recording_unpacker_destroy(unpacker);
}

static struct read_back read_run(const struct world *world, const char *run)
{
    struct read_back ret = {.ordered = true};
    char path[PATH];
    for (;;) {
        struct buf chunk;
        snprintf(path, sizeof path, "%s/%s/%08d.mgr", world->directory, run, (int)ret.chunks + 1);
        read_file(path, &chunk);
        if (chunk.length == 0) {
            buf_fini(&chunk);
            return ret;
        }
        count_chunk(&chunk, &ret);
        buf_fini(&chunk);
        ret.chunks++;
    }
}

static void assert_end(const struct world *world, const char *run, const char *words)
{
    char path[PATH];
    struct buf text;
    snprintf(path, sizeof path, "%s/%s/end.txt", world->directory, run);
    read_file(path, &text);
    assert_int_equal(text.length, RECORDER_END_BYTES);
    if (!strstr(text.data, words))
        fail_msg("end.txt says: %s", text.data);
    buf_fini(&text);
}

static void close_and_name(struct world *world, char run[64])
{
    snprintf(run, 64, "%s", recorder_run(world->recorder));
    recorder_close(world->recorder);
    world->recorder = NULL;
}

static void turns_until_ended(struct world *world, int most)
{
    for (int i = 0; i < most && world->ended_count == 0; i++) {
        struct pollfd bell = {recorder_fd(world->recorder), POLLIN, 0};
        turn(world);
        if (poll(&bell, 1, 0) == 1)
            recorder_poll(world->recorder);
    }
}

/* ---- tests */

static void all_that_passes_is_there_in_order(void **state)
{
    struct world *world = *state;
    char run[64];
    assert_true(try_open(world, MIB(512), MIB(64)));
    for (int i = 0; i < 100; i++)
        turn(world);
    assert_end(world, recorder_run(world->recorder), "was killed");
    close_and_name(world, run);
    struct read_back read = read_run(world, run);
    assert_true(read.ordered);
    assert_int_equal(read.turns, 100);
    assert_int_equal(read.events, 100);
    assert_int_equal(read.records, 100);
    assert_int_equal(read.commits, 100);
    assert_int_equal(read.commands, 100);
    assert_int_equal(read.ends, 1);
    assert_int_equal(world->sent, 100);
    assert_int_equal(world->ended_count, 0);
    assert_end(world, run, "in order");
}

/* Longer than a block may be: a giant snapshot is in pieces. */
static void a_long_frame_is_kept_in_pieces(void **state)
{
    struct world *world = *state;
    size_t length = 10 * 1024 * 1024 + 1;
    char *frame = malloc(length), run[64];
    struct read_back back;
    assert_non_null(frame);
    memset(frame, 'x', length);
    assert_true(try_open(world, MIB(512), MIB(64)));
    turn(world);
    recorder_raw(world->recorder, STREAM_MARKET, true, 1, frame, length);
    recorder_raw(world->recorder, STREAM_MARKET, true, 2, frame, 1);
    free(frame);
    close_and_name(world, run);
    back = read_run(world, run);
    assert_int_equal(back.raw_bytes, length + 1);
    assert_int_equal(back.raw_whole, 2);
}

/* F70 | unit | the recording's disk is full, a block half written | the recording ends with its
 *     last whole block and says why, every command still leaves */
static void a_full_disk_ends_the_recording_alone(void **state)
{
    struct world *world = *state;
    struct rlimit old, tight;
    char run[64];
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    tight = (struct rlimit){MIB(1), old.rlim_max};
    assert_true(try_open(world, MIB(512), MIB(512)));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    turns_until_ended(world, 100000);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(world->ended_count, 1);
    assert_non_null(strstr(world->ended, "failed"));
    assert_int_equal(world->sent, world->events);
    close_and_name(world, run);
    struct read_back read = read_run(world, run);
    assert_true(read.ordered && read.turns > 0 && read.turns < world->events && read.ends == 0);
    assert_end(world, run, "failed");
}

static void a_disk_too_slow_ends_it_with_whole_turns(void **state)
{
    struct world *world = *state;
    char run[64];
    assert_true(try_open(world, MIB(512), 300 * 1024));
    for (int i = 0; i < 5; i++) { /* one turn does not fit: all in one go */
        struct event event;
        turn(world);
        for (int k = 0; k < 20; k++)
            assert_true(world->source.next(world->source.context, &event));
    }
    recorder_poll(world->recorder);
    assert_int_equal(world->ended_count, 1);
    assert_non_null(strstr(world->ended, "does not keep up"));
    turn(world);
    assert_int_equal(world->sent, 6);
    close_and_name(world, run);
    assert_int_equal(read_run(world, run).ends, 0);
    assert_end(world, run, "does not keep up");
}

static void it_ends_at_its_largest_and_older_runs_go_first(void **state)
{
    struct world *world = *state;
    char first[64], second[64], names[8][64];
    assert_true(try_open(world, MIB(64), MIB(64)));
    turn(world);
    close_and_name(world, first);
    assert_true(try_open(world, MIB(4), MIB(512)));
    assert_int_equal(list_runs(world, names), 2);
    turns_until_ended(world, 100000);
    assert_int_equal(world->ended_count, 1);
    assert_non_null(strstr(world->ended, "max_mib"));
    close_and_name(world, second);
    assert_int_equal(list_runs(world, names), 1);
    assert_string_equal(names[0], second);
    struct read_back read = read_run(world, second);
    assert_true(read.ordered && read.chunks >= 3);
}

static void one_daemon_records_into_a_directory(void **state)
{
    struct world *world = *state, other = {0};
    snprintf(other.directory, sizeof other.directory, "%s", world->directory);
    assert_true(try_open(world, MIB(64), MIB(64)));
    assert_false(try_open(&other, MIB(64), MIB(64)));
}

static void without_a_recorder_a_port_is_the_one_below(void **state)
{
    struct world *world = *state;
    struct sink_port sink = recorder_sink(NULL, (struct sink_port){world, below_send});
    assert_ptr_equal(sink.context, world);
    assert_true(sink.send == below_send);
    recorder_row(NULL, NULL);
    recorder_close(NULL);
}

int suite_recorder(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, end_world)
    const struct CMUnitTest tests[] = {
        TEST(all_that_passes_is_there_in_order),
        TEST(a_long_frame_is_kept_in_pieces),
        TEST(a_full_disk_ends_the_recording_alone),
        TEST(a_disk_too_slow_ends_it_with_whole_turns),
        TEST(it_ends_at_its_largest_and_older_runs_go_first),
        TEST(one_daemon_records_into_a_directory),
        TEST(without_a_recorder_a_port_is_the_one_below),
    };
    return cmocka_run_group_tests_name("recorder", tests, NULL, NULL);
}
