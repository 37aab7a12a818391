#include "engine/metrics_parts.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "base/wide.h"
#include "model/client_id.h"

static const int64_t NS_PER_MS = 1000000;
static const int64_t PERIOD_NS[METRICS_PERIODS] = {3600000000000, 86400000000000};

static size_t arena_bytes(void)
{
    return sizeof(struct metrics) + sizeof(struct metrics_cell[METRICS_ACTORS][METRICS_PRODUCTS]) +
           sizeof(struct metrics_tally[METRICS_SCOPES][METRICS_ACTORS][METRICS_PRODUCTS]) +
           sizeof(struct metrics_order) * METRICS_ORDERS +
           map_bytes(sizeof(struct client_id), METRICS_ORDERS) +
           sizeof(struct event_fill) * METRICS_EXTERNALS + 256;
}

struct metrics *metrics_create(void)
{
    struct arena arena;
    if (arena_init(&arena, arena_bytes()) < 0)
        return NULL;
    struct metrics *m = arena_take(&arena, 1, sizeof *m);
    m->cells = arena_take(&arena, METRICS_ACTORS, sizeof *m->cells);
    m->tallies = arena_take(&arena, METRICS_SCOPES, sizeof *m->tallies);
    m->orders = arena_take(&arena, METRICS_ORDERS, sizeof *m->orders);
    map_init(&m->order_map, arena_take(&arena, map_bytes(sizeof(struct client_id), METRICS_ORDERS),
                                       1), sizeof(struct client_id), METRICS_ORDERS);
    m->externals = arena_take(&arena, METRICS_EXTERNALS, sizeof *m->externals);
    m->arena = arena;
    return m;
}

void metrics_destroy(struct metrics *m)
{
    if (!m)
        return;
    struct arena arena = m->arena;
    arena_fini(&arena);
}

void metrics_on_day(struct metrics *m, void (*on_day)(void *context, int64_t day_ns),
                    void *context)
{
    m->on_day = on_day;
    m->context = context;
}

bool metrics_is_whole(const struct metrics *m)
{
    return !m->lacking;
}

static bool add(struct money *sum, struct money value)
{
    return money_add(*sum, value, sum);
}

/* ---- who and what: by name, for the config may have changed between two starts */

static int find_name(char (*names)[NAME_MAX_BYTES], const char *name)
{
    for (int i = 0; i < MAX_STRATEGIES; i++) {
        if (names[i][0] == '\0')
            text_copy(names[i], NAME_MAX_BYTES, name, strnlen(name, NAME_MAX_BYTES - 1));
        if (strncmp(names[i], name, NAME_MAX_BYTES) == 0)
            return i;
    }
    return -1;
}

static int find_actor(struct metrics *m, actor_index actor, const char *name)
{
    if (actor == ACTOR_OPERATOR || actor == ACTOR_EXTERNAL)
        return actor == ACTOR_OPERATOR ? METRICS_OPERATOR : METRICS_EXTERNAL;
    return name[0] ? find_name(m->names, name) : -1;
}

static int find_product(struct metrics *m, const char *id)
{
    for (int i = 0; id[0] && i < MAX_PRODUCTS; i++) {
        if (m->products[i][0] == '\0')
            text_copy(m->products[i], PRODUCT_ID_MAX, id, strnlen(id, PRODUCT_ID_MAX - 1));
        if (strncmp(m->products[i], id, PRODUCT_ID_MAX) == 0)
            return i;
    }
    return -1;
}

/* The rows that something of this actor in this product counts in, one after the other: each scope,
 * alone and with all. NULL: counted already, for it is of all itself. */
enum { TALLIES = 4 * METRICS_SCOPES };

static struct metrics_tally *tally(struct metrics *m, int index, int actor, int product)
{
    bool all_actors = index & 1, all_products = index & 2;
    if ((all_actors && actor == METRICS_ALL_ACTORS) ||
        (all_products && product == METRICS_ALL_PRODUCTS))
        return NULL;
    return &m->tallies[index / 4][all_actors ? METRICS_ALL_ACTORS : actor]
                      [all_products ? METRICS_ALL_PRODUCTS : product];
}

/* ---- worth */

