/* The venue that a journal tells of: what its host knew is what happened. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/fill_venue_private.h"

enum { NEWS = 64 }; /* how far back something is looked for that is most likely new */

static product_index find_product(const struct fill_venue *venue, const char *id)
{
    return catalog_find(&venue->config.catalog, id, strnlen(id, PRODUCT_ID_MAX));
}

/* The number at the end of an id, one past it kept as the next to be given out. */
static void pass_number(const struct venue_id *id, uint64_t *next)
{
    const char *dash = strrchr(id->text, '-');
    uint64_t number = dash ? strtoull(dash + 1, NULL, 10) : 0;
    if (dash && number >= *next)
        *next = number + 1;
}

static enum venue_status status_of(enum order_state state)
{
    switch (state) {
    case ORDER_FILLED: return VENUE_FILLED;
    case ORDER_CANCELLED: return VENUE_CANCELLED;
    case ORDER_EXPIRED: return VENUE_EXPIRED;
    case ORDER_REFUSED: case ORDER_DROPPED: return VENUE_FAILED;
    default: return VENUE_OPEN;
    }
}

static void restore_order(struct fill_venue *venue, const struct record *record)
{
    const struct record_order *r = &record->order;
    product_index product = find_product(venue, r->product_id);
    struct fill_order *order;
    if (product == NO_PRODUCT || r->actor == ACTOR_EXTERNAL)
        return;
    order = fill_venue_find(venue, r->id);
    if (!order)
        order = fill_venue_add(venue, &(struct fill_order){
            .id = r->id, .product = product, .side = r->side, .type = r->type, .tif = r->tif,
            .post_only = r->post_only, .price = r->price, .stop_price = r->stop_price,
            .stop = r->stop, .size = r->size, .expires_ns = r->expires_wall_ns,
            .created_ns = record->at.wall_ns});
    if (r->venue_id.text[0]) {
        order->venue_id = r->venue_id;
        pass_number(&r->venue_id, &venue->ids);
    }
    order->status = status_of(r->state);
    order->updated_ns = record->at.wall_ns;
    order->told = r->filled;
}

/* A fill that was nobody's at first is told again when its order is known. */
static bool is_known(const struct fill_venue *venue, const struct event_fill *fill)
{
    const struct event_fill *fills = venue->fills.items;
    for (uint32_t i = venue->fills.count, back = 0; i-- > 0 && back < NEWS; back++)
        if (strcmp(fills[i].trade_id.text, fill->trade_id.text) == 0)
            return true;
    return false;
}

static int restore_fill(struct fill_venue *venue, const struct record_fill *r, struct err *err)
{
    product_index product = find_product(venue, r->product_id);
    struct fill_order *order = fill_venue_find(venue, r->id);
    struct event_fill *fill;
    struct money value = money_of(r->fill.price, r->fill.size);
    if (product == NO_PRODUCT || is_known(venue, &r->fill))
        return 0;
    if (r->provisional) {
        if (order)
            order->told_price = r->fill.price;
        return 0;
    }
    fill = fill_list_add(&venue->fills, sizeof *fill);
    *fill = r->fill;
    fill->product = product;
    pass_number(&fill->trade_id, &venue->trades);
    fill_venue_book_money(venue, fill);
    if (!order)
        return 0;
    order->filled.e9 += fill->size.e9;
    if (order->filled.e9 > order->size.e9 || !money_add(order->value, value, &order->value) ||
        !money_add(order->fees, fill->fee, &order->fees))
        return err_set(err, "fill %s is more than its order", fill->trade_id.text);
    return 0;
}

static int restore_funding(struct fill_venue *venue, const struct record_funding *r,
                           struct err *err)
{
    product_index product = find_product(venue, r->product_id);
    enum venue_profile profile =
        product == NO_PRODUCT ? PROFILE_CDE : venue->config.catalog.items[product].profile;
    struct fill_pot *pot = &venue->pots[profile];
    if (product != NO_PRODUCT && r->stamp_ns > venue->markets[product].funded_ns)
        venue->markets[product].funded_ns = r->stamp_ns;
    if (r->product_id[0] && product == NO_PRODUCT)
        return 0;
    if (!money_add(pot->cash, r->payment, &pot->cash) ||
        !money_add(pot->funding, r->payment, &pot->funding))
        return err_set(err, "the funding of %s does not fit", r->product_id);
    return 0;
}

