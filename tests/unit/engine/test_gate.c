/* Runs tests/tables/gate.txt, one test per row, and what a table cannot say: the seal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "gate_world.h"
#include "model/client_id.h"
#include "model/limit_list.h"
#include "suites.h"

enum { ROWS_MAX = 600, LINE_MAX_BYTES = 320, CELLS = 7, MATRIX_CELLS = 6 };

struct row {
    char line[LINE_MAX_BYTES];
    char name[64];
    char *cells[CELLS];
    int count, number;
    bool matrix;
};

static struct client_id an_id(void)
{
    return client_id_make(1, 2, 3);
}

/* ---- reading the table */

static char *trimmed(char *text)
{
    size_t length;
    text += strspn(text, " \n");
    length = strlen(text);
    while (length > 0 && strchr(" \n", text[length - 1]))
        text[--length] = '\0';
    return text;
}

static bool read_row(FILE *file, struct row *row, int *line_number)
{
    while (fgets(row->line, sizeof row->line, file)) {
        char *at = row->line, *bar;
        (*line_number)++;
        if (!strchr(row->line, '\n'))
            fail_msg("gate.txt:%d: longer than a row may be", *line_number);
        at = trimmed(at);
        if (*at == '\0' || *at == '#')
            continue;
        row->number = *line_number;
        row->count = 0;
        do {
            bar = strchr(at, '|');
            if (bar)
                *bar = '\0';
            if (row->count == CELLS)
                fail_msg("gate.txt:%d: too many columns", *line_number);
            row->cells[row->count++] = trimmed(at);
            at = bar + 1;
        } while (bar);
        row->matrix = strncmp(row->cells[0], "matrix", 6) == 0;
        snprintf(row->name, sizeof row->name, "gate row %.50s", row->cells[0]);
        return true;
    }
    return false;
}

/* ---- which limits the rows have tripped, by their lines in the config */

static const char *const tripping_lines[] = {
#define PRODUCT_LINE(member, kind, looser, code, key, meaning) "products.BTC-cde." key,
#define STRATEGY_LINE(member, kind, looser, code, key, meaning) "strategies.cross." key,
#define ACCOUNT_LINE(member, kind, looser, code, key, meaning) "account." key,
    PRODUCT_LIMIT_LIST(PRODUCT_LINE) STRATEGY_LIMIT_LIST(STRATEGY_LINE)
    ACCOUNT_LIMIT_LIST(ACCOUNT_LINE) "account.max_cancels", "account.stage"};
enum { LINES = sizeof tripping_lines / sizeof tripping_lines[0] };
static bool tripped[LINES];

static void note_tripped(const struct verdict *verdict)
{
    for (int i = 0; i < LINES; i++)
        tripped[i] = tripped[i] || strcmp(tripping_lines[i], verdict->config_key) == 0;
}

/* These shape another limit and are never past by themselves, or latch with time: test_risk.c. */
static bool is_of_another(const char *line)
{
    static const char *const SHAPES[] = {"message_window_ms", "fires_window_ms", "depth_band",
                                         "initial_margin", "volatility_sample_ms", "max_unknown_ms",
                                         "max_stale_ms", "max_unhealthy_ms"};
    const char *key = strrchr(line, '.') + 1;
    for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++)
        if (strcmp(key, SHAPES[i]) == 0)
            return true;
    return false;
}

/* AC-F5 | unit | every limit of the config, from the table of keys | a row of gate.txt trips it */
static void every_limit_is_tripped_by_a_row(void **state)
{
    (void)state;
    for (int i = 0; i < LINES; i++)
        if (!tripped[i] && !is_of_another(tripping_lines[i]))
            fail_msg("no row of gate.txt is refused by %s", tripping_lines[i]);
}

/* ---- one row */

static bool ask(struct world *world, bool cancel, struct verdict *ret)
{
    struct approved_order order, untouched;
    bool passed;
    memset(&order, 0x5a, sizeof order);
    untouched = order;
    passed = cancel ? gate_allows_cancel(&world->in, ret)
                    : gate_approve(&world->in, an_id(), &order, ret);
    assert_int_equal(passed, ret->code == REFUSED_NOT);
    if (!passed || cancel)
        assert_memory_equal(&order, &untouched, sizeof order);
    else
        assert_memory_not_equal(&order, &untouched, sizeof order);
    return passed;
}

