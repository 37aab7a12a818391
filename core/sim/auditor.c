#include "sim/auditor.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"

enum { FIRST = 1024 };

static uint32_t hash(const char *text)
{
    uint64_t h = 1469598103934665603u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return (uint32_t)(h >> 32 ^ h);
}

static void *grow(void *memory, uint32_t count, size_t item)
{
    void *more = realloc(memory, count * item);
    CHECK(more);
    return more;
}

static uint32_t *fresh_buckets(uint32_t *old, uint32_t count)
{
    uint32_t *buckets = grow(old, count, sizeof *buckets);
    memset(buckets, 0xff, count * sizeof *buckets);
    return buckets;
}

/* Capacities are powers of two, and there are as many buckets. */
static void grow_orders(struct auditor *auditor)
{
    uint32_t capacity = auditor->order_capacity ? 2 * auditor->order_capacity : FIRST;
    auditor->orders = grow(auditor->orders, capacity, sizeof *auditor->orders);
    auditor->order_next = grow(auditor->order_next, capacity, sizeof *auditor->order_next);
    auditor->order_buckets = fresh_buckets(auditor->order_buckets, capacity);
    auditor->order_capacity = capacity;
    for (uint32_t i = 0; i < auditor->order_count; i++) {
        uint32_t *bucket =
            &auditor->order_buckets[hash(auditor->orders[i].client_id) & (capacity - 1)];
        auditor->order_next[i] = *bucket;
        *bucket = i;
    }
}

static void grow_fills(struct auditor *auditor)
{
    uint32_t capacity = auditor->fill_capacity ? 2 * auditor->fill_capacity : FIRST;
    auditor->fills = grow(auditor->fills, capacity, sizeof *auditor->fills);
    auditor->fill_buckets = fresh_buckets(auditor->fill_buckets, capacity);
    auditor->fill_capacity = capacity;
    for (uint32_t i = 0; i < auditor->fill_count; i++) {
        uint32_t *bucket = &auditor->fill_buckets[hash(auditor->fills[i].id) & (capacity - 1)];
        auditor->fills[i].next = *bucket;
        *bucket = i;
    }
}

struct auditor *auditor_create(void)
{
    struct auditor *auditor = calloc(1, sizeof *auditor);
    CHECK(auditor);
    grow_orders(auditor);
    grow_fills(auditor);
    return auditor;
}

void auditor_destroy(struct auditor *auditor)
{
    if (!auditor)
        return;
    free(auditor->orders);
    free(auditor->order_next);
    free(auditor->order_buckets);
    free(auditor->fills);
    free(auditor->fill_buckets);
    free(auditor);
}

uint32_t auditor_find(const struct auditor *auditor, const char *client_id)
{
    uint32_t at = auditor->order_buckets[hash(client_id) & (auditor->order_capacity - 1)];
    while (at != AUDITOR_NONE && strcmp(auditor->orders[at].client_id, client_id) != 0)
        at = auditor->order_next[at];
    return at;
}

uint32_t auditor_order(struct auditor *auditor, const char *client_id)
{
    uint32_t at = auditor_find(auditor, client_id);
    if (at != AUDITOR_NONE)
        return at;
    if (auditor->order_count == auditor->order_capacity)
        grow_orders(auditor);
    at = auditor->order_count++;
    struct auditor_order *order = &auditor->orders[at];
    *order = (struct auditor_order){.product = -1};
    text_copy(order->client_id, sizeof order->client_id, client_id, strlen(client_id));
    uint32_t *bucket = &auditor->order_buckets[hash(client_id) & (auditor->order_capacity - 1)];
    auditor->order_next[at] = *bucket;
    *bucket = at;
    return at;
}

bool auditor_can_fill(const struct auditor *auditor, uint32_t at)
{
    const struct auditor_order *order = &auditor->orders[at];
    return order->known ? order->live : order->copies > 0;
}