static bool count_exposure(struct metrics_tally *t, const struct metrics_cell *cell,
                           int64_t now_ns)
{
    int64_t now_ms = now_ns / NS_PER_MS, passed_ms = now_ms - t->since_ms;
    t->since_ms = now_ms;
    t->held_ms += cell->exposure.e18 != 0 ? passed_ms : 0;
    return metrics_expose(&t->exposure_ms, cell->exposure, passed_ms);
}

static void take_exposure(struct metrics *m, int actor, int product)
{
    for (int scope = 0; scope < METRICS_SCOPES; scope++)
        if (!count_exposure(&m->tallies[scope][actor][product], &m->cells[actor][product],
                            m->now_ns))
            m->lacking = true;
}

static void observe(struct metrics *m, int actor, int product)
{
    const struct metrics_cell *cell = &m->cells[actor][product];
    for (int scope = 0; scope < METRICS_SCOPES; scope++) {
        struct metrics_tally *t = &m->tallies[scope][actor][product];
        struct money below;
        if (cell->exposure.e18 > t->exposure_max.e18)
            t->exposure_max = cell->exposure;
        if (cell->result.e18 > t->peak.e18)
            t->peak = cell->result;
        if (!money_sub(t->peak, cell->result, &below) || below.e18 <= t->drawdown.e18)
            continue;
        t->drawdown = below;
        t->drawdown_peak = t->peak;
    }
}

static bool worth_of(const struct position *position, struct price mark, struct money *ret_result,
                     struct money *ret_exposure)
{
    struct money result = position->realised;
    struct money worth = money_of(mark, position->size);
    ret_exposure->e18 = worth.e18 < 0 ? -worth.e18 : worth.e18;
    if (!add(&result, position_unrealised(position, mark)) ||
        !add(&result, position->funding) || !money_sub(result, position->fees, &result))
        return false;
    *ret_result = result;
    return true;
}

/* Moves `which` of a cell and of the sums above it to a new value. */
static bool move_up(struct metrics_cell *cell, struct metrics_cell *sum, struct money result,
                    struct money exposure)
{
    struct money more, held = {exposure.e18 - cell->exposure.e18}; /* neither is below zero */
    return money_sub(result, cell->result, &more) && add(&sum->result, more) &&
           add(&sum->exposure, held);
}

static bool value_cell(struct metrics *m, int actor, int product)
{
    struct metrics_cell *cell = &m->cells[actor][product];
    struct metrics_cell *own = &m->cells[actor][METRICS_ALL_PRODUCTS];
    struct metrics_cell *all = &m->cells[METRICS_ALL_ACTORS][product];
    struct metrics_cell *account = &m->cells[METRICS_ALL_ACTORS][METRICS_ALL_PRODUCTS];
    struct money result, exposure;
    if (!worth_of(&cell->position, m->marks[product], &result, &exposure))
        return false;
    take_exposure(m, actor, product);
    take_exposure(m, actor, METRICS_ALL_PRODUCTS);
    if (!move_up(cell, own, result, exposure) ||
        !move_up(cell, all, result, cell->exposure) ||
        !move_up(cell, account, result, cell->exposure))
        return false;
    cell->result = result;
    cell->exposure = exposure;
    return true;
}

/* The account is exposed with what its actors hold together, not with each of them. */
static bool value_net(struct metrics *m, int product)
{
    struct metrics_cell *all = &m->cells[METRICS_ALL_ACTORS][product];
    struct metrics_cell *account = &m->cells[METRICS_ALL_ACTORS][METRICS_ALL_PRODUCTS];
    struct money worth = money_of(m->marks[product], m->net[product]);
    worth.e18 = worth.e18 < 0 ? -worth.e18 : worth.e18;
    take_exposure(m, METRICS_ALL_ACTORS, product);
    take_exposure(m, METRICS_ALL_ACTORS, METRICS_ALL_PRODUCTS);
    if (!move_up(all, account, all->result, worth))
        return false;
    all->exposure = worth;
    return true;
}

/* A product is worth something else, or someone holds something else of it. */
static bool revalue(struct metrics *m, int product)
{
    for (int i = 0; i < ACTOR_SLOTS; i++)
        if (m->cells[i][product].position.touched && !value_cell(m, i, product))
            return false;
    return value_net(m, product);
}

