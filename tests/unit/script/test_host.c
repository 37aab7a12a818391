/* host: parameters, products, time, chance, log, timers, orders. */
#include <string.h>

#include "rig.h"
#include "suites.h"

static void param_raises(const char *params, const char *expression, const char *words)
{
    struct err text;
    err_set(&text, "local x = %s return {}", expression);
    struct rig *rig = rig_create(text.text, params);
    if (rig_compile(rig))
        fail_msg("this ran: %s", expression);
    if (!strstr(rig->err.text, words))
        fail_msg("%s: %s", expression, rig->err.text);
    rig->script = NULL;
    rig_stop(rig);
}

static void parameters_are_read_or_refused(void **state)
{
    (void)state;
    const char *params = "{\"size\":\"0.01\",\"fast\":12,\"trail\":0.002,\"on\":true,\"words\":"
                         "\"much\",\"list\":[1,2]}";
    struct rig *rig = rig_start(
        "assert(host.params.size == '0.01' and host.params.fast == 12 and host.params.on == true)\n"
        "assert(math.type(host.params.fast) == 'integer' and host.params.trail == 0.002)\n"
        "assert(host.param('absent', 5) == 5 and host.param('absent') == nil)\n"
        "assert(host.param('on', false) == true and host.param('list')[2] == 2)\n"
        "assert(host.number('fast', 3, 1, 20) == 12 and host.number('absent', 3) == 3)\n"
        "assert(host.number('size') == 0.01)\n"
        "assert(host.decimal('size') == decimal('0.01') and host.decimal('fast') == decimal(12))\n"
        "assert(host.decimal('absent', '2.5') == decimal('2.5'))\n"
        "local names = {} for name in pairs(host.params) do names[#names + 1] = name end\n"
        "assert(table.concat(names, ' ') == 'fast list on size trail words')\n"
        "assert(not pcall(function() host.params.size = 1 end))\n"
        "assert(getmetatable(host.params) == false)\n"
        "return {}", params);
    assert_int_equal(rig_count(rig, SCRIPT_LOG), 1); /* only `words` was never asked for */
    assert_non_null(strstr(rig_text(rig, SCRIPT_LOG, 0), "wparameter 'words' is in the config"));
    rig_stop(rig);
    param_raises(params, "host.params.sise", "no parameter 'sise' in the config");
    param_raises(params, "host.number('words')", "'words' is 'much', a number is wanted");
    param_raises(params, "host.number('on')", "'on' is a boolean, a number is wanted");
    param_raises(params, "host.number('absent')", "'absent' is missing");
    param_raises(params, "host.number('fast', 1, 13)", "at least 13");
    param_raises(params, "host.number('fast', 1, 1, 11)", "at most 11");
    param_raises(params, "host.decimal('trail')", "parameter 'trail': the float 0.002");
    param_raises(params, "host.decimal('words')", "parameter 'words': 'much' is not a decimal");
    param_raises("[1", "1", "Expected comma");
    param_raises("7", "1", "no JSON object");
}

static void products_are_the_scripts_own(void **state)
{
    (void)state;
    rig_chunk_runs(
        "assert(table.concat(host.products(), ' ') == 'BTC-PERP-INTX BIP-20DEC30-CDE')\n"
        "local spec = host.product('BIP-20DEC30-CDE')\n"
        "assert(spec.id == 'BIP-20DEC30-CDE' and spec.asset == 'BTC' and spec.profile == 'cde')\n"
        "assert(spec.tick == decimal(5) and spec.step == decimal('0.01'))\n"
        "assert(spec.contract_size == decimal('0.01') and spec.size_max == decimal(1000))\n"
        "assert(spec.size_min == spec.step and spec.quote_min == decimal(0))\n"
        "assert(#host.candles() == 1 and host.candles()[1] == 60)\n"
        "assert(host.name == 'bench' and host.book('BTC-PERP-INTX') == nil)\n"
        "assert(host.position('BTC-PERP-INTX') == nil and #host.orders() == 0)\n"
        "return {}");
    rig_chunk_raises("host.product('ETH-PERP-INTX')", "not one of this script's products");
    rig_chunk_raises("host.product('X')", "see host.products()");
    rig_chunk_raises("host.product()", "bad argument #1 to 'product'");
}

