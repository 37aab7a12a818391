/* Words of the simulated venue into words of the house: its own units become base coin here, as the
 * codec and the links do it for the real one. */
#include "lab/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/lab.h"
#include "model/client_id.h"

enum { TAPE_BYTES_MAX = 256 << 20, SHOWN_MAX = 4096 };

struct lab_sim {
    struct lab *lab;       /* borrowed */
    struct venue_sim *venue;
    struct tape *tape;
    int listed[MAX_PRODUCTS];                /* the lab's product -> the venue's */
    product_index product[VENUE_PRODUCTS];   /* and back; NO_PRODUCT: nobody watches */
    bool shown[MAX_PRODUCTS];
};

static struct size base_of(int listed, struct size units)
{
    struct size base;

    CHECK(venue_product_base(&venue_products[listed], units, &base));
    return base;
}

/* --- what the venue says --- */

static struct event_order_report report_of(const struct lab_sim *sim,
                                           const struct venue_order *order,
                                           enum report_source source)
{
    const struct venue_request *request = &order->request;
    struct event_order_report report = {
        .source = source, .product = sim->product[request->product], .side = request->side,
        .type = request->type, .tif = request->tif, .status = order->status,
        .size = source == REPORT_REST ? base_of(request->product, request->size) : (struct size){0},
        .filled = base_of(request->product, order->filled),
        .limit_price = request->limit, .fees = order->fees, .created_ns = order->created_ns,
    };

    report.has_client_id = client_id_parse(request->client_id, strlen(request->client_id),
                                           &report.client_id);
    text_copy(report.venue_id.text, VENUE_ID_MAX, order->id, strlen(order->id));
    if (!venue_status_final(order->status))
        report.leaves = base_of(request->product, venue_order_left(order));
    if (order->filled.e9 > 0)
        money_div_size(order->value, report.filled, ROUND_HALF_EVEN, &report.average_price);
    text_copy(report.reason, REASON_MAX, order->words, strlen(order->words));
    return report;
}

static void on_order(void *context, const struct venue_order *order)
{
    struct lab_sim *sim = context;
    struct event event = {.kind = EVENT_ORDER_REPORT};

    if (sim->product[order->request.product] == NO_PRODUCT)
        return;
    event.order = report_of(sim, order, REPORT_USER_UPDATE);
    lab_push(sim->lab, &event);
}

static void on_fill(void *context, const struct venue_fill *fill)
{
    (void)context; /* told by the list of fills, as on the real venue */
    (void)fill;
}

static void on_trade(void *context, int listed, const struct trade *trade)
{
    struct lab_sim *sim = context;
    struct trade ours = *trade;
    struct event event = {.kind = EVENT_TRADES,
                          .trades = {.product = sim->product[listed], .trades = &ours,
                                     .count = 1}};

    if (sim->product[listed] == NO_PRODUCT || !sim->shown[sim->product[listed]])
        return;
    ours.size = base_of(listed, trade->size);
    lab_push(sim->lab, &event);
}

static void on_reset(void *context, int listed)
{
    struct lab_sim *sim = context;

    if (sim->product[listed] != NO_PRODUCT)
        sim->shown[sim->product[listed]] = false;
}

/* --- books --- */

static void push_book(struct lab_sim *sim, product_index product, bool snapshot,
                      const struct level *levels, uint32_t count)
{
    struct event event = {.kind = EVENT_BOOK,
                          .book = {.product = product, .snapshot = snapshot,
                                   .venue_ns = sim->lab->now.wall_ns, .levels = levels,
                                   .count = count}};

    lab_push(sim->lab, &event);
}

static void push_recent(struct lab_sim *sim, product_index product)
{
    int listed = sim->listed[product];
    const struct venue_stats *stats = venue_sim_stats(sim->venue, listed);
    struct trade trades[VENUE_RECENT_TRADES];
    struct event event = {.kind = EVENT_TRADES,
                          .trades = {.product = product, .snapshot = true, .trades = trades,
                                     .count = stats->count}};

    for (uint32_t i = 0; i < stats->count; i++) {
        trades[i] = stats->recent[(stats->next + VENUE_RECENT_TRADES - stats->count + i) %
                                  VENUE_RECENT_TRADES];
        trades[i].size = base_of(listed, trades[i].size);
    }
    if (stats->count > 0)
        lab_push(sim->lab, &event);
}

void lab_sim_show(struct lab_sim *sim, product_index product)
{
    static struct level levels[SHOWN_MAX];
    struct venue_book *book = venue_sim_book(sim->venue, sim->listed[product]);
    struct level *changes;
    uint32_t count = 0;

    venue_book_take_changes(book, &changes);
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        uint32_t cursor = 0;
        while (count < SHOWN_MAX &&
               venue_book_walk_shown(book, (enum side)side, &cursor, &levels[count])) {
            levels[count].size = base_of(sim->listed[product], levels[count].size);
            levels[count++].side = (enum side)side;
        }
    }
    sim->shown[product] = true;
    push_book(sim, product, true, levels, count);
    push_recent(sim, product);
}

