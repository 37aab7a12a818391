#include "engine/external.h"

#include "engine/outbox.h"

/* Lists go back a while: what an earlier run has told of is not news again. */
static const int64_t RETOLD_NS = 120000000000;

void external_on_fill(struct engine *engine, product_index product)
{
    if (engine->settings.external_fills == EXTERNAL_FILLS_FREEZE)
        out_tighten(engine, LATCH_PRODUCT, product, TRADING_REDUCING,
                    "somebody else traded it: see positions, then resume");
}

void external_on_report(struct engine *engine, const struct event_order_report *report)
{
    int64_t created_ns = report->created_ns > 0 ? report->created_ns : engine->now.wall_ns;
    int64_t since_ns = engine->liquidation_wall_ns, journal_ns = engine->journal_wall_ns;
    if (report->type != ORDER_TYPE_LIQUIDATION)
        return;
    if (journal_ns > engine->begun_wall_ns) /* written when our clock was ahead */
        journal_ns = engine->begun_wall_ns;
    if (since_ns < journal_ns - RETOLD_NS)
        since_ns = journal_ns - RETOLD_NS;
    if (created_ns <= since_ns || created_ns < engine->first_boot_wall_ns)
        return;
    engine->liquidation_wall_ns = created_ns;
    out_alert(engine, engine->settings.catalog.items[report->product].product_id,
              ": the venue liquidates a position, order ", report->venue_id.text, NULL);
    out_tighten(engine, LATCH_ACCOUNT, 0, TRADING_REDUCING,
                "the venue liquidated a position: see margin, then resume");
}
