/* Frames between core and runner: what is well crosses, what is not is named and refused. */
#include "suites.h"

#include <string.h>

#include "wire/script_proto.h"

enum { GENERATION = 7 };

struct frame {
    _Alignas(SCRIPT_ALIGN) unsigned char bytes[MAX_SCRIPT_FRAME];
    size_t length;
};

static struct frame framed;
static struct script_head head;
static struct err err;

static void frame_of(enum script_frame_kind kind, uint64_t request, const void *payload,
                     size_t length)
{
    memset(&framed, 0, sizeof framed);
    int bytes = script_frame_encode(framed.bytes, sizeof framed.bytes, kind, GENERATION, request,
                                    false, payload, length);
    assert_true(bytes > 0);
    framed.length = (size_t)bytes;
}

static int decode(bool from_runner)
{
    const void *payload;
    err.text[0] = '\0';
    return script_frame_decode(framed.bytes, framed.length, GENERATION, from_runner, &head,
                               &payload, &err);
}

static void refuses(bool from_runner, const char *words)
{
    assert_int_equal(decode(from_runner), -1);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
}

static unsigned char *payload_bytes(void)
{
    return framed.bytes + sizeof(struct script_head);
}

static struct script_start good_start(void)
{
    struct script_start start;
    memset(&start, 0, sizeof start);
    memcpy(start.name, "ma_cross", 9);
    start.catalog.count = 2;
    memcpy(start.catalog.items[0].product_id, "BIP-20DEC30-CDE", 16);
    memcpy(start.catalog.items[1].product_id, "BTC-PERP-INTX", 14);
    start.products = 3;
    start.soft_deadline_ns = 1;
    start.hard_deadline_ns = 2;
    start.memory_max = 1 << 20;
    return start;
}

