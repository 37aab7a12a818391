#define _GNU_SOURCE
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/ctl.h"
#include "app/status.h"
#include "app/status_screen.h"
#include "app/verify.h"
#include "daemon.h"
#include "engine/snapshot.h"
#include "io/store_reader.h"
#include "model/client_id.h"
#include "wire/control_proto.h"

static struct daemon world;
static struct output heard;

static int start(void **state)
{
    (void)state;
    daemon_start(&world, 1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    daemon_remove(&world);
    return 0;
}

/* `moongate ctl -S SOCKET words...` */
#define CTL(...)                                                                                  \
    daemon_run(&world, ctl_main,                                                                  \
               (const char *const[]){"ctl", "-S", world.socket, __VA_ARGS__, NULL}, &heard)

static void says(int code, const char *text)
{
    if (heard.code != code || !strstr(heard.text, text))
        fail_msg("code %d: %s\n(expected %d, '%s')", heard.code, heard.text, code, text);
}

static enum trading_state account_state(void)
{
    struct account_row row;
    snapshot_account(world.engine, &row);
    return row.state;
}

/* --- acts --- */

static void halt_is_latched_journaled_and_kept(void **state)
{
    (void)state;
    CTL("halt", "--reason", "fills look wrong");
    says(CTL_DONE, "halted\n");
    assert_int_equal(account_state(), TRADING_HALTED);
    assert_int_equal(world.halts, 2); /* before it and after it: nothing may slip between */
    daemon_restart(&world);
    assert_int_equal(account_state(), TRADING_HALTED);
    CTL("status");
    says(CTL_DONE, "fills look wrong");
    CTL("resume");
    says(CTL_USAGE, "needs a reason");
    assert_int_equal(account_state(), TRADING_HALTED);
    CTL("resume", "--reason", "it was the venue");
    says(CTL_DONE, "active\n");
    assert_int_equal(account_state(), TRADING_ACTIVE);
    daemon_restart(&world);
    assert_int_equal(account_state(), TRADING_ACTIVE);
}

static void an_answer_means_that_it_is_on_disk(void **state)
{
    (void)state;
    struct err err = {""};
    struct store_row row;
    bool latched = false;
    CTL("halt");
    says(CTL_DONE, "halted\n");
    struct store_reader *reader = store_reader_open(world.directory, &err);
    assert_non_null(reader);
    while (store_reader_next(reader, &row, &err) == STORE_ROW)
        latched |= row.record.kind == RECORD_LATCH && row.record.latch.state == TRADING_HALTED;
    store_reader_close(reader);
    assert_true(latched);
}

static void targets_are_found_or_refused(void **state)
{
    (void)state;
    struct strategy_row row;
    struct product_row product;
    CTL("halt", "--strategy", "ma_corss");
    says(CTL_REFUSED, "did you mean 'ma_cross'");
    CTL("reduce", "--strategy", "quoter");
    says(CTL_DONE, "reducing");
    assert_true(snapshot_strategy(world.engine, 1, &row));
    assert_int_equal(row.state, TRADING_REDUCING);
    assert_int_equal(world.halts, 0);
    CTL("halt", "--product", "BIP-20DEC30");
    says(CTL_REFUSED, "did you mean 'BIP-20DEC30-CDE'");
    CTL("halt", "-p", "BIP-20DEC30-CDE", "-r", "delisted");
    says(CTL_DONE, "halted");
    assert_true(snapshot_product(world.engine, 0, &product));
    assert_int_equal(product.state, TRADING_HALTED);
    assert_int_equal(account_state(), TRADING_ACTIVE);
    CTL("halt", "-p", "BIP-20DEC30-CDE", "-s", "quoter");
    says(CTL_USAGE, "not both");
}

static void the_other_acts_are_answered(void **state)
{
    (void)state;
    CTL("cancel-mine");
    says(CTL_DONE, "0 own orders are being cancelled");
    CTL("reconcile");
    says(CTL_DONE, "agreed");
    CTL("accept", "--reason", "by hand");
    says(CTL_REFUSED, "nothing accepted");
    CTL("flatten");
    says(CTL_DONE, "flattening");
    CTL("reload");
    says(CTL_REFUSED, "no runners");
    CTL("stop");
    says(CTL_DONE, "stopping");
    assert_int_equal(world.stops, 1);
}

static void a_comparison_that_cannot_be_is_said_at_once(void **state)
{
    (void)state;
    world.lists_fail = true;
    CTL("reconcile");
    says(CTL_REFUSED, "the venue did not give its list of orders");
}

static bool says_that_it_waits(const char *text)
{
    return strstr(text, "lists are being read") != NULL;
}

/* Nobody sits before a terminal that says nothing. */
static void who_waits_is_told_for_what(void **state)
{
    (void)state;
    world.lists_wait = true;
    daemon_watch(&world, ctl_main, (const char *const[]){"ctl", "-S", world.socket, "reconcile",
                 NULL}, says_that_it_waits, &heard);
    assert_non_null(strstr(heard.text, "lists are being read"));
}

/* AC-E1's door: the event queue is full to the brim, and the halt still gets through. */
/* AC-E1 | unit | the event queue is full | the halt gets through */
static void a_halt_goes_through_a_full_queue(void **state)
{
    (void)state;
    struct event event = {.kind = EVENT_TICKER, .ticker.product = 0};
    daemon_remove(&world);
    daemon_start(&world, 16 * 1024);
    world.frozen = true;
    while (event_queue_push(world.queue, &event))
        ;
    CTL("halt", "--reason", "flood");
    says(CTL_DONE, "halted");
    assert_int_equal(account_state(), TRADING_HALTED);
}

/* --- looks --- */

static void looks_are_tables_trees_and_json(void **state)
{
    (void)state;
    CTL("orders");
    says(CTL_DONE, "0 orders");
    CTL("positions");
    says(CTL_DONE, "0 positions");
    CTL("runners");
    says(CTL_DONE, "never seen");
    CTL("limits");
    says(CTL_DONE, "max_position: 2\n");
    CTL("refusals", "--limit", "5");
    says(CTL_DONE, "0 of the latest refusals");
    CTL("--json", "limits");
    says(CTL_DONE, "{\"ok\":true,\"text\":\"\",\"result\":{\"account\":{");
    CTL("--json", "halt", "--strategy", "nobody");
    says(CTL_REFUSED, "{\"ok\":false,\"text\":\"there is no strategy");
}

static void why_tells_the_journals_story(void **state)
{
    (void)state;
    struct record record;
    char id[CLIENT_ID_TEXT];
    memset(&record, 0, sizeof record);
    record.kind = RECORD_ORDER;
    record.order.id = client_id_make(7, 98, 5);
    snprintf(record.order.product_id, sizeof record.order.product_id, "BIP-20DEC30-CDE");
    record.order.price.e9 = 60000 * (int64_t)DECIMAL_ONE;
    record.order.size.e9 = DECIMAL_ONE / 100;
    record.order.state = ORDER_INTENDED;
    client_id_format(record.order.id, id);
    store_wait(world.store, store_commit(world.store, &record, 1));
    record.order.state = ORDER_OPEN;
    snprintf(record.order.venue_id.text, sizeof record.order.venue_id.text, "venue-17");
    store_wait(world.store, store_commit(world.store, &record, 1));
    CTL("why", id);
    says(CTL_DONE, "\"state\":\"intended\"");
    says(CTL_DONE, "\"venue_id\":\"venue-17\"");
    CTL("why", "venue-17");
    says(CTL_DONE, "\"state\":\"open\"");
    CTL("why", "nothing-like-it");
    says(CTL_DONE, "no row names it");
}

static void status_is_a_screen_a_line_or_json(void **state)
{
    (void)state;
    daemon_run(&world, status_main, (const char *const[]){"status", "-S", world.socket, NULL},
               &heard);
    says(CTL_DONE, "moongate loopback");
    says(CTL_DONE, "BIP-20DEC30-CDE");
    says(CTL_DONE, "quoter");
    says(CTL_DONE, "refusals: none");
    assert_null(strchr(heard.text, '\033'));
    daemon_run(&world, status_main,
               (const char *const[]){"status", "-S", world.socket, "--json", NULL}, &heard);
    says(CTL_DONE, "\"environment\":\"loopback\"");
}

static bool three_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines >= 3;
}