/* Takes the order's part out of its product's sums, or puts it in: before and after a change. */
static void weigh(struct auditor *auditor, uint32_t at, int sign)
{
    const struct auditor_order *order = &auditor->orders[at];
    if (order->product < 0 || !order->ours || !auditor_can_fill(auditor, at))
        return;
    struct auditor_product *product = &auditor->products[order->product];
    int64_t left = order->size.e9 - order->filled.e9;
    *(order->side == SIDE_BUY ? &product->buy.e9 : &product->sell.e9) += sign * left;
    product->working += (uint32_t)sign;
}

void auditor_leaves(struct auditor *auditor, uint32_t at, const struct venue_request *request)
{
    struct auditor_order *order = &auditor->orders[at];
    weigh(auditor, at, -1);
    order->left = order->ours = true;
    order->product = request->product;
    order->side = request->side;
    order->size = request->size;
    order->copies++;
    weigh(auditor, at, 1);
}

void auditor_arrives(struct auditor *auditor, uint32_t at)
{
    CHECK(auditor->orders[at].copies > 0);
    weigh(auditor, at, -1);
    auditor->orders[at].copies--;
    weigh(auditor, at, 1);
}

void auditor_shown(struct auditor *auditor, const struct venue_order *shown)
{
    uint32_t at = auditor_order(auditor, shown->request.client_id);
    struct auditor_order *order = &auditor->orders[at];
    weigh(auditor, at, -1);
    order->known = true;
    order->product = shown->request.product;
    order->side = shown->request.side;
    order->size = shown->request.size;
    order->live = !venue_status_final(shown->status);
    weigh(auditor, at, 1);
}

static void book(struct auditor_product *product, const struct auditor_order *order,
                 const struct venue_fill *fill)
{
    bool back = fill->kind == FILL_REVERSAL; /* it tells the side of what it takes back */
    int64_t signed_e9 = back == (fill->side == SIDE_BUY) ? -fill->size.e9 : fill->size.e9;
    struct money value;
    CHECK(venue_product_value(&venue_products[fill->product], fill->price,
                              (struct size){signed_e9}, &value));
    product->position.e9 += signed_e9;
    if (order->ours)
        product->own.e9 += signed_e9;
    if (!order->ours || back)
        product->strange.e9 += fill->size.e9;
    product->paid.e18 += value.e18;
    product->fees.e18 += back ? -fill->fee.e18 : fill->fee.e18;
}

void auditor_filled(struct auditor *auditor, const struct venue_fill *fill,
                    const struct venue_order *filled)
{
    uint32_t at = auditor_order(auditor, filled->request.client_id);
    struct auditor_order *order = &auditor->orders[at];
    CHECK(auditor_fill(auditor, fill->id) == NULL);
    weigh(auditor, at, -1);
    order->filled.e9 += fill->kind == FILL_REVERSAL ? -fill->size.e9 : fill->size.e9;
    weigh(auditor, at, 1);
    book(&auditor->products[fill->product], order, fill);
    if (auditor->fill_count == auditor->fill_capacity)
        grow_fills(auditor);
    struct auditor_fill *kept = &auditor->fills[auditor->fill_count];
    *kept = (struct auditor_fill){.fill = *fill, .order = at};
    text_copy(kept->id, sizeof kept->id, fill->id, strlen(fill->id));
    uint32_t *bucket = &auditor->fill_buckets[hash(kept->id) & (auditor->fill_capacity - 1)];
    kept->next = *bucket;
    *bucket = auditor->fill_count++;
}

struct auditor_fill *auditor_fill(struct auditor *auditor, const char *trade_id)
{
    uint32_t at = auditor->fill_buckets[hash(trade_id) & (auditor->fill_capacity - 1)];
    while (at != AUDITOR_NONE && strcmp(auditor->fills[at].id, trade_id) != 0)
        at = auditor->fills[at].next;
    return at == AUDITOR_NONE ? NULL : &auditor->fills[at];
}

void auditor_forget_bookings(struct auditor *auditor)
{
    for (uint32_t i = 0; i < auditor->fill_count; i++)
        auditor->fills[i].booked = false;
}

struct size auditor_worst(const struct auditor *auditor, int product)
{
    const struct auditor_product *p = &auditor->products[product];
    int64_t up = p->own.e9 + p->buy.e9, down = p->sell.e9 - p->own.e9;
    return (struct size){up > down ? up : down};
}
