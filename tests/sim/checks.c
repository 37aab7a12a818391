/* What must hold after each event. Each check compares the host with what the auditor knows, or
 * with what was handed to it; none asks the engine for its opinion of itself. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "model/client_id.h"
#include "parts.h"
#include "sim/venue_sim_calendar.h"

/* The gate's own bound on a book's age, and the time after which a stream is silent. */
static const int64_t SLACK_NS = 2000000;

/* ---- what was handed to the host */

static bool is_fresh(const struct sim *sim, product_index product, int64_t slack_ns)
{
    const struct mirror *mirror = &sim->mirrors[product];
    int64_t book_ns = sim->now_ns - mirror->told_ns, heard_ns = sim->now_ns - sim->heard_ns;
    return sim->market_up && !sim->market_gap && mirror->taken &&
           book_ns <= sim->settings.product_limits[product].max_book_age_ns + slack_ns &&
           heard_ns <= sim->settings.stale_after_ns + slack_ns;
}

static void note_fresh(struct sim *sim)
{
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        sim->fresh |= (uint32_t)is_fresh(sim, i, SLACK_NS) << i;
}

static void set_level(struct mirror_side *side, const struct level *level)
{
    uint32_t at = 0;
    while (at < side->count && side->levels[at].price.e9 != level->price.e9)
        at++;
    if (at < side->count && level->size.e9 == 0) {
        side->levels[at] = side->levels[--side->count];
    } else if (level->size.e9 > 0) {
        CHECK(at < SIM_LEVELS);
        side->levels[at] = *level;
        side->count += at == side->count;
    }
}

static bool is_better(enum side side, struct price a, struct price b)
{
    return side == SIDE_BUY ? a.e9 > b.e9 : a.e9 < b.e9;
}

static bool mirror_mid(const struct mirror *mirror, struct price *ret)
{
    struct price best[2] = {{0}, {0}};
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++)
        for (uint32_t i = 0; i < mirror->sides[side].count; i++)
            if (best[side].e9 == 0 ||
                is_better((enum side)side, mirror->sides[side].levels[i].price, best[side]))
                best[side] = mirror->sides[side].levels[i].price;
    ret->e9 = best[SIDE_BUY].e9 + (best[SIDE_SELL].e9 - best[SIDE_BUY].e9) / 2;
    return best[SIDE_BUY].e9 > 0 && best[SIDE_SELL].e9 > best[SIDE_BUY].e9;
}

bool checks_mid(const struct sim *sim, product_index product, int64_t slack_ns, struct price *ret)
{
    return sim->world.streams[STREAM_MARKET].up && is_fresh(sim, product, slack_ns) &&
           mirror_mid(&sim->mirrors[product], ret);
}

static void void_mirrors(struct sim *sim)
{
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        sim->mirrors[i].taken = false;
}

static void apply_book(struct sim *sim, const struct event_book *book)
{
    struct mirror *mirror = &sim->mirrors[book->product];
    if (!sim->market_up || sim->market_gap || sim->market_passing)
        return;
    if (!book->snapshot && !mirror->taken) { /* its snapshot is missing: nothing is believed then */
        sim->market_gap = true;
        void_mirrors(sim);
        return;
    }
    if (book->snapshot)
        mirror->sides[SIDE_BUY].count = mirror->sides[SIDE_SELL].count = 0;
    mirror->taken = true;
    mirror->told_ns = sim->now_ns;
    for (uint32_t i = 0; i < book->count; i++)
        set_level(&mirror->sides[book->levels[i].side], &book->levels[i]);
    struct price mid;
    if (mirror_mid(mirror, &mid)) {
        mirror->good = mid;
        mirror->good_ns = sim->now_ns;
    }
}

static void apply_frame(struct sim *sim, const struct event_frame *frame)
{
    if (frame->stream != STREAM_MARKET)
        return;
    if (sim->now_ns - sim->heard_ns > sim->settings.stale_after_ns + SLACK_NS) {
        sim->market_gap = true; /* it waited while the host stood still: no news */
        void_mirrors(sim);
    }
    sim->heard_ns = sim->now_ns;
    sim->market_passing = sim->market_counted && frame->sequence <= sim->market_sequence;
    if (sim->market_passing)
        return;
    if (sim->market_counted && frame->sequence != sim->market_sequence + 1) {
        sim->market_gap = true;
        void_mirrors(sim);
    }
    sim->market_counted = true;
    sim->market_sequence = frame->sequence;
}

