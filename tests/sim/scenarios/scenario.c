#include "scenario.h"

#include <string.h>

#include "base/check.h"

enum { TRADER = 1 };
static const int64_t LOT_E9 = 10000000;

struct scenario scenario_begin(void)
{
    struct err err;
    /* Of this seed the first product is a future in whole contracts, and there are no rules. */
    struct sim_options options = {.seed = 65, .chaos_ns = 86400 * SECOND, .only = -1,
                                  .scripted = true, .trace = true};
    struct scenario s = {sim_create(&options, NULL, &err), 0};
    assert_non_null(s.sim);
    host_start(s.sim);
    scenario_pass(&s, 6 * SECOND);
    assert_true(scenario_product(&s).book_valid);
    return s;
}

void scenario_pass(struct scenario *s, int64_t ns)
{
    sim_pass(s->sim, ns);
    if (s->sim->broken == BROKEN_NOT)
        return;
    sim_print_trace(s->sim);
    fail_msg("%s: %s", invariant_name(s->sim->broken), s->sim->text);
}

void scenario_end(struct scenario *s)
{
    s->sim->heal_ns = s->sim->now_ns;
    s->sim->end_ns = s->sim->now_ns + 900 * SECOND;
    sim_run(s->sim);
    if (s->sim->broken != BROKEN_NOT) {
        sim_print_trace(s->sim);
        fail_msg("%s: %s", invariant_name(s->sim->broken), s->sim->text);
    }
    sim_destroy(s->sim);
    s->sim = NULL;
}

void scenario_strike(struct scenario *s, enum fault_kind kind, uint64_t roll)
{
    faults_add(&s->sim->faults, kind, s->sim->now_ns, roll);
}

/* ---- asking */

static void ask(struct scenario *s, const struct intent *intent)
{
    struct event event = {.kind = EVENT_INTENT};
    event.intent.runner = TRADER;
    event.intent.generation = s->sim->scripts[TRADER].generation;
    event.intent.intent = *intent;
    host_post(s->sim, &event, MS);
    scenario_pass(s, 5 * MS);
}

static struct client_id find(struct scenario *s, order_ref ref)
{
    struct order_row row;
    struct client_id none = {{0}};
    for (uint32_t i = 0; s->sim->engine && snapshot_order(s->sim->engine, i, &row); i++)
        if (row.ref == ref && row.actor == TRADER)
            return row.id;
    return none;
}

static struct client_id place(struct scenario *s, struct intent *intent, int lots)
{
    intent->kind = INTENT_PLACE;
    intent->size.e9 = lots * LOT_E9;
    intent->ref = (order_ref)s->sim->scripts[TRADER].generation << 32 | (1000000 + ++s->asked);
    ask(s, intent);
    return find(s, intent->ref);
}

struct client_id scenario_limit(struct scenario *s, enum side side, int ticks, int lots)
{
    struct product_row row = scenario_product(s);
    int64_t move_e9 = ticks * s->sim->settings.catalog.items[0].tick.e9;
    struct intent intent = {.side = side, .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC};
    intent.price.e9 = side == SIDE_BUY ? row.bid.e9 + move_e9 : row.ask.e9 - move_e9;
    return place(s, &intent, lots);
}

struct client_id scenario_market(struct scenario *s, enum side side, int lots)
{
    struct intent intent = {.side = side, .type = ORDER_TYPE_MARKET, .tif = TIF_IOC};
    return place(s, &intent, lots);
}

void scenario_cancel(struct scenario *s, struct client_id id)
{
    struct intent intent = {.kind = INTENT_CANCEL, .ref = scenario_order(s, id).ref};
    ask(s, &intent);
}

void scenario_protect(struct scenario *s, int64_t after_ns)
{
    struct intent intent = {.kind = INTENT_PROTECT, .protect = {.after_ns = after_ns}};
    promises_ask(s->sim, TRADER, &intent);
    ask(s, &intent);
}

/* ---- looking */

struct order_row scenario_order(struct scenario *s, struct client_id id)
{
    struct order_row row;
    assert_non_null(s->sim->engine);
    assert_true(snapshot_find_order(s->sim->engine, id, &row));
    return row;
}

enum order_state scenario_state(struct scenario *s, struct client_id id)
{
    return scenario_order(s, id).state;
}

struct product_row scenario_product(struct scenario *s)
{
    struct product_row row;
    assert_non_null(s->sim->engine);
    assert_true(snapshot_product(s->sim->engine, 0, &row));
    return row;
}

uint32_t scenario_venue_live(struct scenario *s)
{
    return s->sim->world.open_count;
}

int64_t scenario_venue_lots(struct scenario *s)
{
    int product = s->sim->world.config.products[0];
    struct size base;
    CHECK(venue_product_base(&venue_products[product],
                             venue_sim_ledger(s->sim->world.venue)->positions[product].units,
                             &base));
    return base.e9 / LOT_E9;
}

int64_t scenario_our_lots(struct scenario *s)
{
    return scenario_product(s).position.e9 / LOT_E9;
}

const char *scenario_verdict(struct scenario *s)
{
    struct verdict_row row;
    assert_true(snapshot_verdict(s->sim->engine, 0, &row));
    return refusal_text(row.verdict.code);
}
