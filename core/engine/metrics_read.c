#include "engine/metrics_parts.h"

#include <string.h>

#include "base/check.h"
#include "base/root.h"
#include "base/text.h"
#include "base/wide.h"

static const int64_t NS_PER_MS = 1000000;
static const uint64_t PERIODS_A_YEAR[METRICS_PERIODS] = {8760, 365};

/* ---- parts */

static bool part_of(__int128 part, __int128 whole, struct ratio *ret)
{
    static const __int128 MOST = (__int128)1 << 96;
    __int128 value;
    if (part > MOST || part < -MOST || whole == 0)
        return false;
    CHECK(wide_div(part * DECIMAL_ONE, whole, ROUND_HALF_EVEN, &value));
    return wide_to_int64(value, &ret->e9);
}

/* The root of numerator over denominator at 1e-9; both lose the bits that the latter has beyond
 * 64, which no one sees. */
static bool root_of(wide_uint numerator, wide_uint denominator, struct ratio *ret)
{
    wide_uint square;
    uint64_t rest, root;
    for (; denominator > UINT64_MAX; denominator >>= 1)
        numerator >>= 1;
    if (denominator == 0 || !wide_mul_div(numerator, (uint64_t)DECIMAL_ONE * DECIMAL_ONE,
                                          (uint64_t)denominator, &square, &rest))
        return false;
    root = root_floor(square);
    if (root > INT64_MAX)
        return false;
    ret->e9 = (int64_t)root;
    return true;
}

/* mean / deviation * root(a year) = root(a year * s^2 * f / (n * d)) with s the sum of n returns:
 * Sharpe has f = n - 1 and d = n * squares - s^2, Sortino f = n and d = n * squares below 0. */
static bool annual(__int128 sum, uint64_t factor, uint64_t a_year, uint64_t count,
                   wide_uint spread, struct ratio *ret)
{
    wide_uint size = wide_magnitude(sum), square, top;
    uint64_t rest;
    int shift = 0;
    for (; size >> 50; shift++)
        size >>= 1;
    square = size * size;
    /* The sum's square lost 2 * shift bits. So does the spread; what it has beyond stays. */
    spread >>= 2 * shift;
    CHECK(wide_mul_div(square, factor * a_year, count, &top, &rest)); /* factor <= count */
    if (!root_of(top, spread, ret))
        return false;
    ret->e9 = sum < 0 ? -ret->e9 : ret->e9;
    return true;
}

static void read_returns(const struct metrics_sums *sums, enum metrics_period period,
                         struct metrics_returns *ret)
{
    uint64_t n = sums->count, a_year = PERIODS_A_YEAR[period];
    *ret = (struct metrics_returns){.count = n};
    if (n < METRICS_RETURNS_MIN)
        return;
    wide_uint square = wide_magnitude(sums->sum) * wide_magnitude(sums->sum);
    ret->known = annual(sums->sum, n - 1, a_year, n, n * (wide_uint)sums->squares - square,
                        &ret->sharpe);
    ret->sortino_known = annual(sums->sum, n, a_year, n, n * (wide_uint)sums->below,
                                &ret->sortino);
}

/* ---- a row */

static void read_name(const struct metrics *m, int actor, int product, struct metrics_row *ret)
{
    static const char *const OTHERS[] = {"operator", "external", ""};
    const char *name = actor < MAX_STRATEGIES ? m->names[actor] : OTHERS[actor - MAX_STRATEGIES];
    ret->all_actors = actor == METRICS_ALL_ACTORS;
    ret->all_products = product == METRICS_ALL_PRODUCTS;
    ret->actor = actor == METRICS_OPERATOR ? ACTOR_OPERATOR
                 : actor >= METRICS_EXTERNAL ? ACTOR_EXTERNAL : (actor_index)actor;
    text_copy(ret->name, sizeof ret->name, name, strnlen(name, sizeof ret->name - 1));
    if (ret->all_products)
        return;
    memcpy(ret->product_id, m->products[product], sizeof ret->product_id);
    ret->position = ret->all_actors ? m->net[product] : m->cells[actor][product].position.size;
}

static void read_money(const struct metrics_tally *t, const struct metrics_cell *cell,
                       struct metrics_row *ret)
{
    ret->realised = t->realised;
    ret->fees = t->fees;
    ret->funding = t->funding;
    ret->turnover = t->turnover;
    (void)money_sub(cell->result, t->start, &ret->result);
    /* What is neither realised, nor paid, is open. Unsigned: a sum that leaves the range on the way
     * is right again at its end. */
    ret->unrealised.e18 = (__int128)((wide_uint)ret->result.e18 - (wide_uint)t->realised.e18 +
                                     (wide_uint)t->fees.e18 - (wide_uint)t->funding.e18);
}

