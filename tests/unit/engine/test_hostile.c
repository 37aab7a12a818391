/* Events of every kind with fields drawn from small and extreme pools, in any order: nothing breaks
 * an invariant, the sums stay those of the orders, and the journal still restores. */
#include "suites.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "base/text.h"
#include "engine/metrics.h"
#include "engine/snapshot_care.h"
#include "engine/snapshot_compare.h"
#include "engine/snapshot_risk.h"
#include "engine/snapshot_stage.h"
#include "engine_rig.h"
#include "model/client_id.h"

struct hostile { struct rig *rig; struct prng prng; uint64_t made; struct client_id ids[64];
                 bool giants; /* nearly every number is near an end of its range */
                 bool hours;  /* now and then one passes between two events */
                 char token[16]; };

static uint64_t roll(struct hostile *h, uint64_t sides)
{
    return prng_below(&h->prng, sides);
}

static int64_t amount(struct hostile *h)
{
    static const int64_t POOL[] = {0,          1,          -1,         10000000,  50000000,
                                   1000000000, 9000000000, -1000000000, INT64_MAX, INT64_MIN};
    if (h->giants && roll(h, 4))
        return INT64_MAX / 1000000000 / 8 * (int64_t)(roll(h, 9)) * 1000000000;
    return POOL[roll(h, roll(h, 20) ? 7 : 10)];
}

static int64_t price(struct hostile *h)
{
    if (h->giants)
        return (9223372030 - (int64_t)roll(h, 4)) * DECIMAL_ONE;
    return roll(h, 12) ? (int64_t)(95 + roll(h, 12)) * DECIMAL_ONE : amount(h);
}

static product_index product(struct hostile *h)
{
    return roll(h, 20) ? (product_index)roll(h, 2) : (product_index)roll(h, 256);
}

static enum side side(struct hostile *h)
{
    return roll(h, 20) ? (enum side)roll(h, 2) : SIDE_UNKNOWN;
}

static actor_index runner(struct hostile *h)
{
    return roll(h, 20) ? (actor_index)roll(h, 2) : (actor_index)roll(h, 256);
}

static uint32_t generation(struct hostile *h, actor_index who)
{
    uint32_t known = who < MAX_RUNNERS ? h->rig->generation[who] : 0;
    return roll(h, 10) ? known : known + (uint32_t)roll(h, 3) - 1;
}

static struct venue_id venue_id(struct hostile *h)
{
    char text[] = "v0";
    text[1] = (char)('0' + roll(h, 40));
    return roll(h, 30) ? rig_venue_id(text) : rig_venue_id("");
}

static struct client_id client_id(struct hostile *h)
{
    if (roll(h, 10) == 0)
        return client_id_make(roll(h, 2) ? h->rig->settings.owner_tag : 5, roll(h, 3), roll(h, 9));
    return h->ids[roll(h, 64)];
}

static void fill_intent(struct hostile *h, struct intent *intent)
{
    intent->kind = (enum intent_kind)roll(h, roll(h, 20) ? INTENT_KIND_COUNT : 9);
    intent->product = product(h);
    intent->side = side(h);
    intent->type = roll(h, 4) ? ORDER_TYPE_LIMIT : (enum order_type)roll(h, 5);
    intent->tif = roll(h, 4) ? TIF_GTC : (enum time_in_force)roll(h, 5);
    intent->post_only = roll(h, 5) == 0;
    intent->reduce_only = roll(h, 5) == 0;
    intent->price.e9 = price(h);
    intent->size.e9 = amount(h);
    intent->ref = roll(h, 2) ? ++h->made : roll(h, h->made + 2);
    intent->target = roll(h, h->made + 2);
    intent->stop_price.e9 = roll(h, 3) ? 0 : price(h);
    intent->protect.stop.e9 = roll(h, 3) ? price(h) : 0;
    intent->protect.trail.e9 = roll(h, 3) ? 0 : amount(h) / 100;
    intent->protect.after_ns = roll(h, 3) ? 0 : amount(h);
    intent->stop = (enum stop_direction)roll(h, 4);
    intent->expires_wall_ns = roll(h, 3) ? 0 : h->rig->now.wall_ns + (int64_t)roll(h, 9) - 4;
}

static void fill_report(struct hostile *h, struct event_order_report *r)
{
    r->source = (enum report_source)roll(h, 3);
    r->client_id = client_id(h);
    r->has_client_id = roll(h, 5) > 0;
    r->venue_id = venue_id(h);
    r->product = product(h);
    r->side = side(h);
    r->status = (enum venue_status)roll(h, 10);
    r->size.e9 = amount(h);
    r->filled.e9 = amount(h);
    r->leaves.e9 = amount(h);
    r->limit_price.e9 = price(h);
    r->average_price.e9 = price(h);
}