static void apply_link(struct sim *sim, const struct event_link *link)
{
    if (link->stream != STREAM_MARKET)
        return;
    sim->market_up = link->up;
    sim->market_gap = sim->market_counted = sim->market_passing = false;
    sim->heard_ns = sim->now_ns;
    void_mirrors(sim);
}

static void apply_runner(struct sim *sim, const struct event_runner *runner)
{
    bool ready = runner->state == RUNNER_READY || runner->state == RUNNER_REPLACED;
    if (ready && runner->runner < SIM_STRATEGIES)
        sim->generations[runner->runner] = runner->generation;
}

static void apply_mode(struct sim *sim, const struct event_instrument *told)
{
    uint32_t bit = 1u << told->product;
    sim->cancel_only = told->spec.cancel_only ? sim->cancel_only | bit : sim->cancel_only & ~bit;
}

void checks_hand(struct sim *sim, const struct event *event)
{
    if (event->kind == EVENT_FRAME)
        apply_frame(sim, &event->frame);
    else if (event->kind == EVENT_LINK)
        apply_link(sim, &event->link);
    else if (event->kind == EVENT_BOOK)
        apply_book(sim, &event->book);
    else if (event->kind == EVENT_RUNNER)
        apply_runner(sim, &event->runner);
    else if (event->kind == EVENT_INSTRUMENT)
        apply_mode(sim, &event->instrument);
    else if (event->kind == EVENT_PLACE_REPLY)
        sim_note(sim, "venue > host  reply %s %.8s",
                 event->place_reply.outcome == OUTCOME_ACCEPTED  ? "accepted"
                 : event->place_reply.outcome == OUTCOME_REFUSED ? "refused"
                 : event->place_reply.outcome == OUTCOME_UNKNOWN ? "unknown"
                                                                 : "not sent",
                 event->place_reply.venue_id.text);
    else if (event->kind == EVENT_LIST_END)
        sim_note(sim, "venue > host  list %d ends%s", (int)event->list_end.kind,
                 event->list_end.complete ? "" : ", broken off");
    note_fresh(sim);
}

static struct size held(const struct sim *sim, product_index product)
{
    struct product_row row;
    return snapshot_product(sim->engine, product, &row) ? row.position : (struct size){0};
}

void checks_turn(struct sim *sim)
{
    sim->fresh = 0;
    sim->cancel_only_before = sim->cancel_only;
    memcpy(sim->generations_before, sim->generations, sizeof sim->generations);
    note_fresh(sim);
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        sim->mirrors[i].held_before = held(sim, i);
}

/* ---- what scripts are shown */

static bool shows(const struct mirror_side *told, enum side side, const struct view_level *shown,
                  uint8_t count)
{
    for (uint8_t i = 0; i < count; i++) {
        uint32_t better = 0;
        bool there = false;
        for (uint32_t k = 0; k < told->count; k++) {
            better += is_better(side, told->levels[k].price, shown[i].price);
            there = there || (told->levels[k].price.e9 == shown[i].price.e9 &&
                              told->levels[k].size.e9 == shown[i].size.e9);
        }
        if (!there || better != i)
            return false;
    }
    return count == (told->count < VIEW_LEVELS ? told->count : VIEW_LEVELS);
}

void checks_view(struct sim *sim, const struct view *view)
{
    const struct mirror *mirror = &sim->mirrors[view->product];
    if (view->stale)
        return;
    if (!mirror->taken || sim->market_gap ||
        !shows(&mirror->sides[SIDE_BUY], SIDE_BUY, view->bids, view->bid_count) ||
        !shows(&mirror->sides[SIDE_SELL], SIDE_SELL, view->asks, view->ask_count))
        sim_break(sim, BROKEN_BOOK, "%s: not the book that the frames make",
                  sim->settings.catalog.items[view->product].product_id);
}

/* ---- what is journaled */

