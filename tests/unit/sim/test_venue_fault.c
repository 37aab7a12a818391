#include <stdio.h>
#include <string.h>

#include "sim/venue_fault.h"
#include "sim/venue_fault_bytes.h"
#include "suites.h"

static const int64_t S = 1000000000;

static struct venue_fault_rule rule_of(const char *line)
{
    struct venue_fault_rule rule;
    struct err err = {""};
    if (venue_fault_parse(line, strlen(line), &rule, &err) != 1)
        fail_msg("'%s': %s", line, err.text);
    return rule;
}

static void a_line_is_read_whole(void **state)
{
    (void)state;
    struct venue_fault_rule rule =
        rule_of("  after 1.5s for 2m every 3rd POST /orders/*: delay 20s   # slow\r");
    assert_int_equal(rule.fault, FAULT_DELAY);
    assert_int_equal(rule.place, PLACE_REQUEST);
    assert_string_equal(rule.method, "POST");
    assert_string_equal(rule.target, "/orders/*");
    assert_true(rule.after_ns == 3 * S / 2 && rule.for_ns == 120 * S && rule.every == 3);
    assert_true(rule.amount == 20 * S);
    assert_string_equal(rule.line, "after 1.5s for 2m every 3rd POST /orders/*: delay 20s");

    rule = rule_of("chance 0.25 channel level2/BTC-PERP-INTX: set price_level=\"a: b\"");
    assert_string_equal(rule.target, "l2_data");
    assert_string_equal(rule.product, "BTC-PERP-INTX");
    assert_int_equal(rule.chance.e9, 250000000);
    assert_string_equal(rule.text, "price_level");
    assert_string_equal(rule.value, "\"a: b\"");

    rule = rule_of("next 2 POST /orders: late");
    assert_true(rule.next == 2 && rule.amount == 8 * S);
}

static void blanks_and_comments_are_no_rules(void **state)
{
    (void)state;
    static const char *const LINES[] = {"", "   ", "# all of it", "\t# too", "\r"};
    struct venue_fault_rule rule;
    struct err err;
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++)
        assert_int_equal(venue_fault_parse(LINES[i], strlen(LINES[i]), &rule, &err), 0);
}

static void refuses(const char *line, const char *words)
{
    struct venue_fault_rule rule;
    struct err err = {""};
    assert_int_equal(venue_fault_parse(line, strlen(line), &rule, &err), -1);
    if (!strstr(err.text, words))
        fail_msg("'%s': '%s' does not say '%s'", line, err.text, words);
}

static void a_wrong_word_is_named_and_the_nearest_shown(void **state)
{
    (void)state;
    char line[2 * VENUE_FAULT_LINE_MAX];
    refuses("POST /orders: dely 20s", "'dely' is no fault; did you mean 'delay'?");
    refuses("evry 3rd POST /orders: drop", "did you mean 'every'?");
    refuses("channel level3: drop", "did you mean 'level2'?");
    refuses("channel level2/BTC-PERP: drop", "lists no such product");
    refuses("POST orders: drop", "wants a path");
    refuses("POST /orders drop", "'drop': a colon");
    refuses("POST /orders", "a colon");
    refuses("after 10 POST /orders: drop", "'10': a time");
    refuses("after -1s POST /orders: drop", "0 or more");
    refuses("after 2d POST /orders: drop", "a time");
    refuses("for 25h POST /orders: drop", "up to a day");
    refuses("every 0th POST /orders: drop", "from 1 to");
    refuses("next 1000001 POST /orders: drop", "from 1 to");
    refuses("chance 1.5 POST /orders: drop", "a chance");
    refuses("chance POST /orders: drop", "a chance");
    refuses("at 3rd at 4th POST /orders: drop", "given twice");
    refuses("after 1s: drop", "where?");
    refuses("POST /orders:", "a fault is wanted");
    refuses("POST /orders: delay", "wants an argument: TIME");
    refuses("POST /orders: drop now", "takes no argument");
    refuses("POST /orders: refuse INSUFFICIENT", "FIELD=VALUE");
    refuses("channel user: delay 1s", "cannot happen there, but at: request");
    refuses("venue: order BUY 1 BIP-20DEC30", "did you mean 'BIP-20DEC30-CDE'");
    refuses("venue: order HOLD 1 BIP-20DEC30-CDE", "BUY or SELL");
    refuses("venue: order BUY x BIP-20DEC30-CDE", "a size is wanted");
    refuses("venue: order BUY 1", "a product is wanted");
    refuses("venue: product BIP-20DEC30-CDE canel_only=true", "did you mean 'cancel_only'?");
    refuses("venue: product BIP-20DEC30-CDE cancel_only=1", "true or false");
    refuses("venue: product BIP-20DEC30-CDE price_increment=0", "above 0");
    refuses("venue: product BIP-20DEC30-CDE", "FIELD=VALUE is wanted");
    refuses("next 2 venue: bust", "at, every, next and chance");
    refuses("channel user: giant 1GB", "a size up to 128MB");
    refuses("POST /orders: suppress", "cannot happen there, but at: channel");
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    refuses(line, "at most");
}