int fill_venue_restore(struct fill_venue *venue, const struct record *record, struct err *err)
{
    if (venue->first_ns == 0)
        venue->first_ns = record->at.wall_ns;
    switch (record->kind) {
    case RECORD_ORDER: restore_order(venue, record); return 0;
    case RECORD_FILL: return restore_fill(venue, &record->fill, err);
    case RECORD_FUNDING: return restore_funding(venue, &record->funding, err);
    default: return 0;
    }
}

/* What was told of an order's filling and not listed as a fill yet is listed now. */
static void list_told(struct fill_venue *venue, struct fill_order *order)
{
    int64_t missing_e9 = order->told.e9 - order->filled.e9;
    enum venue_status status = order->status;
    if (missing_e9 <= 0 || order->told_price.e9 <= 0)
        return;
    fill_venue_book_fill(venue, order, order->told_price, (struct size){missing_e9},
                         order->post_only ? LIQUIDITY_MAKER : LIQUIDITY_TAKER);
    order->status = order->status == VENUE_FILLED ? VENUE_FILLED : status;
}

static void end_as(struct fill_venue *venue, struct fill_order *order, const char *reason)
{
    order->status = VENUE_CANCELLED;
    order->updated_ns = venue->now_ns;
    text_copy(order->reason, REASON_MAX, reason, strlen(reason));
}

/* Nothing is told of it here: its host asks for lists before it trades. */
static void begin(struct fill_venue *venue, struct fill_order *order)
{
    bool once = order->type == ORDER_TYPE_MARKET || order->tif == TIF_IOC || order->tif == TIF_FOK;
    if (order->venue_id.text[0] == '\0' && order->status != VENUE_FAILED)
        fill_venue_name(venue, order);
    list_told(venue, order);
    if (order->status == VENUE_OPEN && once)
        end_as(venue, order, "nothing left to take");
    if (order->status == VENUE_OPEN && order->type != ORDER_TYPE_STOP_LIMIT &&
        !fill_book_rest(&venue->markets[order->product].book, order->number, order->side,
                        order->price, fill_order_left(order)))
        end_as(venue, order, "too many working orders");
    if (order->status == VENUE_OPEN)
        *(uint32_t *)fill_list_add(&venue->live, sizeof(uint32_t)) = order->number;
    else
        *(struct fill_order **)fill_list_add(&venue->ended, sizeof order) = order;
}

static int compare_times(const void *a, const void *b)
{
    const struct fill_order *first = *(struct fill_order *const *)a;
    const struct fill_order *second = *(struct fill_order *const *)b;
    return (first->updated_ns > second->updated_ns) - (first->updated_ns < second->updated_ns);
}

void fill_venue_restored(struct fill_venue *venue, int64_t now_ns)
{
    struct fill_list sorted;
    venue->now_ns = now_ns;
    for (uint32_t i = 0; i < venue->orders.count; i++)
        begin(venue, fill_venue_order(venue, i));
    sorted = venue->ended;
    venue->ended = (struct fill_list){.count = 0};
    if (sorted.count > 0)
        qsort(sorted.items, sorted.count, sizeof(struct fill_order *), compare_times);
    for (uint32_t i = 0; i < sorted.count; i++)
        *(uint32_t *)fill_list_add(&venue->ended, sizeof(uint32_t)) =
            ((struct fill_order **)sorted.items)[i]->number;
    free(sorted.items);
}

static void drop(struct fill_list *list, uint32_t gone, size_t item_bytes)
{
    list->count -= gone;
    if (gone > 0)
        memmove(list->items, (char *)list->items + gone * item_bytes, list->count * item_bytes);
}

void fill_venue_forget(struct fill_venue *venue, int64_t before_ns)
{
    struct fill_order **orders = venue->orders.items;
    const struct event_fill *fills = venue->fills.items;
    const uint32_t *ended = venue->ended.items;
    uint32_t gone;
    for (gone = 0; gone < venue->ended.count && orders[ended[gone]]->updated_ns < before_ns;) {
        struct fill_order *order = orders[ended[gone]];
        if (fill_venue_find(venue, order->id) == order)
            map_remove(&venue->by_id, order->id.bytes);
        free(order);
        orders[ended[gone++]] = NULL;
    }
    drop(&venue->ended, gone, sizeof(uint32_t));
    for (gone = 0; gone < venue->fills.count && fills[gone].venue_ns < before_ns;)
        gone++;
    drop(&venue->fills, gone, sizeof(struct event_fill));
}
