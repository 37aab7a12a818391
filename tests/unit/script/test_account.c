/* Equity, limits, funding and the rest of a view; metrics, the manifest, versions of state. */
#include <string.h>

#include "rig.h"
#include "suites.h"

static struct view full_view(struct rig *rig)
{
    struct view view = rig_view(rig, 0);

    view.equity_known = true;
    assert_true(money_parse("1000.5", 6, &view.equity));
    view.room.buy.e9 = 2ll * DECIMAL_ONE;
    view.room.sell.e9 = 3ll * DECIMAL_ONE;
    view.room.orders = 7;
    view.index.e9 = 61000ll * DECIMAL_ONE;
    view.funding_rate.e9 = 12500;
    view.funding_next_ns = 1700003600000000000;
    view.funding_interval_ns = 3600000000000;
    view.mode = MODE_POST_ONLY;
    return view;
}

static void views_show_the_account_and_the_venue(void **state)
{
    struct rig *rig = rig_create(
        "local id = 'BTC-PERP-INTX'\n"
        "assert(host.equity() == nil and host.limits(id).buy == nil)\n"
        "assert(host.limits(id).max_order_size == decimal(5))\n"
        "return {on_book = function(book)\n"
        "  assert(host.equity() == decimal('1000.5'))\n"
        "  local l = host.limits(id)\n"
        "  assert(l.buy == decimal(2) and l.sell == decimal(3) and l.orders == 7)\n"
        "  assert(l.max_position == decimal(9) and l.max_messages == 4)\n"
        "  local rate, next, every = book:funding()\n"
        "  assert(rate == decimal('0.0000125') and next == 1700003600000000000 and every == 3600)\n"
        "  assert(book:index() == decimal(61000) and book:mode() == 'post_only')\n"
        "  assert(book:imbalance() > -1 and book:imbalance(10) < 1)\n"
        "  assert(not pcall(book.imbalance, book, 11))\n"
        "  print('seen') end}", "{}");
    (void)state;
    rig->start.limits[0].max_order_size.e9 = 5ll * DECIMAL_ONE;
    rig->start.limits[0].max_position.e9 = 9ll * DECIMAL_ONE;
    rig->start.max_messages = 4;
    assert_true(rig_compile(rig));
    assert_int_equal(rig_send(rig, SCRIPT_GO, false, NULL, 0), 0);
    struct view view = full_view(rig);
    rig_show(rig, &view);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "iseen");
    rig_stop(rig);
}

static void what_is_not_told_is_nil(void **state)
{
    struct rig *rig = rig_start("return {on_book = function(book)\n"
                                "  assert(not host.equity() and not book:funding())\n"
                                "  assert(not book:index() and book:mode() == 'open')\n"
                                "  print('seen') end}", "{}");
    (void)state;
    struct view view = rig_view(rig, 0);
    rig_show(rig, &view);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "iseen");
    rig_stop(rig);
}

static void a_rule_knows_what_is_held_elsewhere(void **state)
{
    struct rig *rig = rig_create(
        "return {judge = function(intent)\n"
        "  local other = host.position('BIP-20DEC30-CDE')\n"
        "  assert(other.size == decimal(-2) and other.account == decimal(5))\n"
        "  assert(other.mark == decimal(60000) and host.position(intent.product).state)\n"
        "  return true end}", "{}");
    struct script_judge judge = {.intent = {.kind = INTENT_PLACE}};
    (void)state;
    rig->start.role = SCRIPT_ROLE_RULE;
    assert_true(rig_compile(rig));
    judge.view = rig_view(rig, 0);
    judge.view.holding_count = 3;
    judge.view.holdings[1].own.e9 = -2ll * DECIMAL_ONE;
    judge.view.holdings[1].account.e9 = 5ll * DECIMAL_ONE;
    judge.view.holdings[1].mark.e9 = 60000ll * DECIMAL_ONE;
    assert_int_equal(rig_send(rig, SCRIPT_JUDGE, false, &judge, sizeof(judge)), 0);
    assert_int_equal(rig_count(rig, SCRIPT_FAULT), 0);
    rig_stop(rig);
}

