/* F64: whatever happens to the files, the journal comes back equal or refuses and says what to do.
 * A prefix comes back only where the rest was never durable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/prng.h"
#include "io/store_reader.h"
#include "store_kit.h"
#include "suites.h"
#include "wire/journal_rec.h"

enum { ROWS = 12 };

/* A journal of `rows` rows, closed. */
static void make(struct kit *kit, int64_t rows)
{
    kit_init(kit);
    if (!kit_open(kit))
        fail_msg("%s", kit->err.text);
    assert_int_equal(store_wait(kit->store, kit_commit(kit, 1, (uint32_t)rows)), 0);
    kit_close(kit);
}

static void refuses_saying(struct kit *kit, const char *says)
{
    assert_false(kit_open(kit));
    if (!strstr(kit->err.text, says))
        fail_msg("'%s' does not say '%s'", kit->err.text, says);
    assert_non_null(strstr(kit->err.text, "Restore"));
    assert_null(strstr(kit->err.text, "KIT"));
}

static void damaged(const char *sql, const char *says)
{
    struct kit kit;
    make(&kit, ROWS);
    kit_sql(&kit, sql);
    refuses_saying(&kit, says);
    kit_fini(&kit);
}

/* F64 | unit | rows changed, removed, doubled, swapped | refused */
static void rows_that_were_touched_refuse(void **state)
{
    (void)state;
    damaged("DELETE FROM records WHERE n = 1", "rows 1 to 1 are missing");
    damaged("DELETE FROM records WHERE n = 5", "rows 5 to 5 are missing");
    damaged("DELETE FROM records WHERE n BETWEEN 5 AND 8", "rows 5 to 8 are missing");
    damaged("DELETE FROM records WHERE n = 12", "row 12 was durable and is not there");
    damaged("DELETE FROM records", "row 12 was durable and is not there");
    damaged("INSERT INTO records SELECT 13, mono_ns, wall_ns, kind, body, chain FROM records"
            " WHERE n = 5", "row 13: its checksum");
    damaged("INSERT INTO records SELECT 13, mono_ns, wall_ns, kind, body, chain FROM records"
            " WHERE n = 12", "row 13: its checksum");
    damaged("INSERT INTO records SELECT 0, mono_ns, wall_ns, kind, body, chain FROM records"
            " WHERE n = 1", "row 0 is out of place");
    damaged("UPDATE records SET body = replace(body, '7', '8') WHERE n = 7", "row 7: its checksum");
    damaged("UPDATE records SET kind = 'boot' WHERE n = 7", "row 7: its checksum");
    damaged("UPDATE records SET wall_ns = wall_ns + 1 WHERE n = 7", "row 7: its checksum");
    damaged("UPDATE records SET mono_ns = 0 WHERE n = 12", "row 12: its checksum");
    damaged("UPDATE records SET chain = zeroblob(32) WHERE n = 12", "row 12: its checksum");
    damaged("UPDATE records SET chain = zeroblob(31) WHERE n = 3", "row 3: a column");
    damaged("UPDATE records SET n = n + 1000 WHERE n > 6", "rows 7 to 1006 are missing");
    damaged("UPDATE meta SET value = 'prod'", "belongs to 'prod'");
    damaged("DELETE FROM meta", "whose journal");
    damaged("DROP TABLE records", "records");
    damaged("PRAGMA user_version = 2", "version 2");
    damaged("PRAGMA application_id = 1", "no Moongate journal");
}

/* Someone who knows the checksum may re-chain what he changed; the mark has seen another row. */
static void a_replaced_history_refuses(void **state)
{
    (void)state;
    struct kit kit, other;
    char from[128], to[128];
    size_t length;
    make(&kit, ROWS);
    kit_init(&other);
    assert_true(kit_open(&other));
    struct record record;
    kit_record(1, &record);
    record.at.wall_ns++;
    for (int i = 0; i < ROWS; i++)
        assert_true(store_commit(other.store, &record, 1) > 0);
    kit_close(&other);
    kit_path(&other, STORE_FILE, from);
    kit_path(&kit, STORE_FILE, to);
    char *bytes = kit_read_file(from, &length);
    kit_write_file(to, bytes, length);
    free(bytes);
    struct err err = {""};
    struct store_config config = {.directory = kit.directory, .identity = "test"};
    assert_null(store_open(&config, &err));
    assert_non_null(strstr(err.text, "replaced by another"));
    kit_fini(&kit);
    kit_fini(&other);
}

