#include "approve.h"

#include <string.h>

#include "engine/gate.h"
#include "suites.h"
#include "model/limit_list.h"

enum { HUGE = 1000000 };
static const int64_t HOUR_NS = 3600000000000;

static void set_limits(struct engine_settings *settings, const struct catalog *catalog)
{
    const struct money money = {(__int128)HUGE * DECIMAL_ONE * DECIMAL_ONE};
    settings->catalog = *catalog;
    settings->product_limits[0] = (struct product_limits){
        .max_order_size = {HUGE * (int64_t)DECIMAL_ONE}, .max_order_value = money,
        .price_collar = {DECIMAL_ONE / 10}, .max_position = {HUGE * (int64_t)DECIMAL_ONE},
        .max_working_orders = HUGE, .max_working_value = money, .max_book_age_ns = HOUR_NS,
        .max_mark_age_ns = HOUR_NS, .max_mark_deviation = {DECIMAL_ONE / 10}};
    settings->max_messages = settings->max_cancels = settings->max_working_orders = HUGE;
    settings->max_working_value = money;
    settings->message_window_ns = settings->duplicate_window_ns = 1;
    limits_widen(settings);
    settings->max_skew_ns = settings->stale_after_ns = settings->fills_poll_ns = HOUR_NS;
}

struct approved_order approve_order(const struct catalog *catalog, struct client_id id,
                                    struct price price)
{
    static struct engine_settings settings; /* 10 KB and more */
    const struct intent intent = {.kind = INTENT_PLACE, .side = SIDE_BUY,
                                  .type = ORDER_TYPE_LIMIT, .tif = TIF_GTC, .price = price,
                                  .size = catalog->items[0].contract_size, .ref = 1};
    struct gate_input in = {.settings = &settings, .intent = &intent, .actor = ACTOR_OPERATOR,
                            .instrument = &catalog->items[0], .reconciled = true,
                            .market_up = true, .user_up = true, .journal_up = true,
                            .skew_known = true, .book_valid = true,
                            .bid = {price.e9 - catalog->items[0].tick.e9},
                            .ask = {price.e9 + catalog->items[0].tick.e9}, .mark_valid = true,
                            .mark = price,
                            /* the operator may only reduce: there is something to buy back */
                            .exposure = {.position = {-1000 * (int64_t)DECIMAL_ONE}}};
    struct approved_order order;
    struct verdict verdict;
    set_limits(&settings, catalog);
    if (!gate_approve(&in, id, &order, &verdict))
        fail_msg("the gate refused: %s", refusal_text(verdict.code));
    return order;
}