static struct told_order *told_of(struct sim *sim, struct client_id id, uint32_t *ret_at)
{
    char text[CLIENT_ID_TEXT];
    client_id_format(id, text);
    *ret_at = auditor_order(sim->auditor, text);
    if (*ret_at >= sim->told_capacity) {
        uint32_t capacity = sim->auditor->order_capacity;
        sim->told = realloc(sim->told, capacity * sizeof sim->told[0]);
        CHECK(sim->told);
        memset(sim->told + sim->told_capacity, 0,
               (capacity - sim->told_capacity) * sizeof sim->told[0]);
        sim->told_capacity = capacity;
    }
    return &sim->told[*ret_at];
}

/* Where a ref is, or would be, in the open-addressed set; two words an entry. */
static uint64_t *ref_slot(uint64_t *refs, uint32_t capacity, uint64_t key)
{
    uint32_t at = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 40) & (capacity - 1);
    while (refs[2 * at] != 0 && refs[2 * at] != key)
        at = (at + 1) & (capacity - 1);
    return &refs[2 * at];
}

static void grow_refs(struct sim *sim)
{
    uint32_t capacity = sim->ref_capacity ? 2 * sim->ref_capacity : 4096;
    uint64_t *refs = calloc(2 * (size_t)capacity, sizeof *refs);
    CHECK(refs);
    for (uint32_t i = 0; i < sim->ref_capacity; i++)
        if (sim->refs[2 * i] != 0)
            memcpy(ref_slot(refs, capacity, sim->refs[2 * i]), &sim->refs[2 * i], 16);
    free(sim->refs);
    sim->refs = refs;
    sim->ref_capacity = capacity;
}

static void check_ref(struct sim *sim, actor_index actor, order_ref ref, uint32_t order)
{
    uint64_t key = ref ^ (uint64_t)(actor + 1) << 56;
    if (2 * sim->ref_count >= sim->ref_capacity)
        grow_refs(sim);
    uint64_t *slot = ref_slot(sim->refs, sim->ref_capacity, key);
    if (slot[0] == key && slot[1] != order + 1u)
        sim_break(sim, BROKEN_TWICE, "strategy %d's %llx became a second order", actor,
                  (unsigned long long)ref);
    sim->ref_count += slot[0] == 0;
    slot[0] = key;
    slot[1] = order + 1u;
}

/* Law 4: with no book to be trusted what takes and can only reduce leaves all the same, priced
 * inside the collar of the last mid that could be, while that is young enough. */
static bool is_blind_exit(const struct sim *sim, const struct record_order *r)
{
    const struct product_limits *limits = &sim->settings.product_limits[r->product];
    const struct mirror *mirror = &sim->mirrors[r->product];
    int64_t before = mirror->held_before.e9, now = held(sim, r->product).e9;
    int64_t most = r->side == SIDE_SELL ? (before > now ? before : now)
                                        : -(before < now ? before : now);
    __int128 off = (__int128)r->price.e9 - mirror->good.e9;
    return r->type == ORDER_TYPE_LIMIT && r->tif == TIF_IOC && r->size.e9 <= most &&
           sim->now_ns - mirror->good_ns <= limits->max_exit_price_age_ns + SLACK_NS &&
           (off < 0 ? -off : off) * DECIMAL_ONE <=
               (__int128)mirror->good.e9 * limits->price_collar.e9;
}

/* Had it been of the side that takes, at no time of this turn was there anything to take. */
static bool is_opening(const struct sim *sim, const struct record_order *r)
{
    int64_t before = sim->mirrors[r->product].held_before.e9, now = held(sim, r->product).e9;
    return r->side == SIDE_SELL ? before <= 0 && now <= 0 : before >= 0 && now >= 0;
}

/* Its first record: the moment it was approved. */
static void check_born(struct sim *sim, const struct record_order *r, uint32_t order)
{
    product_index product = r->product;
    if (r->ref != 0) {
        check_ref(sim, r->actor, r->ref, order);
        if (r->actor < SIM_STRATEGIES && r->ref >> 32 < sim->generations_before[r->actor])
            sim_break(sim, BROKEN_GENERATION, "strategy %d is at generation %u, not %u", r->actor,
                      sim->generations[r->actor], (unsigned)(r->ref >> 32));
    }
    if (sim->cancel_only & sim->cancel_only_before & 1u << product)
        sim_break(sim, BROKEN_MODE, "%s", r->product_id);
    if (!(sim->fresh >> product & 1) && !is_blind_exit(sim, r))
        sim_break(sim, BROKEN_STALE, "%s: up %d, gap %d, book %lld ms, mid %lld ms old; %s %lld at"
                  " %lld, mid %lld, held %lld, %lld", r->product_id, sim->market_up,
                  sim->market_gap,
                  (long long)(sim->now_ns - sim->mirrors[product].told_ns) / 1000000,
                  (long long)(sim->now_ns - sim->mirrors[product].good_ns) / 1000000,
                  side_text(r->side), (long long)r->size.e9, (long long)r->price.e9,
                  (long long)sim->mirrors[product].good.e9,
                  (long long)sim->mirrors[product].held_before.e9,
                  (long long)held(sim, product).e9);
}

