#include "engine/orders.h"

#include <string.h>

#include "base/check.h"

struct ref_key { uint64_t ref; uint64_t actor; };
enum { NO_LINK = UINT16_MAX };

uint8_t actor_slot(actor_index actor)
{
    if (actor == ACTOR_OPERATOR)
        return MAX_STRATEGIES;
    if (actor == ACTOR_EXTERNAL)
        return MAX_STRATEGIES + 1;
    CHECK(actor < MAX_STRATEGIES);
    return actor;
}

actor_index actor_of_slot(uint8_t slot)
{
    CHECK(slot < ACTOR_SLOTS);
    if (slot == MAX_STRATEGIES)
        return ACTOR_OPERATOR;
    return slot < MAX_STRATEGIES ? slot : ACTOR_EXTERNAL;
}

bool client_id_is_set(struct client_id id)
{
    static const struct client_id NONE;
    return memcmp(&id, &NONE, sizeof id) != 0;
}

/* Only the text counts: what lies behind its NUL is whatever the buffer held before. */
static struct venue_id venue_key(const struct venue_id *id)
{
    struct venue_id key;
    memset(&key, 0, sizeof key);
    memcpy(key.text, id->text, strnlen(id->text, sizeof id->text - 1));
    return key;
}

static size_t aligned(size_t bytes)
{
    return (bytes + 15) & ~(size_t)15;
}

size_t orders_bytes(void)
{
    return aligned(sizeof(struct order) * MAX_ORDERS) + 2 * aligned(sizeof(uint16_t) * MAX_ORDERS) +
           aligned(map_bytes(sizeof(struct client_id), MAX_ORDERS)) +
           aligned(map_bytes(sizeof(struct venue_id), MAX_ORDERS)) +
           aligned(map_bytes(sizeof(struct ref_key), MAX_ORDERS));
}

static void map_take(struct map *map, struct arena *arena, uint32_t key_bytes)
{
    map_init(map, arena_take(arena, map_bytes(key_bytes, MAX_ORDERS), 1), key_bytes, MAX_ORDERS);
}

void orders_init(struct orders *orders, struct arena *arena)
{
    memset(orders, 0, sizeof *orders);
    orders->items = arena_take(arena, MAX_ORDERS, sizeof(struct order));
    orders->next = arena_take(arena, MAX_ORDERS, sizeof(uint16_t));
    orders->previous = arena_take(arena, MAX_ORDERS, sizeof(uint16_t));
    map_take(&orders->by_id, arena, sizeof(struct client_id));
    map_take(&orders->by_venue, arena, sizeof(struct venue_id));
    map_take(&orders->by_ref, arena, sizeof(struct ref_key));
    orders->working = orders->ended = (struct order_chain){NO_LINK, NO_LINK};
    orders->open_at = ORDER_NONE;
}

uint32_t orders_index(const struct orders *orders, const struct order *order)
{
    return (uint32_t)(order - orders->items);
}

struct order *orders_at(struct orders *orders, uint32_t index)
{
    CHECK(index < orders->high);
    return &orders->items[index];
}

/* ---- every order in use is in one of two chains */

static void chain_push(struct orders *orders, struct order_chain *chain, uint16_t at)
{
    orders->next[at] = NO_LINK;
    orders->previous[at] = chain->last;
    if (chain->last == NO_LINK)
        chain->first = at;
    else
        orders->next[chain->last] = at;
    chain->last = at;
}

static void chain_remove(struct orders *orders, struct order_chain *chain, uint16_t at)
{
    uint16_t next = orders->next[at], previous = orders->previous[at];
    if (previous == NO_LINK)
        chain->first = next;
    else
        orders->next[previous] = next;
    if (next == NO_LINK)
        chain->last = previous;
    else
        orders->previous[next] = previous;
}

/* ---- sums */