static void status_watches_until_it_is_told_to_stop(void **state)
{
    (void)state;
    daemon_watch(&world, status_main,
                 (const char *const[]){"status", "-S", world.socket, "-w", "-i", "100", NULL},
                 three_lines, &heard);
    says(CTL_DONE, "reconciled=no");
    says(CTL_DONE, "BIP-20DEC30-CDE=0@-");
}

/* The screen keeps to its size, whatever is on it, and no byte of a script's words escapes. */
static void the_screen_keeps_to_its_size(void **state)
{
    (void)state;
    static struct status status;
    struct buf out;
    buf_init(&out, 1 << 18);
    memset(&status, 0, sizeof status);
    status.product_count = MAX_PRODUCTS;
    status.runner_count = MAX_RUNNERS;
    status.order_count = STATUS_ORDERS_MAX;
    for (int i = 0; i < MAX_RUNNERS; i++)
        snprintf(status.runners[i].reason, REASON_MAX, "\033[2J\xc3\xa9\xe2\x82\xac wide and long");
    for (int columns = 1; columns < 200; columns += 13)
        for (int rows = 2; rows < 60; rows += 9) {
            struct screen screen = {.out = &out, .columns = columns, .rows = rows};
            buf_clear(&out);
            status_screen_draw(&screen, &status);
            int lines = 0, used = 0;
            for (const char *c = out.data; *c; c++) {
                assert_int_not_equal(*c, '\033');
                used = *c == '\n' ? 0 : used + (((unsigned char)*c & 0xc0) != 0x80);
                lines += *c == '\n';
                assert_true(used <= columns);
            }
            assert_true(lines <= rows - 1);
        }
    buf_fini(&out);
}

