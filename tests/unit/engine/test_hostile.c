/* Events of every kind with fields drawn from small and extreme pools, in any order: nothing breaks
 * an invariant, the sums stay those of the orders, and the journal still restores. */
#include "suites.h"

#include <string.h>

#include "base/prng.h"
#include "base/text.h"
#include "engine_rig.h"
#include "model/client_id.h"

struct hostile { struct rig *rig; struct prng prng; uint64_t made; struct client_id ids[64]; };

static uint64_t roll(struct hostile *h, uint64_t sides)
{
    return prng_below(&h->prng, sides);
}

static int64_t amount(struct hostile *h)
{
    static const int64_t POOL[] = {0,          1,          -1,         10000000,  50000000,
                                   1000000000, 9000000000, -1000000000, INT64_MAX, INT64_MIN};
    return POOL[roll(h, roll(h, 20) ? 7 : 10)];
}

static int64_t price(struct hostile *h)
{
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

static void fill_venue(struct hostile *h, struct event *event)
{
    switch (event->kind) {
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
        event->operator.verb = (enum operator_verb)roll(h, 9);
        event->operator.target = (int)roll(h, 4);
        event->operator.index = (uint8_t)roll(h, 3);
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
    for (uint32_t i = 0; i < h->rig->command_count; i++)
        if (h->rig->commands[i].kind == COMMAND_PLACE)
            h->ids[roll(h, 64)] = h->rig->commands[i].place.id;
}

static void throw_one(struct hostile *h)
{
    static const enum event_kind KINDS[] = {
        EVENT_ORDER_REPORT, EVENT_ORDER_REPORT, EVENT_FILL,   EVENT_POSITION, EVENT_PLACE_REPLY,
        EVENT_CANCEL_REPLY, EVENT_LIST_END,     EVENT_BOOK,   EVENT_TRADES,   EVENT_INTENT,
        EVENT_INTENT,       EVENT_VERDICT,      EVENT_CREDIT, EVENT_TIMER_SET};
    static const enum event_kind RARE[] = {EVENT_OPERATOR, EVENT_LINK, EVENT_TICK};
    struct event event;
    memset(&event, 0, sizeof event);
    event.kind = roll(h, 40) ? KINDS[roll(h, sizeof KINDS / sizeof KINDS[0])] : RARE[roll(h, 3)];
    fill_venue(h, &event);
    fill_host(h, &event);
    h->rig->now.mono_ns += (int64_t)roll(h, 30000000);
    h->rig->now.wall_ns += (int64_t)roll(h, 30000000);
    h->rig->hold_lists = roll(h, 3) == 0;
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

int suite_hostile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_events_break_it),
        cmocka_unit_test(no_events_break_it_with_rules),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