static void metrics_leave_by_name(void **state)
{
    struct rig *rig = rig_start(
        "host.metric('edge', 0.25) host.metric('edge', decimal('1.5')) host.metric('n', 3)\n"
        "for i = 3, 32 do host.metric('m' .. i, i) end\n"
        "local ok, why = pcall(host.metric, 'over', 1)\n"
        "assert(not ok and why:find('over would be one more than 32', 1, true), why)\n"
        "assert(not pcall(host.metric, 'edge', 0/0) and not pcall(host.metric, 'edge', 'x'))\n"
        "assert(not pcall(host.metric, '', 1) and not pcall(host.metric, ('x'):rep(32), 1))\n"
        "host.metric('edge', -2.5) return {}", "{}");
    struct script_metric metric;
    (void)state;
    assert_int_equal(rig_count(rig, SCRIPT_METRIC), 34);
    memcpy(&metric, rig_frame(rig, SCRIPT_METRIC, 33)->payload, sizeof(metric));
    assert_string_equal(metric.name, "edge");
    assert_true(metric.value.e18 == -(__int128)5 * DECIMAL_ONE * DECIMAL_ONE / 2);
    rig_stop(rig);
}

static void a_log_line_has_fields(void **state)
{
    struct rig *rig = rig_start(
        "host.log('info', 'quoted', {price = decimal('61495.5'), side = 'buy', why = 'two words',\n"
        "  live = true}) host.log('warn', 'plain')\n"
        "assert(not pcall(host.log, 'info', 'x', {1})) return {}", "{}");
    (void)state;
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0),
                        "iquoted live=true price=61495.5 side=buy why=\"two words\"");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "wplain");
    rig_stop(rig);
}

static void refused(const char *chunk, const char *words)
{
    struct rig *rig = rig_create(chunk, "{}");

    if (rig_compile(rig))
        fail_msg("%s was taken", chunk);
    if (!strstr(rig->err.text, words))
        fail_msg("%s: %s", chunk, rig->err.text);
    rig->script = NULL;
    rig_stop(rig);
}

static void a_manifest_is_told_when_ready(void **state)
{
    struct rig *rig = rig_start(
        "host.manifest{products = {'BIP-20DEC30-CDE'}, max_order_size = '0.1', may_short = false,\n"
        "  messages = 5, timers = 2}\n"
        "return {on_timer = function() host.manifest{} end}", "{}");
    struct manifest manifest = script_wants(rig->script).manifest;
    (void)state;
    assert_int_equal(manifest.products, 2);
    assert_true(manifest.max_order_size.e9 == DECIMAL_ONE / 10 && manifest.max_position.e9 == 0);
    assert_true(manifest.no_short && !manifest.no_open);
    assert_int_equal(manifest.max_messages, 5);
    assert_int_equal(manifest.max_timers, 2);
    rig_timer(rig, 0);
    assert_non_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "once, while the script is loaded"));
    rig_stop(rig);
    refused("host.manifest{} host.manifest{} return {}", "a manifest is said once");
    refused("host.manifest{max_size = 1} return {}", "manifest: there is no field 'max_size'");
    refused("host.manifest{max_position = 0} return {}", "max_position must be positive");
    refused("host.manifest{may_open = 1} return {}", "may_open must be true or false");
    refused("host.manifest{timers = 1.5} return {}", "timers is a positive whole number");
    refused("host.manifest{products = {}} return {}", "products is empty");
    refused("host.manifest{products = {'ETH-PERP-INTX'}} return {}", "not one of this script's");
}

static void state_has_a_version(void **state)
{
    struct rig *rig = rig_start(
        "return {state_version = 3, on_save = function() return {n = 1} end}", "{}");
    (void)state;
    assert_int_equal(rig_send(rig, SCRIPT_SAVE, false, NULL, 0), 0);
    assert_string_equal(rig_text(rig, SCRIPT_STATE_OUT, 0), "v3 {\"n\":1}");
    rig_stop(rig);
    rig = rig_create("return {on_reload = function(saved, version)\n"
                     "  print(saved and saved.n, version) end}", "{}");
    rig->start.reload = true;
    assert_true(rig_compile(rig));
    assert_int_equal(rig_send(rig, SCRIPT_STATE_IN, false, "v3 {\"n\":1}", 10), 0);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "i1\t3");
    rig_stop(rig);
    rig = rig_create("return {on_reload = function(saved, version)\n"
                     "  print(saved and saved.n, version) end}", "{}");
    rig->start.reload = true;
    assert_true(rig_compile(rig));
    assert_int_equal(rig_send(rig, SCRIPT_STATE_IN, false, "{\"n\":1}", 7), 0);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "i1\tnil");
    rig_stop(rig);
    refused("return {state_version = 'x'}", "state_version is a whole number");
}

int suite_account(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_show_the_account_and_the_venue),
        cmocka_unit_test(what_is_not_told_is_nil),
        cmocka_unit_test(a_rule_knows_what_is_held_elsewhere),
        cmocka_unit_test(metrics_leave_by_name),
        cmocka_unit_test(a_log_line_has_fields),
        cmocka_unit_test(a_manifest_is_told_when_ready),
        cmocka_unit_test(state_has_a_version),
    };
    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