static void chance_follows_the_seed(void **state)
{
    (void)state;
    const char *text = "local s = '' for i = 1, 20 do local n = host.random(6) assert(n >= 1 and n "
                       "<= 6) s = s .. n end print(s) return {}";
    struct rig *a = rig_start(text, "{}"), *b = rig_start(text, "{}"), *c = rig_create(text, "{}");
    c->start.seed = 8;
    assert_true(rig_compile(c));
    assert_string_equal(rig_text(a, SCRIPT_LOG, 0), rig_text(b, SCRIPT_LOG, 0));
    assert_string_not_equal(rig_text(a, SCRIPT_LOG, 0), rig_text(c, SCRIPT_LOG, 0));
    rig_stop(a);
    rig_stop(b);
    rig_stop(c);
    rig_chunk_raises("host.random(0)", "a positive bound is wanted");
}

static void the_clock_is_the_frames(void **state)
{
    (void)state;
    struct rig *rig = rig_start("return {on_timer = function(id) print(id, host.now() - "
                                "1700000000000000000, host.uptime()) end}", "{}");
    rig->now_ns = 41000000;
    rig_timer(rig, 9);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "i9\t42000000\t42000000");
    rig_stop(rig);
}

static void logs_have_levels_and_a_length(void **state)
{
    (void)state;
    struct rig *rig = rig_start("host.log('debug', 'a') host.log('warn', 'b') host.log('error', "
                                "('x'):rep(5000)) return {}", "{}");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 0), "da");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "wb");
    assert_int_equal(rig_frame(rig, SCRIPT_LOG, 2)->length, 1024);
    rig_stop(rig);
    rig = rig_start("print(('x'):rep(5000)) print() host.log('info', '') return {}", "{}");
    assert_int_equal(rig_frame(rig, SCRIPT_LOG, 0)->length, 1024);
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 1), "i");
    assert_string_equal(rig_text(rig, SCRIPT_LOG, 2), "i");
    rig_stop(rig);
    rig_chunk_raises("host.log('loud', 'x')", "invalid option 'loud'");
    rig_chunk_raises("host.log('info')", "bad argument #2");
}

static void timers_are_checked(void **state)
{
    (void)state;
    rig_chunk_raises("host.timer(64, 1)", "timer ids are 0 to 63");
    rig_chunk_raises("host.timer(-1, 1)", "timer ids are 0 to 63");
    rig_chunk_raises("host.timer(1, 0)", "into the future");
    rig_chunk_raises("host.timer(1, -1.5)", "into the future");
    rig_chunk_raises("host.timer(1, 0/0)", "bad argument #2");
    rig_chunk_raises("host.timer(1, 1/0)", "ten years");
    rig_chunk_raises("host.timer(1, 'soon')", "timer: seconds: 'soon' is not a decimal");
    rig_chunk_raises("host.timer(1)", "timer: seconds");
}

static const struct intent *sent_intent(struct rig *rig, uint32_t n)
{
    return (const struct intent *)(const void *)rig_frame(rig, SCRIPT_INTENT, n)->payload;
}

static void an_order_is_what_was_asked_for(void **state)
{
    (void)state;
    struct rig *rig = rig_start(
        "return {on_start = function()\n"
        "  local a = host.place{product = 'BTC-PERP-INTX', side = 'buy', price = '61496.5',\n"
        "                       size = decimal('0.014'), post_only = true}\n"
        "  local b = host.place{product = 'BIP-20DEC30-CDE', side = 'sell', type = 'market',\n"
        "                       size = 1, reduce_only = true}\n"
        "  host.place{product = 'BTC-PERP-INTX', side = 'sell', price = 5, size = 1, tif = 'fok'}\n"
        "  host.cancel(a)\n"
        "  host.cancel_all('BIP-20DEC30-CDE')\n"
        "  host.cancel_all()\n"
        "  assert(b == a + 1)\n"
        "end}", "{}");
    const struct intent *first = sent_intent(rig, 0), *second = sent_intent(rig, 1);
    assert_true(first->kind == INTENT_PLACE && first->product == 0 && first->side == SIDE_BUY);
    assert_true(first->type == ORDER_TYPE_LIMIT && first->tif == TIF_GTC && first->post_only);
    assert_true(first->price.e9 == 61496500000000 && first->size.e9 == 14000000);
    assert_true(!first->reduce_only && first->ref == ((uint64_t)1 << 32 | 1));
    assert_true(second->product == 1 && second->side == SIDE_SELL && second->reduce_only);
    assert_true(second->type == ORDER_TYPE_MARKET && second->tif == TIF_IOC);
    assert_true(second->price.e9 == 0 && second->size.e9 == 1000000000);
    assert_true(sent_intent(rig, 2)->tif == TIF_FOK);
    assert_true(sent_intent(rig, 3)->kind == INTENT_CANCEL);
    assert_true(sent_intent(rig, 3)->ref == first->ref);
    assert_true(sent_intent(rig, 4)->kind == INTENT_CANCEL_ALL);
    assert_true(sent_intent(rig, 4)->product == 1);
    assert_true(sent_intent(rig, 5)->product == NO_PRODUCT);
    rig_stop(rig);
}

