#include "engine/reconcile.h"

#include <string.h>

#include "base/text.h"
#include "engine/balance.h"
#include "engine/fills.h"
#include "engine/market.h"
#include "engine/outbox.h"
#include "engine/resend.h"
#include "engine/parked.h"
#include "engine/stage.h"
#include "engine/venue.h"
#include "engine/watch.h"

static const int64_t LIST_GAP_NS = 500000000;        /* one list of a kind in so long */
static const int64_t LIST_TIMEOUT_NS = 30000000000;  /* its end never came */
static const int64_t LIST_RETRY_NS = 2000000000;
/* Lists that showed nothing of what they were asked again for: then their cadence is enough. */
enum { LIST_WAITS_MAX = 15 };
/* A list that fails is asked again after one second, two, four ...: an endpoint that is down is not
 * helped by being hammered, and the budget of requests is shared with the orders. */
static const int64_t FAILED_FIRST_NS = 1000000000, FAILED_MOST_NS = 30000000000;
static const int64_t ASK_PATIENCE_NS = 40000000000; /* of an operator who waits for the outcome */
static const int64_t LIST_OVERLAP_NS = 120000000000; /* what the venue may show late */
/* R2: two looks so far apart, both later than resend_bound_ns. */
static const int64_t LOOKS_APART_NS = 30000000000;
/* A fresh order may be missing from a list for a moment without being gone. */
static const int64_t VISIBLE_AFTER_NS = 10000000000;
/* Every request ends in a reply well before this; one that did not has lost its reply. */
static const int64_t REPLY_LOST_NS = 30000000000;

/* An order that a list lacks may have been made when our clock was ahead of the venue's: the next
 * ones go back further than a clock is wrong before it is noticed. */
static const int64_t CLOCK_DOUBT_NS = 7200000000000;

/* ---- asking */

void reconcile_want(struct engine *engine, enum list_kind kind)
{
    engine->lists[kind].wanted = true;
    engine_due(engine, engine->now.mono_ns);
}

static void ask_later(struct engine *engine, enum list_kind kind, int64_t after_ns)
{
    struct list_state *list = &engine->lists[kind];
    list->wanted = true;
    list->not_before_ns = engine->now.mono_ns + after_ns;
    engine_due(engine, list->not_before_ns);
}

int64_t reconcile_poll_ns(const struct engine *engine, enum list_kind kind)
{
    const struct engine_settings *settings = &engine->settings;
    const int64_t own_ns[] = {[LIST_ORDERS] = settings->orders_poll_ns,
                              [LIST_FILLS] = settings->fills_poll_ns,
                              [LIST_POSITIONS] = settings->positions_poll_ns,
                              [LIST_BALANCE] = settings->balance_poll_ns};
    return own_ns[kind] > 0 ? own_ns[kind] : settings->fills_poll_ns;
}

/* Orders that the venue has shown as open need no long list: open ones are listed whatever their
 * age, and one that is missing becomes UNKNOWN. A quote that stands for days costs no pages. */
static bool needs_history(const struct order *order)
{
    return order_is_live(order->state) && (order->state != ORDER_OPEN || order->unconfirmed);
}

/* Back to the oldest order whose fate is open. */
static int64_t orders_since_ns(struct engine *engine)
{
    int64_t since_ns = engine->now.wall_ns;
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        const struct order *order = orders_at(&engine->orders, i);
        if (!needs_history(order))
            continue;
        int64_t created_ns = order->created_wall_ns - (order->missed ? CLOCK_DOUBT_NS : 0);
        since_ns = created_ns < since_ns ? created_ns : since_ns;
    }
    return since_ns;
}

/* Back to the newest fill of the last whole list, or to the oldest order that has a part without
 * its fill. */
static int64_t fills_since_ns(struct engine *engine)
{
    int64_t since_ns = engine->last_fill_wall_ns;
    if (since_ns > engine->now.wall_ns) /* the journal may hold one dated in the future */
        since_ns = engine->now.wall_ns;
    if (since_ns < engine->first_boot_wall_ns)
        since_ns = engine->first_boot_wall_ns;
    for (uint32_t i = 0; i < engine->portfolio.provisional_count; i++) {
        const struct order *order = orders_at(&engine->orders, engine->portfolio.provisional[i]);
        /* What an external one filled is as new as the report of it, however old the order. */
        if (order->actor != ACTOR_EXTERNAL && order->created_wall_ns < since_ns)
            since_ns = order->created_wall_ns;
    }
    return since_ns;
}