static void count(struct exposure *sum, const struct order *order, int sign)
{
    __int128 remaining = order_exposed(order).e9;
    __int128 value = (__int128)order_remaining(order).e9 * order->value_price.e9;
    __int128 then = (__int128)order->amend.size.e9 - order->filled.e9;
    then *= order->amend_value_price.e9;
    value = order->amending && then > value ? then : value;
    /* Only an absurd order shown by the venue comes near this; MAX_ORDERS of them still add up. */
    const __int128 edge = (__int128)1 << 110;
    value = value > edge ? edge : value;
    if (order->side == SIDE_BUY)
        sum->buy += sign * remaining;
    else
        sum->sell += sign * remaining;
    sum->value += sign * value;
    sum->count += (uint32_t)sign;
    if (order->state == ORDER_UNKNOWN)
        sum->unknown[order->side] += (uint32_t)sign;
    if (order_is_exit(order))
        sum->exits += (uint32_t)sign;
}

static void count_everywhere(struct orders *orders, const struct order *order, int sign)
{
    if (!order_is_live(order->state))
        return;
    count(&orders->account, order, sign);
    count(&orders->products[order->product], order, sign);
    count(&orders->actors[actor_slot(order->actor)][order->product], order, sign);
}

void orders_reserve(struct orders *orders, actor_index actor, product_index product, enum side side,
                    struct size size, struct price price, bool release)
{
    struct order order = {.actor = actor,
                          .product = product,
                          .side = side,
                          .size = size,
                          .value_price = price,
                          .state = ORDER_INTENDED};
    count_everywhere(orders, &order, release ? -1 : 1);
}

void orders_open(struct orders *orders, struct order *order)
{
    CHECK(orders->open_at == ORDER_NONE);
    orders->open_at = orders_index(orders, order);
    orders->open_was_live = order_is_live(order->state);
    count_everywhere(orders, order, -1);
}

void orders_close(struct orders *orders, struct order *order)
{
    bool live = order_is_live(order->state);
    uint16_t at = (uint16_t)orders_index(orders, order);
    CHECK(orders->open_at == at);
    orders->open_at = ORDER_NONE;
    count_everywhere(orders, order, 1);
    if (orders->open_was_live && !live) {
        orders->live--;
        chain_remove(orders, &orders->working, at);
        chain_push(orders, &orders->ended, at);
    } else if (!orders->open_was_live && live) {
        orders->live++;
        chain_remove(orders, &orders->ended, at);
        chain_push(orders, &orders->working, at);
    }
}

/* A stop that waits is not in the book, and what is sent may be there before the venue says so. */
static struct price resting_price(const struct order *order)
{
    bool rests = order->type == ORDER_TYPE_LIMIT || order->type == ORDER_TYPE_BRACKET;
    return rests ? order->price : (struct price){0};
}

void orders_resting(const struct orders *orders, product_index product, bool own,
                    struct price *ret_bid, struct price *ret_ask)
{
    *ret_bid = *ret_ask = (struct price){0};
    for (uint16_t at = orders->working.first; at != NO_LINK; at = orders->next[at]) {
        const struct order *order = &orders->items[at];
        struct price price = resting_price(order);
        if (order->product != product || price.e9 <= 0 || (own && !order_is_own(order)))
            continue;
        if (order->side == SIDE_BUY && price.e9 > ret_bid->e9)
            *ret_bid = price;
        if (order->side == SIDE_SELL && (ret_ask->e9 == 0 || price.e9 < ret_ask->e9))
            *ret_ask = price;
    }
}

struct size exposure_size(__int128 sum)
{
    CHECK(sum >= 0);
    return (struct size){sum > INT64_MAX ? INT64_MAX : (int64_t)sum};
}

struct size exposure_room(struct size max, __int128 position, __int128 working)
{
    __int128 room = (__int128)max.e9 - position - working;
    return exposure_size(room < 0 ? 0 : room);
}

/* ---- room */

static struct ref_key ref_key(actor_index actor, order_ref ref)
{
    return (struct ref_key){.ref = ref, .actor = actor};
}

