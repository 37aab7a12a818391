#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "sim/venue_sim_private.h"

enum { FIRST_ORDERS = 1024 };

/* FNV-1a. */
static uint32_t hash_text(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static void chain(struct venue_sim *sim, struct venue_order *order)
{
    uint32_t mask = sim->bucket_count - 1;
    uint32_t *by_id = &sim->by_id[hash_text(order->id) & mask];
    uint32_t *by_client = &sim->by_client[hash_text(order->request.client_id) & mask];
    order->next_by_id = *by_id;
    order->next_by_client = *by_client;
    *by_id = *by_client = order->number;
}

static bool grow_buckets(struct venue_sim *sim, uint32_t bucket_count)
{
    uint32_t *by_id = malloc(bucket_count * sizeof *by_id);
    uint32_t *by_client = malloc(bucket_count * sizeof *by_client);
    if (!by_id || !by_client) {
        free(by_id);
        free(by_client);
        return false;
    }
    free(sim->by_id);
    free(sim->by_client);
    sim->by_id = by_id;
    sim->by_client = by_client;
    sim->bucket_count = bucket_count;
    memset(by_id, 0xff, bucket_count * sizeof *by_id);
    memset(by_client, 0xff, bucket_count * sizeof *by_client);
    for (uint32_t i = 0; i < sim->order_count; i++)
        chain(sim, sim->orders[i]);
    return true;
}

struct venue_order *venue_list_add(struct venue_sim *sim)
{
    if (sim->order_count >= VENUE_ORDERS_MAX)
        return NULL;
    if (sim->order_count == sim->order_capacity) {
        uint32_t capacity = sim->order_capacity ? sim->order_capacity * 2 : FIRST_ORDERS;
        struct venue_order **orders = realloc(sim->orders, capacity * sizeof *orders);
        if (!orders)
            return NULL;
        sim->orders = orders;
        if (!grow_buckets(sim, capacity))
            return NULL;
        sim->order_capacity = capacity;
    }
    struct venue_order *order = calloc(1, sizeof *order);
    if (!order)
        return NULL;
    order->number = sim->order_count;
    return order;
}

void venue_list_index(struct venue_sim *sim, struct venue_order *order)
{
    CHECK(order->number == sim->order_count && sim->order_count < sim->order_capacity);
    sim->orders[sim->order_count++] = order;
    chain(sim, order);
}

struct venue_order *venue_list_find(const struct venue_sim *sim, const char *order_id)
{
    if (sim->bucket_count == 0)
        return NULL;
    uint32_t number = sim->by_id[hash_text(order_id) & (sim->bucket_count - 1)];
    while (number != NO_ORDER && strcmp(sim->orders[number]->id, order_id) != 0)
        number = sim->orders[number]->next_by_id;
    return number == NO_ORDER ? NULL : sim->orders[number];
}

struct venue_order *venue_list_find_client(const struct venue_sim *sim, const char *client_id)
{
    if (sim->bucket_count == 0 || sim->forgetful)
        return NULL;
    uint32_t number = sim->by_client[hash_text(client_id) & (sim->bucket_count - 1)];
    while (number != NO_ORDER && strcmp(sim->orders[number]->request.client_id, client_id) != 0)
        number = sim->orders[number]->next_by_client;
    return number == NO_ORDER ? NULL : sim->orders[number];
}

struct venue_fill *venue_list_add_fill(struct venue_sim *sim)
{
    if (sim->fill_count == sim->fill_capacity) {
        uint32_t capacity = sim->fill_capacity ? sim->fill_capacity * 2 : FIRST_ORDERS;
        struct venue_fill *fills = realloc(sim->fills, capacity * sizeof *fills);
        CHECK(fills); /* a fill that cannot be written down would make the books lie */
        sim->fills = fills;
        sim->fill_capacity = capacity;
    }
    struct venue_fill *fill = &sim->fills[sim->fill_count++];
    *fill = (struct venue_fill){0};
    return fill;
}

void venue_list_fini(struct venue_sim *sim)
{
    for (uint32_t i = 0; i < sim->order_count; i++)
        free(sim->orders[i]);
    free(sim->orders);
    free(sim->fills);
    free(sim->by_id);
    free(sim->by_client);
}

void venue_list_draw_id(struct venue_sim *sim, char out[VENUE_UUID_MAX])
{
    uint64_t high = prng_next(&sim->ids), low = prng_next(&sim->ids);
    high = (high & ~UINT64_C(0xf000)) | 0x4000;                    /* version 4 */
    low = (low & (UINT64_MAX >> 2)) | UINT64_C(0x8000000000000000); /* its variant */
    snprintf(out, VENUE_UUID_MAX, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32),
             (unsigned)(high >> 16) & 0xffff, (unsigned)high & 0xffff, (unsigned)(low >> 48),
             (unsigned long long)(low & UINT64_C(0xffffffffffff)));
}

void venue_live_add(struct venue_sim *sim, struct venue_order *order)
{
    struct venue_listing *listing = &sim->listings[order->request.product];
    CHECK(listing->live_count < VENUE_LIVE_MAX);
    listing->live[listing->live_count++] = order->number;
}

void venue_live_remove(struct venue_sim *sim, struct venue_order *order)
{
    struct venue_listing *listing = &sim->listings[order->request.product];
    for (uint32_t i = 0; i < listing->live_count; i++) {
        if (listing->live[i] != order->number)
            continue;
        listing->live_count--;
        memmove(&listing->live[i], &listing->live[i + 1],
                (listing->live_count - i) * sizeof listing->live[0]);
        return;
    }
}