/* --- command lines --- */

static void wrong_command_lines_teach(void **state)
{
    (void)state;
    CTL("hlat");
    says(CTL_USAGE, "did you mean 'halt'");
    CTL("halt", "now", "please");
    says(CTL_USAGE, "one word too many");
    CTL("orders", "--limit", "ten");
    says(CTL_USAGE, "whole number");
    CTL("why");
    says(CTL_USAGE, "needs ID");
    CTL("--help");
    says(CTL_DONE, "moongate ctl resume --reason");
    CTL("halt", "--reason", "broken \xff text");
    says(CTL_USAGE, "not UTF-8");
    daemon_run(&world, ctl_main, (const char *const[]){"ctl", "halt", NULL}, &heard);
    says(CTL_USAGE, "-c FILE");
    daemon_run(&world, ctl_main,
               (const char *const[]){"ctl", "-S", "/nonexistent/x.sock", "halt", NULL}, &heard);
    says(CTL_NO_DAEMON, "/nonexistent/x.sock; start one: moongate run");
    daemon_run(&world, status_main,
               (const char *const[]){"status", "-S", "/nonexistent/x.sock", NULL}, &heard);
    says(CTL_NO_DAEMON, "start one");
    assert_int_equal(account_state(), TRADING_ACTIVE);
}

/* A halt must not wait for a typo: the socket is found in a config that is wrong elsewhere. */
static void the_config_tells_the_socket(void **state)
{
    (void)state;
    char path[128], text[512];
    snprintf(path, sizeof path, "%s/broken.conf", world.directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    snprintf(text, sizeof text, "state_dir = \"%s\";\nsokcet = \"x\";\n", world.directory);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
    daemon_run(&world, ctl_main, (const char *const[]){"ctl", "-c", path, "halt", NULL}, &heard);
    says(CTL_DONE, "halted");
}

/* --- the stage --- */

static void the_stage_is_shown(void **state)
{
    (void)state;
    CTL("stage");
    says(CTL_DONE, "production");
    CTL("checkpoints");
    says(CTL_DONE, "feed_uptime");
    CTL("promote", "--reason", "all is green");
    says(CTL_REFUSED, "not staged");
    CTL("demote", "canary", "--reason", "a new strategy");
    says(CTL_REFUSED, "not staged");
    CTL("demote", "--reason", "a new strategy");
    says(CTL_USAGE, "needs STAGE");
}

/* --- the papers --- */

static char *paper(const char *path)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", SOURCE_DIR, path);
    FILE *file = fopen(whole, "r");
    assert_non_null(file);
    char *text = calloc(1, OUTPUT_MAX);
    size_t length = fread(text, 1, OUTPUT_MAX - 1, file);
    assert_true(length > 0 && length < OUTPUT_MAX - 1);
    fclose(file);
    return text;
}