static void call_raises(const char *call, const char *fields, const char *words)
{
    struct err text;
    err_set(&text, "return {on_start = function() host.%s%s end}", call, fields);
    struct rig *rig = rig_create(text.text, "{}");
    assert_true(rig_compile(rig));
    assert_int_equal(rig_send(rig, SCRIPT_GO, false, NULL, 0), -1);
    assert_int_equal(rig_count(rig, SCRIPT_INTENT), 0);
    const char *fault = rig_text(rig, SCRIPT_FAULT, 0);
    if (!strstr(fault, words) || !strstr(fault, "bench.lua:1:"))
        fail_msg("%s: %s", fields, fault);
    rig_stop(rig);
}

static void place_raises(const char *fields, const char *words)
{
    call_raises("place", fields, words);
}

#define BTC "product = 'BTC-PERP-INTX', "
static void an_order_that_means_nothing_raises(void **state)
{
    (void)state;
    place_raises("()", "bad argument #1");
    place_raises("{}", "string expected, got nil");
    place_raises("{product = 'ETH-PERP-INTX'}", "not one of this script's products");
    place_raises("{" BTC "}", "side is wanted, one of: buy, sell");
    place_raises("{" BTC "side = 'Buy'}", "side cannot be 'Buy'; it is one of: buy, sell");
    place_raises("{" BTC "side = 'buy', type = 'stop'}", "type cannot be 'stop'");
    place_raises("{" BTC "side = 'buy', tif = 'gtd'}", "expires and tif 'gtd' go together");
    place_raises("{" BTC "side = 'buy', expires = 1.5}", "Unix time in ns, as host.now() gives it");
    place_raises("{" BTC "side = 'buy', tif = 'gtc', expires = 5}", "go together");
    place_raises("{" BTC "side = 'buy'}", "place: size: a decimal is wanted, this is a nil");
    place_raises("{" BTC "side = 'buy', size = 0.1}", "the float 0.1 is not exact");
    place_raises("{" BTC "side = 'buy', size = 0, price = 1}", "size must be positive");
    place_raises("{" BTC "side = 'buy', size = -1, price = 1}", "side says the direction");
    place_raises("{" BTC "side = 'buy', size = 1}", "place: price: a decimal is wanted");
    place_raises("{" BTC "side = 'buy', size = 1, price = 0}", "price must be positive");
    place_raises("{" BTC "side = 'buy', size = 1, price = '0.0000000001'}", "nine decimal places");
    place_raises("{" BTC "side = 'buy', size = 1, price = '10000000000'}", "out of range");
    place_raises("{" BTC "side = 'buy', size = 1, price = 0/0}", "not exact");
    place_raises("{" BTC "side = 'buy', type = 'market', size = 1, price = 1}", "has no price");
    place_raises("{" BTC "side = 'buy', type = 'market', size = 1, tif = 'gtc'}", "is 'ioc'");
    place_raises("{" BTC "side = 'buy', size = 1, price = 1, tif = 'ioc', post_only = true}",
                 "post_only wants a limit order");
    place_raises("{" BTC "side = 'buy', size = 1, price = 1, post_only = 1}",
                 "post_only must be true or false, it is a number");
    place_raises("{" BTC "qty = 1}", "there is no field 'qty'; there are product");
    place_raises("{[1] = 1}", "there is no field '1'");
    place_raises("{" BTC "side = 'buy', size = 1, price = 1, stop_price = 1}",
                 "stop_price goes with type 'stop_limit' or 'bracket'");
    place_raises("{" BTC "side = 'buy', size = 1, price = 1, stop = 'up'}",
                 "of a stop_limit order");
    place_raises("{" BTC "side = 'buy', type = 'stop_limit', size = 1, price = 1}",
                 "place: stop_price: a decimal is wanted");
    place_raises("{" BTC "side = 'buy', type = 'stop_limit', size = 1, price = 1, stop_price = 1,"
                 " stop = 'over'}", "stop cannot be 'over'; it is one of: up, down");
    place_raises("{" BTC "side = 'buy', type = 'bracket', size = 1, price = 1, stop_price = 1,"
                 " tif = 'ioc'}", "a stop or a bracket is 'gtc' or 'gtd'");
    rig_chunk_raises("host.place{}", "from on_start on, not while the script is loaded");
    rig_chunk_raises("host.cancel(1)", "from on_start on");
    rig_chunk_raises("host.amend(1, {price = 1})", "from on_start on");
    rig_chunk_raises("host.close('BTC-PERP-INTX')", "from on_start on");
}