static void send_list(struct engine *engine, enum list_kind kind)
{
    struct list_state *list = &engine->lists[kind];
    struct command_list *c = &out_command(engine, COMMAND_LIST)->list;
    int64_t since_ns = 0;
    if (kind == LIST_ORDERS)
        since_ns = orders_since_ns(engine) - LIST_OVERLAP_NS;
    else if (kind == LIST_FILLS)
        since_ns = fills_since_ns(engine) - LIST_OVERLAP_NS;
    list->wanted = false;
    list->outstanding = true;
    list->request = ++engine->next_request;
    list->fills = engine->counters.fills;
    list->sent_ns = engine->now.mono_ns;
    list->not_before_ns = engine->now.mono_ns + LIST_GAP_NS;
    c->kind = kind;
    c->request = list->request;
    c->since_wall_ns = since_ns > 0 ? since_ns : 0;
    if (kind == LIST_POSITIONS) {
        memset(engine->cycle.coming, 0, sizeof engine->cycle.coming);
        memset(engine->cycle.coming_average, 0, sizeof engine->cycle.coming_average);
    }
    if (kind == LIST_BALANCE)
        balance_begin(engine);
    engine->counters.lists++;
    engine_due(engine, list->sent_ns + LIST_TIMEOUT_NS);
}

static void enter(struct engine *engine, enum cycle_phase phase)
{
    static const enum list_kind KINDS[] = {[CYCLE_ORDERS] = LIST_ORDERS,
                                           [CYCLE_FILLS] = LIST_FILLS,
                                           [CYCLE_POSITIONS] = LIST_POSITIONS,
                                           [CYCLE_BALANCE] = LIST_BALANCE};
    engine->cycle.phase = phase;
    engine->cycle.first_request = engine->next_request + 1;
    reconcile_want(engine, KINDS[phase]);
}

void reconcile_begin(struct engine *engine)
{
    engine->cycle.again = false;
    engine->cycle.began_ns = engine->now.mono_ns;
    if (!engine->balances.known) /* nothing opens without it: not after three other lists */
        reconcile_want(engine, LIST_BALANCE);
    enter(engine, CYCLE_ORDERS);
}

static void end_cycle(struct engine *engine)
{
    engine->cycle.phase = CYCLE_IDLE;
    if (engine->cycle.again)
        reconcile_begin(engine);
}

/* A whole list has ended, and so many things it may soon show are still waited for. What an UNKNOWN
 * that waits for the operator keeps back may wait for days. */
static void ask_again(struct engine *engine, enum list_kind kind, uint32_t waiting)
{
    struct list_state *list = &engine->lists[kind];
    int64_t after_ns = reconcile_poll_ns(engine, kind);
    if (waiting != list->waiting)
        list->waits = 0;
    list->waiting = waiting;
    if (waiting == 0)
        return;
    if (list->waits < LIST_WAITS_MAX || after_ns < LIST_RETRY_NS)
        after_ns = LIST_RETRY_NS;
    list->waits++;
    ask_later(engine, kind, after_ns);
}

/* ---- orders that a whole list did not have */

/* True: two whole lists, late enough and far enough apart, lacked an order without a word. One that
 * has an id of the venue was there: a list without it is wrong, and what it may fill counts on. */
static bool is_never_there(const struct engine *engine, struct order *order)
{
    const struct list_state *list = &engine->lists[LIST_ORDERS];
    int64_t since_ns = order->unknown_ns > order->created_mono_ns ? order->unknown_ns
                                                                  : order->created_mono_ns;
    if (order->venue_id.text[0] || order->filled.e9 > 0 || order->parked ||
        list->sent_ns < since_ns + resend_bound_ns(engine))
        return false;
    if (order->missed_ns == 0) {
        order->missed_ns = list->sent_ns;
        return false;
    }
    return list->sent_ns >= order->missed_ns + LOOKS_APART_NS;
}

/* A list should have had it by now. Once missed, a new cancel of it is given longer: the two would
 * chase each other otherwise. */
