#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "model/client_id.h"
#include "suites.h"
#include "wire/journal_rec.h"

enum { ROUNDS = 20000 };

/* --- records drawn at random, each member over its whole range --- */

static uint64_t any(struct prng *prng)
{
    /* Edges come as often as the middle. */
    switch (prng_below(prng, 6)) {
    case 0: return 0;
    case 1: return UINT64_MAX;
    case 2: return (uint64_t)INT64_MIN;
    case 3: return prng_below(prng, 1000);
    default: return prng_next(prng);
    }
}

static int64_t any_number(struct prng *prng)
{
    return (int64_t)any(prng);
}

/* Within what money_format can print and parse again: all of 128 bits but the very lowest. */
static struct money any_money(struct prng *prng)
{
    __int128 value = (__int128)((unsigned __int128)any(prng) << 64 | any(prng));
    return (struct money){prng_below(prng, 2) ? value >> 40 : value};
}

static bool any_bool(struct prng *prng)
{
    return prng_below(prng, 2) == 1;
}

static void any_text(struct prng *prng, char *out, size_t capacity)
{
    static const char *const PIECES[] = {"a", "Z", "0", " ", "\"", "\\", "\n", "\x01", "\x7f", "/",
                                         "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "{", "]"};
    size_t used = 0, length = prng_below(prng, capacity);
    memset(out, 0, capacity);
    while (used < length) {
        const char *piece = PIECES[prng_below(prng, sizeof PIECES / sizeof PIECES[0])];
        size_t size = strlen(piece);
        if (used + size >= capacity)
            break;
        memcpy(out + used, piece, size);
        used += size;
    }
}
#define ANY_TEXT(prng, array) any_text(prng, array, sizeof(array))

static struct client_id any_id(struct prng *prng)
{
    static const struct client_id NONE;
    if (prng_below(prng, 4) == 0)
        return NONE;
    return client_id_make((uint32_t)prng_next(prng), prng_next(prng) >> 24, prng_next(prng) >> 16);
}

static actor_index any_actor(struct prng *prng)
{
    static const actor_index EDGES[] = {0, MAX_RUNNERS - 1, ACTOR_OPERATOR, ACTOR_EXTERNAL};
    return any_bool(prng) ? EDGES[prng_below(prng, 4)] : (actor_index)prng_below(prng, MAX_RUNNERS);
}

static product_index any_product(struct prng *prng)
{
    return any_bool(prng) ? NO_PRODUCT : (product_index)prng_below(prng, MAX_PRODUCTS);
}

static void any_order(struct prng *prng, struct record_order *r)
{
    r->id = any_id(prng);
    ANY_TEXT(prng, r->venue_id.text);
    r->actor = any_actor(prng);
    r->product = any_product(prng);
    ANY_TEXT(prng, r->product_id);
    r->ref = any(prng);
    r->side = (enum side)prng_below(prng, SIDE_UNKNOWN + 1);
    r->type = (enum order_type)prng_below(prng, ORDER_TYPE_OTHER + 1);
    r->tif = (enum time_in_force)prng_below(prng, TIF_OTHER + 1);
    r->post_only = any_bool(prng);
    r->reduce_only = any_bool(prng);
    r->price.e9 = any_number(prng);
    r->size.e9 = any_number(prng);
    r->filled.e9 = any_number(prng);
    r->state = (enum order_state)prng_below(prng, ORDER_STATE_COUNT);
    ANY_TEXT(prng, r->reason);
    ANY_TEXT(prng, r->name);
    r->stop_price.e9 = any_number(prng);
    r->stop = (enum stop_direction)prng_below(prng, STOP_DOWN + 1);
    r->expires_wall_ns = any_number(prng);
    r->decision.e9 = any_number(prng);
}

static void any_fill(struct prng *prng, struct record_fill *r)
{
    r->id = any_id(prng);
    r->actor = any_actor(prng);
    ANY_TEXT(prng, r->product_id);
    r->product = any_product(prng);
    ANY_TEXT(prng, r->fill.trade_id.text);
    ANY_TEXT(prng, r->fill.venue_order_id.text);
    r->fill.product = any_product(prng);
    r->fill.side = (enum side)prng_below(prng, SIDE_UNKNOWN + 1);
    r->fill.price.e9 = any_number(prng);
    r->fill.size.e9 = any_number(prng);
    r->fill.fee = any_money(prng);
    r->fill.liquidity = (enum liquidity)prng_below(prng, LIQUIDITY_TAKER + 1);
    r->fill.kind = (enum fill_kind)prng_below(prng, FILL_OTHER + 1);
    r->fill.venue_ns = any_number(prng);
    r->provisional = any_bool(prng);
    ANY_TEXT(prng, r->name);
}

static void any_refusal(struct prng *prng, struct record_refusal *r)
{
    r->actor = any_actor(prng);
    r->intent.kind = (enum intent_kind)prng_below(prng, INTENT_KIND_COUNT);
    r->intent.product = any_product(prng);
    r->intent.side = (enum side)prng_below(prng, SIDE_UNKNOWN + 1);
    r->intent.type = (enum order_type)prng_below(prng, ORDER_TYPE_OTHER + 1);
    r->intent.tif = (enum time_in_force)prng_below(prng, TIF_OTHER + 1);
    r->intent.post_only = any_bool(prng);
    r->intent.reduce_only = any_bool(prng);
    r->intent.price.e9 = any_number(prng);
    r->intent.size.e9 = any_number(prng);
    r->intent.ref = any(prng);
    r->verdict.code = (enum refusal)prng_below(prng, REFUSAL_COUNT);
    r->verdict.limit = any_money(prng);
    r->verdict.value = any_money(prng);
    r->verdict.headroom = any_money(prng);
    r->verdict.unit = prng_below(prng, UNIT_RATIO + 1);
    r->verdict.scope = prng_below(prng, SCOPE_PRODUCT + 1);
    ANY_TEXT(prng, r->verdict.config_key);
    ANY_TEXT(prng, r->text);
    r->intent.stop_price.e9 = any_number(prng);
    r->intent.stop = (enum stop_direction)prng_below(prng, STOP_DOWN + 1);
    r->intent.expires_wall_ns = any_number(prng);
    ANY_TEXT(prng, r->product_id);
    ANY_TEXT(prng, r->name);
    r->unrecorded = (uint32_t)any(prng);
    r->intent.target = any(prng);
}

static void any_daily(struct prng *prng, struct record_daily *r)
{
    r->day_ns = any_number(prng);
    r->actor = any_actor(prng);
    r->product = any_product(prng);
    r->balance_known = any_bool(prng);
    ANY_TEXT(prng, r->product_id);
    ANY_TEXT(prng, r->name);
    r->position.e9 = any_number(prng);
    r->volume.e9 = any_number(prng);
    r->fills = any(prng);
    r->realised = any_money(prng);
    r->fees = any_money(prng);
    r->equity = any_money(prng);
    r->available_margin = any_money(prng);
    r->funding = any_money(prng);
    r->venue_funding = any_money(prng);
}

static void any_funding(struct prng *prng, struct record_funding *r)
{
    r->product = any_product(prng);
    ANY_TEXT(prng, r->product_id);
    r->actor = any_actor(prng);
    ANY_TEXT(prng, r->name);
    r->stamp_ns = any_number(prng);
    r->position.e9 = any_number(prng);
    r->mark.e9 = any_number(prng);
    r->rate.e9 = any_number(prng);
    r->payment = any_money(prng);
    ANY_TEXT(prng, r->trade_id);
    r->missed = (uint32_t)any(prng);
    r->venue = any_money(prng);
    r->unexplained = any_money(prng);
}

static void any_small(struct prng *prng, struct record *r)
{
    switch (r->kind) {
    case RECORD_BOOT:
        r->boot.owner_tag = (uint32_t)any(prng);
        r->boot.boot_random = any(prng);
        ANY_TEXT(prng, r->boot.version);
        break;
    case RECORD_RISK:
        r->risk.day_ns = any_number(prng);
        r->risk.day_start.e18 = any_number(prng);
        r->risk.peak.e18 = any_number(prng);
        break;
    case RECORD_MARK:
        r->mark.product = any_product(prng);
        ANY_TEXT(prng, r->mark.product_id);
        r->mark.mark.e9 = any_number(prng);
        r->mark.equity_known = any_bool(prng);
        r->mark.equity = any_money(prng);
        break;
    case RECORD_CANDLE:
        r->candle.product = any_product(prng);
        ANY_TEXT(prng, r->candle.product_id);
        r->candle.start_ns = any_number(prng);
        r->candle.length_ns = any_number(prng);
        r->candle.high.e9 = any_number(prng);
        r->candle.low.e9 = any_number(prng);
        r->candle.close.e9 = any_number(prng);
        break;
    case RECORD_LATCH:
        r->latch.scope = prng_below(prng, LATCH_PRODUCT + 1);
        r->latch.index = (uint8_t)prng_below(prng, MAX_RUNNERS);
        r->latch.state = (enum trading_state)prng_below(prng, TRADING_STATE_COUNT);
        r->latch.by_operator = any_bool(prng);
        ANY_TEXT(prng, r->latch.reason);
        ANY_TEXT(prng, r->latch.name);
        break;
    case RECORD_OPERATOR:
        r->operator.verb = (enum operator_verb)prng_below(prng, OPERATOR_VERB_COUNT);
        r->operator.target = (uint8_t)prng_below(prng, 3);
        r->operator.index = (uint8_t)prng_below(prng, MAX_RUNNERS);
        ANY_TEXT(prng, r->operator.reason);
        ANY_TEXT(prng, r->operator.name);
        r->operator.done = any_bool(prng);
        ANY_TEXT(prng, r->operator.id);
        r->operator.cancel = any_bool(prng);
        break;
    case RECORD_RUNNER:
        r->runner.runner = any_actor(prng);
        r->runner.generation = (uint32_t)any(prng);
        r->runner.state = (enum runner_state)prng_below(prng, RUNNER_DEAD + 1);
        ANY_TEXT(prng, r->runner.hash);
        ANY_TEXT(prng, r->runner.reason);
        break;
    case RECORD_LADDER:
        r->ladder.cause = (enum health_cause)prng_below(prng, HEALTH_CAUSE_COUNT);
        r->ladder.step = (enum ladder_step)prng_below(prng, LADDER_STEP_COUNT);
        r->ladder.on = any_bool(prng);
        ANY_TEXT(prng, r->ladder.text);
        break;
    default:
        r->reconcile.agreed = any_bool(prng);
        r->reconcile.product = any_product(prng);
        r->reconcile.ours.e9 = any_number(prng);
        r->reconcile.venue.e9 = any_number(prng);
        ANY_TEXT(prng, r->reconcile.text);
    }
}

static void any_protect(struct prng *prng, struct record_protect *r)
{
    r->actor = any_actor(prng);
    ANY_TEXT(prng, r->name);
    r->product = any_product(prng);
    ANY_TEXT(prng, r->product_id);
    r->state = (enum protect_state)prng_below(prng, PROTECT_FIRING + 1);
    r->terms.stop.e9 = any_number(prng);
    r->terms.trail.e9 = any_number(prng);
    r->terms.after_ns = any_number(prng);
    r->side = (enum side)prng_below(prng, SIDE_UNKNOWN + 1);
    r->best.e9 = any_number(prng);
    r->since_wall_ns = any_number(prng);
    ANY_TEXT(prng, r->reason);
}

static void any_stage(struct prng *prng, struct record_stage *ret)
{
    struct stage_measures *m = &ret->measures;
    ret->stage = (enum stage)prng_below(prng, STAGE_COUNT);
    m->accepted = prng_next(prng);
    m->refused = prng_next(prng);
    m->doubtful = prng_next(prng);
    for (int i = 0; i < ROUND_TRIP_BUCKETS; i++)
        m->round_trips[i] = prng_next(prng);
    m->observed_ns = any_number(prng);
    m->usable_ns = any_number(prng);
    m->recovery_ns = any_number(prng);
    m->differences = prng_next(prng);
    m->funding_differed = prng_next(prng);
    ANY_TEXT(prng, ret->reason);
}

static void any_consent(struct prng *prng, struct record_consent *r)
{
    r->step = (enum consent_step)prng_below(prng, CONSENT_STEP_COUNT);
    r->consent.number = any(prng);
    r->consent.kind = (enum consent_kind)prng_below(prng, CONSENT_KIND_COUNT);
    r->consent.target = (uint8_t)prng_below(prng, 3);
    r->consent.index = (uint8_t)prng_below(prng, MAX_RUNNERS);
    ANY_TEXT(prng, r->name);
    ANY_TEXT(prng, r->consent.what);
    ANY_TEXT(prng, r->consent.value);
    r->consent.for_ns = any_number(prng);
    r->until_wall_ns = any_number(prng);
    ANY_TEXT(prng, r->consent.reason);
}

static void any_parked(struct prng *prng, struct record_parked *r)
{
    r->on = any_bool(prng);
    r->parked.kind = (enum parked_kind)prng_below(prng, PARKED_KIND_COUNT);
    r->parked.id = any_id(prng);
    ANY_TEXT(prng, r->parked.venue_id.text);
    r->parked.actor = any_actor(prng);
    ANY_TEXT(prng, r->name);
    r->parked.product = any_product(prng);
    ANY_TEXT(prng, r->product_id);
    r->parked.side = (enum side)prng_below(prng, SIDE_UNKNOWN + 1);
    r->parked.price.e9 = any_number(prng);
    r->parked.size.e9 = any_number(prng);
    ANY_TEXT(prng, r->parked.reason);
}

static void any_record(struct prng *prng, struct record *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->kind = (enum record_kind)(RECORD_BOOT + prng_below(prng, RECORD_KIND_END - 1));
    ret->at = (struct stamp){any_number(prng), any_number(prng)};
    if (ret->kind == RECORD_ORDER)
        any_order(prng, &ret->order);
    else if (ret->kind == RECORD_FILL)
        any_fill(prng, &ret->fill);
    else if (ret->kind == RECORD_REFUSAL)
        any_refusal(prng, &ret->refusal);
    else if (ret->kind == RECORD_DAILY)
        any_daily(prng, &ret->daily);
    else if (ret->kind == RECORD_FUNDING)
        any_funding(prng, &ret->funding);
    else if (ret->kind == RECORD_PROTECT)
        any_protect(prng, &ret->protect);
    else if (ret->kind == RECORD_PARKED)
        any_parked(prng, &ret->parked);
    else if (ret->kind == RECORD_STAGE)
        any_stage(prng, &ret->stage);
    else if (ret->kind == RECORD_CONSENT)
        any_consent(prng, &ret->consent);
    else
        any_small(prng, ret);
}

/* --- properties --- */

static int decode(const struct record *record, const struct buf *body, struct record *ret,
                  struct err *err)
{
    const char *kind = record_kind_text(record->kind);
    return journal_rec_decode(kind, strlen(kind), record->at, body->data, body->length, ret, err);
}

static void every_record_comes_back(void **state)
{
    (void)state;
    struct prng prng;
    struct buf body;
    bool seen[RECORD_KIND_END] = {false};
    prng_seed(&prng, 7);
    buf_init(&body, JOURNAL_BODY_MAX);
    for (int i = 0; i < ROUNDS; i++) {
        struct record record, again;
        struct err err = {""};
        any_record(&prng, &record);
        buf_clear(&body);
        journal_rec_encode(&record, &body);
        assert_false(body.failed);
        if (decode(&record, &body, &again, &err) < 0)
            fail_msg("%s\n%s", err.text, body.data);
        assert_memory_equal(&record, &again, sizeof record);
        seen[record.kind] = true;
    }
    for (int kind = RECORD_BOOT; kind < RECORD_KIND_END; kind++)
        assert_true(seen[kind]);
    buf_fini(&body);
}

/* A venue's words cut inside a character must not make a journal that cannot be read back. */
static void broken_words_are_kept_readable(void **state)
{
    (void)state;
    struct record record = {.kind = RECORD_LATCH}, again;
    struct buf body;
    struct err err = {""};
    memset(record.latch.reason, '\xe2', REASON_MAX - 1);
    buf_init(&body, JOURNAL_BODY_MAX);
    journal_rec_encode(&record, &body);
    assert_int_equal(decode(&record, &body, &again, &err), 0);
    for (int i = 0; i < REASON_MAX - 1; i++)
        assert_int_equal(again.latch.reason[i], '?');
    buf_fini(&body);
}

static void refuses(const char *kind, const char *body, const char *says)
{
    struct record record;
    struct err err = {""};
    assert_int_equal(journal_rec_decode(kind, strlen(kind), (struct stamp){1, 2}, body,
                                        strlen(body), &record, &err), -1);
    if (!strstr(err.text, says))
        fail_msg("'%s' does not say '%s'", err.text, says);
}

static void what_is_not_a_record_refuses(void **state)
{
    (void)state;
    static const char LATCH[] = "{\"scope\":\"account\",\"index\":0,\"state\":\"halted\","
                                "\"by_operator\":true,\"reason\":\"\",\"name\":\"\"}";
    struct record record;
    assert_int_equal(journal_rec_decode("latch", 5, (struct stamp){1, 2}, LATCH, strlen(LATCH),
                                        &record, NULL), 0);
    refuses("latches", LATCH, "not known");
    refuses("", LATCH, "not known");
    refuses("boot", LATCH, "unknown member");
    refuses("latch", "", "latch record");
    refuses("latch", "[]", "latch record");
    refuses("latch", "{}", "'scope' is missing");
    refuses("latch", "{\"scope\":\"account\",\"index\":0,\"state\":\"halted\",\"reason\":\"\"}",
            "'by_operator' is missing");
    refuses("latch", "{\"scope\":\"account\",\"scope\":\"account\"}", "latch record");
    refuses("latch", "{\"scope\":\"planet\"}", "scope");
    refuses("latch", "{\"scope\":0}", "scope");
    refuses("latch", "{\"index\":256}", "index");
    refuses("latch", "{\"index\":200}", "no such index");
    refuses("latch", "{\"index\":-1}", "index");
    refuses("latch", "{\"index\":1.0}", "index");
    refuses("latch", "{\"by_operator\":1}", "by_operator");
    refuses("latch", "{\"reason\":\"\\ud800\"}", "reason");
    refuses("order", "{\"id\":\"x\"}", "not a client order id");
    refuses("order", "{\"product\":16}", "no such product");
    refuses("order", "{\"actor\":99}", "no such actor");
    refuses("order", "{\"price\":\"1e5\"}", "not a decimal");
    refuses("order", "{\"price\":1}", "price");
    refuses("order", "{\"size\":\"0.0000000001\"}", "not a decimal");
    refuses("fill", "{\"fee\":\"NaN\"}", "not a decimal");
    refuses("runner", "{\"hash\":\"12345678901234567\"}", "too long");
}

/* Whatever one changes in a row changes its checksum, and with it all that follow. */
static void the_chain_covers_everything(void **state)
{
    (void)state;
    unsigned char genesis[JOURNAL_CHAIN_BYTES], other[JOURNAL_CHAIN_BYTES];
    unsigned char first[JOURNAL_CHAIN_BYTES], changed[JOURNAL_CHAIN_BYTES];
    struct journal_row row = {1, {2, 3}, "boot", "{}", 4, 2};
    journal_rec_genesis("loopback", genesis);
    journal_rec_genesis("production", other);
    assert_memory_not_equal(genesis, other, sizeof genesis);
    journal_rec_chain(genesis, &row, first);
    journal_rec_chain(other, &row, changed);
    assert_memory_not_equal(first, changed, sizeof first);
    struct journal_row rows[] = {
        {2, {2, 3}, "boot", "{}", 4, 2}, {1, {4, 3}, "boot", "{}", 4, 2},
        {1, {2, 4}, "boot", "{}", 4, 2}, {1, {2, 3}, "boo", "t{}", 3, 3},
        {1, {2, 3}, "boot", "{]", 4, 2}, {1, {3, 2}, "boot", "{}", 4, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        journal_rec_chain(genesis, &rows[i], changed);
        assert_memory_not_equal(first, changed, sizeof first);
    }
    journal_rec_chain(genesis, &row, changed);
    assert_memory_equal(first, changed, sizeof first);
}

int suite_journal_rec(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_comes_back),
        cmocka_unit_test(broken_words_are_kept_readable),
        cmocka_unit_test(what_is_not_a_record_refuses),
        cmocka_unit_test(the_chain_covers_everything),
    };
    return cmocka_run_group_tests_name("journal_rec", tests, NULL, NULL);
}