static void fill_fill(struct hostile *h, struct event_fill *f)
{
    f->trade_id = venue_id(h);
    f->venue_order_id = venue_id(h);
    f->product = product(h);
    f->side = side(h);
    f->price.e9 = price(h);
    f->size.e9 = amount(h);
    f->fee.e18 = amount(h);
    f->kind = (enum fill_kind)roll(h, 4);
    f->venue_ns = h->rig->now.wall_ns - (int64_t)roll(h, 5000000000u);
}

static void fill_market(struct hostile *h, struct event *event)
{
    static struct level levels[3];
    static struct trade trade;
    for (int i = 0; i < 3; i++)
        levels[i] = (struct level){{price(h)}, {amount(h)}, side(h)};
    trade = (struct trade){{price(h)}, {amount(h)}, side(h), roll(h, 500), h->rig->now.wall_ns};
    if (event->kind == EVENT_BOOK)
        event->book = (struct event_book){product(h), roll(h, 4) == 0, 0, levels, 3};
    else
        event->trades = (struct event_trades){product(h), roll(h, 4) == 0, &trade, 1};
}

static struct money money(struct hostile *h)
{
    struct money ret = {(__int128)amount(h) * (roll(h, 2) ? DECIMAL_ONE : 1)};
    if (h->giants && roll(h, 2))
        ret.e18 = ((__int128)1 << 126) - 1 + ((__int128)roll(h, 2) << 126);
    return ret;
}

static void fill_balance(struct hostile *h, struct event_balance *b)
{
    b->profile = (enum venue_profile)roll(h, roll(h, 20) ? 2 : 5);
    b->equity = roll(h, 4) ? rig_money("1000") : money(h);
    b->available_margin = money(h);
    b->initial_margin = money(h);
    b->funding_pnl = money(h);
    b->buffer_told = roll(h, 2);
    b->liquidation_buffer = money(h);
    b->intraday = (struct margin_window){roll(h, 2), money(h), money(h), money(h)};
    b->overnight = (struct margin_window){roll(h, 2), money(h), money(h), money(h)};
    b->intraday_until_ns = roll(h, 3) ? 0 : h->rig->now.wall_ns + amount(h) / 2;
}

static void fill_instrument(struct hostile *h, struct event_instrument *i)
{
    i->product = product(h);
    i->spec = h->rig->settings.catalog.items[i->product % 2];
    i->spec.funding_rate.e9 = amount(h) / 1000;
    i->spec.funding_time_ns = h->rig->now.wall_ns + (int64_t)roll(h, 7200) * 1000000000;
    i->spec.session_open = roll(h, 20) > 0;
    i->spec.cancel_only = roll(h, 20) == 0;
    i->spec.view_only = roll(h, 20) == 0;
    i->spec.post_only = roll(h, 20) == 0;
    i->spec.limit_only = roll(h, 20) == 0;
    i->spec.trading_disabled = roll(h, 20) == 0;
    if (roll(h, 30) == 0)
        i->spec.tick.e9 = amount(h);
    if (roll(h, 30) == 0)
        i->spec.step.e9 = amount(h);
}

static void fill_venue(struct hostile *h, struct event *event)
{
    switch (event->kind) {
    case EVENT_BALANCE: fill_balance(h, &event->balance); break;
    case EVENT_INSTRUMENT: fill_instrument(h, &event->instrument); break;
    case EVENT_SKEW: event->skew = (struct event_skew){amount(h) / 2, roll(h, 9) > 0}; break;
    case EVENT_HEALTH:
        event->health.cause = (enum health_cause)roll(h, HEALTH_CAUSE_COUNT + 1);
        event->health.on = roll(h, 3) == 0;
        event->health.product = product(h);
        if (event->health.on && roll(h, 40) && (event->health.cause == HEALTH_KEY_REFUSED ||
                                                event->health.cause == HEALTH_ACCOUNT))
            event->health.on = false; /* fatal */
        break;
    case EVENT_TICKER:
        event->ticker = (struct event_ticker){product(h), {price(h)}, {price(h)}, {price(h)}};
        break;
    case EVENT_ORDER_REPORT: fill_report(h, &event->order); break;
    case EVENT_FILL: fill_fill(h, &event->fill); break;
    case EVENT_POSITION:
        event->position = (struct event_position){product(h), {amount(h)}, {0}, {price(h)}};
        break;
    case EVENT_PLACE_REPLY:
        event->place_reply.client_id = client_id(h);
        event->place_reply.outcome = (enum outcome)roll(h, 4);
        event->place_reply.venue_id = venue_id(h);
        break;
    case EVENT_CANCEL_REPLY:
        event->cancel_reply.client_id = client_id(h);
        event->cancel_reply.venue_id = venue_id(h);
        event->cancel_reply.outcome = (enum outcome)roll(h, 4);
        break;
    case EVENT_LIST_END:
        event->list_end =
            (struct event_list_end){(enum list_kind)roll(h, 6), roll(h, 200), roll(h, 2)};
        break;
    default: fill_market(h, event); break;
    }
}