static bool is_overdue(const struct list_state *list, const struct order *order)
{
    if (order->state != ORDER_OPEN && order->state != ORDER_CANCEL_SENT)
        return false;
    if (order->missed && order->state == ORDER_CANCEL_SENT)
        return list->sent_ns >= order->cancel_sent_ns + LOOKS_APART_NS;
    return list->sent_ns >= order->created_mono_ns + VISIBLE_AFTER_NS;
}

static void look_for(struct engine *engine, struct order *order)
{
    const struct list_state *list = &engine->lists[LIST_ORDERS];
    if (is_overdue(list, order)) {
        reconcile_tell(engine, order->product, order_remaining(order), (struct size){0},
                       "an order it had shown is in no list: unknown until it says how it ended");
        out_alert(engine, "the venue no longer lists an order it had shown: ",
                  order->venue_id.text, ", counted until it says how it ended", NULL);
        venue_move(engine, order, STIMULUS_MISSING, "missing from a whole list of orders");
        reconcile_want(engine, LIST_ORDERS);
    } else if (order->state == ORDER_SENT &&
               list->sent_ns >= order->created_mono_ns + REPLY_LOST_NS) {
        venue_move(engine, order, STIMULUS_MISSING, "no reply came, and no list shows it");
    } else if (order->state == ORDER_UNKNOWN && is_never_there(engine, order)) {
        resend_or_drop(engine, order);
    }
    order->missed = order->missed || list->sent_ns >= order->created_mono_ns + VISIBLE_AFTER_NS;
}

static void end_orders(struct engine *engine, uint64_t request)
{
    for (uint32_t i = 0; i < engine->orders.high; i++) {
        struct order *order = orders_at(&engine->orders, i);
        if (!order_is_live(order->state))
            continue;
        if (order->listed != request) {
            look_for(engine, order);
            continue;
        }
        order->missed_ns = 0;
        order->missed = false;
    }
    parked_look(engine, request);
    if (!engine->lists[LIST_FILLS].outstanding)
        fills_flush(engine);
    ask_again(engine, LIST_ORDERS, engine->stage_count);
}

/* ---- positions compared */

/* The account's position as all known fills make it. */
static struct size our_size(const struct engine *engine, product_index product)
{
    return engine->portfolio.shown_account[product].size;
}

void reconcile_on_position(struct engine *engine, const struct event_position *event)
{
    struct cycle *cycle = &engine->cycle;
    if (!engine->lists[LIST_POSITIONS].outstanding)
        return;
    if (event->product < engine->settings.catalog.count) {
        cycle->coming[event->product] = event->size;
        cycle->coming_average[event->product] = event->average_price;
        market_compare_mark(engine, event->product, event->mark);
    } else if (!cycle->foreign_told && event->size.e9 != 0) {
        cycle->foreign_told = true;
        out_alert(engine, "the account holds a position in a product that is not configured",
                  NULL, NULL, NULL);
    }
}

void reconcile_tell(struct engine *engine, product_index product, struct size ours,
                    struct size venue, const char *done)
{
    struct record_reconcile *r = &out_record(engine, RECORD_RECONCILE)->reconcile;
    struct difference_row *row =
        &engine->differences[engine->difference_count++ % DIFFERENCES_KEPT];
    r->product = product;
    r->ours = ours;
    r->venue = venue;
    text_copy(r->text, sizeof r->text, done, strlen(done));
    *row = (struct difference_row){engine->now.wall_ns, product, ours, venue, ""};
    memcpy(row->text, r->text, sizeof row->text);
}

static void record_agreement(struct engine *engine)
{
    static const char TEXT[] = "orders, fills and positions agree";
    struct record_reconcile *r = &out_record(engine, RECORD_RECONCILE)->reconcile;
    r->agreed = true;
    r->product = NO_PRODUCT;
    text_copy(r->text, sizeof r->text, TEXT, sizeof TEXT - 1);
}

static void settle_mismatch(struct engine *engine, product_index product)
{
    struct record_latch latch;
    char ours[DECIMAL_TEXT_MAX], venue[DECIMAL_TEXT_MAX], text[REASON_MAX];
    const char *name = engine->settings.catalog.items[product].product_id;
    size_format(our_size(engine, product), ours);
    size_format(engine->cycle.venue[product], venue);
    out_join(text, sizeof text, "our books say ", ours, ", the venue ", venue);
    engine->cycle.settled[product] = true;
    engine->counters.mismatches++;
    reconcile_tell(engine, product, our_size(engine, product), engine->cycle.venue[product],
                   "position differs twice: reducing only, until accepted or gone");
    out_alert(engine, name, ": ", text, ": reducing only; see accept and resume");
    if (guard_tighten(&engine->guard, LATCH_PRODUCT, product, TRADING_REDUCING, false, text,
                      &latch))
        out_latch(engine, &latch);
}