static void impossible_amendments_raise(void **state)
{
    (void)state;
    call_raises("amend", "(0, {price = 1})", "a ref that host.place returned");
    call_raises("amend", "(5)", "table expected");
    call_raises("amend", "(5, {})", "nothing to change; there are price, size");
    call_raises("amend", "(5, {side = 'buy'})", "there is no field 'side'; there are price");
    call_raises("amend", "(5, {size = -1})", "amend: size must be positive");
    call_raises("close", "()", "string expected");
    call_raises("close", "('BTC-PERP-INTX', 0)", "close: size must be positive");
}

static void stops_amendments_and_closes_are_sent_as_said(void **state)
{
    (void)state;
    struct rig *rig = rig_start(
        "return {on_start = function()\n"
        "  local a = host.place{product = 'BTC-PERP-INTX', side = 'sell', type = 'stop_limit',\n"
        "    size = '0.5', price = 59000, stop_price = 59500, reduce_only = true}\n"
        "  host.place{product = 'BIP-20DEC30-CDE', side = 'sell', type = 'bracket', size = 1,\n"
        "    price = 65000, stop_price = 59500, expires = 1800000000000000000}\n"
        "  host.place{product = 'BTC-PERP-INTX', side = 'buy', type = 'stop_limit', size = 1,\n"
        "    price = 61000, stop_price = 60500, stop = 'down'}\n"
        "  local b = host.amend(a, {size = 2, stop_price = 59400})\n"
        "  assert(b ~= a and host.close('BIP-20DEC30-CDE', '0.25') ~= b)\n"
        "end}", "{}");
    assert_int_equal(rig_count(rig, SCRIPT_FAULT), 0);
    assert_int_equal(rig_count(rig, SCRIPT_INTENT), 5);
    assert_int_equal(sent_intent(rig, 0)->type, ORDER_TYPE_STOP_LIMIT);
    assert_int_equal(sent_intent(rig, 0)->stop, STOP_DOWN);
    assert_true(sent_intent(rig, 0)->stop_price.e9 == 59500 * (int64_t)DECIMAL_ONE);
    assert_int_equal(sent_intent(rig, 1)->type, ORDER_TYPE_BRACKET);
    assert_int_equal(sent_intent(rig, 1)->tif, TIF_GTD);
    assert_true(sent_intent(rig, 1)->expires_wall_ns == 1800000000000000000);
    assert_int_equal(sent_intent(rig, 2)->stop, STOP_DOWN);
    assert_int_equal(sent_intent(rig, 3)->kind, INTENT_AMEND);
    assert_true(sent_intent(rig, 3)->target == sent_intent(rig, 0)->ref);
    assert_true(sent_intent(rig, 3)->size.e9 == 2 * (int64_t)DECIMAL_ONE);
    assert_true(sent_intent(rig, 3)->price.e9 == 0);
    assert_int_equal(sent_intent(rig, 4)->kind, INTENT_CLOSE);
    assert_true(sent_intent(rig, 4)->size.e9 == DECIMAL_ONE / 4);
    rig_stop(rig);
}

int suite_host(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_read_or_refused),
        cmocka_unit_test(products_are_the_scripts_own),
        cmocka_unit_test(chance_follows_the_seed),
        cmocka_unit_test(the_clock_is_the_frames),
        cmocka_unit_test(logs_have_levels_and_a_length),
        cmocka_unit_test(timers_are_checked),
        cmocka_unit_test(an_order_is_what_was_asked_for),
        cmocka_unit_test(an_order_that_means_nothing_raises),
        cmocka_unit_test(impossible_amendments_raise),
        cmocka_unit_test(stops_amendments_and_closes_are_sent_as_said),
    };
    return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