/* What stands behind the verbs: controls, limits, stages, tokens, numbers and orders. */
static void fill_words(struct hostile *h, struct event_operator *event)
{
    static const char *const IDS[] = {"10", "8", "1", "99", "max_order_size", "max_messages",
                                      "max_leverage", "demo_max_size", "demo", "observe", "canary",
                                      "v1", "v2", "v3", "2", "3", ""};
    static const char *const VALUES[] = {"0.5", "5", "1000", "0", "-1", "nonsense", ""};
    const char *id = IDS[roll(h, sizeof IDS / sizeof IDS[0])];
    const char *value = VALUES[roll(h, sizeof VALUES / sizeof VALUES[0])];
    if (event->verb == OPERATOR_CONFIRM && roll(h, 4))
        id = h->token;
    text_copy(event->id, sizeof event->id, id, strlen(id));
    text_copy(event->value, sizeof event->value, value, strlen(value));
}

static void fill_host(struct hostile *h, struct event *event)
{
    actor_index who = runner(h);
    switch (event->kind) {
    case EVENT_INTENT:
        event->intent.runner = who;
        event->intent.generation = generation(h, who);
        fill_intent(h, &event->intent.intent);
        break;
    case EVENT_VERDICT:
        event->verdict.runner = (actor_index)(MAX_STRATEGIES + roll(h, 2));
        event->verdict.generation = generation(h, event->verdict.runner);
        event->verdict.request = roll(h, 40) << 8 | roll(h, 4);
        event->verdict.allow = roll(h, 2);
        break;
    case EVENT_CREDIT: event->credit = (struct event_credit){who, generation(h, who)}; break;
    case EVENT_TIMER_SET:
        event->timer_set =
            (struct event_timer_set){who, generation(h, who), (uint32_t)roll(h, 80), amount(h)};
        break;
    case EVENT_OPERATOR:
        event->operator.verb = (enum operator_verb)roll(h, roll(h, 30) ? OPERATOR_VERB_COUNT : 99);
        event->operator.target = (int)roll(h, 4);
        event->operator.index = (uint8_t)roll(h, 3);
        event->operator.token = roll(h, 3);
        event->operator.for_ns = roll(h, 4) ? 60000000000 : amount(h);
        event->operator.cancel = roll(h, 4) == 0;
        fill_words(h, &event->operator);
        text_copy(event->operator.reason, REASON_MAX, "why", roll(h, 4));
        if (event->operator.verb == OPERATOR_STOP && roll(h, 50))
            event->operator.verb = OPERATOR_RESUME;
        break;
    case EVENT_LINK:
        event->link.stream = (enum stream)roll(h, 3);
        event->link.up = roll(h, 5) > 0;
        break;
    default: break;
    }
}

static void remember_ids(struct hostile *h)
{
    for (uint32_t i = 0; i < h->rig->command_count; i++) {
        const struct command *c = &h->rig->commands[i];
        const char *at = c->kind == COMMAND_OPERATOR_REPLY
                             ? strstr(c->operator_reply.text, "confirm ") : NULL;
        if (c->kind == COMMAND_PLACE)
            h->ids[roll(h, 64)] = c->place.id;
        if (at != NULL)
            text_copy(h->token, sizeof h->token, at + 8, strcspn(at + 8, " "));
    }
}