/* F64 | unit | an old copy beside the newer mark | refused */
static void an_old_copy_without_its_mark_refuses(void **state)
{
    (void)state;
    struct kit kit;
    char path[128], mark[128];
    size_t length;
    make(&kit, ROWS);
    kit_path(&kit, STORE_FILE, path);
    kit_path(&kit, STORE_MARK, mark);
    char *old = kit_read_file(path, &length);
    assert_true(kit_open(&kit));
    assert_int_equal(store_wait(kit.store, kit_commit(&kit, ROWS + 1, 1)), 0);
    kit_close(&kit);
    kit_write_file(path, old, length);
    free(old);
    refuses_saying(&kit, "row 13 was durable and is not there");
    assert_int_equal(unlink(path), 0);
    refuses_saying(&kit, "row 13 was durable and is not there");
    assert_int_equal(unlink(mark), 0);
    assert_true(kit_open(&kit));
    assert_int_equal(kit.restored, 0);
    kit_fini(&kit);
}

/* --- bit flips --- */

/* 0: refused, 1: the same rows came back; anything else fails the test. */
static int read_back(const struct kit *kit, int64_t rows)
{
    struct err err = {""};
    struct store_row row;
    struct record expected;
    enum store_read got;
    int64_t count = 0;
    struct store_reader *reader = store_reader_open(kit->directory, &err);
    if (!reader)
        return 0;
    bool same = strcmp(store_reader_identity(reader), "test") == 0;
    while ((got = store_reader_next(reader, &row, &err)) == STORE_ROW && same) {
        kit_record(++count, &expected);
        assert_memory_equal(&expected, &row.record, sizeof expected);
    }
    same = same && got == STORE_END && store_reader_check_mark(reader, kit->directory, &err) == 0;
    store_reader_close(reader);
    if (same)
        assert_int_equal(count, rows);
    else
        assert_true(count <= rows);
    return same;
}

static unsigned char drawn_bit(struct prng *prng)
{
    return (unsigned char)(1u << prng_below(prng, 8));
}

/* F64 | unit | single bits flipped all over the file | refused, or the same rows */
static void a_flipped_bit_is_seen_or_harmless(void **state)
{
    (void)state;
    struct kit kit;
    struct prng prng;
    char path[128];
    size_t length;
    unsigned refused = 0, equal = 0;
    prng_seed(&prng, 9);
    make(&kit, ROWS);
    kit_path(&kit, STORE_FILE, path);
    char *bytes = kit_read_file(path, &length);
    assert_true(length >= 4096);
    for (size_t i = 0; i < length; i++) {
        unsigned char bit = drawn_bit(&prng);
        if (bytes[i] == 0 && prng_below(&prng, 16) != 0)
            continue; /* mostly the empty middle of a page */
        bytes[i] = (char)(bytes[i] ^ bit);
        kit_write_file(path, bytes, length);
        bytes[i] = (char)(bytes[i] ^ bit);
        if (read_back(&kit, ROWS))
            equal++;
        else
            refused++;
    }
    /* The rows alone are more than a kilobyte: had fewer been refused, nothing would be checked. */
    assert_true(refused > 1000);
    assert_true(equal > 0);
    kit_write_file(path, bytes, length);
    free(bytes);
    assert_int_equal(read_back(&kit, ROWS), 1);
    kit_fini(&kit);
}