static __int128 difference_e9(const struct engine *engine, product_index product)
{
    return (__int128)engine->cycle.venue[product].e9 - our_size(engine, product).e9;
}

/* Whether this product needs no further look. */
static bool compare(struct engine *engine, product_index product)
{
    struct cycle *cycle = &engine->cycle;
    const struct product *p = &engine->products[product];
    __int128 difference = difference_e9(engine, product);
    if (difference == 0) {
        cycle->differs[product] = cycle->settled[product] = false;
        return true;
    }
    bool same = cycle->differs[product] && difference == cycle->difference_e9[product] &&
                p->fills == cycle->fills[product];
    /* Resumed without a word on the difference: it is news again. */
    bool latched = engine->guard.products[product].state != TRADING_ACTIVE;
    bool known = same && latched && cycle->settled[product];
    cycle->differs[product] = true;
    cycle->difference_e9[product] = difference;
    cycle->fills[product] = p->fills;
    if (same && !known)
        settle_mismatch(engine, product);
    return same;
}

struct size reconcile_apart(const struct engine *engine, product_index product)
{
    const struct cycle *cycle = &engine->cycle;
    __int128 apart = cycle->settled[product] ? cycle->difference_e9[product] : 0;
    if (apart > INT64_MAX || apart < -INT64_MAX) /* more than anything could reduce */
        apart = apart > 0 ? INT64_MAX : -INT64_MAX;
    return (struct size){(int64_t)apart};
}

/* ---- operators who wait for the outcome */

void reconcile_ask(struct engine *engine, uint64_t token)
{
    struct cycle *cycle = &engine->cycle;
    reconcile_begin(engine);
    if (cycle->ask_count == RECONCILE_ASKS) {
        out_reply(engine, token, false, "too many wait for a comparison: try again");
        return;
    }
    cycle->asks[cycle->ask_count++] = (struct reconcile_ask){token, engine->now.mono_ns};
    engine_due(engine, engine->now.mono_ns + ASK_PATIENCE_NS);
}

static void answer_ask(struct engine *engine, uint32_t index, bool agreed, const char *text)
{
    struct cycle *cycle = &engine->cycle;
    out_reply(engine, cycle->asks[index].token, agreed, text);
    cycle->asks[index] = cycle->asks[--cycle->ask_count];
}

/* As many of the products that differ as the reply has room for; all of them are in its result. */
static void describe(const struct engine *engine, char *text, size_t capacity)
{
    const struct cycle *cycle = &engine->cycle;
    char ours[DECIMAL_TEXT_MAX], venue[DECIMAL_TEXT_MAX];
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        size_t used = strlen(text);
        if (!cycle->differs[i])
            continue;
        size_format((struct size){(int64_t)(cycle->venue[i].e9 - cycle->difference_e9[i])}, ours);
        size_format(cycle->venue[i], venue);
        out_join(text + used, capacity - used, used ? "; " : "",
                 engine->settings.catalog.items[i].product_id, ": ours ", ours);
        used = strlen(text);
        out_join(text + used, capacity - used, ", venue ", venue, NULL, NULL);
    }
}

/* Each question began a comparison anew: none that is older answers it. */
static void answer_asks(struct engine *engine, bool agreed)
{
    struct cycle *cycle = &engine->cycle;
    char text[160] = "";
    if (agreed)
        out_join(text, sizeof text, "agreed: orders, fills and positions are as the venue's", NULL,
                 NULL, NULL);
    else
        describe(engine, text, sizeof text);
    while (cycle->ask_count > 0)
        answer_ask(engine, 0, agreed, text);
}

static const char *const PHASE_WORDS[] = {"nothing", "orders", "fills", "positions", "the balance"};

/* Its own tries are spent when a list fails: who waits is told now, the cycle goes on. */
static void answer_failed(struct engine *engine)
{
    char text[160];
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, "not compared: the venue did not give its list of ",
             PHASE_WORDS[engine->cycle.phase],
             "; it is asked again by itself, see status for the link's last error", NULL);
    while (engine->cycle.ask_count > 0)
        answer_ask(engine, 0, false, text);
}

