/* Hostile scripts in the real runner. Each file under attacks/ says in its head how it must end:
 *
 *     -- ends: fault      the callback is stopped or raises, is reported, and the script goes on
 *              lives      nothing happens: what it tries is not there (it asserts so itself)
 *              dead       the runner is ended
 *              refused    it never gets to trade
 *              stopped    it ends in time when the host stops
 *     -- says: words that the report must hold; may be empty
 *     -- deadline: short  where a deadline has to end it; others have more time than they need, so
 *                         that a slow machine changes nothing
 *
 * Beside it a good script runs, and misses not one view. */
#include "rig.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

enum { GOOD = 0, BAD = 1, GOOD_VIEWS = 60, BAD_VIEWS = 3, ATTACKS_MAX = 128,
       TEXT_MAX_BYTES = 8192 };

static const char GOOD_SCRIPT[] =
    "local indicators = require 'indicators'\n"
    "local average, seen = indicators.ema(5), 0\n"
    "return {\n"
    "  on_book = function(book) average:push(book:mid():number()) seen = seen + 1 end,\n"
    "  on_save = function() return {seen = seen} end\n"
    "}\n";

struct attack { char name[64], ends[16], says[64], text[TEXT_MAX_BYTES]; bool is_short; };

static void take_word(const char *text, const char *key, char *out, size_t capacity)
{
    const char *at = strstr(text, key);
    if (!at)
        fail_msg("an attack says '%s' in its head", key);
    at += strlen(key);
    at += *at == ' ';
    snprintf(out, capacity, "%.*s", (int)strcspn(at, "\n"), at);
}

static void read_attack(const char *name, struct attack *ret)
{
    char path[512];
    memset(ret, 0, sizeof *ret);
    snprintf(path, sizeof path, "%s/%s.lua", ATTACKS_DIR, name);
    snprintf(ret->name, sizeof ret->name, "%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(ret->text, 1, sizeof ret->text - 1, file);
    fclose(file);
    assert_true(length < sizeof ret->text - 1);
    take_word(ret->text, "-- ends:", ret->ends, sizeof ret->ends);
    take_word(ret->text, "-- says:", ret->says, sizeof ret->says);
    ret->is_short = strstr(ret->text, "-- deadline: short") != NULL;
}

static bool is_over_or_fed(struct rig *rig, void *context)
{
    const char *ends = context;
    bool good = rig->seen[GOOD].credits == GOOD_VIEWS;
    struct runner_status status = rig_status(rig, BAD);
    if (strcmp(ends, "dead") == 0 || strcmp(ends, "refused") == 0)
        return good && status.life == RUNNER_LIFE_DEAD;
    if (strcmp(ends, "stopped") == 0)
        return good && rig->seen[BAD].alive;
    return good && (status.life == RUNNER_LIFE_DEAD || rig->seen[BAD].credits == BAD_VIEWS) &&
           (strcmp(ends, "fault") != 0 || status.faults > 0);
}

static void check(struct rig *rig, const struct attack *attack)
{
    const struct rig_seen *bad = &rig->seen[BAD];
    bool lives = strcmp(attack->ends, "dead") != 0 && strcmp(attack->ends, "refused") != 0;
    if (lives && bad->dead > 0)
        fail_msg("%s: ended by '%s'", attack->name, bad->reason);
    if (!lives)
        assert_int_equal(bad->dead, 1);
    if (strcmp(attack->ends, "refused") == 0)
        assert_int_equal(bad->ready, 0);
    if (strcmp(attack->ends, "lives") == 0 && rig_status(rig, BAD).faults > 0)
        fail_msg("%s: a fault: %s", attack->name, rig_status(rig, BAD).reason);
    if (!rig_said(rig, attack->says) && !strstr(bad->reason, attack->says))
        fail_msg("%s: nothing says '%s'; reason '%s', first words '%s'", attack->name,
                 attack->says, bad->reason, rig->said[0]);
    assert_int_equal(rig->seen[GOOD].dead, 0);
    assert_int_equal(rig_status(rig, GOOD).views, GOOD_VIEWS);
    assert_int_equal(rig_status(rig, GOOD).credits, GOOD_VIEWS);
    assert_int_equal(rig->seen[BAD].stale_events + rig->seen[GOOD].stale_events, 0);
}

static struct rig *attack_rig(bool is_short)
{
    struct rig *rig = rig_create(RUNNER_REAL);
    if (is_short) {
        rig->config.soft_deadline_ns = 100000000;
        rig->config.hard_deadline_ns = 4000000000;
        rig->config.start_deadline_ns = 4000000000;
    } else {
        rig->config.soft_deadline_ns = 15000000000;
        rig->config.start_deadline_ns = 40000000000;
    }
    rig->config.save_interval_ns = 20000000;
    rig->config.memory_max = 64 << 20;
    rig_open(rig);
    rig_add(rig, GOOD, "good", GOOD_SCRIPT);
    return rig;
}

/* AC-L1 | real process | loops, bombs, floods and break-outs in Lua, in the jail | each
 * contained as its row says */
static void run_attack(void **state)
{
    static struct attack attack;
    actor_index good = GOOD;
    read_attack(*state, &attack);
    struct rig *rig = attack_rig(attack.is_short);
    rig_run(rig, rig_is_alive, &good);
    rig_feed(rig, GOOD, GOOD_VIEWS);
    rig_add(rig, BAD, attack.name, attack.text);
    rig_feed(rig, BAD, BAD_VIEWS);
    rig_run(rig, is_over_or_fed, attack.ends);
    check(rig, &attack);
    if (strcmp(attack.ends, "stopped") == 0) {
        runner_pool_stop(rig->pool);
        rig_run(rig, rig_is_idle, NULL);
    }
    rig_destroy(rig);
}

/* The first byte decides, so this one cannot carry a head that says what it is. */
static void test_bytecode(void **state)
{
    (void)state;
    actor_index bad = BAD;
    struct rig *rig = attack_rig(false);
    rig_add(rig, BAD, "bytecode", "\x1bLuaS");
    rig_run(rig, rig_is_over, &bad);
    assert_int_equal(rig->seen[BAD].ready, 0);
    assert_says(rig->seen[BAD].reason, "scripts are text");
    rig_destroy(rig);
}

static int is_attack(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".lua") == 0;
}

int suite_attacks(void)
{
    static struct CMUnitTest tests[ATTACKS_MAX];
    struct dirent **files;
    size_t used = 0;
    int count = scandir(ATTACKS_DIR, &files, is_attack, alphasort);
    if (count < 30 || count >= ATTACKS_MAX) {
        fprintf(stderr, "%s holds %d attacks; 30 to %d\n", ATTACKS_DIR, count, ATTACKS_MAX - 1);
        return 1;
    }
    tests[used++] = (struct CMUnitTest)cmocka_unit_test(test_bytecode);
    for (int i = 0; i < count; i++) {
        files[i]->d_name[strlen(files[i]->d_name) - 4] = '\0';
        const char *wanted = getenv("RUNNER_ATTACK"); /* one of them, by name */
        if (!wanted || strcmp(wanted, files[i]->d_name) == 0)
            tests[used++] = (struct CMUnitTest){files[i]->d_name, run_attack, NULL, NULL,
                                                files[i]->d_name};
    }
    int failed = _cmocka_run_group_tests("attacks", tests, used, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(files[i]);
    free(files);
    return failed;
}