static void throw_one(struct hostile *h)
{
    static const enum event_kind KINDS[] = {
        EVENT_ORDER_REPORT, EVENT_ORDER_REPORT, EVENT_FILL,   EVENT_POSITION, EVENT_PLACE_REPLY,
        EVENT_CANCEL_REPLY, EVENT_LIST_END,     EVENT_BOOK,   EVENT_TRADES,   EVENT_INTENT,
        EVENT_INTENT,       EVENT_VERDICT,      EVENT_CREDIT, EVENT_TIMER_SET,
        EVENT_BALANCE,      EVENT_TICKER};
    static const enum event_kind RARE[] = {EVENT_OPERATOR, EVENT_OPERATOR,   EVENT_LINK,
                                           EVENT_TICK,     EVENT_INSTRUMENT, EVENT_SKEW,
                                           EVENT_HEALTH};
    struct event event;
    memset(&event, 0, sizeof event);
    event.kind = roll(h, 40) ? KINDS[roll(h, sizeof KINDS / sizeof KINDS[0])] : RARE[roll(h, 7)];
    fill_venue(h, &event);
    fill_host(h, &event);
    h->rig->now.mono_ns += (int64_t)roll(h, 30000000);
    h->rig->now.wall_ns += (int64_t)roll(h, 30000000);
    h->rig->hold_lists = roll(h, 3) == 0;
    if (h->hours && roll(h, 60) == 0) {
        h->rig->now.mono_ns += 3600000000000;
        h->rig->now.wall_ns += 3600000000000;
        rig_up(h->rig);
    }
    rig_step(h->rig, &event);
    remember_ids(h);
    rig_forget(h->rig);
}

/* Working sums of each product are those of its live orders, of either reservation none. */
static void assert_sums(struct hostile *h)
{
    struct order_row row;
    __int128 buy[2] = {0}, sell[2] = {0};
    for (uint32_t i = 0; snapshot_order(h->rig->engine, i, &row); i++) {
        int64_t left = row.live && row.size.e9 > row.filled.e9 ? row.size.e9 - row.filled.e9 : 0;
        assert_true(row.exposed.e9 >= left && (row.amended_by != 0 || row.exposed.e9 == left));
        *(row.side == SIDE_BUY ? &buy[row.product] : &sell[row.product]) += row.exposed.e9;
    }
    for (product_index i = 0; i < 2; i++) {
        struct product_row p = rig_product(h->rig, i);
        assert_int_equal(p.working_buy.e9, buy[i] > INT64_MAX ? INT64_MAX : (int64_t)buy[i]);
        assert_int_equal(p.working_sell.e9, sell[i] > INT64_MAX ? INT64_MAX : (int64_t)sell[i]);
    }
}

/* The account's position is the sum of everybody's. */
static void assert_positions(struct hostile *h)
{
    struct position_row row;
    __int128 sum[2] = {0};
    for (uint32_t i = 0; snapshot_position(h->rig->engine, i, &row); i++)
        sum[row.product] += row.size.e9;
    for (product_index i = 0; i < 2; i++)
        assert_true(sum[i] == rig_product(h->rig, i).position.e9);
}

/* Every row that people are shown, up to its end and past it. */
static void look_at_everything(const struct engine *engine)
{
    struct product_row product;
    struct position_row position;
    struct strategy_row strategy;
    struct verdict_row verdict;
    struct difference_row difference;
    struct volatility_row volatility;
    struct losses_row losses;
    struct health_row health;
    struct protection_row protection;
    struct consent_row consent;
    struct parked_row parked;
    struct recovery_row recovery;
    struct record_daily daily;
    struct order_row order;
    struct margin margin;
    struct funding_row funding;
    struct stage_row stage;
    uint32_t i = 0;
    for (; snapshot_product(engine, (product_index)i, &product); i++)
        assert_true(snapshot_volatility(engine, (product_index)i, &volatility));
    assert_false(snapshot_volatility(engine, (product_index)i, &volatility));
#define TO_ITS_END(what) for (i = 0; snapshot_##what(engine, i, &what); i++) {}                   \
                         assert_false(snapshot_##what(engine, i + 1000000, &what))
    TO_ITS_END(position);
    TO_ITS_END(strategy);
    TO_ITS_END(verdict);
    TO_ITS_END(difference);
    TO_ITS_END(health);
    TO_ITS_END(protection);
    TO_ITS_END(consent);
    TO_ITS_END(parked);
    TO_ITS_END(recovery);
    TO_ITS_END(daily);
    assert_false(snapshot_find_order(engine, (struct client_id){{0}}, &order));
    assert_false(snapshot_find_order(engine, client_id_make(1, 2, 3), &order));
    assert_int_equal(snapshot_generation(engine, MAX_RUNNERS), 0);
    for (int pot = PROFILE_CDE; pot <= PROFILE_INTX + 1; pot++)
        (void)snapshot_margin(engine, (enum venue_profile)pot, &margin);
    (void)snapshot_funding(engine, &funding);
    snapshot_losses(engine, false, &losses);
    snapshot_losses(engine, true, &losses);
    snapshot_stage(engine, &stage);
}

static void no_events_break_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct hostile h = {.rig = rig_create(0)};
        prng_seed(&h.prng, seed);
        rig_up(h.rig);
        rig_forget(h.rig);
        for (int i = 0; i < 3000 && h.rig->journal_count < RIG_LOG_MAX / 2; i++) {
            throw_one(&h);
            if (i % 100 == 0) {
                assert_sums(&h);
                assert_positions(&h);
                look_at_everything(h.rig->engine);
            }
            if (i % 1000 == 999)
                rig_restart(h.rig); /* fails when a record contradicts what came before */
        }
        rig_destroy(h.rig);
    }
}