static bool is_over(enum order_state state)
{
    return state > ORDER_CANCEL_SENT;
}

static void check_order(struct sim *sim, const struct record_order *r, uint32_t at)
{
    uint32_t number;
    if (r->actor == ACTOR_EXTERNAL || client_id_owner(r->id) != sim->settings.owner_tag)
        return;
    struct told_order *told = told_of(sim, r->id, &number);
    if (sim->options.trace) {
        char id[CLIENT_ID_TEXT];
        client_id_format(r->id, id);
        sim_note(sim, "journal       order %.8s is %s, filled %lld of %lld%s%s", id + 28,
                 order_state_text(r->state), (long long)r->filled.e9, (long long)r->size.e9,
                 r->reason[0] ? ": " : "", r->reason);
    }
    if (!told->recorded) {
        *told = (struct told_order){.record = at, .ref = r->ref, .actor = r->actor,
                                    .recorded = true, .price = r->price,
                                    .opening = is_opening(sim, r)};
        check_born(sim, r, number);
    }
    told->state = r->state;
    if (is_over(r->state) && auditor_can_fill(sim->auditor, number))
        sim_break(sim, BROKEN_ENDED, "order %s is %s in the books (%s)",
                  sim->auditor->orders[number].client_id, order_state_text(r->state), r->reason);
}

static void check_fill(struct sim *sim, const struct record_fill *r)
{
    const struct event_fill *f = &r->fill;
    struct size base;
    sim_note(sim, "journal       %s%s %s %lld at %lld of order %.8s, trade %.8s",
             r->provisional ? "provisional " : "", f->kind == FILL_REVERSAL ? "reversal" : "fill",
             side_text(f->side), (long long)f->size.e9, (long long)f->price.e9,
             f->venue_order_id.text, f->trade_id.text);
    if (r->provisional)
        return;
    if (f->kind == FILL_OTHER) {
        sim->accepted = true;
        return;
    }
    struct auditor_fill *truth = auditor_fill(sim->auditor, f->trade_id.text);
    if (!truth) {
        sim_break(sim, BROKEN_FILL_FALSE, "trade %s is not the venue's", f->trade_id.text);
        return;
    }
    CHECK(venue_product_base(&venue_products[truth->fill.product], truth->fill.size, &base));
    /* Nobody's once, it may be claimed when its order shows. */
    if (truth->booked && !(truth->nobodys && r->actor != ACTOR_EXTERNAL))
        sim_break(sim, BROKEN_FILL_TWICE, "trade %s", f->trade_id.text);
    truth->booked = true;
    truth->nobodys = r->actor == ACTOR_EXTERNAL;
    sim->fills++;
    if (base.e9 != f->size.e9 || truth->fill.price.e9 != f->price.e9 ||
        truth->fill.side != f->side || truth->fill.fee.e18 != f->fee.e18)
        sim_break(sim, BROKEN_FILL_FALSE, "trade %s was booked otherwise", f->trade_id.text);
}

/* Against the rate that the venue draws for that hour, its mark of now, and the sign of it all. */
static void check_funding(struct sim *sim, const struct record_funding *r)
{
    if (r->product == NO_PRODUCT || r->trade_id[0] || r->position.e9 == 0)
        return;
    int product = sim->world.config.products[r->product];
    int64_t hour = r->stamp_ns / 3600000000000;
    struct ratio rate = venue_calendar_funding(sim->world.config.seed, product, hour);
    struct price mark = venue_sim_mark(sim->world.venue, product);
    __int128 due = -(__int128)mark.e9 * r->position.e9 * rate.e9 / DECIMAL_ONE;
    __int128 off = due > r->payment.e18 ? due - r->payment.e18 : r->payment.e18 - due;
    __int128 most = due < 0 ? -due : due;
    if (off > most / 20 + DECIMAL_ONE)
        sim_break(sim, BROKEN_FUNDING, "a stamp of %s paid %lld, in 1e-9, the venue %lld",
                  r->product_id, (long long)(r->payment.e18 / DECIMAL_ONE),
                  (long long)(due / DECIMAL_ONE));
}