static void observe_product(struct metrics *m, int product)
{
    for (int i = 0; i < ACTOR_SLOTS; i++) {
        if (!m->cells[i][product].position.touched)
            continue;
        observe(m, i, product);
        observe(m, i, METRICS_ALL_PRODUCTS);
    }
    observe(m, METRICS_ALL_ACTORS, product);
    observe(m, METRICS_ALL_ACTORS, METRICS_ALL_PRODUCTS);
}

/* ---- time: hours and days end */

static void take_return(struct metrics_sums *sums, struct money now, struct money equity,
                        uint64_t count)
{
    static const __int128 AT = 1000000000000, MOST = 10 * AT; /* tenfold: its square still fits */
    struct money made;
    __int128 part;
    if (!money_sub(now, sums->start, &made) || made.e18 > ((__int128)1 << 86) ||
        made.e18 < -((__int128)1 << 86))
        return;
    CHECK(wide_div(made.e18 * AT, equity.e18, ROUND_HALF_EVEN, &part));
    part = part > MOST ? MOST : part < -MOST ? -MOST : part;
    sums->count += count; /* but for the first they brought nothing */
    sums->sum += part;
    sums->squares += part * part;
    sums->below += part < 0 ? part * part : 0;
}

static void end_periods(struct metrics *m, enum metrics_period period, int64_t until_ns)
{
    int64_t passed_ns = until_ns - m->whole_ns[period];
    bool counts = m->whole_ns[period] > 0 && m->equity[period].e18 > 0;
    struct money equity = {0};
    for (int scope = 0; scope < METRICS_SCOPES; scope++)
        for (int i = 0; i < METRICS_ACTORS; i++)
            for (int j = 0; j < METRICS_PRODUCTS; j++) {
                struct metrics_sums *sums = &m->tallies[scope][i][j].returns[period];
                struct money now = m->cells[i][j].result;
                if (counts)
                    take_return(sums, now, m->equity[period],
                                (uint64_t)(passed_ns / PERIOD_NS[period]));
                sums->start = now;
            }
    if (m->capital_known)
        (void)money_add(m->capital,
                        m->cells[METRICS_ALL_ACTORS][METRICS_ALL_PRODUCTS].result, &equity);
    m->equity[period] = equity;
    m->whole_ns[period] = until_ns;
}

static void begin_scope(struct metrics *m, enum metrics_scope scope, int64_t at_ns)
{
    m->begin_ns[scope] = at_ns;
    for (int i = 0; i < METRICS_ACTORS; i++)
        for (int j = 0; j < METRICS_PRODUCTS; j++) {
            struct metrics_tally *t = &m->tallies[scope][i][j];
            const struct metrics_cell *cell = &m->cells[i][j];
            memset(t, 0, sizeof *t);
            t->start = t->peak = cell->result;
            t->returns[METRICS_HOURS].start = t->returns[METRICS_DAYS].start = cell->result;
            t->exposure_max = cell->exposure;
            t->since_ms = at_ns / NS_PER_MS;
            t->news = cell->exposure.e18 != 0;
        }
}

static void end_day(struct metrics *m, int64_t midnight_ns)
{
    int64_t day_ns = m->now_ns - m->now_ns % PERIOD_NS[METRICS_DAYS];
    m->now_ns = day_ns + PERIOD_NS[METRICS_DAYS];
    for (int i = 0; i < METRICS_ACTORS; i++)
        for (int j = 0; j < METRICS_PRODUCTS; j++)
            take_exposure(m, i, j);
    if (m->on_day)
        m->on_day(m->context, day_ns);
    begin_scope(m, METRICS_DAY, midnight_ns);
}

static void pass_to(struct metrics *m, int64_t wall_ns)
{
    if (m->now_ns == 0) {
        m->now_ns = wall_ns;
        begin_scope(m, METRICS_RUN, wall_ns);
        begin_scope(m, METRICS_DAY, wall_ns);
        for (enum metrics_period i = METRICS_HOURS; i < METRICS_PERIODS; i++)
            m->whole_ns[i] = wall_ns % PERIOD_NS[i] == 0 ? wall_ns : 0;
    }
    for (enum metrics_period i = METRICS_HOURS; i < METRICS_PERIODS; i++) {
        int64_t until_ns = wall_ns - wall_ns % PERIOD_NS[i];
        if (until_ns > m->now_ns)
            end_periods(m, i, until_ns);
    }
    int64_t midnight_ns = wall_ns - wall_ns % PERIOD_NS[METRICS_DAYS];
    if (midnight_ns > m->now_ns)
        end_day(m, midnight_ns);
    m->now_ns = wall_ns > m->now_ns ? wall_ns : m->now_ns;
}