static void assert_figure(const struct row *row, const char *what, const char *expected,
                          struct money got)
{
    char text[DECIMAL_TEXT_MAX];
    money_format(got, text);
    if (strcmp(expected, "-") == 0)
        expected = "0";
    if (strcmp(text, expected) != 0)
        fail_msg("gate.txt:%d: %s is %s, the table says %s", row->number, what, text, expected);
}

/* "code" or "code line-of-the-config". */
static void assert_code(const struct row *row, const char *expected, const struct verdict *verdict)
{
    size_t length = strcspn(expected, " ");
    const char *code = refusal_text(verdict->code), *key = expected + length;
    key += strspn(key, " ");
    if (strlen(code) != length || strncmp(code, expected, length) != 0 ||
        (*key && strcmp(key, verdict->config_key) != 0))
        fail_msg("gate.txt:%d: %s (%s), the table says %s", row->number,
                 refusal_text(verdict->code), verdict->config_key, expected);
}

static void check_row(const struct row *row)
{
    struct world world;
    struct verdict verdict;
    bool cancel = strcmp(row->cells[1], "cancel") == 0;
    assert_int_equal(row->count, CELLS);
    world_init(&world);
    if (!cancel)
        world_order(&world, row->cells[1]);
    world_set(&world, row->cells[2]);
    ask(&world, cancel, &verdict);
    note_tripped(&verdict);
    assert_code(row, row->cells[3], &verdict);
    assert_figure(row, "the limit", row->cells[4], verdict.limit);
    assert_figure(row, "the value", row->cells[5], verdict.value);
    assert_figure(row, "the headroom", row->cells[6], verdict.headroom);
    if (verdict.limit.e18 != 0 || verdict.value.e18 != 0)
        assert_true(verdict.unit != UNIT_NONE && verdict.scope != SCOPE_NONE);
    if (verdict.scope != SCOPE_NONE)
        assert_true(strlen(verdict.config_key) > strlen("account."));
}

static void check_matrix(const struct row *row)
{
    static const struct { const char *order, *state; } acts[] = {
        {"buy 0.05 @ 60000", "-"},
        {"sell 0.05 @ 60005", "position=0.1 own=0.1"},
        {"cancel", "-"},
        {"operator sell 0.1 market reduce", "position=0.1 own=0.1 worst=60000"},
    };
    assert_int_equal(row->count, MATRIX_CELLS);
    for (int i = 0; i < 4; i++) {
        struct world world;
        struct verdict verdict;
        bool cancel = strcmp(acts[i].order, "cancel") == 0;
        world_init(&world);
        if (!cancel)
            world_order(&world, acts[i].order);
        world_set(&world, acts[i].state);
        world_set(&world, row->cells[1]);
        ask(&world, cancel, &verdict);
        assert_code(row, row->cells[2 + i], &verdict);
    }
}

/* AC-F5 | unit | each limit of the gate at and past its value | passes, then refuses by its name */
/* AC-F3 | unit | books, marks, positions, skew missing or stale | refused by name */
/* AC-D4 | unit | books at and past their greatest age | refused as stale past it */
static void runs(void **state)
{
    const struct row *row = *state;
    if (row->matrix)
        check_matrix(row);
    else
        check_row(row);
}

/* ---- what the table cannot say */

static void the_seal_holds_the_order_and_nothing_stray(void **state)
{
    struct world world;
    struct approved_order a, b, c;
    struct verdict verdict;
    (void)state;
    world_init(&world);
    memset(&a, 0xff, sizeof a);
    memset(&b, 0x00, sizeof b);
    assert_true(gate_approve(&world.in, an_id(), &a, &verdict));
    assert_true(gate_reapprove(&world.in, an_id(), &b, &verdict));
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(gate_approve(&world.in, client_id_make(1, 2, 4), &c, &verdict));
    assert_memory_not_equal(&a, &c, sizeof a);
    world.intent.price.e9 -= 5 * (int64_t)DECIMAL_ONE;
    assert_true(gate_approve(&world.in, an_id(), &c, &verdict));
    assert_memory_not_equal(&a, &c, sizeof a);
}

static void no_order_without_an_id(void **state)
{
    struct world world;
    struct approved_order order;
    struct verdict verdict;
    struct client_id none = {{0}};
    (void)state;
    world_init(&world);
    assert_false(gate_approve(&world.in, none, &order, &verdict));
    assert_int_equal(verdict.code, REFUSED_MALFORMED);
    assert_false(gate_reapprove(&world.in, none, &order, &verdict));
}