static void no_events_break_it_with_rules(void **state)
{
    (void)state;
    for (uint64_t seed = 21; seed <= 24; seed++) {
        struct hostile h = {.rig = rig_create(2)};
        prng_seed(&h.prng, seed);
        rig_up(h.rig);
        rig_forget(h.rig);
        for (int i = 0; i < 3000 && h.rig->journal_count < RIG_LOG_MAX / 2; i++)
            throw_one(&h);
        rig_pass(h.rig, 1000000000); /* what waited has been refused by now */
        assert_sums(&h);
        assert_positions(&h);
        rig_destroy(h.rig);
    }
}

/* Staged or not; value at risk is measured from the first candles on; giants have wide limits. */
static struct rig *rig_of_all(bool giants, bool staged)
{
    struct rig *rig = rig_create(giants ? 0 : 2);
    struct engine_settings *s = &rig->settings;
    s->staged = staged;
    s->stage_min_ns = s->stage_min_orders = 1;
    s->var = (struct var_settings){.mode = VAR_ON, .candle_ns = 1000000000, .window = 50,
                                   .warmup = 2, .horizon = 4, .decay = {940000000},
                                   .max_var = rig_money("1000000"), .scenario_count = 1};
    s->var.scenarios[0] = (struct stress_scenario){"crash", {{-200000000}, {-200000000}},
                                                   rig_money("100000000")};
    for (int i = 0; i < 2 && giants; i++) {
        struct product_limits *l = &s->product_limits[i];
        l->max_order_size.e9 = l->max_position.e9 = s->catalog.items[i].size_max.e9 = INT64_MAX;
        l->max_order_value.e18 = l->max_working_value.e18 = s->max_working_value.e18 =
            (__int128)1 << 126;
        l->max_exposure.e18 = s->max_gross.e18 = s->max_net.e18 = (__int128)1 << 126;
    }
    engine_destroy(rig->engine);
    rig->engine = engine_create(s);
    return rig;
}

/* F30 | unit | prices, sizes and sums of money at the ends of their range | halted or refused */
static void numbers_that_leave_their_range_break_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 41; seed <= 52; seed++) {
        struct hostile h = {.rig = rig_of_all(seed % 2, false), .hours = true, .giants = seed % 2};
        prng_seed(&h.prng, seed);
        rig_up(h.rig);
        rig_forget(h.rig);
        for (int i = 0; i < 1500 && h.rig->journal_count < RIG_LOG_MAX / 2; i++) {
            throw_one(&h);
            if (i % 50 == 0) {
                rig_pass(h.rig, 2000000000);
                look_at_everything(h.rig->engine);
            }
            if (i % 300 == 0)
                rig_operator(h.rig, OPERATOR_RESUME, TARGET_ACCOUNT, 0, "again");
        }
        assert_sums(&h);
        rig_restart(h.rig);
        rig_destroy(h.rig);
    }
}

/* ---- positions, with stops on them */

static void fill_whole(struct hostile *h, const struct intent *intent, struct client_id id)
{
    struct event event = {.kind = EVENT_FILL};
    char venue[VENUE_ID_MAX];
    snprintf(venue, sizeof venue, "p%u", (unsigned)++h->made);
    rig_reply(h->rig, id, OUTCOME_ACCEPTED, venue);
    event.fill.trade_id = event.fill.venue_order_id = rig_venue_id(venue);
    event.fill.product = intent->product;
    event.fill.side = intent->side;
    event.fill.price = rig_price("100");
    event.fill.size = intent->size;
    event.fill.venue_ns = h->rig->now.wall_ns;
    rig_step(h->rig, &event);
}

