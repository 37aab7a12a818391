/* The config reader: bad.txt case by case, the shipped examples, the step to engine settings. */
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

#include "app/config.h"
#include "model/limit_list.h"
#include "base/text.h"

enum { LINES_MAX = 80, LINE_MAX_BYTES = 512, CASES_MAX = 100, EDITS_MAX = 8, SAYS_MAX = 8 };

struct edit {
    int line;
    const char *text;
};
struct config_case {
    char name[96];
    struct edit edits[EDITS_MAX];
    const char *says[SAYS_MAX];
    int edit_count, say_count;
};

static char good[LINES_MAX][LINE_MAX_BYTES];
static int good_lines;
static char folder[] = "/tmp/moongate-config-XXXXXX";
static char bad_text[64 * 1024];
static struct config_case cases[CASES_MAX];
static int case_count;

/* ---- reading the table */

static bool read_good(void)
{
    FILE *file = fopen(CONFIG_TESTS_DIR "/good.conf", "r");
    if (!file)
        return false;
    while (good_lines < LINES_MAX && fgets(good[good_lines], LINE_MAX_BYTES, file))
        good[good_lines++][LINE_MAX_BYTES - 1] = '\0';
    fclose(file);
    return good_lines > 0 && good_lines < LINES_MAX;
}

/* A line of bad.txt; false when it is none of the three kinds. */
static bool take_line(char *line)
{
    struct config_case *c = case_count ? &cases[case_count - 1] : NULL;
    char *rest;
    if (*line == '\0' || *line == '#')
        return true;
    if (strncmp(line, "case ", 5) == 0 && case_count < CASES_MAX) {
        c = &cases[case_count++];
        snprintf(c->name, sizeof c->name, "config %s", line + 5);
        return true;
    }
    if (c && strncmp(line, "> ", 2) == 0 && c->say_count < SAYS_MAX) {
        c->says[c->say_count++] = line + 2;
        return true;
    }
    if (c && c->edit_count < EDITS_MAX) {
        long number = strtol(line, &rest, 10);
        c->edits[c->edit_count++] =
            (struct edit){(int)number, rest[1] == ' ' ? rest + 2 : rest + 1};
        return *rest == ':' && number >= 1 && number <= good_lines;
    }
    return false;
}

static bool read_cases(void)
{
    FILE *file = fopen(CONFIG_TESTS_DIR "/bad.txt", "r");
    size_t length;
    char *at = bad_text;
    if (!file)
        return false;
    length = fread(bad_text, 1, sizeof bad_text - 1, file);
    fclose(file);
    bad_text[length] = '\0';
    for (int number = 1; *at; number++) {
        char *end = at + strcspn(at, "\n");
        char *next = *end ? end + 1 : end;
        *end = '\0';
        if (!take_line(at)) {
            fprintf(stderr, "bad.txt:%d: not a line of a case: %s\n", number, at);
            return false;
        }
        at = next;
    }
    return case_count > 0;
}

/* ---- helpers */

struct loaded {
    struct config config;
    struct config_problems problems;
    int status;
};

static struct loaded *load(const char *path)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);
    assert_non_null(loaded);
    loaded->status = config_load(path, &loaded->config, &loaded->problems);
    assert_int_equal(loaded->status == 0, loaded->problems.count == 0);
    return loaded;
}

static void unload(struct loaded *loaded)
{
    config_fini(&loaded->config);
    free(loaded);
}

static void write_case(const struct config_case *c, const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < good_lines; i++) {
        const char *text = good[i];
        bool newline = false;
        for (int k = 0; c && k < c->edit_count; k++) {
            if (c->edits[k].line == i + 1) {
                text = c->edits[k].text;
                newline = true;
            }
        }
        fprintf(file, "%s%s", text, newline ? "\n" : "");
    }
    fclose(file);
}

static const char *case_path(void)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/my.conf", folder);
    return path;
}

/* ---- bad.txt */

/* F72 | unit | limits missing, zero, negative, of a wrong unit or kind | refused with line and
 * reason */
/* AC-L3 | unit | unknown, doubled, misspelt keys | refused with line and suggestion */
static void says_what_the_table_says(void **state)
{
    const struct config_case *c = *state;
    struct loaded *loaded;
    size_t skip = strlen(case_path()) + 1;
    write_case(c, case_path());
    loaded = load(case_path());
    for (uint32_t i = 0; i < loaded->problems.count; i++) {
        const char *got = loaded->problems.text[i] + skip;
        got += *got == ' '; /* no line: the file itself */
        assert_memory_equal(loaded->problems.text[i], case_path(), skip - 1);
        if (i >= (uint32_t)c->say_count)
            fail_msg("one problem too many: %s", got);
        assert_string_equal(got, c->says[i]);
    }
    assert_int_equal(loaded->problems.count, c->say_count);
    assert_int_equal(loaded->status, -1);
    unload(loaded);
}

/* ---- good files */

