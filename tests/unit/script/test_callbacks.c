/* Frames in, callbacks called: with what, in which order, and what happens when one raises. */
#include <stdio.h>
#include <string.h>

#include "rig.h"
#include "suites.h"

static void a_book_shows_its_view(void **state)
{
    (void)state;
    struct rig *rig = rig_start(
        "return {on_book = function(book)\n"
        "  local bid, bid_size = book:bid()\n"
        "  assert(bid == decimal(61495) and bid_size == decimal('0.5'))\n"
        "  assert(book:ask() == decimal(61505) and select(2, book:ask()) == decimal('0.4'))\n"
        "  assert(book:level('bid', 2) == decimal(61490) and book:level('ask', 3) == nil)\n"
        "  assert(book:level('ask', 0) == nil and not pcall(book.level, book, 'top', 1))\n"
        "  assert(book:mid() == decimal(61500) and math.abs(book:spread_bps() - 1.626) < 0.001)\n"
        "  assert(book:depth('bid', 1) == decimal('1.75') and book:depth('ask', 1) == "
        "decimal('2.4'))\n"
        "  assert(book:depth('ask', 3) == decimal(0) and not pcall(book.depth, book, 'bid', 4))\n"
        "  assert(book:mark() == decimal('61500.5') and not book:stale())\n"
        "  assert(book:age() == 5000000 and book:trades_lost() == 0)\n"
        "  assert(book.product == 'BTC-PERP-INTX' and book == host.book('BTC-PERP-INTX'))\n"
        "  assert(not pcall(function() return book.bids end) and tostring(book) == 'book "
        "BTC-PERP-INTX')\n"
        "  assert(book ~= decimal(1) and not pcall(function() book.x = 1 end))\n"
        "  local p = host.position('BTC-PERP-INTX')\n"
        "  assert(p.size == decimal('-0.02') and p.account == decimal('0.03'))\n"
        "  assert(p.average_price == decimal(61000) and p.state == 'active')\n"
        "  assert(p.working_orders == 1 and p.fees == decimal(0))\n"
        "  print('shown')\n"
        "end}", "{}");
    struct view view = rig_view(rig, 0);
    assert_int_equal(rig_show(rig, &view), 0);
    if (rig_count(rig, SCRIPT_FAULT))
        fail_msg("%s", rig_text(rig, SCRIPT_FAULT, 0));
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "ishown");
    assert_int_equal(rig_count(rig, SCRIPT_CREDIT), 1);
    rig_stop(rig);
}

static void an_empty_book_has_no_prices(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_book = function(b) print(b:bid(), b:ask(), b:mid(), "
                                "b:spread_bps(), b:mark(), b:stale()) end}", "{}");
    struct view view = rig_view(rig, 1);
    view.bid_count = 0;
    view.mark.e9 = 0;
    rig_show(rig, &view);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "inil\t61505\tnil\tnil\tnil\ttrue");
    view.bid_count = view.ask_count = 1;
    view.crossed = true;
    rig_show(rig, &view);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "i61495\t61505\t61500\t1.6260162601626\tnil"
                                                      "\ttrue");
    rig_stop(rig);
}

static void trades_come_before_the_book_oldest_first(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_trade = print, on_book = function(b) print(b.product) "
                                "end}", "{}");
    struct view view = rig_view(rig, 0);
    view.trade_count = 2;
    view.trades[0] = (struct trade){{61500000000000}, {1000000}, SIDE_BUY, 1, 17};
    view.trades[1] = (struct trade){{61501500000000}, {2000000}, SIDE_SELL, 2, 18};
    rig_show(rig, &view);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "iBTC-PERP-INTX\t61500\t0.001\tbuy\t17");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "iBTC-PERP-INTX\t61501.5\t0.002\tsell\t18");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 2), "iBTC-PERP-INTX");
    rig_stop(rig);
}

static struct notice order_notice(struct rig *rig, order_ref ref, enum order_state at)
{
    struct notice notice = rig_notice(rig, NOTICE_ORDER, 0);
    notice.order.ref = ref;
    notice.order.id = client_id_make(1, 2, 3);
    notice.order.state = at;
    notice.order.side = SIDE_SELL;
    notice.order.price.e9 = 61500000000000;
    notice.order.size.e9 = 20000000;
    notice.order.filled.e9 = 5000000;
    text_copy(notice.order.reason, REASON_MAX, "said so", 7);
    return notice;
}