/* An UNKNOWN order has no right of its own to be there: the world may have moved against it. */
static void a_second_look_judges_afresh(void **state)
{
    struct world world;
    struct approved_order order;
    struct verdict verdict;
    (void)state;
    world_init(&world);
    world_set(&world, "position=0.15");
    assert_true(gate_reapprove(&world.in, an_id(), &order, &verdict));
    world_set(&world, "position=0.16");
    assert_false(gate_reapprove(&world.in, an_id(), &order, &verdict));
    assert_int_equal(verdict.code, REFUSED_POSITION);
}

static void a_refusal_names_its_line(void **state)
{
    struct world world;
    struct verdict verdict;
    (void)state;
    world_init(&world);
    world_set(&world, "max_order_size=0.01");
    ask(&world, false, &verdict);
    assert_string_equal(verdict.config_key, "products.BTC-cde.max_order_size");
    world_init(&world);
    world_set(&world, "messages_strategy=10");
    ask(&world, false, &verdict);
    assert_string_equal(verdict.config_key, "strategies.cross.max_messages");
    text_copy(world.settings.catalog.items[0].asset, ASSET_MAX, "LONGEST", 7);
    world_set(&world, "messages_strategy=0 max_mark_deviation=0.00000001 mark=60003");
    ask(&world, false, &verdict);
    assert_string_equal(verdict.config_key, "products.LONGEST-cde.max_mark_deviation");
    world_set(&world, "intx=yes"); /* one letter more than there is room for */
    ask(&world, false, &verdict);
    assert_string_equal(verdict.config_key, "products.max_mark_deviation");
    world_set(&world, "messages_strategy=10 mark=60002.5");
    memset(world.settings.strategies[0].name, 'n', NAME_MAX_BYTES - 1);
    ask(&world, false, &verdict);
    assert_string_equal(verdict.config_key, "strategies.max_messages");
    world_init(&world);
    world_set(&world, "messages_account=20");
    ask(&world, false, &verdict);
    assert_string_equal(verdict.config_key, "account.max_messages");
}

static void a_product_that_is_not_ours_refuses(void **state)
{
    struct world world;
    struct verdict verdict;
    (void)state;
    world_init(&world);
    world.in.instrument = NULL;
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_PRODUCT);
    world_init(&world);
    world.intent.product = 3;
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_OWNER);
    world.in.actor = ACTOR_OPERATOR;
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_PRODUCT);
    world_order(&world, "operator sell 0.05 bracket at 59900 @ 60100");
    world.intent.product = 3;
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_PRODUCT);
    world_init(&world);
    world.intent.product = 1; /* of the strategy's list, and not of the catalogue */
    world.settings.strategies[0].products = UINT32_MAX;
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_PRODUCT);
    world.intent.product = MAX_PRODUCTS;
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_OWNER);
    world.intent.product = 0;
    world.settings.strategies[1] = world.settings.strategies[0];
    world.in.actor = 1; /* past the configured ones */
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_OWNER);
    world.intent.product = NO_PRODUCT;
    world.in.actor = 0;
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_OWNER);
}