void checks_record(struct sim *sim, const struct record *record, uint32_t at)
{
    if (record->kind == RECORD_ORDER)
        check_order(sim, &record->order, at);
    else if (record->kind == RECORD_FILL)
        check_fill(sim, &record->fill);
    else if (record->kind == RECORD_PROTECT)
        promises_record(sim, &record->protect, false);
    else if (record->kind == RECORD_FUNDING)
        check_funding(sim, &record->funding);
    else if (record->kind == RECORD_LATCH)
        sim_note(sim, "journal       %s is %s: %s",
                 record->latch.name[0] ? record->latch.name : "the account",
                 trading_state_text(record->latch.state), record->latch.reason);
}

/* What the lost records named is forgotten: it never left, and its names are free again. */
static void forget_orders(struct sim *sim)
{
    memset(sim->refs, 0, 16 * (size_t)sim->ref_capacity);
    sim->ref_count = 0;
    for (uint32_t i = 0; i < sim->told_capacity; i++) {
        struct told_order *told = &sim->told[i];
        if (told->recorded && told->record >= sim->journal.count) {
            told->recorded = false;
            if (sim->auditor->orders[i].left)
                sim_break(sim, BROKEN_DURABLE, "order %s left, and its record is lost",
                          sim->auditor->orders[i].client_id);
        } else if (told->recorded && told->ref != 0) {
            check_ref(sim, told->actor, told->ref, i);
        }
    }
}

/* Of the last life's records some are gone; what was booked by them may be booked again. */
void checks_restart(struct sim *sim)
{
    auditor_forget_bookings(sim->auditor);
    promises_restart(sim);
    if (sim->ref_capacity > 0)
        forget_orders(sim);
    for (uint32_t i = 0; i < sim->journal.count; i++) {
        const struct record *record = &sim->journal.records[i];
        if (record->kind == RECORD_FILL && !record->fill.provisional) {
            struct auditor_fill *truth =
                auditor_fill(sim->auditor, record->fill.fill.trade_id.text);
            if (truth)
                truth->booked = true;
        }
    }
    sim->market_up = sim->market_gap = sim->market_counted = false;
    void_mirrors(sim);
    for (product_index i = 0; i < sim->settings.catalog.count; i++)
        sim->mirrors[i].good.e9 = 0;
}

/* ---- what leaves */

static bool is_halted(const struct sim *sim, actor_index actor, product_index product)
{
    struct account_row account;
    struct strategy_row strategy;
    struct product_row row;
    snapshot_account(sim->engine, &account);
    return account.state == TRADING_HALTED ||
           (snapshot_strategy(sim->engine, actor, &strategy) &&
            strategy.state == TRADING_HALTED) ||
           (snapshot_product(sim->engine, product, &row) && row.state == TRADING_HALTED);
}

/* An answer that says so, and a stop, are believed by whoever walks away then. */
void checks_none_left(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->auditor->order_count; i++)
        if (sim->auditor->orders[i].ours && auditor_can_fill(sim->auditor, i))
            sim_break(sim, BROKEN_LEFT, "order %s", sim->auditor->orders[i].client_id);
}

/* May that order, by its strategy's name for it, still fill? */
static bool may_fill(struct sim *sim, actor_index actor, order_ref ref)
{
    uint64_t key = ref ^ (uint64_t)(actor + 1) << 56;
    const uint64_t *slot = ref_slot(sim->refs, sim->ref_capacity, key);
    return ref != 0 && slot[0] == key && auditor_can_fill(sim->auditor, (uint32_t)slot[1] - 1);
}

/* Own orders that may fill and were decided no later than the one that leaves: how many, without
 * the operator's, which nothing counts; and worth what they were priced at, or more. */
struct working { uint32_t product, actor, account; __int128 product_e18, account_e18; };