static void a_good_file_is_read_whole(void **state)
{
    struct loaded *loaded = load(CONFIG_TESTS_DIR "/good.conf");
    const struct config *config = &loaded->config;
    const struct product_limits *limits = &config->products[0].limits;
    (void)state;
    for (uint32_t i = 0; i < loaded->problems.count; i++)
        fprintf(stderr, "%s\n", loaded->problems.text[i]);
    assert_int_equal(loaded->problems.count, 0);
    assert_int_equal(config->environment, ENVIRONMENT_LOOPBACK);
    assert_int_equal(config->api, API_ADVANCED);
    assert_string_equal(config->venue.user_host, "127.0.0.1");
    assert_int_equal(config->venue.user_port, 8443);
    assert_string_equal(config->socket, "state/control.sock");
    assert_int_equal(config->product_count, 2);
    assert_true(limits->max_order_size.e9 == 100000000);
    assert_true(limits->max_order_value.e18 == (__int128)10000 * 1000000000 * 1000000000);
    assert_true(limits->price_collar.e9 == 10000000);
    assert_true(limits->max_book_age_ns == 3000000000);
    assert_int_equal(config->products[1].profile, PROFILE_INTX);
    assert_true(config->account.duplicate_window_ns == 250000000);
    assert_true(config->account.candle_lengths_ns[1] == 60000000000);
    assert_int_equal(config->strategies[0].settings.on_death, DEATH_CANCEL);
    assert_string_equal(config->strategies[0].params,
                        "{\"fast\":3,\"list\":[1,\"two\"],\"on\":true,"
                        "\"size\":\"0.01\",\"slow\":8}");
    assert_string_equal(config->rules[0].params, "{}");
    unload(loaded);
}

static void every_shipped_example_is_fine(void **state)
{
    static const char *const names[] = {"loopback", "demo", "paper", "canary", "production"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[256];
        struct loaded *loaded;
        snprintf(path, sizeof path, "%s/config/%s.conf", SOURCE_DIR, names[i]);
        loaded = load(path);
        for (uint32_t k = 0; k < loaded->problems.count; k++)
            fprintf(stderr, "%s\n", loaded->problems.text[k]);
        assert_int_equal(loaded->problems.count, 0);
        assert_int_equal(loaded->config.environment,
                         i == 0 ? ENVIRONMENT_LOOPBACK : ENVIRONMENT_PRODUCTION);
        assert_int_equal(config_is_paper(&loaded->config), i == 2);
        unload(loaded);
    }
}

static void what_is_no_plain_file_is_refused(void **state)
{
    static const char *const paths[] = {"/", "/nonexistent/my.conf", "/dev/zero"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct loaded *loaded = load(paths[i]);
        assert_int_equal(loaded->problems.count, 1);
        unload(loaded);
    }
}

/* No limit may be left out: each of the gate's, by the table of them, taken away in turn. */
enum { ACCOUNT_FIRST = 12, PRODUCTS_FIRST = 35, STRATEGIES_FIRST = 52 }; /* lines of good.conf */

/* The line without `key = value;`, where it has one. */
static bool cut(const char *line, const char *key, char *out, size_t size)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, " %s = ", key);
    const char *at = strstr(line, wanted), *end = at ? strchr(at, ';') : NULL;
    if (!end)
        return false;
    snprintf(out, size, "%.*s%s", (int)(at - line), line, end + 1);
    return true;
}

static void want_missed(const char *section, int first, const char *key)
{
    char without[LINE_MAX_BYTES], wanted[80];
    int line = first;
    bool said = false;
    while (line < good_lines && !cut(good[line], key, without, sizeof without))
        line++;
    if (line == good_lines)
        fail_msg("good.conf sets no %s.%s", section, key);
    without[strcspn(without, "\n")] = '\0';
    struct config_case c = {.edits = {{line + 1, without}}, .edit_count = 1};
    write_case(&c, case_path());
    struct loaded *loaded = load(case_path());
    snprintf(wanted, sizeof wanted, "%s.%s is not set", section, key);
    for (uint32_t k = 0; k < loaded->problems.count; k++)
        said = said || strstr(loaded->problems.text[k], wanted);
    if (!said)
        fail_msg("good.conf:%d: nobody missed %s", line + 1, key);
    unload(loaded);
}

/* AC-F4 | unit | each limit left out | the config is refused */
static void every_limit_must_be_set(void **state)
{
    (void)state;
#define WANT(section, first, key) want_missed(section, first, key);
#define WANT_ACCOUNT(member, kind, looser, code, key, what) WANT("account", ACCOUNT_FIRST, key)
#define WANT_PRODUCT(member, kind, looser, code, key, what) WANT("products", PRODUCTS_FIRST, key)
#define WANT_STRATEGY(member, kind, looser, code, key, what)                                       \
    WANT("strategies", STRATEGIES_FIRST, key)
    ACCOUNT_LIMIT_LIST(WANT_ACCOUNT)
    PRODUCT_LIMIT_LIST(WANT_PRODUCT)
    STRATEGY_LIMIT_LIST(WANT_STRATEGY)
    want_missed("account", ACCOUNT_FIRST, "max_cancels");
    want_missed("account", ACCOUNT_FIRST, "stage");
    want_missed("account", ACCOUNT_FIRST, "funding_stamps");
}