/* Law 2: every sum that the gate makes, one figure at an end of its range. */
static void a_sum_that_leaves_its_range_refuses(void **state)
{
    static const __int128 MOST = (__int128)(((unsigned __int128)1 << 127) - 1), LEAST = -MOST - 1;
    static struct world world;
    struct gate_input *in = &world.in;
    static const __int128 DOLLAR = (__int128)DECIMAL_ONE * DECIMAL_ONE;
    const struct { struct money *figure; __int128 value; uint32_t overridden; const char *set; }
        cases[] = {
        {&in->working_value_product, MOST, 0}, {&in->working_value_account, MOST, 0},
        {&in->strategy_worth.gross, MOST, 0},  {&in->strategy_worth.gross, LEAST, 0},
        {&in->strategy_worth.up, MOST, 0},     {&in->strategy_worth.up, LEAST, 0},
        {&in->account_worth.gross, MOST, 0},   {&in->account_worth.up, MOST, 0},
        {&in->account_worth.gross, MOST, 1u << 17}, {&in->equity, MOST, 0},
        {&in->reserved, LEAST, 0},
        {&in->available_margin, LEAST, 0},     {&in->initial_margin, LEAST, 0},
        {&in->day_loss, MOST, 0},              {&in->drawdown, MOST, 0},
        {&in->working_value_product, LEAST, 0},
        {&in->strategy_worth.gross, LEAST, 0, "position=0.1 own=0.1"},
        {&in->strategy_worth.gross, LEAST + 20000 * DOLLAR + 1, 0, "own=-0.1"}, /* its max_gross */
        {&in->equity, MOST, 0, "max_leverage=2"},
        {&in->equity, MOST, 0, "account.max_leverage=1 account.max_leverage_overnight=2"},
        {&in->equity, MOST, 1u << 18, "account.min_free_margin=2"},
        {&in->available_margin, LEAST + DOLLAR / 20000, 0, "account.min_free_margin=0.000000001"},
        {&in->day_loss, MOST - 50000 * DOLLAR, 0, "account.max_daily_loss=2"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct verdict verdict;
        world_init(&world);
        world_set(&world, cases[i].set ? cases[i].set : "-");
        cases[i].figure->e18 = cases[i].value;
        in->overridden = cases[i].overridden;
        ask(&world, false, &verdict);
        if (verdict.code != REFUSED_OVERFLOW)
            fail_msg("case %zu: %s", i, refusal_text(verdict.code));
    }
}

/* What works it out is not set aside with the limits on its size. */
static void a_margin_that_leaves_its_range_refuses(void **state)
{
    struct world world;
    struct verdict verdict;
    (void)state;
    world_init(&world);
    world_order(&world, "buy 9000000000 @ 60000");
    world_set(&world, "size_max=max contract=1 initial_margin=9000000000");
    world.in.overridden = ~(1u << 19);
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_OVERFLOW);
}

/* With a loss before it that is none, by all the range: no size would pass. */
static void a_headroom_that_leaves_its_range_is_none(void **state)
{
    struct world world;
    struct verdict verdict;
    (void)state;
    world_init(&world);
    world_set(&world, "crash=1201");
    world.in.tail.stress_before[0].e18 = (__int128)((unsigned __int128)1 << 127);
    ask(&world, false, &verdict);
    assert_int_equal(verdict.code, REFUSED_STRESS);
    assert_true(verdict.headroom.e18 == 0);
}

static void what_is_no_order_refuses(void **state)
{
    static const struct {
        enum intent_kind kind;
        enum order_type type;
        enum refusal code;
    } CASES[] = {
        {INTENT_PLACE, ORDER_TYPE_LIMIT, REFUSED_NOT},
        {INTENT_AMEND, ORDER_TYPE_LIMIT, REFUSED_NOT},
        {INTENT_CLOSE, ORDER_TYPE_LIMIT, REFUSED_NOT},
        {INTENT_CANCEL, ORDER_TYPE_LIMIT, REFUSED_MALFORMED},
        {INTENT_PLACE, ORDER_TYPE_LIQUIDATION, REFUSED_UNSUPPORTED},
        {INTENT_PLACE, ORDER_TYPE_OTHER, REFUSED_UNSUPPORTED},
        {INTENT_PLACE, (enum order_type)77, REFUSED_UNSUPPORTED}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct world world;
        struct verdict verdict;
        world_init(&world);
        world.intent.kind = CASES[i].kind;
        world.intent.type = CASES[i].type;
        ask(&world, false, &verdict);
        assert_int_equal(verdict.code, CASES[i].code);
    }
}

static void a_manifest_names_products_by_their_place(void **state)
{
    struct world world;
    struct verdict verdict;
    (void)state;
    world_init(&world);
    world_set(&world, "strategy.products=3 asked.products=2");
    world.settings.catalog.count = 2;
    world.settings.catalog.items[1] = world.settings.catalog.items[0];
    world.settings.product_limits[1] = world.settings.product_limits[0];
    world.intent.product = 1;
    assert_true(ask(&world, false, &verdict));
    world_set(&world, "asked.products=1");
    assert_false(ask(&world, false, &verdict));
    assert_int_equal(verdict.code, REFUSED_MANIFEST);
}

static void an_order_without_a_side_reduces_nothing(void **state)
{
    struct world world;
    (void)state;
    world_init(&world);
    world_order(&world, "0.05 @ 60000");
    world_set(&world, "position=-1 own=-1");
    assert_int_equal(gate_reducible(&world.in).e9, 0);
}