static void show_changes(struct lab_sim *sim, product_index product)
{
    struct venue_book *book = venue_sim_book(sim->venue, sim->listed[product]);
    struct level *levels;
    uint32_t count;

    if (!sim->shown[product]) {
        lab_sim_show(sim, product);
        return;
    }
    count = venue_book_take_changes(book, &levels);
    for (uint32_t i = 0; i < count; i++)
        levels[i].size = base_of(sim->listed[product], levels[i].size);
    if (count > 0)
        push_book(sim, product, false, levels, count);
}

void lab_sim_advance(struct lab_sim *sim)
{
    venue_sim_advance(sim->venue, sim->lab->now.wall_ns);
    for (product_index i = 0; i < sim->lab->config.settings.catalog.count; i++)
        if (sim->lab->up[STREAM_MARKET])
            show_changes(sim, i);
}

/* --- what the host asks --- */

static struct size units_of(const struct lab_sim *sim, product_index product, struct size base)
{
    struct size units;

    CHECK(instrument_venue_size(&sim->lab->config.settings.catalog.items[product], base, &units));
    return units;
}

static void place(struct lab_sim *sim, const struct command_place *command)
{
    struct order_row row;
    struct venue_request request;
    const struct venue_order *order = NULL;
    struct event event = {.kind = EVENT_PLACE_REPLY, .place_reply = {.client_id = command->id}};
    enum venue_refusal refusal;

    /* The sealed order is not opened here: the engine says what it holds. */
    CHECK(snapshot_find_order(sim->lab->engine, command->id, &row));
    memset(&request, 0, sizeof(request));
    client_id_format(row.id, request.client_id);
    request.product = sim->listed[row.product];
    request.side = row.side;
    request.type = row.type;
    request.tif = row.tif;
    request.size = units_of(sim, row.product, row.size);
    request.limit = row.price; /* a market order has none */
    request.stop = row.stop_price;
    request.stop_up = row.stop == STOP_UP;
    request.end_ns = row.expires_wall_ns;
    request.post_only = row.post_only;
    request.reduce_only = row.reduce_only &&
                          venue_products[request.product].profile == PROFILE_INTX;
    refusal = venue_sim_place(sim->venue, &request, &order);
    if (refusal == VENUE_ACCEPTED) {
        event.place_reply.outcome = OUTCOME_ACCEPTED;
        text_copy(event.place_reply.venue_id.text, VENUE_ID_MAX, order->id, strlen(order->id));
    } else {
        const char *words = venue_refusal_words(refusal);
        event.place_reply.outcome = OUTCOME_REFUSED;
        text_copy(event.place_reply.reason, REASON_MAX, words, strlen(words));
    }
    lab_push(sim->lab, &event);
}

static void cancel(struct lab_sim *sim, const struct command_cancel *command)
{
    const char *failure = venue_sim_cancel(sim->venue, command->venue_id.text);
    struct event event = {.kind = EVENT_CANCEL_REPLY,
                          .cancel_reply = {.client_id = command->id,
                                           .venue_id = command->venue_id,
                                           .outcome = failure ? OUTCOME_REFUSED
                                                              : OUTCOME_ACCEPTED}};

    if (failure)
        text_copy(event.cancel_reply.reason, REASON_MAX, failure, strlen(failure));
    lab_push(sim->lab, &event);
}

static void list_orders(struct lab_sim *sim, int64_t since_ns)
{
    for (uint32_t i = 0; i < venue_sim_order_count(sim->venue); i++) {
        const struct venue_order *order = venue_sim_order_at(sim->venue, i);
        struct event event = {.kind = EVENT_ORDER_REPORT};
        if (venue_status_final(order->status) && order->updated_ns < since_ns)
            continue;
        event.order = report_of(sim, order, REPORT_REST);
        lab_push(sim->lab, &event);
    }
}

static void list_fills(struct lab_sim *sim, int64_t since_ns)
{
    for (uint32_t i = 0; i < venue_sim_fill_count(sim->venue); i++) {
        const struct venue_fill *fill = venue_sim_fill_at(sim->venue, i);
        const char *order_id = venue_sim_order_at(sim->venue, fill->order)->id;
        struct event event = {.kind = EVENT_FILL,
                              .fill = {.product = sim->product[fill->product], .side = fill->side,
                                       .price = fill->price, .fee = fill->fee,
                                       .size = base_of(fill->product, fill->size),
                                       .liquidity = fill->liquidity, .venue_ns = fill->at_ns}};
        text_copy(event.fill.trade_id.text, VENUE_ID_MAX, fill->id, strlen(fill->id));
        text_copy(event.fill.venue_order_id.text, VENUE_ID_MAX, order_id, strlen(order_id));
        if (fill->at_ns >= since_ns)
            lab_push(sim->lab, &event);
    }
}