static void orders_are_told_and_remembered(void **state)
{
    (void)state;
    struct rig *rig = rig_start(
        "return {on_order = function(o)\n"
        "  assert(o.product == 'BTC-PERP-INTX' and o.side == 'sell' and o.reason == 'said so')\n"
        "  assert(o.price == decimal(61500) and o.size == decimal('0.02') and #o.id == 36)\n"
        "  assert(o.filled == decimal('0.005') and o.time > 1700000000000000000)\n"
        "  print(o.ref, o.state, o.done, #host.orders(), #host.orders('BIP-20DEC30-CDE'))\n"
        "end}", "{}");
    enum order_state states[] = {ORDER_INTENDED, ORDER_OPEN, ORDER_CANCEL_SENT, ORDER_CANCELLED};
    const char *told[] = {"i5\tintended\tfalse\t1\t0", "i5\topen\tfalse\t1\t0",
                          "i5\tcancel_sent\tfalse\t1\t0", "i5\tcancelled\ttrue\t0\t0"};
    for (int i = 0; i < 4; i++) {
        struct notice notice = order_notice(rig, 5, states[i]);
        assert_int_equal(rig_tell(rig, &notice), 0);
        assert_string_equal(rig_text(rig, SCRIPT_LOG, (uint32_t)i), told[i]);
    }
    rig_stop(rig);
}

static void more_orders_than_are_remembered_do_no_harm(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_timer = function() print(#host.orders()) end}", "{}");
    for (order_ref ref = 1; ref <= 300; ref++) {
        struct notice notice = order_notice(rig, ref, ORDER_OPEN);
        rig_tell(rig, &notice);
    }
    rig_timer(rig, 1);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "i256");
    for (order_ref ref = 1; ref <= 300; ref++) {
        struct notice notice = order_notice(rig, ref, ORDER_FILLED);
        rig_tell(rig, &notice);
    }
    rig_timer(rig, 1);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "i0");
    rig_stop(rig);
}

static void fills_candles_and_freshness_are_told(void **state)
{
    (void)state;
    struct rig *rig = rig_start(
        "return {on_fill = function(f) print(f.product, f.ref, f.side, f.liquidity, f.price, "
        "f.size, "
        "f.fee) end, on_candle = function(c) print(c.product, c.start, c.length, c.open, c.high, "
        "c.low, c.close, c.volume, c.trades) end, on_stale = function(p) print('stale', p, "
        "host.book(p):stale()) end, on_fresh = function(p) print('fresh', p) end}", "{}");
    struct view view = rig_view(rig, 0);
    rig_show(rig, &view);
    struct notice notice = rig_notice(rig, NOTICE_FILL, 0);
    notice.fill.ref = 9;
    notice.fill.side = SIDE_BUY;
    notice.fill.liquidity = LIQUIDITY_MAKER;
    notice.fill.price.e9 = 61500000000000;
    notice.fill.size.e9 = 10000000;
    notice.fill.fee.e18 = (__int128)12345000000000000;
    rig_tell(rig, &notice);
    notice = rig_notice(rig, NOTICE_CANDLE, 1);
    notice.candle = (struct candle){60000000000, 60000000000, {1000000000}, {4000000000},
                                    {500000000}, {2000000000}, {7000000000}, 12};
    rig_tell(rig, &notice);
    notice = rig_notice(rig, NOTICE_STALE, 0);
    rig_tell(rig, &notice);
    notice = rig_notice(rig, NOTICE_FRESH, 0);
    rig_tell(rig, &notice);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0),
                        "iBTC-PERP-INTX\t9\tbuy\tmaker\t61500\t0.01\t0.012345");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1),
                        "iBIP-20DEC30-CDE\t60000000000\t60000000000\t1\t4\t0.5\t2\t7\t12");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 2), "istale\tBTC-PERP-INTX\ttrue");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 3), "ifresh\tBTC-PERP-INTX");
    rig_stop(rig);
}