/* A backslash in front of each `mark`, as the paper's own markup wants it. */
static void escape(const char *text, char mark, char *out, size_t capacity)
{
    size_t used = 0;
    for (; *text && used + 2 < capacity; text++) {
        if (*text == mark)
            out[used++] = '\\';
        out[used++] = *text;
    }
    out[used] = '\0';
}

/* One table of verbs: what people read says what it says. */
static void the_papers_agree_with_the_table(void **state)
{
    (void)state;
    char *guide = paper("docs/operator.md"), *manual = paper("docs/man/moongate-ctl.1");
    for (enum control_verb i = 0; i < CONTROL_VERB_COUNT; i++) {
        char row[512], usage_text[256];
        struct buf usage;
        buf_init(&usage, 256);
        control_verb_usage(i, &usage);
        escape(usage.data, '|', usage_text, sizeof usage_text);
        snprintf(row, sizeof row, "| `%s` | %s |\n", usage_text, control_verb(i)->help);
        if (!strstr(guide, row))
            fail_msg("docs/operator.md lacks: %s", row);
        escape(usage.data, '-', usage_text, sizeof usage_text);
        snprintf(row, sizeof row, ".B \"%s\"\n", usage_text);
        if (!strstr(manual, row))
            fail_msg("docs/man/moongate-ctl.1 lacks: %s", row);
        escape(control_verb(i)->help + 1, '-', usage_text, sizeof usage_text);
        if (!strstr(manual, usage_text))
            fail_msg("docs/man/moongate-ctl.1 lacks: %s", usage_text);
        buf_fini(&usage);
    }
    free(guide);
    free(manual);
}

static void verify_says_what_is_wrong(void **state)
{
    (void)state;
    char path[128];
    const char *const words[] = {"verify", world.directory, NULL};
    CTL("halt");
    daemon_run(&world, verify_main, words, &heard);
    says(0, "whole");
    daemon_stop(&world);
    daemon_run(&world, verify_main, words, &heard);
    says(0, "1 latch");
    snprintf(path, sizeof path, "%s/" STORE_FILE, world.directory);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    char bytes[65536];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    char *found = memmem(bytes, length, "\"halted\"", 8);
    assert_non_null(found);
    assert_int_equal(fseek(file, found - bytes + 1, SEEK_SET), 0);
    assert_int_equal(fputc('H', file), 'H');
    fclose(file);
    daemon_run(&world, verify_main, words, &heard);
    says(1, "DAMAGED");
    says(1, "its checksum does not follow");
    daemon_run(&world, verify_main,
               (const char *const[]){"verify", "--json", world.directory, NULL}, &heard);
    says(1, "{\"whole\":false,");
    daemon_run(&world, verify_main, (const char *const[]){"verify", "/nonexistent", NULL}, &heard);
    says(2, "there is no journal here");
    daemon_run(&world, verify_main, (const char *const[]){"verify", NULL}, &heard);
    says(2, "usage");
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        EACH(the_stage_is_shown),
        EACH(halt_is_latched_journaled_and_kept),
        EACH(an_answer_means_that_it_is_on_disk),
        EACH(targets_are_found_or_refused),
        EACH(the_other_acts_are_answered),
        EACH(a_comparison_that_cannot_be_is_said_at_once),
        EACH(who_waits_is_told_for_what),
        EACH(a_halt_goes_through_a_full_queue),
        EACH(looks_are_tables_trees_and_json),
        EACH(why_tells_the_journals_story),
        EACH(status_is_a_screen_a_line_or_json),
        EACH(status_watches_until_it_is_told_to_stop),
        cmocka_unit_test(the_screen_keeps_to_its_size),
        EACH(wrong_command_lines_teach),
        EACH(the_config_tells_the_socket),
        cmocka_unit_test(the_papers_agree_with_the_table),
        EACH(verify_says_what_is_wrong),
    };
    return cmocka_run_group_tests_name("operator", tests, NULL, NULL);
}