static void a_flipped_bit_in_the_mark_refuses(void **state)
{
    (void)state;
    struct kit kit;
    char path[128];
    size_t length;
    make(&kit, ROWS);
    kit_path(&kit, STORE_MARK, path);
    char *bytes = kit_read_file(path, &length);
    for (size_t i = 0; i < length; i++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
            kit_write_file(path, bytes, length);
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
            assert_int_equal(read_back(&kit, ROWS), 0);
        }
    kit_write_file(path, bytes, length - 1);
    assert_int_equal(read_back(&kit, ROWS), 0);
    free(bytes);
    kit_fini(&kit);
}

/* Through the opener itself, the header and a sample of all else. */
static void the_daemon_refuses_what_the_reader_refuses(void **state)
{
    (void)state;
    struct kit kit;
    struct prng prng;
    char path[128];
    size_t length;
    unsigned opened = 0;
    prng_seed(&prng, 10);
    make(&kit, ROWS);
    kit_path(&kit, STORE_FILE, path);
    char *bytes = kit_read_file(path, &length);
    for (int i = 0; i < 300; i++) {
        size_t at = i < 100 ? (size_t)i : prng_below(&prng, length);
        unsigned char bit = drawn_bit(&prng);
        bytes[at] = (char)(bytes[at] ^ bit);
        kit_write_file(path, bytes, length);
        bytes[at] = (char)(bytes[at] ^ bit);
        if (kit_open(&kit)) {
            assert_int_equal(kit.restored, ROWS);
            opened++;
        } else {
            assert_null(strstr(kit.err.text, "KIT"));
        }
        kit_close(&kit);
    }
    assert_true(opened > 0 && opened < 300);
    free(bytes);
    kit_fini(&kit);
}

/* --- the write-ahead log of a host that was killed --- */

