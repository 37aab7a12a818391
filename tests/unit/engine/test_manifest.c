/* What a script asked for binds it, and what its config never lets it do. */
#include "suites.h"

#include <string.h>

#include "engine_rig.h"

static void tell(struct rig *rig, const struct manifest *manifest)
{
    struct event event = {.kind = EVENT_RUNNER,
                          .runner = {.runner = 0, .generation = ++rig->generation[0],
                                     .state = RUNNER_READY, .manifest = *manifest}};
    rig_step(rig, &event);
    rig_forget(rig);
}

static const struct verdict *asked(struct rig *rig, product_index product, enum side side,
                                   const char *size, order_ref ref)
{
    static const struct verdict none;
    uint32_t placed = rig_count(rig, COMMAND_PLACE);
    rig_limit(rig, 0, product, side, side == SIDE_BUY ? "99" : "101", size, ref);
    if (rig_count(rig, COMMAND_PLACE) > placed)
        return &none;
    return &rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict;
}

static void refuses(const struct verdict *verdict, const char *key, const char *headroom)
{
    assert_int_equal(verdict->code, REFUSED_MANIFEST);
    assert_non_null(strstr(verdict->config_key, key));
    assert_true(verdict->headroom.e18 == rig_money(headroom).e18);
}

static void an_order_stays_within_its_manifest(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    struct manifest manifest = {.max_order_size = rig_size("0.2"),
                                .max_position = rig_size("0.3")};
    tell(rig, &manifest);
    refuses(asked(rig, 0, SIDE_BUY, "0.3", 1), "manifest.max_order_size", "0.2");
    assert_int_equal(asked(rig, 0, SIDE_BUY, "0.2", 2)->code, REFUSED_NOT);
    rig_pass(rig, 2000000000); /* past the window of duplicates */
    refuses(asked(rig, 0, SIDE_BUY, "0.2", 3), "manifest.max_position", "0.1");
    manifest = (struct manifest){.no_open = true};
    tell(rig, &manifest);
    refuses(asked(rig, 0, SIDE_BUY, "0.1", 4), "manifest.may_open", "0");
    manifest = (struct manifest){.products = 2};
    tell(rig, &manifest);
    refuses(asked(rig, 0, SIDE_BUY, "0.1", 5), "manifest.products", "0");
    manifest = (struct manifest){.max_working_orders = 1};
    tell(rig, &manifest);
    refuses(asked(rig, 0, SIDE_BUY, "0.1", 6), "manifest.working_orders", "0");
    rig_destroy(rig);
}

/* Sells what it holds, no more; reducing passes whatever the manifest says. */
static void one_that_may_not_be_short_sells_what_it_has(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    struct client_id id = rig_open_order(rig, 0, 0, SIDE_BUY, "99", "0.2", 1, "v1");
    rig_report(rig, id, "v1", VENUE_FILLED, "0.2", "99", REPORT_USER_UPDATE);
    rig_fill(rig, "t1", "v1", 0, SIDE_BUY, "99", "0.2", "0");
    struct manifest manifest = {.no_short = true};
    tell(rig, &manifest);
    refuses(asked(rig, 0, SIDE_SELL, "0.3", 2), "manifest.may_short", "0.2");
    manifest = (struct manifest){.no_open = true, .products = 2, .max_order_size = rig_size("0.1")};
    tell(rig, &manifest);
    assert_int_equal(asked(rig, 0, SIDE_SELL, "0.2", 3)->code, REFUSED_NOT);
    rig_destroy(rig);
}

static void the_config_binds_without_a_manifest(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig->settings.strategies[0].never_short = true;
    rig->settings.strategies[1].never_opens = true;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    refuses(asked(rig, 0, SIDE_SELL, "0.1", 1), "never_short", "0");
    assert_int_equal(asked(rig, 0, SIDE_BUY, "0.1", 2)->code, REFUSED_NOT);
    rig_limit(rig, 1, 1, SIDE_BUY, "99", "0.1", 1);
    refuses(&rig_last_notice(rig, 1, NOTICE_REFUSAL)->refusal.verdict, "never_opens", "0");
    rig_destroy(rig);
}

static void a_timer_past_the_manifest_ends_the_runner(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    struct manifest manifest = {.max_timers = 1};
    tell(rig, &manifest);
    for (uint32_t id = 0; id < 2; id++) {
        struct event event = {.kind = EVENT_TIMER_SET,
                              .timer_set = {0, rig->generation[0], id, 1000000000}};
        assert_int_equal(rig_count(rig, COMMAND_RUNNER_END), 0);
        rig_step(rig, &event);
    }
    assert_int_equal(rig_count(rig, COMMAND_RUNNER_END), 1);
    rig_destroy(rig);
}

static void assert_asks_too_much(struct manifest manifest, const char *words)
{
    struct rig *rig = rig_create(0);
    struct err err = {""};

    assert_int_equal(manifest_check(&manifest, &rig->settings, 0, &err), -1);
    if (!strstr(err.text, words))
        fail_msg("%s", err.text);
    rig_destroy(rig);
}

static void a_manifest_cannot_ask_for_more_than_the_config(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    struct manifest none = {0};
    struct err err = {""};
    assert_int_equal(manifest_check(&none, &rig->settings, 0, &err), 0);
    rig_destroy(rig);
    assert_asks_too_much((struct manifest){.products = 1 << 9}, "asks for products");
    assert_asks_too_much((struct manifest){.max_position = {INT64_MAX}}, "max_position 9223372036");
    assert_asks_too_much((struct manifest){.max_order_size = {INT64_MAX}}, "max_order_size");
    assert_asks_too_much((struct manifest){.max_messages = UINT32_MAX}, "max_messages 4294967295");
    assert_asks_too_much((struct manifest){.max_working_orders = UINT32_MAX}, "max_working_orders");
    assert_asks_too_much((struct manifest){.max_timers = 65}, "timers 65; the config gives 64");
}

int suite_manifest(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_stays_within_its_manifest),
        cmocka_unit_test(one_that_may_not_be_short_sells_what_it_has),
        cmocka_unit_test(the_config_binds_without_a_manifest),
        cmocka_unit_test(a_timer_past_the_manifest_ends_the_runner),
        cmocka_unit_test(a_manifest_cannot_ask_for_more_than_the_config),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
