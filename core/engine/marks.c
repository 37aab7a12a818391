#include "engine/marks.h"

#include <string.h>

#include "base/text.h"
#include "engine/balance.h"
#include "engine/market.h"
#include "engine/outbox.h"

static const int64_t CADENCE_NS = 300000000000, LOOK_NS = 1000000000;

static bool holds(const struct engine *engine)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        if (engine->portfolio.exact_account[i].size.e9 != 0)
            return true;
    return false;
}

static void tell_product(struct engine *engine, product_index product)
{
    const char *id = out_scope_name(engine, LATCH_PRODUCT, product);
    struct price mark;
    int64_t age_ns;
    if (engine->portfolio.exact_account[product].size.e9 == 0 ||
        !market_mark(engine, product, &mark, &age_ns) ||
        age_ns > engine->settings.product_limits[product].max_mark_age_ns)
        return;
    struct record_mark *r = &out_record(engine, RECORD_MARK)->mark;
    r->product = product;
    text_copy(r->product_id, sizeof r->product_id, id, strlen(id));
    r->mark = mark;
}

void marks_due(struct engine *engine)
{
    struct marks *marks = &engine->marks;
    struct event_balance balance;
    bool known = balance_get(engine, &balance), held = holds(engine);
    bool first = known && !marks->equity_told;
    if (!marks->equity_told && !first)
        engine_due(engine, engine->now.mono_ns + LOOK_NS);
    if (engine->now.mono_ns >= marks->next_ns || first) {
        marks->next_ns = engine->now.mono_ns + CADENCE_NS;
        for (product_index i = 0; i < engine->settings.catalog.count; i++)
            tell_product(engine, i);
        if (held || marks->held || first) {
            struct record_mark *r = &out_record(engine, RECORD_MARK)->mark;
            r->product = NO_PRODUCT;
            r->equity_known = known;
            r->equity = balance.equity;
        }
        marks->held = held;
        marks->equity_told = marks->equity_told || first;
    }
    engine_due(engine, marks->next_ns);
}