static void due_asks(struct engine *engine)
{
    struct cycle *cycle = &engine->cycle;
    char text[160];
    memset(text, 0, sizeof text);
    out_join(text, sizeof text, "no comparison came to its end: still reading ",
             PHASE_WORDS[cycle->phase], "; see status for the link's last error", NULL);
    for (uint32_t i = cycle->ask_count; i-- > 0;)
        if (engine->now.mono_ns - cycle->asks[i].since_ns >= ASK_PATIENCE_NS)
            answer_ask(engine, i, false, text);
        else
            engine_due(engine, cycle->asks[i].since_ns + ASK_PATIENCE_NS);
}

/* ---- positions have been read to their end */

/* A look of the cadence alone: it finds, and a cycle from the top then judges. */
static void glance_positions(struct engine *engine, bool settled)
{
    if (!settled)
        reconcile_begin(engine);
    else if (engine->reconciled)
        engine->reconciled_ns = engine->now.mono_ns;
}

static void end_positions(struct engine *engine, bool in_cycle)
{
    bool settled = true, agreed = true;
    memcpy(engine->cycle.venue, engine->cycle.coming, sizeof engine->cycle.venue);
    memcpy(engine->cycle.venue_average, engine->cycle.coming_average,
           sizeof engine->cycle.venue_average);
    for (product_index i = 0; i < engine->settings.catalog.count; i++) {
        settled = compare(engine, i) && settled;
        agreed = agreed && !engine->cycle.differs[i];
    }
    if (settled)
        stage_on_compared(engine);
    if (!in_cycle) {
        glance_positions(engine, settled);
        return;
    }
    engine->cycle.again = !settled;
    if (!settled)
        return;
    if (agreed && !engine->cycle.recorded)
        record_agreement(engine);
    engine->cycle.recorded = agreed;
    engine->cycle.agreed_once = engine->cycle.agreed_once || agreed;
    answer_asks(engine, agreed);
    engine->counters.reconciles++;
    engine->reconciled = engine->user_up && engine->cycle.agreed_once;
    if (engine->reconciled)
        watch_reconciled(engine);
    engine->reconciled_ns = engine->now.mono_ns;
}

/* ---- a list has ended */

static enum cycle_phase phase_of(enum list_kind kind)
{
    static const enum cycle_phase PHASES[] = {[LIST_ORDERS] = CYCLE_ORDERS,
                                              [LIST_FILLS] = CYCLE_FILLS,
                                              [LIST_POSITIONS] = CYCLE_POSITIONS,
                                              [LIST_BALANCE] = CYCLE_BALANCE};
    return PHASES[kind];
}

static void advance(struct engine *engine, enum list_kind kind, uint64_t request)
{
    struct cycle *cycle = &engine->cycle;
    if (cycle->phase != phase_of(kind) || request < cycle->first_request)
        return;
    if (kind == LIST_ORDERS)
        enter(engine, CYCLE_FILLS);
    else if (kind == LIST_FILLS)
        enter(engine, CYCLE_POSITIONS);
    else if (kind == LIST_POSITIONS && !cycle->again)
        enter(engine, CYCLE_BALANCE);
    else
        end_cycle(engine);
}

static void fail_list(struct engine *engine, enum list_kind kind)
{
    struct list_state *list = &engine->lists[kind];
    uint32_t doublings = list->failures < 8 ? list->failures : 8;
    int64_t after_ns = FAILED_FIRST_NS << doublings;
    list->outstanding = false;
    list->failures++;
    ask_later(engine, kind, after_ns < FAILED_MOST_NS ? after_ns : FAILED_MOST_NS);
    if (engine->cycle.phase == phase_of(kind))
        answer_failed(engine);
}

/* A whole list of its kind has come to its end; when its cadence asks for the next. */
static void end_list(struct engine *engine, enum list_kind kind)
{
    struct list_state *list = &engine->lists[kind];
    int64_t poll_ns = reconcile_poll_ns(engine, kind);
    list->failures = 0;
    list->whole_sent_ns = list->sent_ns;
    list->poll_ns = poll_ns > 0 ? engine->now.mono_ns + poll_ns : INT64_MAX;
    engine_due(engine, list->poll_ns);
}