/* An order that the venue fills, where the gate lets it; or a stop on what is held. */
static void trade_or_protect(struct hostile *h)
{
    static const char *const SIZES[] = {"0.01", "0.1", "1", "3"};
    actor_index who = (actor_index)roll(h, 2);
    struct intent intent = rig_limit_intent(who == 1 ? 1 : (product_index)roll(h, 2),
                                            (enum side)roll(h, 2), "100", SIZES[roll(h, 4)],
                                            ++h->made);
    uint32_t placed = rig_count(h->rig, COMMAND_PLACE);
    if (roll(h, 2)) {
        intent.kind = INTENT_PROTECT;
        intent.protect.stop.e9 = roll(h, 2) ? (int64_t)(90 + roll(h, 20)) * DECIMAL_ONE : 0;
        intent.protect.trail.e9 = roll(h, 2) ? (int64_t)roll(h, 50) * DECIMAL_ONE / 1000 : 0;
        intent.protect.after_ns = roll(h, 3) ? 0 : (int64_t)roll(h, 20) * 1000000000;
    }
    rig_intent(h->rig, who, intent);
    if (rig_count(h->rig, COMMAND_PLACE) > placed && roll(h, 5))
        fill_whole(h, &intent, rig_last(h->rig, COMMAND_PLACE)->place.id);
}

/* What the host sends by itself: closes and cancels, answered as a venue may. */
static void answer_what_left(struct hostile *h)
{
    for (uint32_t i = 0; i < h->rig->command_count; i++) {
        struct command command = h->rig->commands[i];
        struct order_row row;
        if (command.kind != COMMAND_PLACE ||
            !snapshot_find_order(h->rig->engine, command.place.id, &row) ||
            row.state != ORDER_SENT)
            continue;
        struct intent intent = {.product = row.product, .side = row.side, .size = row.size};
        if (roll(h, 4))
            fill_whole(h, &intent, row.id);
        else
            rig_reply(h->rig, row.id, (enum outcome)(1 + roll(h, 3)), "");
    }
    rig_forget(h->rig);
}

/* F71 | unit | positions with stops, moving books, lost replies, streams that come and go | working
 * sums are those of the orders, and the journal restores */
static void stops_stand_whatever_comes(void **state)
{
    struct counters_row counters;
    uint64_t fills = 0;
    (void)state;
    for (uint64_t seed = 81; seed <= 92; seed++) {
        struct hostile h = {.rig = rig_create(0)};
        prng_seed(&h.prng, seed);
        rig_up(h.rig);
        rig_forget(h.rig);
        for (int i = 0; i < 600 && h.rig->journal_count < RIG_LOG_MAX / 2; i++) {
            char bid[8], ask[8];
            unsigned at = 95 + (unsigned)roll(&h, 10);
            snprintf(bid, sizeof bid, "%u", at);
            snprintf(ask, sizeof ask, "%u", at + 1 + (unsigned)roll(&h, 2));
            trade_or_protect(&h);
            if (roll(&h, 3) == 0)
                rig_book(h.rig, (product_index)roll(&h, 2), bid, ask, "5");
            if (roll(&h, 20) == 0)
                throw_one(&h);
            if (roll(&h, 5) == 0)
                rig_pass(h.rig, 1000000000);
            answer_what_left(&h);
            if (i % 20 > 0)
                continue;
            rig_up(h.rig);
            for (int target = TARGET_ACCOUNT; target <= TARGET_PRODUCT; target++)
                for (uint8_t k = 0; k < 2; k++)
                    rig_operator(h.rig, OPERATOR_RESUME, target, k, "again");
        }
        snapshot_counters(h.rig->engine, &counters);
        fills += counters.fills;
        assert_sums(&h); /* a fill that waits for its order's id is the account's alone */
        look_at_everything(h.rig->engine);
        rig_restart(h.rig);
        rig_destroy(h.rig);
    }
    assert_true(fills > 100);
}

/* ---- a journal that is damaged */

struct spot { enum record_kind kind; const char *name; size_t offset, size; };
#define AT(kind, member) {kind, #member, offsetof(struct record, member),                          \
                          sizeof((struct record *)0)->member}