static struct venue_fault_plan plan;

static bool hit(const char *method, const char *path, int64_t now_ns)
{
    const struct venue_fault_rule *fired[VENUE_FAULT_FIRED_MAX];
    struct venue_fault_scene scene = {.place = PLACE_REQUEST, .method = method, .target = path,
                                      .bytes = "", .length = 0};
    return venue_fault_plan_meet(&plan, &scene, now_ns, fired) > 0;
}

static void plan_of(const char *script, uint64_t seed)
{
    struct err err = {""};
    venue_fault_plan_init(&plan, seed);
    if (venue_fault_plan_load(&plan, script, strlen(script), 100 * S, &err) < 0)
        fail_msg("%s", err.text);
}

/* Which of ten matches fire, as a picture. */
static void shows(const char *script, const char *picture)
{
    char got[11] = "";
    plan_of(script, 1);
    for (int i = 0; i < 10; i++)
        got[i] = hit("POST", "/orders", 100 * S + i * S) ? 'x' : '.';
    if (strcmp(got, picture) != 0)
        fail_msg("%s: %s instead of %s", script, got, picture);
}

static void windows_and_counts(void **state)
{
    (void)state;
    shows("POST /orders: drop", "xxxxxxxxxx");
    shows("ANY *: drop", "xxxxxxxxxx");
    shows("POST /ord*rs: drop", "xxxxxxxxxx");
    shows("GET /orders: drop", "..........");
    shows("POST /orders/*: drop", "..........");
    shows("after 3s POST /orders: drop", "...xxxxxxx");
    shows("after 3s for 4s POST /orders: drop", "...xxxx...");
    shows("at 3rd POST /orders: drop", "..x.......");
    shows("every 3rd POST /orders: drop", "..x..x..x.");
    shows("next 2 POST /orders: drop", "xx........");
    shows("after 2s every 2nd next 2 POST /orders: drop", "...x.x....");
}

static void chance_is_drawn_from_the_seed_and_the_rule(void **state)
{
    (void)state;
    char first[101] = "", again[101] = "", alone[101] = "";
    int hits = 0;
    plan_of("chance 0.3 POST /orders: drop\n", 7);
    for (int i = 0; i < 100; i++)
        first[i] = hit("POST", "/orders", 101 * S) ? 'x' : '.';
    plan_of("chance 0.3 POST /orders: drop\nchance 0.9 GET /x: drop\n", 7);
    for (int i = 0; i < 100; i++) {
        hit("GET", "/x", 101 * S); /* another rule's draws change nothing */
        again[i] = hit("POST", "/orders", 101 * S) ? 'x' : '.';
        hits += again[i] == 'x';
    }
    plan_of("chance 0.3 POST /orders: drop\n", 8);
    for (int i = 0; i < 100; i++)
        alone[i] = hit("POST", "/orders", 101 * S) ? 'x' : '.';
    assert_string_equal(first, again);
    assert_string_not_equal(first, alone);
    assert_in_range(hits, 15, 45);
}

static void a_venue_rule_begins_and_ends_once(void **state)
{
    (void)state;
    bool begins = false;
    plan_of("after 2s for 3s venue: product BIP-20DEC30-CDE cancel_only=true\n", 1);
    assert_null(venue_fault_plan_due(&plan, 101 * S, &begins));
    assert_non_null(venue_fault_plan_due(&plan, 102 * S, &begins));
    assert_true(begins);
    assert_null(venue_fault_plan_due(&plan, 104 * S, &begins));
    assert_non_null(venue_fault_plan_due(&plan, 105 * S, &begins));
    assert_false(begins);
    assert_null(venue_fault_plan_due(&plan, 1000 * S, &begins));
}

static void a_script_names_its_wrong_line_and_is_bounded(void **state)
{
    (void)state;
    struct err err = {""};
    const char *script = "# one\n\nPOST /orders: drop\nPOST /orders: drp\n";
    venue_fault_plan_init(&plan, 1);
    assert_int_equal(venue_fault_plan_load(&plan, script, strlen(script), 0, &err), -1);
    assert_non_null(strstr(err.text, "line 4: 'drp'"));
    struct venue_fault_rule rule = rule_of("POST /orders: drop");
    venue_fault_plan_init(&plan, 1);
    for (int i = 1; i <= VENUE_FAULT_RULES_MAX; i++)
        assert_int_equal(venue_fault_plan_add(&plan, &rule, 0, &err), i);
    assert_int_equal(venue_fault_plan_add(&plan, &rule, 0, &err), -1);
    assert_true(venue_fault_plan_remove(&plan, 3));
    assert_false(venue_fault_plan_remove(&plan, 3));
    assert_int_equal(venue_fault_plan_add(&plan, &rule, 0, &err), VENUE_FAULT_RULES_MAX + 1);
}