/* ---- fills */

struct booking { struct money realised, fee, turnover, slippage, decided, brought; int64_t sign;
                 bool maker, over; };

static bool book_tally(struct metrics_tally *t, const struct booking *b)
{
    t->news = true;
    t->fills += b->sign > 0;
    t->reversals += b->sign < 0;
    t->maker_fills += b->sign > 0 && b->maker;
    if (b->over) {
        struct money size = {b->brought.e18 < 0 ? -b->brought.e18 : b->brought.e18};
        t->trades++;
        t->wins += b->brought.e18 > 0;
        t->losses += b->brought.e18 < 0;
        if (!add(b->brought.e18 < 0 ? &t->lost : &t->won, size))
            return false;
        if (t->trades == 1 || b->brought.e18 > t->best.e18)
            t->best = b->brought;
        if (t->trades == 1 || b->brought.e18 < t->worst.e18)
            t->worst = b->brought;
    }
    return add(&t->realised, b->realised) && add(&t->fees, b->fee) &&
           add(&t->turnover, b->turnover) && add(&t->slippage, b->slippage) &&
           add(&t->decided, b->decided);
}

static const struct metrics_order *find_order(const struct metrics *m, struct client_id id)
{
    uint32_t at;
    return map_get(&m->order_map, id.bytes, &at) ? &m->orders[at] : NULL;
}

static void weigh_slippage(const struct metrics *m, const struct record_fill *r, int64_t sign,
                           struct booking *b)
{
    const struct event_fill *fill = &r->fill;
    const struct metrics_order *order = find_order(m, r->id);
    if (!order || order->decision.e9 <= 0)
        return;
    struct price worse = {fill->side == SIDE_BUY ? fill->price.e9 - order->decision.e9
                                                 : order->decision.e9 - fill->price.e9};
    b->slippage.e18 = sign * money_of(worse, fill->size).e18;
    b->decided.e18 = sign * money_of(order->decision, fill->size).e18;
}

/* What its trade has brought, when this fill has ended one. */
static bool end_trade(struct metrics_cell *cell, struct size before, struct booking *b)
{
    struct money result = cell->position.realised;
    struct size after = cell->position.size;
    b->over = before.e9 != 0 && (after.e9 == 0 || (before.e9 < 0) != (after.e9 < 0));
    if (!b->over)
        return true;
    if (!money_sub(result, cell->position.fees, &result) || !add(&result, cell->position.funding) ||
        !money_sub(result, cell->at_flat, &b->brought))
        return false;
    cell->at_flat = result;
    return true;
}

static bool book(struct metrics *m, int actor, int product, const struct record_fill *r,
                 int64_t sign)
{
    const struct event_fill *fill = &r->fill;
    struct metrics_cell *cell = &m->cells[actor][product];
    struct position before = cell->position;
    enum side side = (fill->side == SIDE_BUY) == (sign > 0) ? SIDE_BUY : SIDE_SELL;
    struct size delta = {side == SIDE_BUY ? fill->size.e9 : -fill->size.e9};
    struct booking b = {.sign = sign, .maker = fill->liquidity == LIQUIDITY_MAKER,
                        .fee = {sign * fill->fee.e18},
                        .turnover = {sign * money_of(fill->price, fill->size).e18}};
    bool fits = position_apply(&cell->position, side, fill->price, fill->size) &&
                position_charge(&cell->position, b.fee) &&
                size_add(m->net[product], delta, &m->net[product]) &&
                end_trade(cell, before.size, &b);
    /* It fits: position_apply has added it. */
    b.realised.e18 = cell->position.realised.e18 - before.realised.e18;
    weigh_slippage(m, r, sign, &b);
    for (int i = 0; i < TALLIES; i++)
        fits = fits && book_tally(tally(m, i, actor, product), &b);
    return fits;
}

static bool is_same(const struct event_fill *a, const struct event_fill *b)
{
    return a->kind == b->kind && strcmp(a->trade_id.text, b->trade_id.text) == 0 &&
           strcmp(a->venue_order_id.text, b->venue_order_id.text) == 0;
}