static const struct spot SPOTS[] = {
    AT(RECORD_ORDER, order.state), AT(RECORD_ORDER, order.side), AT(RECORD_ORDER, order.size),
    AT(RECORD_ORDER, order.filled), AT(RECORD_ORDER, order.price), AT(RECORD_ORDER, order.id),
    AT(RECORD_ORDER, order.venue_id), AT(RECORD_ORDER, order.actor), AT(RECORD_ORDER, order.name),
    AT(RECORD_ORDER, order.product_id), AT(RECORD_ORDER, order.decision),
    AT(RECORD_ORDER, order.expires_wall_ns), AT(RECORD_ORDER, order.stop_price),
    AT(RECORD_FILL, fill.fill.size), AT(RECORD_FILL, fill.fill.price),
    AT(RECORD_FILL, fill.fill.fee), AT(RECORD_FILL, fill.fill.side), AT(RECORD_FILL, fill.id),
    AT(RECORD_FILL, fill.fill.kind), AT(RECORD_FILL, fill.fill.venue_ns),
    AT(RECORD_FILL, fill.fill.trade_id), AT(RECORD_FILL, fill.fill.venue_order_id),
    AT(RECORD_FILL, fill.actor), AT(RECORD_FILL, fill.name), AT(RECORD_FILL, fill.product_id),
    AT(RECORD_FILL, fill.provisional),
    AT(RECORD_REFUSAL, refusal.verdict.code), AT(RECORD_REFUSAL, refusal.actor),
    AT(RECORD_REFUSAL, refusal.product_id), AT(RECORD_REFUSAL, refusal.name),
    AT(RECORD_LATCH, latch.scope), AT(RECORD_LATCH, latch.state), AT(RECORD_LATCH, latch.index),
    AT(RECORD_LATCH, latch.name),
    AT(RECORD_OPERATOR, operator.verb), AT(RECORD_OPERATOR, operator.target),
    AT(RECORD_OPERATOR, operator.name), AT(RECORD_OPERATOR, operator.index),
    AT(RECORD_RUNNER, runner.runner), AT(RECORD_RUNNER, runner.generation),
    AT(RECORD_PROTECT, protect.state), AT(RECORD_PROTECT, protect.side),
    AT(RECORD_PROTECT, protect.best), AT(RECORD_PROTECT, protect.name),
    AT(RECORD_PROTECT, protect.product_id), AT(RECORD_PROTECT, protect.since_wall_ns),
    AT(RECORD_PARKED, parked.parked.kind), AT(RECORD_PARKED, parked.product_id),
    AT(RECORD_PARKED, parked.name), AT(RECORD_PARKED, parked.parked.actor),
    AT(RECORD_DAILY, daily.day_ns), AT(RECORD_DAILY, daily.realised), AT(RECORD_DAILY, daily.fees),
    AT(RECORD_DAILY, daily.funding), AT(RECORD_DAILY, daily.equity), AT(RECORD_DAILY, daily.actor),
    AT(RECORD_DAILY, daily.product_id), AT(RECORD_DAILY, daily.name),
    AT(RECORD_FUNDING, funding.stamp_ns), AT(RECORD_FUNDING, funding.payment),
    AT(RECORD_FUNDING, funding.position), AT(RECORD_FUNDING, funding.rate),
    AT(RECORD_FUNDING, funding.mark), AT(RECORD_FUNDING, funding.product_id),
    AT(RECORD_FUNDING, funding.trade_id), AT(RECORD_FUNDING, funding.venue),
    AT(RECORD_FUNDING, funding.unexplained), AT(RECORD_FUNDING, funding.actor),
    AT(RECORD_RISK, risk.day_ns), AT(RECORD_RISK, risk.day_start), AT(RECORD_RISK, risk.peak),
    AT(RECORD_CONSENT, consent.step), AT(RECORD_CONSENT, consent.consent.kind),
    AT(RECORD_CONSENT, consent.consent.number), AT(RECORD_CONSENT, consent.consent.target),
    AT(RECORD_CONSENT, consent.name), AT(RECORD_CONSENT, consent.until_wall_ns),
    AT(RECORD_CONSENT, consent.consent.for_ns), AT(RECORD_CONSENT, consent.consent.value),
    AT(RECORD_CONSENT, consent.consent.what),
    AT(RECORD_MARK, mark.mark), AT(RECORD_MARK, mark.equity), AT(RECORD_MARK, mark.product_id),
    AT(RECORD_STAGE, stage.stage), AT(RECORD_STAGE, stage.measures.observed_ns),
    AT(RECORD_STAGE, stage.measures.accepted), AT(RECORD_STAGE, stage.measures.differences),
    AT(RECORD_CANDLE, candle.low), AT(RECORD_CANDLE, candle.high), AT(RECORD_CANDLE, candle.close),
    AT(RECORD_CANDLE, candle.length_ns), AT(RECORD_CANDLE, candle.start_ns),
    AT(RECORD_CANDLE, candle.product_id), AT(RECORD_RECONCILE, reconcile.ours)};