/* ---- towards the engine */

static struct size size_of(const char *text)
{
    struct size size;
    assert_true(size_parse(text, strlen(text), &size));
    return size;
}

static void discover(struct catalog *catalog, const char *id, const char *asset,
                     enum venue_profile profile, const char *step)
{
    struct instrument *item = &catalog->items[catalog->count++];
    text_copy(item->product_id, PRODUCT_ID_MAX, id, strlen(id));
    text_copy(item->asset, ASSET_MAX, asset, strlen(asset));
    item->profile = profile;
    item->step = item->size_min = size_of(step);
}

static void settings_keep_configured_products_in_config_order(void **state)
{
    struct loaded *loaded = load(CONFIG_TESTS_DIR "/good.conf");
    struct engine_settings *settings = calloc(1, sizeof *settings);
    struct catalog found = {.count = 0};
    struct err err = {""};
    (void)state;
    discover(&found, "SLP-20DEC30-CDE", "SOL", PROFILE_CDE, "5");
    discover(&found, "ETH-PERP-INTX", "ETH", PROFILE_INTX, "0.0001");
    discover(&found, "BTC-PERP-INTX", "BTC", PROFILE_INTX, "0.0001");
    discover(&found, "BIP-20DEC30-CDE", "BTC", PROFILE_CDE, "0.01");
    assert_int_equal(config_engine_settings(&loaded->config, &found, settings, &err), 0);
    assert_int_equal(settings->catalog.count, 2);
    assert_string_equal(settings->catalog.items[0].product_id, "BIP-20DEC30-CDE");
    assert_string_equal(settings->catalog.items[1].product_id, "ETH-PERP-INTX");
    assert_true(settings->product_limits[0].max_order_size.e9 == 100000000);
    assert_true(settings->product_limits[1].max_order_size.e9 == 2000000000);
    assert_int_equal(settings->strategy_count, 1);
    assert_int_equal(settings->strategies[0].products, 1);
    assert_true(settings->strategies[0].resend_unknown);
    assert_true(settings->processing_bound_ns == 90000000000);
    assert_string_equal(settings->rules[0], "calm");
    assert_true(settings->owner_tag != 0);
    free(settings);
    unload(loaded);
}

static void a_product_that_was_not_found_is_an_error(void **state)
{
    struct loaded *loaded = load(CONFIG_TESTS_DIR "/good.conf");
    struct engine_settings *settings = calloc(1, sizeof *settings);
    struct catalog found = {.count = 0};
    struct err err = {""};
    (void)state;
    assert_int_equal(config_engine_settings(&loaded->config, &found, settings, &err), -1);
    assert_string_equal(err.text, "the venue has no perpetual BTC-cde; it showed: none");
    discover(&found, "BTC-PERP-INTX", "BTC", PROFILE_INTX, "0.0001");
    assert_int_equal(config_engine_settings(&loaded->config, &found, settings, &err), -1);
    assert_string_equal(err.text, "the venue has no perpetual BTC-cde; it showed: BTC-intx "
                                  "(BTC-PERP-INTX)");
    free(settings);
    unload(loaded);
}

static void a_limit_below_the_smallest_order_is_an_error(void **state)
{
    struct loaded *loaded = load(CONFIG_TESTS_DIR "/good.conf");
    struct engine_settings *settings = calloc(1, sizeof *settings);
    struct catalog found = {.count = 0};
    struct err err = {""};
    (void)state;
    discover(&found, "BIP-20DEC30-CDE", "BTC", PROFILE_CDE, "0.15");
    discover(&found, "ETH-PERP-INTX", "ETH", PROFILE_INTX, "0.0001");
    assert_int_equal(config_engine_settings(&loaded->config, &found, settings, &err), -1);
    assert_string_equal(err.text, "BTC-cde: max_order_size 0.1 is below the smallest order of "
                                  "BIP-20DEC30-CDE, which is 0.15 BTC");
    free(settings);
    unload(loaded);
}

static int run_cases(void)
{
    static struct CMUnitTest tests[CASES_MAX];
    for (int i = 0; i < case_count; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, says_what_the_table_says, NULL, NULL,
                                       &cases[i]};
    return _cmocka_run_group_tests("bad configs", tests, (size_t)case_count, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_is_read_whole),
        cmocka_unit_test(every_shipped_example_is_fine),
        cmocka_unit_test(what_is_no_plain_file_is_refused),
        cmocka_unit_test(every_limit_must_be_set),
        cmocka_unit_test(settings_keep_configured_products_in_config_order),
        cmocka_unit_test(a_product_that_was_not_found_is_an_error),
        cmocka_unit_test(a_limit_below_the_smallest_order_is_an_error),
    };
    int failed;
    if (!mkdtemp(folder) || !read_good() || !read_cases())
        return 1;
    failed = run_cases() + cmocka_run_group_tests_name("config", tests, NULL, NULL);
    unlink(case_path());
    rmdir(folder);
    return failed;
}
