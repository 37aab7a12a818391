#include "engine/margin.h"

static void take_least(struct money *least, struct money value)
{
    least->e18 = value.e18 < least->e18 ? value.e18 : least->e18;
}

static bool take_window(const struct event_balance *balance, const struct margin_window *window,
                        struct margin *margin)
{
    struct money worth, left;
    if (!window->told)
        return true;
    if (window->maintenance.e18 < 0 || window->initial.e18 < 0)
        return false;
    take_least(&margin->free, window->buying_power);
    if (!balance->buffer_told)
        return true;
    if (!money_add(balance->liquidation_threshold, balance->liquidation_buffer, &worth) ||
        !money_sub(worth, window->maintenance, &left))
        return false;
    take_least(&margin->buffer, left);
    return true;
}

bool margin_read(const struct event_balance *balance, bool intraday, struct margin *ret)
{
    struct margin margin = {balance->equity, balance->available_margin,
                            balance->liquidation_buffer};
    if (balance->initial_margin.e18 < 0 || balance->liquidation_threshold.e18 < 0)
        return false;
    if (!balance->buffer_told &&
        !money_sub(balance->equity, balance->initial_margin, &margin.buffer))
        return false;
    if (!take_window(balance, &balance->intraday, &margin) ||
        (!intraday && !take_window(balance, &balance->overnight, &margin)))
        return false;
    *ret = margin;
    return true;
}

bool margin_after(const struct margin *now, struct money reserved, struct money order,
                  struct margin *ret)
{
    struct margin then = *now;
    struct money taken;
    if (!money_add(reserved, order, &taken) || !money_sub(then.free, taken, &then.free) ||
        !money_sub(then.buffer, taken, &then.buffer))
        return false;
    *ret = then;
    return true;
}