/* A fill can be told by the user channel before the list of fills shows it. */
static void end_fills(struct engine *engine)
{
    int64_t sent_ns = engine->lists[LIST_FILLS].sent_ns;
    fills_list_whole(engine, engine->now.wall_ns - (engine->now.mono_ns - sent_ns));
    fills_settle_external(engine, sent_ns - VISIBLE_AFTER_NS);
    ask_again(engine, LIST_FILLS, engine->portfolio.provisional_count);
}

void reconcile_on_list_end(struct engine *engine, const struct event_list_end *event)
{
    if ((unsigned)event->kind >= LIST_KIND_COUNT)
        return;
    struct list_state *list = &engine->lists[event->kind];
    if (!list->outstanding || list->request != event->request)
        return;
    list->outstanding = false;
    /* Items of a list that broke off are facts as well; only what it lacked proves nothing. */
    if (event->kind == LIST_FILLS)
        fills_flush(engine);
    if (!event->complete) {
        fail_list(engine, event->kind);
        return;
    }
    end_list(engine, event->kind);
    if (event->kind == LIST_ORDERS)
        end_orders(engine, event->request);
    else if (event->kind == LIST_FILLS)
        end_fills(engine);
    else if (event->kind == LIST_POSITIONS && engine->cycle.phase == CYCLE_POSITIONS &&
             event->request >= engine->cycle.first_request)
        end_positions(engine, true);
    else if (event->kind == LIST_POSITIONS && engine->cycle.phase == CYCLE_IDLE)
        end_positions(engine, false);
    else if (event->kind == LIST_BALANCE && !balance_end(engine)) {
        ask_later(engine, LIST_BALANCE, LIST_GAP_NS);
        return;
    }
    advance(engine, event->kind, event->request);
}

/* ---- what falls due */

/* The drop copy: each kind of list at its own cadence, counted from the end of the last. */
static void due_poll(struct engine *engine, enum list_kind kind)
{
    struct list_state *list = &engine->lists[kind];
    if (list->poll_ns == 0 || list->outstanding || list->wanted)
        return;
    if (engine->now.mono_ns >= list->poll_ns)
        list->wanted = true;
    else
        engine_due(engine, list->poll_ns);
}

static void due_list(struct engine *engine, enum list_kind kind)
{
    struct list_state *list = &engine->lists[kind];
    int64_t now_ns = engine->now.mono_ns;
    if (list->outstanding && now_ns - list->sent_ns >= LIST_TIMEOUT_NS)
        fail_list(engine, kind);
    if (list->outstanding) {
        engine_due(engine, list->sent_ns + LIST_TIMEOUT_NS);
    } else if (list->wanted) {
        if (now_ns >= list->not_before_ns)
            send_list(engine, kind);
        else
            engine_due(engine, list->not_before_ns);
    }
}

void reconcile_due(struct engine *engine)
{
    due_asks(engine);
    for (int i = 0; i < LIST_KIND_COUNT; i++) {
        due_poll(engine, (enum list_kind)i);
        due_list(engine, (enum list_kind)i);
    }
}

/* ---- the operator takes the venue's word */

static bool accept_one(struct engine *engine, product_index product)
{
    __int128 difference = difference_e9(engine, product);
    struct event_fill fill;
    struct price price = engine->cycle.venue_average[product];
    int64_t size_e9 = (int64_t)(difference < 0 ? -difference : difference);
    /* Our books moved since they were compared: what differs now is for the next list to tell. */
    if (!engine->cycle.differs[product] || difference != engine->cycle.difference_e9[product])
        return false;
    if (difference > INT64_MAX || difference < -INT64_MAX) /* no fill has such a size */
        return false;
    memset(&fill, 0, sizeof fill);
    fill.product = product;
    fill.side = difference > 0 ? SIDE_BUY : SIDE_SELL;
    fill.size.e9 = size_e9;
    fill.kind = FILL_OTHER;
    fill.venue_ns = engine->now.wall_ns;
    if (price.e9 <= 0)
        price = engine->products[product].mid;
    if (price.e9 <= 0)
        return false;
    fill.price = price;
    if (!fills_accept(engine, &fill))
        return false;
    engine->cycle.settled[product] = false;
    return true;
}

uint32_t reconcile_accept(struct engine *engine)
{
    uint32_t accepted = 0;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        accepted += accept_one(engine, i);
    if (accepted > 0)
        reconcile_begin(engine);
    return accepted;
}