static void an_override_names_a_control_that_may_be_set_aside(void **state)
{
    static const struct { const char *text; int number; } CASES[] = {
        {"9", 9}, {"10", 10}, {"19", 19}, {"20", 20}, {"28", 28}, {"0", 0}, {"", 0}, {"1", 0},
        {"4", 0}, {"5", 0}, {"6", 0}, {"26", 0}, {"29", 0}, {"8x", 0}, {":", 0}, {"/8", 0},
        {"-8", 0},
        {"4294967304", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        assert_int_equal(gate_override_number(CASES[i].text), CASES[i].number);
}

/* Control 29: with all others set aside it still refuses, and alone it passes. */
static void an_override_sets_aside_its_own_control_alone(void **state)
{
    static const struct { int number; const char *violation; enum refusal code; } CASES[] = {
        {2, "fires=30", REFUSED_STRATEGY_STATE},
        {7, "max_order_size=0.04", REFUSED_ORDER_SIZE},
        {8, "max_order_value=1", REFUSED_ORDER_VALUE},
        {9, "price_collar=0.00001", REFUSED_COLLAR},
        {10, "bid=59995 ask=60000 mark=60000 reach=60000 max_impact=0.00001", REFUSED_IMPACT},
        {11, "depth=0", REFUSED_LIQUIDITY}, {12, "duplicate=yes", REFUSED_DUPLICATE},
        {13, "own_ask=60000", REFUSED_SELF_MATCH}, {14, "messages_strategy=10", REFUSED_RATE},
        {15, "working_product=4", REFUSED_WORKING_COUNT},
        {15, "value_product=10000", REFUSED_WORKING_VALUE},
        {16, "max_position=0.04", REFUSED_POSITION},
        {17, "max_exposure=1", REFUSED_EXPOSURE}, {18, "max_leverage=0.00001", REFUSED_LEVERAGE},
        {19, "available=0", REFUSED_MARGIN}, {20, "margin=50000", REFUSED_LIQUIDATION_BUFFER},
        {21, "funding_rate=1", REFUSED_FUNDING}, {22, "now_ms=43000000", REFUSED_QUIET},
        {23, "day_loss=9000", REFUSED_DAILY_LOSS}, {24, "drawdown=9000", REFUSED_DRAWDOWN},
        {24, "losses=5", REFUSED_LOSS_STREAK}, {24, "since_loss_ms=1", REFUSED_COOLDOWN},
        {25, "unknown=yes", REFUSED_UNKNOWN_OUTSTANDING},
        {27, "volatility=0.1", REFUSED_VOLATILITY}, {28, "at_risk=9000", REFUSED_VAR},
        {28, "crash=9000", REFUSED_STRESS}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct world world;
        struct verdict verdict;
        world_init(&world);
        world_set(&world, CASES[i].violation);
        world.in.overridden = 1u << CASES[i].number;
        if (!ask(&world, false, &verdict))
            fail_msg("%s: %s", CASES[i].violation, refusal_text(verdict.code));
        world.in.overridden = ~world.in.overridden;
        ask(&world, false, &verdict);
        assert_int_equal(verdict.code, CASES[i].code);
    }
}

/* The operator's flatten asks where it may price itself; 0: nowhere. */
static void a_close_is_priced_inside_the_collar_or_not_at_all(void **state)
{
    static const struct { const char *order, *world; int64_t price; } CASES[] = {
        {"operator sell 0.05 @ 0 ioc", "-", 59405}, {"operator buy 0.05 @ 0 ioc", "-", 60600},
        {"operator sell 0.05 @ 0 ioc", "bid=0", 0}, {"operator sell 0.05 @ 0 ioc", "tick=0", 0},
        {"operator sell 0.05 @ 0 ioc", "price_collar=9000000", 0},
        {"operator buy 0.05 @ 0 ioc", "bid=9223372030 ask=9223372035", 0},
        {"operator sell 0.05 @ 0 ioc", "bid=9223372030 ask=9223372036 price_collar=0 tick=7", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct world world;
        world_init(&world);
        world_order(&world, CASES[i].order);
        world_set(&world, CASES[i].world);
        assert_int_equal(gate_close_price(&world.in).e9, CASES[i].price * DECIMAL_ONE);
        world.in.instrument = NULL;
        assert_int_equal(gate_close_price(&world.in).e9, 0);
    }
}

/* Law 1, for every limit, for every kind of order. */
/* AC-F4 | unit | each limit 0 or below | everything is refused */
static void a_limit_that_is_not_set_refuses_everything(void **state)
{
    static const char *const orders[] = {"buy 0.05 @ 60000", "sell 0.05 @ 60005",
                                         "operator sell 0.05 market reduce"};
    static const char *const values[] = {"0", "-1"};
    (void)state;
    for (uint32_t limit = 0; limit < world_limit_count(); limit++) {
        const char *name = world_limit_name(limit);
        for (int k = 0; k < 6; k++) {
            struct world world;
            struct verdict verdict;
            char text[96];
            bool count = strstr(name, "orders") || strstr(name, "max_messages") ||
                         strstr(name, "fires") || strstr(name, "refusals") ||
                         strstr(name, "rejects") ||
                         strstr(name, "streak");
            if (k / 3 == 1 && count) /* counts have no sign */
                continue;
            if (k % 3 == 2 && strncmp(name, "strategy.", 9) == 0) /* the operator has none */
                continue;
            snprintf(text, sizeof text, "%s=%s", name, values[k / 3]);
            world_init(&world);
            world_order(&world, orders[k % 3]);
            world_set(&world, "worst=60000");
            if (k % 3 > 0)
                world_set(&world, "position=0.1 own=0.1");
            assert_true(ask(&world, false, &verdict));
            world_set(&world, text);
            if (ask(&world, false, &verdict))
                fail_msg("%s let '%s' pass", text, orders[k % 3]);
        }
    }
}

/* F73 | unit | reduce-only, a bracket, the operator's close, while flat | refused: reduce_only */
static void nothing_reduces_what_is_flat(void **state)
{
    static const char *const ORDERS[] = {"sell 0.05 @ 60005 reduce", "buy 0.05 @ 60000 reduce",
                                         "sell 0.05 bracket at 59900 @ 60100",
                                         "operator sell 0.05 market", "operator buy 0.05 @ 60000"};
    (void)state;
    for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) {
        struct world world;
        struct verdict verdict;
        world_init(&world);
        world_order(&world, ORDERS[i]);
        world_set(&world, "price_collar=0.06 worst=60000");
        assert_false(ask(&world, false, &verdict));
        assert_int_equal(verdict.code, REFUSED_REDUCE_ONLY);
        assert_int_equal(verdict.headroom.e18, 0);
    }
}

static int run_table(void)
{
    static struct row rows[ROWS_MAX];
    static struct CMUnitTest tests[ROWS_MAX];
    FILE *file = fopen(TESTS_DIR "/tables/gate.txt", "r");
    int count = 0, line = 0;
    if (!file) {
        fprintf(stderr, "%s cannot be read\n", TESTS_DIR "/tables/gate.txt");
        return 1;
    }
    while (count < ROWS_MAX && read_row(file, &rows[count], &line)) {
        tests[count] = (struct CMUnitTest){rows[count].name, runs, NULL, NULL, &rows[count]};
        count++;
    }
    fclose(file);
    if (count < 100 || count == ROWS_MAX) {
        fprintf(stderr, "gate.txt has %d rows: empty, or more than the test takes\n", count);
        return 1;
    }
    return _cmocka_run_group_tests("gate table", tests, (size_t)count, NULL, NULL);
}

int suite_gate(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_limit_is_tripped_by_a_row),
        cmocka_unit_test(the_seal_holds_the_order_and_nothing_stray),
        cmocka_unit_test(no_order_without_an_id),
        cmocka_unit_test(a_second_look_judges_afresh),
        cmocka_unit_test(a_refusal_names_its_line),
        cmocka_unit_test(a_product_that_is_not_ours_refuses),
        cmocka_unit_test(a_sum_that_leaves_its_range_refuses),
        cmocka_unit_test(a_margin_that_leaves_its_range_refuses),
        cmocka_unit_test(a_headroom_that_leaves_its_range_is_none),
        cmocka_unit_test(what_is_no_order_refuses),
        cmocka_unit_test(a_manifest_names_products_by_their_place),
        cmocka_unit_test(an_order_without_a_side_reduces_nothing),
        cmocka_unit_test(an_override_names_a_control_that_may_be_set_aside),
        cmocka_unit_test(an_override_sets_aside_its_own_control_alone),
        cmocka_unit_test(a_close_is_priced_inside_the_collar_or_not_at_all),
        cmocka_unit_test(a_limit_that_is_not_set_refuses_everything),
        cmocka_unit_test(nothing_reduces_what_is_flat),
    };
    return run_table() + cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