static struct working working_of(const struct sim *sim, uint32_t leaving)
{
    const struct auditor_order *of = &sim->auditor->orders[leaving];
    struct working ret = {0};
    for (uint32_t i = 0; i < sim->auditor->order_count && i < sim->told_capacity; i++) {
        const struct auditor_order *order = &sim->auditor->orders[i];
        const struct told_order *told = &sim->told[i];
        struct money value;
        if (!order->ours || !told->recorded || told->record > sim->told[leaving].record ||
            !auditor_can_fill(sim->auditor, i))
            continue;
        CHECK(venue_product_value(&venue_products[order->product], told->price,
                                  (struct size){order->size.e9 - order->filled.e9}, &value));
        ret.account_e18 += value.e18;
        ret.product_e18 += order->product == of->product ? value.e18 : 0;
        if (told->actor == ACTOR_OPERATOR)
            continue;
        ret.account++;
        ret.product += order->product == of->product;
        ret.actor += told->actor == sim->told[leaving].actor;
    }
    return ret;
}

/* It has just left, and counts. What reduces is not held back by what works is worth. */
void checks_left(struct sim *sim, const struct command_place *place)
{
    uint32_t number;
    const struct engine_settings *s = &sim->settings;
    const struct product_limits *limits = &s->product_limits[place->product];
    const struct told_order *told = told_of(sim, place->id, &number);
    const char *id = sim->auditor->orders[number].client_id;
    if (told->actor >= SIM_STRATEGIES)
        return;
    struct working now = working_of(sim, number);
    if (now.product > limits->max_working_orders || now.account > s->max_working_orders ||
        now.actor > s->strategies[told->actor].max_working_orders)
        sim_break(sim, BROKEN_LIMIT, "order %s is one of %u in its product, %u of strategy %d, %u",
                  id, now.product, now.actor, told->actor, now.account);
    if (told->opening && (now.product_e18 > limits->max_working_value.e18 ||
                          now.account_e18 > s->max_working_value.e18))
        sim_break(sim, BROKEN_LIMIT, "order %s: %lld dollars work in its product, %lld in all", id,
                  (long long)(now.product_e18 / DECIMAL_ONE / DECIMAL_ONE),
                  (long long)(now.account_e18 / DECIMAL_ONE / DECIMAL_ONE));
}

void checks_place(struct sim *sim, const struct command_place *place,
                  const struct venue_request *request)
{
    uint32_t number;
    struct told_order *told = told_of(sim, place->id, &number);
    if (strcmp(sim->auditor->orders[number].client_id, request->client_id) != 0)
        sim_break(sim, BROKEN_WIRE, "order %s left as %s",
                  sim->auditor->orders[number].client_id, request->client_id);
    else if (!told->recorded || told->record >= sim->journal.durable)
        sim_break(sim, BROKEN_DURABLE, "order %s", request->client_id);
    else if (told->ref != 0 && is_halted(sim, told->actor, place->product))
        sim_break(sim, BROKEN_HALTED, "order %s of strategy %d", request->client_id, told->actor);
    else if (auditor_can_fill(sim->auditor, number))
        sim_break(sim, BROKEN_TWICE, "order %s left again while the first may fill",
                  request->client_id);
    else if (told->actor < SIM_STRATEGIES && told->ref != 0 &&
             may_fill(sim, told->actor, promises_amended(sim, told->actor, told->ref)))
        sim_break(sim, BROKEN_AMEND, "order %s", request->client_id);
}

/* No limit is passed by our own doing, whatever fills first. Strangers move the account too: what
 * they traded widens what can be asked of us, twice while its report and fill are taken for two. */
void checks_world(struct sim *sim)
{
    for (product_index i = 0; i < sim->settings.catalog.count; i++) {
        int product = sim->world.config.products[i];
        const struct auditor_product *truth = &sim->auditor->products[product];
        struct size limit = sim->settings.product_limits[i].max_position, worst;
        CHECK(venue_product_base(&venue_products[product],
                                 (struct size){auditor_worst(sim->auditor, product).e9 -
                                               truth->strange.e9}, &worst));
        if (worst.e9 > limit.e9)
            sim_break(sim, BROKEN_LIMIT, "%s: own position %lld, buys %lld, sells %lld",
                      venue_products[product].id, (long long)truth->own.e9,
                      (long long)truth->buy.e9, (long long)truth->sell.e9);
    }
}
