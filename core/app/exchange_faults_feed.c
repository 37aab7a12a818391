/* Faults of frames and their connections. */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <string.h>

#include "app/exchange_faults_private.h"
#include "app/exchange_feed.h"
#include "sim/venue_fault_bytes.h"

/* True when the rule is about the session. */
static bool apply_to_session(const struct venue_fault_rule *rule,
                             struct exchange_session *session)
{
    switch (rule->fault) {
    case FAULT_ERROR:
        exchange_session_send_error(session, rule->text);
        session->muted = true;
        return true;
    case FAULT_MUTE: session->muted = true; return true;
    case FAULT_FREEZE:
        session->muted = session->frozen = true;
        exchange_feed_wake(session);
        return true;
    case FAULT_CLOSE:
    case FAULT_RESET:
        session->reset = rule->fault == FAULT_RESET;
        exchange_session_close(session);
        return true;
    default: return false;
    }
}

static void apply_rule(const struct venue_fault_rule *rule, struct exchange_frame_fate *fate)
{
    switch (rule->fault) {
    case FAULT_SUPPRESS: fate->suppress = true; break;
    case FAULT_DROP: fate->drop = true; break;
    case FAULT_DUPLICATE: fate->duplicate = true; break;
    case FAULT_REORDER: fate->reorder = true; break;
    case FAULT_LATE: fate->late_ns = rule->amount; break;
    case FAULT_GAP: fate->gap = rule->amount; break;
    case FAULT_FRAGMENT: fate->fragment = rule->amount; break;
    case FAULT_CROSSED: fate->crossed = true; break;
    case FAULT_LOCKED: fate->locked = true; break;
    default: break;
    }
}

void exchange_faults_meet_frame(struct exchange_session *session, const char *channel,
                                const struct buf *events, struct exchange_frame_fate *ret)
{
    struct venue_fault_scene scene = {.place = PLACE_CHANNEL, .target = channel,
                                      .bytes = events->data, .length = events->length};
    *ret = (struct exchange_frame_fate){0};
    ret->count = venue_fault_plan_meet(&session->exchange->faults->plan, &scene,
                                       exchange_wall_ns(), ret->rules);
    for (uint32_t i = 0; i < ret->count; i++)
        if (!apply_to_session(ret->rules[i], session))
            apply_rule(ret->rules[i], ret);
}

/* The product that a level2 frame is of; -1: it is of none. */
static int product_of(const struct buf *text)
{
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        char field[64];
        int length = snprintf(field, sizeof field, "\"product_id\":\"%s\"", venue_products[i].id);
        if (memmem(text->data, text->length, field, (size_t)length))
            return i;
    }
    return -1;
}

static void put_crossing_bid(struct exchange *exchange, struct buf *text, int ticks)
{
    int product = product_of(text);
    struct level ask;
    char price[DECIMAL_TEXT_MAX], item[256];
    if (product < 0 ||
        !venue_book_best_shown(venue_sim_book(exchange->venue, product), SIDE_SELL, &ask))
        return;
    ask.price.e9 += ticks * venue_products[product].tick.e9;
    price_format(ask.price, price);
    snprintf(item, sizeof item, "{\"side\":\"bid\",\"event_time\":\"2020-01-01T00:00:00Z\","
             "\"price_level\":\"%s\",\"new_quantity\":\"1\"}", price);
    venue_fault_put_item(text, item);
}

void exchange_faults_spoil(struct exchange *exchange, const struct exchange_frame_fate *fate,
                           struct buf *text)
{
    if (fate->crossed || fate->locked)
        put_crossing_bid(exchange, text, fate->crossed ? 10 : 0);
    for (uint32_t i = 0; i < fate->count; i++)
        venue_fault_spoil(fate->rules[i], text);
}

bool exchange_faults_meet_socket(struct exchange_session *session, enum venue_fault_place place,
                                 const char *channel)
{
    const struct venue_fault_rule *rules[VENUE_FAULT_FIRED_MAX];
    struct venue_fault_scene scene = {.place = place, .target = channel};
    bool done = false;
    uint32_t count = venue_fault_plan_meet(&session->exchange->faults->plan, &scene,
                                           exchange_wall_ns(), rules);
    for (uint32_t i = 0; i < count; i++)
        done = apply_to_session(rules[i], session) || done;
    return done;
}