/* What a decoder could give: any number, any word of its length. */
static void damage(struct hostile *h, struct record *record, const struct spot *spot)
{
    static const char *const WORDS[] = {"", "nobody", "v1", "10", "BTC-PERP-INTX", "cross"};
    unsigned char *at = (unsigned char *)record + spot->offset;
    __int128 wide = money(h).e18;
    int64_t number = roll(h, 2) ? amount(h) : (int64_t)prng_next(&h->prng);
    uint32_t choice = roll(h, 2) ? (uint32_t)roll(h, 8) : 77;
    const char *word = WORDS[roll(h, sizeof WORDS / sizeof WORDS[0])];
    switch (spot->size) {
    case 16: memcpy(at, &wide, 16); return;
    case 8: memcpy(at, &number, 8); return;
    case 4: memcpy(at, &choice, 4); return;
    case 1: at[0] = (unsigned char)(at[0] <= 1 ? !at[0] : choice); return; /* a bool too */
    default:
        memset(at, 0, spot->size);
        memcpy(at, word, strlen(word));
    }
}

static const struct spot *spot_of(struct hostile *h, const struct record *record)
{
    for (int i = 0; i < 40; i++) {
        const struct spot *spot = &SPOTS[roll(h, sizeof SPOTS / sizeof SPOTS[0])];
        if (spot->kind == record->kind)
            return spot;
    }
    return NULL;
}

/* Into an engine that then runs, and into the figures of the run. */
static bool survives(struct hostile *h)
{
    struct rig *rig = h->rig;
    struct metrics *metrics = metrics_create();
    struct metrics_row row;
    bool whole = true;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    for (uint32_t i = 0; i < rig->journal_count; i++) {
        whole = whole && engine_restore(rig->engine, &rig->journal[i]);
        (void)metrics_add(metrics, &rig->journal[i]);
    }
    metrics_end(metrics, rig->now.wall_ns + 86400000000000);
    for (int scope = 0; scope < METRICS_SCOPES; scope++)
        for (uint32_t i = 0; metrics_row(metrics, (enum metrics_scope)scope, i, &row); i++)
            assert_true(row.wins <= row.trades);
    metrics_destroy(metrics);
    rig_forget(rig);
    for (int i = 0; whole && i < 30; i++)
        throw_one(h);
    look_at_everything(rig->engine);
    return whole;
}

/* F64 | unit | any member of any record is another than was written, past its checksum | refused,
 * or read and traded on: no sum breaks */
static void a_damaged_record_is_refused_or_harmless(void **state)
{
    enum { JOURNALS = 6, DAMAGES = 40 };
    (void)state;
    uint32_t refused = 0;
    for (uint64_t seed = 61; seed < 61 + JOURNALS; seed++) {
        struct hostile h = {.rig = rig_of_all(false, seed % 2), .hours = true};
        prng_seed(&h.prng, seed);
        rig_up(h.rig);
        for (int i = 0; i < 900; i++)
            throw_one(&h);
        uint32_t written = h.rig->journal_count;
        struct record *good = malloc(written * sizeof *good);
        memcpy(good, h.rig->journal, written * sizeof *good);
        for (int i = 0; i < DAMAGES; i++) {
            memcpy(h.rig->journal, good, written * sizeof *good);
            h.rig->journal_count = written;
            for (int k = 0; k < 3; k++) {
                struct record *record = &h.rig->journal[roll(&h, written)];
                const struct spot *spot = spot_of(&h, record);
                if (spot != NULL)
                    damage(&h, record, spot);
            }
            struct engine_settings kept = h.rig->settings;
            if (i % 4 == 3) { /* under a config that knows half of what it names */
                memcpy(h.rig->settings.strategies[0].name, "other", sizeof "other");
                h.rig->settings.catalog.items[1].product_id[0] = 'X';
            }
            refused += !survives(&h);
            h.rig->settings = kept;
        }
        free(good);
        rig_destroy(h.rig);
    }
    assert_true(refused > JOURNALS * DAMAGES / 10 && refused < JOURNALS * DAMAGES);
}

int suite_hostile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_events_break_it),
        cmocka_unit_test(no_events_break_it_with_rules),
        cmocka_unit_test(numbers_that_leave_their_range_break_nothing),
        cmocka_unit_test(stops_stand_whatever_comes),
        cmocka_unit_test(a_damaged_record_is_refused_or_harmless),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
