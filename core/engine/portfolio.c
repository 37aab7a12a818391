#include "engine/portfolio.h"

#include <string.h>

#include "base/check.h"

size_t portfolio_bytes(void)
{
    return sizeof(uint16_t) * MAX_ORDERS;
}

void portfolio_init(struct portfolio *portfolio, struct arena *arena)
{
    memset(portfolio, 0, sizeof *portfolio);
    portfolio->provisional = arena_take(arena, MAX_ORDERS, sizeof(uint16_t));
}

static bool book_one(struct position *position, enum side side, struct price price,
                     struct size size, struct money fee)
{
    return position_apply(position, side, price, size) && position_charge(position, fee);
}

bool portfolio_book(struct portfolio *portfolio, actor_index actor, product_index product,
                    enum side side, struct price price, struct size size, struct money fee)
{
    struct position *own = &portfolio->exact[actor_slot(actor)][product];
    struct position *all = &portfolio->exact_account[product];
    struct position next_own = *own, next_all = *all;
    if (!book_one(&next_own, side, price, size, fee) ||
        !book_one(&next_all, side, price, size, fee))
        return false;
    *own = next_own;
    *all = next_all;
    return true;
}

bool portfolio_fund(struct portfolio *portfolio, actor_index actor, product_index product,
                    struct money payment)
{
    struct position *own = &portfolio->exact[actor_slot(actor)][product];
    struct position *all = &portfolio->exact_account[product];
    struct position next_own = *own, next_all = *all;
    if (!position_fund(&next_own, payment) || !position_fund(&next_all, payment))
        return false;
    *own = next_own;
    *all = next_all;
    return true;
}

bool portfolio_claim(struct portfolio *portfolio, actor_index actor, product_index product,
                     enum side side, struct price price, struct size size, struct money fee)
{
    struct position *to = &portfolio->exact[actor_slot(actor)][product];
    struct position *from = &portfolio->exact[actor_slot(ACTOR_EXTERNAL)][product];
    struct position next_to = *to, next_from = *from;
    struct money back;
    if (!money_sub((struct money){0}, fee, &back) || !book_one(&next_to, side, price, size, fee) ||
        !book_one(&next_from, side == SIDE_BUY ? SIDE_SELL : SIDE_BUY, price, size, back))
        return false;
    *to = next_to;
    *from = next_from;
    return true;
}

void portfolio_track(struct portfolio *portfolio, uint32_t order_slot, bool provisional)
{
    uint32_t at = 0;
    while (at < portfolio->provisional_count && portfolio->provisional[at] != order_slot)
        at++;
    bool present = at < portfolio->provisional_count;
    if (provisional && !present) {
        CHECK(portfolio->provisional_count < MAX_ORDERS);
        portfolio->provisional[portfolio->provisional_count++] = (uint16_t)order_slot;
    } else if (!provisional && present) {
        uint32_t rest = --portfolio->provisional_count - at;
        memmove(portfolio->provisional + at, portfolio->provisional + at + 1,
                rest * sizeof(uint16_t));
    }
}

struct price portfolio_provisional_price(const struct order *order)
{
    struct price price = {0};
    struct size size = order_provisional(order);
    if (!money_div_size(order->provisional_cost, size, ROUND_HALF_EVEN, &price) || price.e9 < 1)
        price.e9 = 1;
    return price;
}

static bool show_order(struct portfolio *portfolio, const struct order *order)
{
    struct price price = portfolio_provisional_price(order);
    struct size size = order_provisional(order);
    struct position *own = &portfolio->shown[actor_slot(order->actor)][order->product];
    struct position *all = &portfolio->shown_account[order->product];
    struct position next_own = *own, next_all = *all;
    if (!position_apply(&next_own, order->side, price, size) ||
        !position_apply(&next_all, order->side, price, size))
        return false;
    *own = next_own;
    *all = next_all;
    return true;
}

bool portfolio_show(struct portfolio *portfolio, struct orders *orders, product_index product)
{
    bool fits = true;
    for (uint32_t i = 0; i < ACTOR_SLOTS; i++)
        portfolio->shown[i][product] = portfolio->exact[i][product];
    portfolio->shown_account[product] = portfolio->exact_account[product];
    for (uint32_t i = 0; i < portfolio->provisional_count; i++) {
        const struct order *order = orders_at(orders, portfolio->provisional[i]);
        if (order->product == product)
            fits = show_order(portfolio, order) && fits;
    }
    return fits;
}