/* Booked as nobody's before: it changes hands now, as the engine's own books do. */
static bool was_external(struct metrics *m, const struct event_fill *fill)
{
    for (uint32_t i = 0; i < METRICS_EXTERNALS; i++)
        if (m->externals[i].size.e9 > 0 && is_same(&m->externals[i], fill)) {
            memset(&m->externals[i], 0, sizeof m->externals[i]);
            return true;
        }
    return false;
}

static bool add_fill(struct metrics *m, const struct record_fill *r)
{
    const struct event_fill *fill = &r->fill;
    int actor = find_actor(m, r->actor, r->name), product = find_product(m, r->product_id);
    int64_t sign = fill->kind == FILL_REVERSAL ? -1 : 1;
    struct money back;
    if (r->provisional)
        return true; /* the exact one comes */
    if (actor < 0 || product < 0 || fill->side > SIDE_SELL || fill->price.e9 <= 0 ||
        fill->size.e9 <= 0 || !money_sub((struct money){0}, fill->fee, &back))
        return false;
    if (sign > 0 || m->marks[product].e9 == 0)
        m->marks[product] = fill->price;
    if (actor == METRICS_EXTERNAL)
        m->externals[m->externals_count++ % METRICS_EXTERNALS] = *fill;
    else if (was_external(m, fill) && !book(m, METRICS_EXTERNAL, product, r, -sign))
        return false;
    bool fits = book(m, actor, product, r, sign) && revalue(m, product);
    observe_product(m, product);
    return fits;
}

/* ---- funding, marks, the account's money */

static bool pay(struct metrics *m, int actor, int product, struct money payment)
{
    bool fits = true;
    for (int i = 0; i < TALLIES; i++) {
        struct metrics_tally *t = tally(m, i, actor, product);
        fits = fits && (!t || add(&t->funding, payment));
        if (t)
            t->news = t->news || payment.e18 != 0;
    }
    return fits;
}

static bool add_funding(struct metrics *m, const struct record_funding *r)
{
    const int all = METRICS_ALL_ACTORS;
    int product = find_product(m, r->product_id), actor = find_actor(m, r->actor, r->name);
    if (r->product_id[0] == '\0') {
        bool fits = pay(m, all, METRICS_ALL_PRODUCTS, r->payment) &&
                    add(&m->cells[all][METRICS_ALL_PRODUCTS].result, r->payment);
        observe(m, all, METRICS_ALL_PRODUCTS);
        return fits;
    }
    if (product < 0 || actor < 0)
        return false;
    if (r->trade_id[0] == '\0' && r->stamp_ns <= m->stamps[product])
        return true; /* a stamp that is closed is not paid twice */
    bool fits = position_fund(&m->cells[actor][product].position, r->payment) &&
                pay(m, actor, product, r->payment);
    if (r->trade_id[0] == '\0' && r->actor != ACTOR_OPERATOR)
        return fits;
    if (r->trade_id[0] == '\0')
        m->stamps[product] = r->stamp_ns;
    fits = fits && revalue(m, product);
    observe_product(m, product);
    return fits;
}

static void take_equity(struct metrics *m, struct money equity)
{
    const int all = METRICS_ALL_ACTORS, whole = METRICS_ALL_PRODUCTS;
    if (m->capital_known || !money_sub(equity, m->cells[all][whole].result, &m->capital))
        return;
    m->capital_known = true;
    for (enum metrics_period i = METRICS_HOURS; i < METRICS_PERIODS; i++)
        (void)money_add(m->capital, m->tallies[METRICS_RUN][all][whole].returns[i].start,
                        &m->equity[i]);
}

static bool add_mark(struct metrics *m, const struct record_mark *r)
{
    int product = find_product(m, r->product_id);
    bool fits = true;
    if (r->product_id[0] != '\0') {
        if (product >= 0 && r->mark.e9 > 0)
            m->marks[product] = r->mark;
        return product >= 0;
    }
    if (r->equity_known)
        take_equity(m, r->equity);
    for (int i = 0; i < MAX_PRODUCTS; i++)
        fits = fits && (m->marks[i].e9 == 0 || revalue(m, i));
    for (int i = 0; i < MAX_PRODUCTS; i++)
        if (m->marks[i].e9 != 0)
            observe_product(m, i);
    return fits;
}

/* ---- orders and refusals */

