#include "sim/venue_sim_fault.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "sim/venue_sim_private.h"

void venue_sim_forget_client_ids(struct venue_sim *sim, bool forgetful)
{
    sim->forgetful = forgetful;
}

void venue_sim_end_orders(struct venue_sim *sim, enum venue_status status, const char *words)
{
    for (uint32_t i = 0; i < sim->order_count; i++)
        if (!venue_status_final(sim->orders[i]->status))
            venue_match_finish(sim, sim->orders[i], status, words);
}

void venue_sim_fill_orders(struct venue_sim *sim, int product)
{
    for (uint32_t i = 0; i < sim->order_count; i++) {
        const struct venue_order *order = sim->orders[i];
        const struct venue_request *request = &order->request;
        if (!order->resting || (product >= 0 && request->product != product))
            continue;
        struct size through = {order->ahead.e9 + venue_order_left(order).e9};
        venue_match_trade(sim, request->product,
                          request->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY, request->limit,
                          through);
    }
}

void venue_sim_liquidate(struct venue_sim *sim, int product)
{
    const struct venue_order *order;
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        char client_id[VENUE_CLIENT_ID_MAX];
        if ((product >= 0 && i != product) || sim->ledger.positions[i].units.e9 == 0)
            continue;
        snprintf(client_id, sizeof client_id, "liquidation-%" PRIu32, sim->order_count);
        venue_sim_close(sim, client_id, i, (struct size){0}, &order);
    }
}

void venue_sim_deleverage(struct venue_sim *sim, int product)
{
    int64_t held_e9 = sim->ledger.positions[product].units.e9;
    int64_t step_e9 = venue_products[product].step.e9;
    int64_t half_e9 = (held_e9 < 0 ? -held_e9 : held_e9) / 2 / step_e9 * step_e9;
    const struct venue_order *order;
    char client_id[VENUE_CLIENT_ID_MAX];
    if (half_e9 == 0)
        return;
    snprintf(client_id, sizeof client_id, "deleverage-%" PRIu32, sim->order_count);
    venue_sim_close(sim, client_id, product, (struct size){half_e9}, &order);
}

/* A record beside the fill that it is about; the order's own figures follow it. */
static void book_adjustment(struct venue_sim *sim, struct venue_fill fill)
{
    struct venue_order *order = sim->orders[fill.order];
    bool back = fill.kind == FILL_REVERSAL;
    enum side side = back == (fill.side == SIDE_BUY) ? SIDE_SELL : SIDE_BUY;
    struct money value, fee = {back ? -fill.fee.e18 : fill.fee.e18};
    venue_list_draw_id(sim, fill.id);
    fill.at_ns = sim->now_ns;
    CHECK(venue_product_value(&venue_products[fill.product], fill.price, fill.size, &value));
    CHECK(ledger_apply_fill(&sim->ledger, fill.product, side, fill.price, fill.size, fee));
    *venue_list_add_fill(sim) = fill;
    order->value.e18 += back ? -value.e18 : value.e18;
    order->fees.e18 += fee.e18;
    order->filled.e9 += back ? -fill.size.e9 : fill.size.e9;
    if (order->resting) /* what was taken back rests again */
        venue_book_rest(&sim->listings[fill.product].book, fill.side, order->request.limit,
                        (struct size){back ? fill.size.e9 : -fill.size.e9});
    if (sim->sink.on_fill)
        sim->sink.on_fill(sim->sink.context, &fill);
    venue_match_tell(sim, order);
}

/* What was taken back already is not taken back again: it stands before its reversal. */
static const struct venue_fill *newest_trade(const struct venue_sim *sim)
{
    uint32_t reversed = 0;
    for (uint32_t i = sim->fill_count; i-- > 0;) {
        if (sim->fills[i].kind == FILL_REVERSAL)
            reversed++;
        else if (reversed == 0)
            return &sim->fills[i];
        else
            reversed--;
    }
    return NULL;
}

void venue_sim_reverse_fill(struct venue_sim *sim, int64_t correct_ticks)
{
    const struct venue_fill *newest = newest_trade(sim);
    if (!newest)
        return;
    struct venue_fill fill = *newest;
    fill.kind = FILL_REVERSAL;
    book_adjustment(sim, fill);
    fill.kind = FILL_CORRECTION;
    fill.price.e9 += correct_ticks * venue_products[fill.product].tick.e9;
    if (correct_ticks != 0 && fill.price.e9 > 0)
        book_adjustment(sim, fill);
}

void venue_sim_transfer(struct venue_sim *sim, struct money usd)
{
    sim->ledger.cash[PROFILE_CDE].e18 += usd.e18;
}

struct venue_sim_delays venue_sim_delays(const struct venue_sim *sim)
{
    return (struct venue_sim_delays){sim->config.accept_delay_ns, sim->config.cancel_delay_ns,
                                     sim->config.session};
}

void venue_sim_set_delays(struct venue_sim *sim, const struct venue_sim_delays *delays)
{
    sim->config.accept_delay_ns = delays->accept_ns;
    sim->config.cancel_delay_ns = delays->cancel_ns;
    sim->config.session = delays->session;
}