static void test_every_kind_crosses(void **state)
{
    (void)state;
    struct script_start start = good_start();
    struct view view = {.product = 1, .bid_count = VIEW_LEVELS, .trade_count = VIEW_TRADES};
    struct notice notice = {.kind = NOTICE_REFUSAL, .product = NO_PRODUCT};
    struct script_judge judge = {.intent = {.kind = INTENT_CANCEL_ALL, .product = NO_PRODUCT}};
    struct script_ready ready = {.layers = LAYER_ALL};
    struct intent intent = {.price = {-1}, .size = {0}};
    struct script_timer timer = {.id = MAX_TIMERS_PER_RUNNER - 1, .delay_ns = -1};
    struct script_verdict verdict = {.allow = true};
    struct { int kind; bool from_runner; uint64_t request; const void *payload; size_t length; }
    rows[] = {
        {SCRIPT_START, false, 0, &start, sizeof start}, {SCRIPT_STATE_IN, false, 0, "{}", 2},
        {SCRIPT_GO, false, 0, NULL, 0}, {SCRIPT_VIEW, false, 0, &view, sizeof view},
        {SCRIPT_NOTICE, false, 0, &notice, sizeof notice},
        {SCRIPT_JUDGE, false, 9, &judge, sizeof judge}, {SCRIPT_SAVE, false, 0, NULL, 0},
        {SCRIPT_STOP, false, 0, NULL, 0}, {SCRIPT_READY, true, 0, &ready, sizeof ready},
        {SCRIPT_CREDIT, true, 0, NULL, 0}, {SCRIPT_INTENT, true, 0, &intent, sizeof intent},
        {SCRIPT_TIMER, true, 0, &timer, sizeof timer},
        {SCRIPT_VERDICT, true, 9, &verdict, sizeof verdict}, {SCRIPT_LOG, true, 0, "ihello", 6},
        {SCRIPT_STATE_OUT, true, 0, "", 0}, {SCRIPT_FAIL, true, 0, "x.lua:1: no", 11},
        {SCRIPT_FAULT, true, 0, "", 0}, {SCRIPT_BYE, true, 0, NULL, 0},
        {SCRIPT_DONE, true, 0, NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        frame_of((enum script_frame_kind)rows[i].kind, rows[i].request, rows[i].payload,
                 rows[i].length);
        if (decode(rows[i].from_runner) != 0)
            fail_msg("%s: %s", script_frame_text((unsigned)rows[i].kind), err.text);
        assert_int_equal(head.kind, rows[i].kind);
        assert_int_equal(head.length, rows[i].length);
        assert_int_equal(head.request, rows[i].request);
        if (rows[i].length)
            assert_memory_equal(payload_bytes(), rows[i].payload, rows[i].length);
        refuses(!rows[i].from_runner, "may not come from");
    }
}

/* Every length that is not the right one, from nothing to one too many. */
static void test_short_and_long_refuse(void **state)
{
    (void)state;
    struct intent intent = {0};
    frame_of(SCRIPT_INTENT, 0, &intent, sizeof intent);
    size_t whole = framed.length;
    for (framed.length = 0; framed.length < whole; framed.length++)
        assert_int_equal(decode(true), -1);
    framed.length = whole + 1;
    refuses(true, "bytes follow its head");
    framed.length = whole;
    assert_int_equal(decode(true), 0);

    /* The head agrees with the length, the kind does not. */
    struct script_head lie;
    memcpy(&lie, framed.bytes, sizeof lie);
    lie.length--;
    memcpy(framed.bytes, &lie, sizeof lie);
    framed.length = whole - 1;
    refuses(true, "intent frame with");
}

static void test_oversized_text_refuses(void **state)
{
    (void)state;
    static char text[SCRIPT_TEXT_MAX + 1];
    memset(text, 'i', sizeof text);
    assert_int_equal(script_frame_encode(framed.bytes, sizeof framed.bytes, SCRIPT_LOG, 1, 0, false,
                                         text, sizeof text), -1);
    frame_of(SCRIPT_LOG, 0, text, SCRIPT_TEXT_MAX);
    assert_int_equal(decode(true), 0);
    struct script_head lie;
    memcpy(&lie, framed.bytes, sizeof lie);
    lie.length++;
    memcpy(framed.bytes, &lie, sizeof lie);
    framed.length++;
    refuses(true, "log frame with 4097 bytes");
}

static void test_head_is_checked(void **state)
{
    (void)state;
    struct { size_t at; unsigned char value; const char *words; } rows[] = {
        {offsetof(struct script_head, version), 99, "version 99"},
        {offsetof(struct script_head, kind), 0, "kind 0 (unknown)"},
        {offsetof(struct script_head, kind), 63, "kind 63 (unknown)"},
        {offsetof(struct script_head, kind), 255, "kind 255 (unknown)"},
        {offsetof(struct script_head, kind), SCRIPT_GO, "kind 3 (go) may not come"},
        {offsetof(struct script_head, more), 1, "further piece"},
        {offsetof(struct script_head, more), 2, "unknown bits"},
        {offsetof(struct script_head, generation), GENERATION - 1, "generation 6"},
        {offsetof(struct script_head, request), 1, "request number"},
        {offsetof(struct script_head, reserved), 1, "unknown bits"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        frame_of(SCRIPT_CREDIT, 0, NULL, 0);
        framed.bytes[rows[i].at] = rows[i].value;
        refuses(true, rows[i].words);
    }
}

/* Sets one byte of a payload and sees it refused; then the frame as it was is taken again. */
static void refuses_byte(bool from_runner, size_t at, unsigned char value, const char *words)
{
    unsigned char kept = payload_bytes()[at];
    payload_bytes()[at] = value;
    refuses(from_runner, words);
    payload_bytes()[at] = kept;
    assert_int_equal(decode(from_runner), 0);
}

static void test_intent_is_checked(void **state)
{
    (void)state;
    struct intent intent = {0};
    frame_of(SCRIPT_INTENT, 0, &intent, sizeof intent);
    refuses_byte(true, offsetof(struct intent, kind), INTENT_KIND_COUNT, "kind of intent");
    refuses_byte(true, offsetof(struct intent, product), MAX_PRODUCTS, "product");
    refuses_byte(true, offsetof(struct intent, side), 3, "side");
    refuses_byte(true, offsetof(struct intent, type), ORDER_TYPE_OTHER + 1, "type");
    refuses_byte(true, offsetof(struct intent, tif) + 3, 0x80, "time in force");
    refuses_byte(true, offsetof(struct intent, post_only), 2, "flag");
    refuses_byte(true, offsetof(struct intent, reduce_only), 255, "flag");
    refuses_byte(true, offsetof(struct intent, stop), STOP_DOWN + 1, "direction");
}

static void test_answers_are_checked(void **state)
{
    (void)state;
    struct script_verdict verdict;
    struct script_timer timer = {0};
    struct script_ready ready = {0};
    memset(&verdict, 'a', sizeof verdict);
    memset(&verdict.allow, 1, 1);
    verdict.reason[REASON_MAX - 1] = '\0';
    frame_of(SCRIPT_VERDICT, 3, &verdict, sizeof verdict);
    refuses_byte(true, offsetof(struct script_verdict, allow), 2, "allow");
    refuses_byte(true, offsetof(struct script_verdict, reason) + REASON_MAX - 1, 'a', "terminated");
    frame_of(SCRIPT_TIMER, 0, &timer, sizeof timer);
    refuses_byte(true, offsetof(struct script_timer, id), MAX_TIMERS_PER_RUNNER, "timer's id");
    frame_of(SCRIPT_READY, 0, &ready, sizeof ready);
    refuses_byte(true, offsetof(struct script_ready, layers), 64, "layer");
    refuses_byte(true, offsetof(struct script_ready, wants_candle), 2, "flag");
    frame_of(SCRIPT_LOG, 0, "itext", 5);
    refuses_byte(true, 0, 'x', "log level");
}

static void test_start_is_checked(void **state)
{
    (void)state;
    struct script_start start = good_start();
    frame_of(SCRIPT_START, 0, &start, sizeof start);
    size_t item = offsetof(struct script_start, catalog) + offsetof(struct catalog, items);
    refuses_byte(false, offsetof(struct script_start, role), 2, "role");
    refuses_byte(false, offsetof(struct script_start, name), 0, "name");
    refuses_byte(false, offsetof(struct script_start, products), 4, "products");
    refuses_byte(false, offsetof(struct script_start, reload), 2, "reload");
    refuses_byte(false, item, 0, "product id");
    refuses_byte(false, item + offsetof(struct instrument, profile), 2, "profile");
    refuses_byte(false, item + offsetof(struct instrument, session_open), 9, "flag");
    refuses_byte(false, offsetof(struct script_start, catalog) + offsetof(struct catalog, count),
                 MAX_PRODUCTS + 1, "MAX_PRODUCTS");
    refuses_byte(false, offsetof(struct script_start, soft_deadline_ns), 0, "deadlines");
    refuses_byte(false, offsetof(struct script_start, hard_deadline_ns), 0, "deadlines");
    refuses_byte(false, offsetof(struct script_start, candle_length_count), 1, "candle length");
}

static void test_views_and_notices_are_checked(void **state)
{
    (void)state;
    struct view view = {.trade_count = 1};
    struct notice notice = {.kind = NOTICE_ORDER};
    frame_of(SCRIPT_VIEW, 0, &view, sizeof view);
    refuses_byte(false, offsetof(struct view, bid_count), VIEW_LEVELS + 1, "count");
    refuses_byte(false, offsetof(struct view, trade_count), VIEW_TRADES + 1, "count");
    refuses_byte(false, offsetof(struct view, product), MAX_PRODUCTS, "product");
    refuses_byte(false, offsetof(struct view, stale), 2, "flag");
    refuses_byte(false, offsetof(struct view, state), TRADING_STATE_COUNT, "trading state");
    refuses_byte(false, offsetof(struct view, trades) + offsetof(struct trade, aggressor), 3,
                 "trade's side");
    frame_of(SCRIPT_NOTICE, 0, &notice, sizeof notice);
    refuses_byte(false, offsetof(struct notice, kind), NOTICE_PROTECT + 1, "kind of notice");
    refuses_byte(false, offsetof(struct notice, order.state), ORDER_STATE_COUNT, "order's state");
    notice.kind = NOTICE_REFUSAL;
    frame_of(SCRIPT_NOTICE, 0, &notice, sizeof notice);
    refuses_byte(false, offsetof(struct notice, refusal.verdict.code), REFUSAL_COUNT, "verdict");
}

static void test_encode_refuses_what_decode_would(void **state)
{
    (void)state;
    struct intent intent = {0};
    unsigned char *out = framed.bytes;
    size_t room = sizeof framed.bytes;
    assert_int_equal(script_frame_encode(out, room, 40, 1, 0, false, NULL, 0), -1);
    assert_int_equal(script_frame_encode(out, room, SCRIPT_INTENT, 1, 0, false, &intent, 1), -1);
    assert_int_equal(script_frame_encode(out, room, SCRIPT_GO, 1, 5, false, NULL, 0), -1);
    assert_int_equal(script_frame_encode(out, room, SCRIPT_GO, 1, 0, true, NULL, 0), -1);
    size_t exact = sizeof(struct script_head) + sizeof intent;
    assert_int_equal(script_frame_encode(out, exact - 1, SCRIPT_INTENT, 1, 0, false, &intent,
                                         sizeof intent), -1);
    assert_int_equal(script_frame_encode(out, exact, SCRIPT_INTENT, 1, 0, false, &intent,
                                         sizeof intent), (int)exact);
}

int suite_script_proto(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_crosses),
        cmocka_unit_test(test_short_and_long_refuse),
        cmocka_unit_test(test_oversized_text_refuses),
        cmocka_unit_test(test_head_is_checked),
        cmocka_unit_test(test_intent_is_checked),
        cmocka_unit_test(test_answers_are_checked),
        cmocka_unit_test(test_start_is_checked),
        cmocka_unit_test(test_views_and_notices_are_checked),
        cmocka_unit_test(test_encode_refuses_what_decode_would),
    };
    return cmocka_run_group_tests_name("script_proto", tests, NULL, NULL);
}