static struct metrics_order *meet_order(struct metrics *m, const struct record_order *r)
{
    struct metrics_order *order = &m->orders[m->orders_count % METRICS_ORDERS];
    int actor = find_actor(m, r->actor, r->name), product = find_product(m, r->product_id);
    if (actor < 0 || product < 0)
        return NULL;
    if (m->orders_count >= METRICS_ORDERS)
        (void)map_remove(&m->order_map, order->id.bytes);
    CHECK(map_set(&m->order_map, r->id.bytes, (uint32_t)(m->orders_count % METRICS_ORDERS)));
    m->orders_count++;
    *order = (struct metrics_order){.id = r->id, .decision = r->decision,
                                    .actor = (uint8_t)actor, .product = (uint8_t)product};
    for (int i = 0; i < TALLIES; i++) {
        struct metrics_tally *t = tally(m, i, actor, product);
        t->news = true;
        t->orders++;
    }
    return order;
}

static bool add_order(struct metrics *m, const struct record_order *r)
{
    static const struct client_id NONE;
    uint32_t at;
    if (client_id_equal(r->id, NONE) || r->actor == ACTOR_EXTERNAL)
        return true;
    struct metrics_order *order =
        map_get(&m->order_map, r->id.bytes, &at) ? &m->orders[at] : meet_order(m, r);
    if (!order)
        return false;
    bool accepts = r->state == ORDER_OPEN || r->state == ORDER_FILLED ||
                   r->state == ORDER_CANCELLED || r->state == ORDER_EXPIRED;
    if (order->accepted || order->ended)
        return true;
    order->accepted = accepts;
    order->ended = r->state == ORDER_REFUSED || r->state == ORDER_DROPPED;
    for (int i = 0; i < TALLIES; i++) {
        struct metrics_tally *t = tally(m, i, order->actor, order->product);
        t->accepted += accepts;
        t->refused += r->state == ORDER_REFUSED;
        t->dropped += r->state == ORDER_DROPPED;
    }
    return true;
}

static bool count_filter(struct metrics *m, const struct verdict *verdict)
{
    for (uint32_t i = 0; i < METRICS_FILTERS; i++) {
        struct metrics_filter *filter = &m->filters[i];
        if (i == m->filter_count) {
            filter->code = verdict->code;
            text_copy(filter->key, sizeof filter->key, verdict->config_key,
                      strnlen(verdict->config_key, sizeof verdict->config_key));
            m->filter_count++;
        }
        if (filter->code != verdict->code ||
            strncmp(filter->key, verdict->config_key, sizeof filter->key - 1) != 0)
            continue;
        filter->count++;
        return true;
    }
    return false;
}

static bool add_refusal(struct metrics *m, const struct record_refusal *r)
{
    int actor = find_actor(m, r->actor, r->name), product = find_product(m, r->product_id);
    if ((unsigned)r->verdict.code >= REFUSAL_COUNT)
        return false;
    /* Who asked may be unknown (an old journal), or what for (no such product). */
    actor = actor < 0 ? METRICS_ALL_ACTORS : actor;
    product = product < 0 ? METRICS_ALL_PRODUCTS : product;
    for (int i = 0; i < TALLIES; i++) {
        struct metrics_tally *t = tally(m, i, actor, product);
        if (!t)
            continue;
        t->news = true;
        t->intents_refused++;
        t->unrecorded += r->unrecorded;
        t->refusals[r->verdict.code]++;
    }
    return count_filter(m, &r->verdict);
}

/* ---- */

static bool take(struct metrics *m, const struct record *record)
{
    switch (record->kind) {
    case RECORD_FILL: return add_fill(m, &record->fill);
    case RECORD_FUNDING: return add_funding(m, &record->funding);
    case RECORD_MARK: return add_mark(m, &record->mark);
    case RECORD_ORDER: return add_order(m, &record->order);
    case RECORD_REFUSAL: return add_refusal(m, &record->refusal);
    case RECORD_DAILY:
        if (record->daily.product == NO_PRODUCT && record->daily.balance_known)
            take_equity(m, record->daily.equity);
        return true;
    default: return true;
    }
}

bool metrics_add(struct metrics *m, const struct record *record)
{
    pass_to(m, record->at.wall_ns);
    bool fits = take(m, record);
    m->lacking = m->lacking || !fits;
    return fits;
}

void metrics_end(struct metrics *m, int64_t wall_ns)
{
    pass_to(m, wall_ns);
}