static void a_refusal_says_what_would_have_passed(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_refusal = function(r) print(r.product, r.ref, r.code, "
                                "r.unit, r.limit, r.value, r.headroom, r.config, r.reason) "
                                "print(r.meaning) end}", "{}");
    struct notice notice = rig_notice(rig, NOTICE_REFUSAL, 0);
    notice.refusal.ref = 3;
    notice.refusal.verdict.code = REFUSED_POSITION;
    notice.refusal.verdict.unit = UNIT_SIZE;
    notice.refusal.verdict.scope = SCOPE_PRODUCT;
    notice.refusal.verdict.limit.e18 = (__int128)1000000000 * 50000000;
    notice.refusal.verdict.value.e18 = (__int128)1000000000 * 60000000;
    notice.refusal.verdict.headroom.e18 = (__int128)1000000000 * 10000000;
    text_copy(notice.refusal.verdict.config_key, 40, "products.btc.max_position", 25);
    text_copy(notice.refusal.text, REASON_MAX, "too far", 7);
    rig_tell(rig, &notice);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0),
                        "iBTC-PERP-INTX\t3\tposition\tsize\t0.05\t0.06\t0.01\t"
                        "products.btc.max_position\ttoo far");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "iworst-case position above its limit");
    rig_stop(rig);
}

static void what_raises_is_reported_and_the_next_frame_comes(void **state)
{
    (void)state;
    struct rig *rig = rig_start("local n = 0\nreturn {\n  on_timer = function(id)\n    n = n + 1\n"
                                "    if n == 1 then error('first') end\n    print(n)\n  end,\n"
                                "  on_book = function() local x = nil + 1 end}", "{}");
    assert_int_equal(rig_timer(rig, 1), 0);
    assert_non_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "bench.lua:5: first"));
    assert_non_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "stack traceback"));
    assert_null(strstr(rig_text(rig, SCRIPT_FAULT, 0), "0x"));
    rig_timer(rig, 1);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "i2");
    struct view view = rig_view(rig, 0);
    assert_int_equal(rig_show(rig, &view), 0);
    assert_int_equal(rig_count(rig, SCRIPT_CREDIT), 1);
    assert_int_equal(rig_count(rig, SCRIPT_FAULT), 2);
    rig_stop(rig);
}

static void a_failed_start_ends_the_script(void **state)
{
    (void)state;
    struct rig *rig = rig_create("return {on_start = function() error('no') end}", "{}");
    assert_true(rig_compile(rig));
    assert_int_equal(rig_send(rig, SCRIPT_GO, false, NULL, 0), -1);
    assert_non_null(strstr(rig->err.text, "on_start failed"));
    rig_stop(rig);
}

static void stop_is_answered_whatever_happens(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_stop = function() error('never') end}", "{}");
    assert_false(script_stopped(rig->script));
    assert_int_equal(rig_send(rig, SCRIPT_STOP, false, NULL, 0), 0);
    assert_true(script_stopped(rig->script));
    assert_int_equal(rig_count(rig, SCRIPT_BYE), 1);
    rig_stop(rig);
}

static struct rig *rule_of(const char *text)
{
    struct rig *rig = rig_create(text, "{}");
    rig->start.role = SCRIPT_ROLE_RULE;
    if (!rig_compile(rig))
        fail_msg("%s", rig->err.text);
    assert_int_equal(rig_send(rig, SCRIPT_GO, false, NULL, 0), 0);
    return rig;
}

static struct intent some_intent(void)
{
    struct intent intent;
    memset(&intent, 0, sizeof(intent));
    intent.kind = INTENT_PLACE;
    intent.side = SIDE_BUY;
    intent.price.e9 = 61500000000000;
    intent.size.e9 = 10000000;
    intent.post_only = true;
    intent.ref = 7;
    return intent;
}

static void verdict_is(const char *text, bool allow, const char *reason)
{
    struct rig *rig = rule_of(text);
    struct intent intent = some_intent();
    rig->interrupt_at = "now";
    struct script_verdict verdict = rig_judge(rig, &intent);
    assert_int_equal(verdict.allow, allow);
    assert_string_equal(verdict.reason, reason);
    rig_stop(rig);
}