static void list_balance(struct lab_sim *sim, enum venue_profile profile)
{
    struct venue_margin margin;
    struct event event = {.kind = EVENT_BALANCE, .balance = {.profile = profile}};

    venue_sim_margin(sim->venue, profile, &margin);
    event.balance.equity = margin.equity;
    event.balance.available_margin = margin.available;
    event.balance.initial_margin = margin.required;
    lab_push(sim->lab, &event);
}

static void list(struct lab_sim *sim, const struct command_list *command)
{
    struct event end = {.kind = EVENT_LIST_END,
                        .list_end = {command->kind, command->request, true}};

    if (command->kind == LIST_ORDERS)
        list_orders(sim, command->since_wall_ns);
    else if (command->kind == LIST_FILLS)
        list_fills(sim, command->since_wall_ns);
    for (int i = PROFILE_CDE; command->kind == LIST_BALANCE && i <= PROFILE_INTX; i++)
        list_balance(sim, (enum venue_profile)i);
    for (product_index i = 0; command->kind == LIST_POSITIONS &&
                              i < sim->lab->config.settings.catalog.count; i++) {
        struct event event = {.kind = EVENT_POSITION,
                              .position = {.product = i, .size = lab_sim_position(sim, i)}};
        lab_push(sim->lab, &event);
    }
    lab_push(sim->lab, &end);
}

void lab_sim_command(struct lab_sim *sim, const struct command *command)
{
    if (command->kind == COMMAND_PLACE)
        place(sim, &command->place);
    else if (command->kind == COMMAND_CANCEL)
        cancel(sim, &command->cancel);
    else if (command->kind == COMMAND_LIST)
        list(sim, &command->list);
}

struct size lab_sim_position(const struct lab_sim *sim, product_index product)
{
    int listed = sim->listed[product];

    return base_of(listed, venue_sim_ledger(sim->venue)->positions[listed].units);
}

/* --- the beginning --- */

static struct tape *read_tape(const char *path, struct err *err)
{
    FILE *file = fopen(path, "rb");
    char *bytes = file ? malloc(TAPE_BYTES_MAX) : NULL;
    size_t length = bytes ? fread(bytes, 1, TAPE_BYTES_MAX, file) : 0;
    struct tape *tape = NULL;

    if (length == 0 || length == TAPE_BYTES_MAX)
        err_set(err, "tape %s cannot be read, or is larger than %d bytes", path, TAPE_BYTES_MAX);
    else
        tape = tape_create(bytes, length, err);
    free(bytes);
    if (file)
        fclose(file);
    return tape;
}

static void map_products(struct lab_sim *sim)
{
    const struct catalog *catalog = &sim->lab->config.settings.catalog;

    memset(sim->product, NO_PRODUCT, sizeof(sim->product));
    for (product_index i = 0; i < catalog->count; i++) {
        const char *id = catalog->items[i].product_id;
        sim->listed[i] = venue_product_find(id, strlen(id));
        CHECK(sim->listed[i] >= 0);
        sim->product[sim->listed[i]] = i;
    }
}

struct lab_sim *lab_sim_create(struct lab *lab, const struct lab_sim_config *config,
                               struct err *err)
{
    struct lab_sim *sim = calloc(1, sizeof(*sim));
    struct money cash = {(__int128)1000000 * DECIMAL_ONE * DECIMAL_ONE};

    CHECK(sim != NULL);
    sim->lab = lab;
    map_products(sim);
    if (config->tape && !(sim->tape = read_tape(config->tape, err))) {
        lab_sim_destroy(sim);
        return NULL;
    }
    struct venue_sim_config venue = {
        .seed = config->seed, .start_ns = lab->now.wall_ns, .tape = sim->tape,
        .speed = {DECIMAL_ONE}, .cash_usd = cash, .cash_usdc = cash,
        .fee_maker = config->fee_maker, .fee_taker = config->fee_taker,
        .accept_delay_ns = config->accept_delay_ns, .cancel_delay_ns = config->cancel_delay_ns,
        .session = SESSION_ALWAYS_OPEN,
    };
    struct venue_sink sink = {sim, on_order, on_fill, on_trade, on_reset};
    sim->venue = venue_sim_create(&venue, &sink, err);
    if (!sim->venue) {
        lab_sim_destroy(sim);
        return NULL;
    }
    return sim;
}

void lab_sim_destroy(struct lab_sim *sim)
{
    if (!sim)
        return;
    venue_sim_destroy(sim->venue);
    tape_destroy(sim->tape);
    free(sim);
}