static void read_trades(const struct metrics_tally *t, struct metrics_row *ret)
{
    ret->fills = t->fills;
    ret->maker_fills = t->maker_fills;
    ret->reversals = t->reversals;
    ret->trades = t->trades;
    ret->wins = t->wins;
    ret->losses = t->losses;
    ret->won = t->won;
    ret->lost = t->lost;
    ret->best = t->best;
    ret->worst = t->worst;
    ret->profit_factor_known = part_of(t->won.e18, t->lost.e18, &ret->profit_factor);
    ret->trades_known = part_of((__int128)t->wins, (__int128)t->trades, &ret->win_rate);
    if (ret->trades_known) /* neither sum is below zero: their difference fits */
        CHECK(wide_div(t->won.e18 - t->lost.e18, (__int128)t->trades, ROUND_HALF_EVEN,
                       &ret->expectancy.e18));
}

static void read_risk(const struct metrics *m, const struct metrics_tally *t,
                      const struct metrics_cell *cell, struct metrics_row *ret)
{
    int64_t now_ms = ret->end_ns / NS_PER_MS, passed_ms = now_ms - t->since_ms;
    int64_t all_ms = now_ms - ret->begin_ns / NS_PER_MS;
    __int128 exposure_ms = t->exposure_ms;
    int64_t held_ms = t->held_ms + (cell->exposure.e18 != 0 ? passed_ms : 0);
    struct money equity;
    ret->drawdown = t->drawdown;
    ret->drawdown_part_known = m->capital_known &&
                               money_add(m->capital, t->drawdown_peak, &equity) &&
                               equity.e18 > 0 &&
                               part_of(t->drawdown.e18, equity.e18, &ret->drawdown_part);
    ret->exposure_max = t->exposure_max;
    (void)part_of(held_ms, all_ms, &ret->time_held);
    if (metrics_expose(&exposure_ms, cell->exposure, passed_ms))
        (void)wide_div(exposure_ms, all_ms, ROUND_HALF_EVEN, &ret->exposure_mean.e18);
    read_returns(&t->returns[METRICS_HOURS], METRICS_HOURS, &ret->hours);
    read_returns(&t->returns[METRICS_DAYS], METRICS_DAYS, &ret->days);
}

static void read_orders(const struct metrics_tally *t, struct metrics_row *ret)
{
    ret->slippage = t->slippage;
    ret->slippage_known = part_of(t->slippage.e18, t->decided.e18, &ret->slippage_part);
    ret->orders = t->orders;
    ret->accepted = t->accepted;
    ret->refused = t->refused;
    ret->dropped = t->dropped;
    ret->acceptance_known = part_of((__int128)t->accepted, (__int128)(t->accepted + t->refused),
                                    &ret->acceptance);
    ret->intents_refused = t->intents_refused;
    ret->unrecorded = t->unrecorded;
    memcpy(ret->refusals, t->refusals, sizeof ret->refusals);
}

static void read_cell(const struct metrics *m, enum metrics_scope scope, int actor, int product,
                      struct metrics_row *ret)
{
    const struct metrics_tally *t = &m->tallies[scope][actor][product];
    const struct metrics_cell *cell = &m->cells[actor][product];
    memset(ret, 0, sizeof *ret);
    ret->begin_ns = m->begin_ns[scope];
    ret->end_ns = m->now_ns;
    read_name(m, actor, product, ret);
    read_money(t, cell, ret);
    read_trades(t, ret);
    read_risk(m, t, cell, ret);
    read_orders(t, ret);
}

bool metrics_row(const struct metrics *m, enum metrics_scope scope, uint32_t index,
                 struct metrics_row *ret)
{
    const int all = METRICS_ALL_ACTORS, whole = METRICS_ALL_PRODUCTS;
    for (int order = 0; order < 4; order++) { /* the account, strategies, products, the rest */
        int actors = order & 1 ? ACTOR_SLOTS : 1, products = order & 2 ? MAX_PRODUCTS : 1;
        for (int i = 0; i < actors; i++)
            for (int j = 0; j < products; j++) {
                int actor = order & 1 ? i : all, product = order & 2 ? j : whole;
                if ((order > 0 && !m->tallies[scope][actor][product].news) || index-- > 0)
                    continue;
                read_cell(m, scope, actor, product, ret);
                return true;
            }
    }
    return false;
}

bool metrics_equity(const struct metrics *m, struct money *ret_result, struct money *ret_equity)
{
    *ret_result = m->cells[METRICS_ALL_ACTORS][METRICS_ALL_PRODUCTS].result;
    return m->capital_known && money_add(m->capital, *ret_result, ret_equity);
}

/* The one with `index` others before it: with more, or as many and met earlier. */
bool metrics_filter(const struct metrics *m, uint32_t index, struct metrics_filter *ret)
{
    for (uint32_t i = 0; i < m->filter_count; i++) {
        uint32_t before = 0;
        for (uint32_t j = 0; j < m->filter_count; j++)
            before += m->filters[j].count > m->filters[i].count ||
                      (m->filters[j].count == m->filters[i].count && j < i);
        if (before != index)
            continue;
        *ret = m->filters[i];
        return true;
    }
    return false;
}