static void spoils(const char *fault, const char *before, const char *after)
{
    char line[VENUE_FAULT_LINE_MAX];
    struct buf text;
    buf_init(&text, 1024 * 1024);
    buf_puts(&text, before);
    snprintf(line, sizeof line, "ANY *: %s", fault);
    struct venue_fault_rule rule = rule_of(line);
    assert_true(venue_fault_spoil(&rule, &text));
    if (text.length != strlen(after) || memcmp(text.data, after, text.length) != 0)
        fail_msg("%s: %.*s", fault, (int)text.length, text.data);
    buf_fini(&text);
}

static void json_is_spoiled_where_it_was_said(void **state)
{
    (void)state;
    const char *text = "{\"a\":\"1,}\\\"\", \"b\":[{\"a\":2}], \"c\":{\"a\":null}}";
    spoils("set a=NaN", text, "{\"a\":NaN, \"b\":[{\"a\":NaN}], \"c\":{\"a\":NaN}}");
    spoils("set b=", text, "{\"a\":\"1,}\\\"\", \"b\":, \"c\":{\"a\":null}}");
    spoils("set d=1", text, text);
    spoils("rename a=aa", text, "{\"aa\":\"1,}\\\"\", \"b\":[{\"aa\":2}], \"c\":{\"aa\":null}}");
    spoils("omit a", text, "{\"b\":[{}], \"c\":{}}");
    spoils("omit c", text, "{\"a\":\"1,}\\\"\", \"b\":[{\"a\":2}]}");
    spoils("extra", "{\"a\":1}", "{\"venue_novelty\":{\"level\":[1,null,true]},\"a\":1}");
    spoils("truncate", "{\"a\":1}", "{\"a");
    const char *list = "{\"events\":[{\"updates\":[{\"p\":1},{\"p\":[2]},{\"p\":3}]}]}";
    const char *page = "{\"fills\":[{\"p\":1}, {\"p\":2}], \"cursor\":\"\"}";
    spoils("skip-item 2", list, "{\"events\":[{\"updates\":[{\"p\":1},{\"p\":3}]}]}");
    spoils("skip-item 1", page, "{\"fills\":[{\"p\":2}], \"cursor\":\"\"}");
    spoils("repeat-item 1", page, "{\"fills\":[{\"p\":1},{\"p\":1},{\"p\":2}], \"cursor\":\"\"}");
    spoils("reverse", list, "{\"events\":[{\"updates\":[{\"p\":3},{\"p\":[2]},{\"p\":1}]}]}");
    spoils("empty-list", page, "{\"fills\":[], \"cursor\":\"\"}");
    spoils("reverse", "{\"fills\":[]}", "{\"fills\":[]}");
    spoils("giant 40B", "{\"l\":[{\"p\":1}]}",
           "{\"l\":[{\"p\":1},{\"p\":1},{\"p\":1},{\"p\":1},{\"p\":1}]}");
    spoils("giant 1KB", "{}", "{}");
    spoils("deep 3", "{\"a\":1}", "{\"venue_depth\":[[[]]],\"a\":1}");
    spoils("duplicate-keys", "{\"a\":\"x\", \"b\":1}", "{\"a\":\"x\",\"a\":\"x\", \"b\":1}");
    spoils("bad-utf8", "{}", "{\"venue_note\":\"\xc3\x28\xff\",}");
    spoils("bom", "{}", "\xef\xbb\xbf{}");
    spoils("set a=1", "{\"a\":", "{\"a\":1");
    spoils("omit a", "", "");
}

int suite_venue_fault(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_read_whole),
        cmocka_unit_test(blanks_and_comments_are_no_rules),
        cmocka_unit_test(a_wrong_word_is_named_and_the_nearest_shown),
        cmocka_unit_test(windows_and_counts),
        cmocka_unit_test(chance_is_drawn_from_the_seed_and_the_rule),
        cmocka_unit_test(a_venue_rule_begins_and_ends_once),
        cmocka_unit_test(a_script_names_its_wrong_line_and_is_bounded),
        cmocka_unit_test(json_is_spoiled_where_it_was_said),
    };
    return cmocka_run_group_tests_name("venue_fault", tests, NULL, NULL);
}