static void a_rule_always_answers(void **state)
{
    (void)state;
    verdict_is("return {judge = function(i, b) return i.side == 'buy' and i.product == b.product "
               "and "
               "i.strategy == 4 and i.price == decimal(61500) and i.size == decimal('0.01') and "
               "i.post_only and not i.reduce_only and i.type == 'limit' and i.tif == 'gtc' and "
               "host.position(i.product).size == decimal('-0.02') end}", true, "");
    verdict_is("return {judge = function() return false, 'no more' end}", false, "no more");
    verdict_is("return {judge = function() end}", false,
               "judge answered with a nil, not true, false or a size in a decimal");
    verdict_is("return {judge = function() return 1 end}", false,
               "judge answered with a number, not true, false or a size in a decimal");
    verdict_is("return {judge = function() return decimal(0), 'nothing' end}", false, "nothing");
    verdict_is("return {judge = function() return decimal(-1), 'short' end}", false, "short");
    verdict_is("return {judge = function(i) return i.size * decimal '2', 'all' end}", true, "all");
    verdict_is("return {judge = function() error('x') end}", false,
               "the rule raised an error, see its log");
    verdict_is("return {judge = function() print('now') while true do end end}", false,
               "the rule ran past its deadline");
    verdict_is("return {judge = function() local t = {} while true do t[#t + 1] = {} end "
               "end}", false,
               "the rule raised an error, see its log");
    verdict_is("return {judge = function() return true, {} end}", true, "");
    verdict_is("return {judge = function() return false, ('r'):rep(500) end}", false,
               "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
               "rrrrrrrrrrrrr");
    verdict_is("return {judge = function() host.place{} end}", false,
               "the rule raised an error, see its log");
}

static void leaves(const char *answer, int64_t most_e9)
{
    char text[200];
    snprintf(text, sizeof(text), "return {judge = function(i) return %s end}", answer);
    struct rig *rig = rule_of(text);
    struct intent intent = some_intent(); /* of 0.01 */
    struct script_verdict verdict = rig_judge(rig, &intent);
    assert_true(verdict.allow);
    assert_int_equal(verdict.most.e9, most_e9);
    rig_stop(rig);
}

static void a_rule_may_leave_a_part_of_it(void **state)
{
    (void)state;
    leaves("true", 0);
    leaves("i.size", 0);
    leaves("decimal '5'", 0);
    leaves("i.size * decimal '0.5'", 5000000);
    leaves("decimal '0.0000000019'", 1); /* a billionth is the least that a size can be */
}

static void a_rule_without_judge_is_refused(void **state)
{
    (void)state;
    struct rig *rig = rig_create("return {on_candle = function() end}", "{}");
    rig->start.role = SCRIPT_ROLE_RULE;
    assert_false(rig_compile(rig));
    assert_non_null(strstr(rig->err.text, "a rule returns a table with judge"));
    rig->script = NULL;
    rig_stop(rig);
    rig = rig_create("return {judge = function() end, on_order = function() end}", "{}");
    rig->start.role = SCRIPT_ROLE_RULE;
    assert_false(rig_compile(rig));
    assert_non_null(strstr(rig->err.text, "on_order is never called in a rule"));
    rig->script = NULL;
    rig_stop(rig);
    rig = rig_create("return {judge = function() end, on_book = function() end}", "{}");
    rig->start.role = SCRIPT_ROLE_RULE;
    assert_false(rig_compile(rig)); /* books come with the question */
    assert_non_null(strstr(rig->err.text, "on_book is never called in a rule"));
    rig->script = NULL;
    rig_stop(rig);
    rig_chunk_raises("return {judge = function() end}", "judge is never called in a strategy");
}

static void foreign_frames_end_the_script(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {}", "{}");
    struct view view = rig_view(rig, 0);
    view.product = 9; /* within the wire's bound, not in this catalog */
    assert_int_equal(rig_show(rig, &view), -1);
    assert_non_null(strstr(rig->err.text, "a view of product 9"));
    struct script_head head = {.kind = SCRIPT_READY, .generation = 1};
    assert_int_equal(script_frame(rig->script, &head, NULL, &rig->err), -1);
    rig_stop(rig);
}

int suite_callbacks(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_shows_its_view),
        cmocka_unit_test(an_empty_book_has_no_prices),
        cmocka_unit_test(trades_come_before_the_book_oldest_first),
        cmocka_unit_test(orders_are_told_and_remembered),
        cmocka_unit_test(more_orders_than_are_remembered_do_no_harm),
        cmocka_unit_test(fills_candles_and_freshness_are_told),
        cmocka_unit_test(a_refusal_says_what_would_have_passed),
        cmocka_unit_test(what_raises_is_reported_and_the_next_frame_comes),
        cmocka_unit_test(a_failed_start_ends_the_script),
        cmocka_unit_test(stop_is_answered_whatever_happens),
        cmocka_unit_test(a_rule_always_answers),
        cmocka_unit_test(a_rule_may_leave_a_part_of_it),
        cmocka_unit_test(a_rule_without_judge_is_refused),
        cmocka_unit_test(foreign_frames_end_the_script),
    };
    return cmocka_run_group_tests_name("callbacks", tests, NULL, NULL);
}