/* Leaves a log with many commits behind, and a mark at the last. */
static void make_killed(struct kit *kit, int64_t commits)
{
    int status;
    kit_init(kit);
    pid_t child = fork();
    if (child == 0) {
        if (!kit_open(kit))
            _exit(1);
        for (int64_t i = 1; i <= commits; i++)
            if (store_wait(kit->store, kit_commit(kit, i, 1)) < 0)
                _exit(2);
        _exit(0); /* without a close: no checkpoint */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The rows that come back are a beginning of what was written; how many. -1: refused. */
static int64_t open_copy(const struct kit *kit, bool with_mark)
{
    struct kit copy;
    char path[128];
    kit_init(&copy);
    kit_copy_files(kit->directory, copy.directory);
    kit_path(&copy, STORE_MARK, path);
    if (!with_mark)
        unlink(path);
    int64_t rows = kit_open(&copy) ? copy.restored : -1;
    if (rows < 0)
        assert_null(strstr(copy.err.text, "KIT"));
    kit_fini(&copy);
    return rows;
}

/* F64 | unit | the log cut at every place | its tail alone is lost */
static void a_torn_log_loses_its_tail_alone(void **state)
{
    (void)state;
    enum { COMMITS = 30 };
    struct kit kit;
    char path[128];
    size_t length;
    int64_t before = 0;
    make_killed(&kit, COMMITS);
    kit_path(&kit, STORE_FILE "-wal", path);
    char *bytes = kit_read_file(path, &length);
    assert_non_null(bytes);
    for (size_t cut = length / 2; cut <= length; cut += 487) {
        kit_write_file(path, bytes, cut);
        int64_t rows = open_copy(&kit, false);
        assert_true(rows >= before && rows <= COMMITS);
        before = rows;
        /* With the mark the missing rows are known to have been durable. */
        int64_t marked = open_copy(&kit, true);
        assert_int_equal(marked, rows == COMMITS ? COMMITS : -1);
    }
    assert_true(before > COMMITS / 2);
    kit_write_file(path, bytes, length);
    assert_int_equal(open_copy(&kit, true), COMMITS);
    free(bytes);
    kit_fini(&kit);
}

/* F64 | unit | blocks of the log damaged | refused, or a beginning that was never acted on */
static void a_damaged_log_refuses_or_changes_nothing(void **state)
{
    (void)state;
    enum { COMMITS = 20, FLIPS = 200 };
    struct kit kit;
    struct prng prng;
    char path[128];
    size_t length;
    unsigned refused = 0;
    prng_seed(&prng, 12);
    make_killed(&kit, COMMITS);
    kit_path(&kit, STORE_FILE "-wal", path);
    char *bytes = kit_read_file(path, &length);
    for (int i = 0; i < FLIPS; i++) {
        size_t at = i < 32 ? (size_t)i : prng_below(&prng, length);
        unsigned char bit = drawn_bit(&prng);
        bytes[at] = (char)(bytes[at] ^ bit);
        kit_write_file(path, bytes, length);
        bytes[at] = (char)(bytes[at] ^ bit);
        int64_t rows = open_copy(&kit, true);
        assert_true(rows == -1 || rows == COMMITS);
        refused += rows == -1;
    }
    assert_true(refused > FLIPS / 2);
    unlink(path);
    assert_int_equal(open_copy(&kit, true), -1);
    free(bytes);
    kit_fini(&kit);
}

/* --- the reader --- */

static void the_reader_goes_on_behind_a_bad_row(void **state)
{
    (void)state;
    struct kit kit;
    struct err err = {""};
    struct store_row row;
    enum store_read got;
    unsigned good = 0, bad = 0;
    make(&kit, ROWS);
    kit_sql(&kit, "UPDATE records SET body = replace(body, '7', '8') WHERE n = 7");
    kit_sql(&kit, "DELETE FROM records WHERE n = 9");
    struct store_reader *reader = store_reader_open(kit.directory, &err);
    assert_non_null(reader);
    while ((got = store_reader_next(reader, &row, &err)) != STORE_END) {
        assert_true(got == STORE_ROW || got == STORE_BAD_ROW);
        good += got == STORE_ROW;
        bad += got == STORE_BAD_ROW;
    }
    store_reader_close(reader);
    assert_int_equal(good, ROWS - 3);
    assert_int_equal(bad, 2);
    kit_fini(&kit);
}

static void the_reader_works_beside_a_writer(void **state)
{
    (void)state;
    struct kit kit;
    struct err err = {""};
    struct store_row row;
    make(&kit, ROWS);
    assert_true(kit_open(&kit));
    assert_int_equal(store_wait(kit.store, kit_commit(&kit, ROWS + 1, 1)), 0);
    struct store_reader *reader = store_reader_open(kit.directory, &err);
    assert_non_null(reader);
    assert_int_equal(store_reader_last(reader, &err), ROWS + 1);
    assert_int_equal(store_wait(kit.store, kit_commit(&kit, ROWS + 2, 1)), 0);
    assert_int_equal(store_reader_skip_to(reader, ROWS - 1, &err), 0);
    for (int64_t number = ROWS; number <= ROWS + 1; number++) {
        assert_int_equal(store_reader_next(reader, &row, &err), STORE_ROW);
        assert_int_equal(row.number, number);
    }
    assert_int_equal(store_reader_next(reader, &row, &err), STORE_END);
    assert_int_equal(store_reader_skip_to(reader, 1, &err), -1);
    store_reader_close(reader);
    assert_null(store_reader_open("/nonexistent", &err));
    kit_fini(&kit);
}

int suite_store_damage(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_were_touched_refuse),
        cmocka_unit_test(a_replaced_history_refuses),
        cmocka_unit_test(an_old_copy_without_its_mark_refuses),
        cmocka_unit_test(a_flipped_bit_is_seen_or_harmless),
        cmocka_unit_test(a_flipped_bit_in_the_mark_refuses),
        cmocka_unit_test(the_daemon_refuses_what_the_reader_refuses),
        cmocka_unit_test(a_torn_log_loses_its_tail_alone),
        cmocka_unit_test(a_damaged_log_refuses_or_changes_nothing),
        cmocka_unit_test(the_reader_goes_on_behind_a_bad_row),
        cmocka_unit_test(the_reader_works_beside_a_writer),
    };
    return cmocka_run_group_tests_name("store_damage", tests, NULL, NULL);
}