static void unindex(struct orders *orders, const struct order *order)
{
    uint32_t at = orders_index(orders, order), found;
    struct ref_key key = ref_key(order->actor, order->ref);
    map_remove(&orders->by_id, &order->id); /* one that is not set is not there */
    map_remove(&orders->by_venue, &order->venue_id);
    if (map_get(&orders->by_ref, &key, &found) && found == at) /* a name may be another's by now */
        map_remove(&orders->by_ref, &key);
}

/* Lets go of the order that ended first and is wholly booked. */
static uint16_t evict(struct orders *orders)
{
    for (uint16_t at = orders->ended.first; at != NO_LINK; at = orders->next[at]) {
        struct order *order = &orders->items[at];
        if (order_provisional(order).e9 != 0 || order->cancel_queued || order->amending)
            continue;
        chain_remove(orders, &orders->ended, at);
        unindex(orders, order);
        return at;
    }
    return NO_LINK;
}

static uint16_t take_slot(struct orders *orders)
{
    return orders->high < MAX_ORDERS ? (uint16_t)orders->high++ : evict(orders);
}

struct order *orders_add(struct orders *orders, const struct order *order)
{
    CHECK(client_id_is_set(order->id) || order->venue_id.text[0] != '\0');
    CHECK(order->side == SIDE_BUY || order->side == SIDE_SELL);
    CHECK(!client_id_is_set(order->id) || orders_find(orders, order->id) == NULL); /* one order's */
    uint16_t at = take_slot(orders);
    if (at == NO_LINK)
        return NULL;
    struct order *kept = &orders->items[at];
    *kept = *order;
    kept->venue_id = venue_key(&order->venue_id);
    struct ref_key key = ref_key(order->actor, order->ref);
    if (client_id_is_set(kept->id))
        CHECK(map_set(&orders->by_id, &kept->id, at));
    if (kept->venue_id.text[0])
        CHECK(map_set(&orders->by_venue, &kept->venue_id, at));
    if (kept->ref)
        CHECK(map_set(&orders->by_ref, &key, at));
    count_everywhere(orders, kept, 1);
    bool live = order_is_live(kept->state);
    orders->live += live;
    chain_push(orders, live ? &orders->working : &orders->ended, at);
    return kept;
}

void orders_set_venue(struct orders *orders, struct order *order, const struct venue_id *id)
{
    struct venue_id key = venue_key(id);
    CHECK(key.text[0] && !order->venue_id.text[0]);
    order->venue_id = key;
    CHECK(map_set(&orders->by_venue, &key, orders_index(orders, order)));
}

void orders_clear_venue(struct orders *orders, struct order *order)
{
    map_remove(&orders->by_venue, &order->venue_id);
    memset(&order->venue_id, 0, sizeof order->venue_id);
}

void orders_set_owner(struct orders *orders, struct order *order, actor_index actor, order_ref ref)
{
    struct ref_key old = ref_key(order->actor, order->ref), key = ref_key(actor, ref);
    CHECK(orders->open_at == orders_index(orders, order));
    map_remove(&orders->by_ref, &old);
    order->actor = actor;
    order->ref = ref;
    CHECK(map_set(&orders->by_ref, &key, orders_index(orders, order)));
}

/* ---- look-up */

struct order *orders_find(struct orders *orders, struct client_id id)
{
    uint32_t at;
    return map_get(&orders->by_id, &id, &at) ? &orders->items[at] : NULL;
}

struct order *orders_find_venue(struct orders *orders, const struct venue_id *id)
{
    uint32_t at;
    struct venue_id key = venue_key(id);
    return key.text[0] && map_get(&orders->by_venue, &key, &at) ? &orders->items[at] : NULL;
}

struct order *orders_find_ref(struct orders *orders, actor_index actor, order_ref ref)
{
    uint32_t at;
    struct ref_key key = ref_key(actor, ref);
    return ref && map_get(&orders->by_ref, &key, &at) ? &orders->items[at] : NULL;
}
