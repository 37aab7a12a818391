/* What the venue does of its own accord, and what it has become. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/exchange_faults_private.h"
#include "sim/venue_sim_fault.h"

static void place_strange_order(struct exchange_faults *faults, struct venue_request request)
{
    const struct venue_order *order;
    snprintf(request.client_id, sizeof request.client_id, "another-client-%" PRId64 "-%" PRIu32,
             faults->exchange->started_ns, faults->clients++);
    venue_sim_place(faults->exchange->venue, &request, &order);
}

static void set_delays(struct exchange_faults *faults, const struct venue_fault_rule *rule,
                       bool begins)
{
    struct venue_sim_delays delays = venue_sim_delays(faults->exchange->venue);
    if (rule->fault == FAULT_CANCEL_TIME)
        delays.cancel_ns = begins ? rule->amount : EXCHANGE_CANCEL_NS;
    else if (rule->fault == FAULT_ACCEPT_TIME)
        delays.accept_ns = begins ? rule->amount : EXCHANGE_ACCEPT_NS;
    else
        delays.session = begins ? SESSION_CLOSED : faults->exchange->options.session;
    venue_sim_set_delays(faults->exchange->venue, &delays);
}

static void set_listing(struct exchange *exchange, const struct venue_fault_rule *rule,
                        bool begins)
{
    static const char *const FIELDS[] = {VENUE_LISTING_FIELDS};
    struct exchange_listing *listing = &exchange->listings[rule->amount];
    int field = 0;
    while (strcmp(FIELDS[field], rule->text) != 0)
        field++;
    if (field < VENUE_LISTING_TICK) {
        listing->flags[field] = begins && strcmp(rule->value, "true") == 0;
        return;
    }
    listing->tick.e9 = field == VENUE_LISTING_TICK ? 0 : listing->tick.e9;
    listing->minimum.e9 = field == VENUE_LISTING_MINIMUM ? 0 : listing->minimum.e9;
    if (begins && field == VENUE_LISTING_TICK)
        price_parse(rule->value, strlen(rule->value), &listing->tick);
    if (begins && field == VENUE_LISTING_MINIMUM)
        size_parse(rule->value, strlen(rule->value), &listing->minimum);
}

/* What happens once. */
static void happen(struct exchange_faults *faults, const struct venue_fault_rule *rule)
{
    struct venue_sim *venue = faults->exchange->venue;
    switch (rule->fault) {
    case FAULT_CANCEL_ORDERS: venue_sim_end_orders(venue, VENUE_CANCELLED, rule->text); break;
    case FAULT_EXPIRE_ORDERS: venue_sim_end_orders(venue, VENUE_EXPIRED, rule->text); break;
    case FAULT_FILL_ORDERS: venue_sim_fill_orders(venue, (int)rule->amount); break;
    case FAULT_LIQUIDATE: venue_sim_liquidate(venue, (int)rule->amount); break;
    case FAULT_DELEVERAGE:
        for (int i = 0; i < VENUE_PRODUCTS; i++)
            if (rule->amount < 0 || rule->amount == i)
                venue_sim_deleverage(venue, i);
        break;
    case FAULT_ORDER: place_strange_order(faults, rule->request); break;
    case FAULT_BUST: venue_sim_reverse_fill(venue, 0); break;
    case FAULT_CORRECT: venue_sim_reverse_fill(venue, rule->amount); break;
    case FAULT_TRANSFER:
        venue_sim_transfer(venue, (struct money){(__int128)rule->amount * DECIMAL_ONE *
                                                 DECIMAL_ONE});
        break;
    default: break;
    }
}

void exchange_faults_act(struct exchange_faults *faults, const struct venue_fault_rule *rule,
                         bool begins)
{
    struct exchange *exchange = faults->exchange;
    switch (rule->fault) {
    case FAULT_CANCEL_TIME:
    case FAULT_ACCEPT_TIME:
    case FAULT_SESSION_CLOSED: set_delays(faults, rule, begins); break;
    case FAULT_PRODUCT: set_listing(exchange, rule, begins); break;
    case FAULT_CLOCK: exchange->skew_ns = begins ? rule->amount : 0; break;
    case FAULT_CERTIFICATE:
        exchange_server_set_certificate(exchange, begins ? rule->text : NULL);
        break;
    default:
        if (begins)
            happen(faults, rule);
    }
}

enum venue_refusal exchange_faults_check_order(const struct exchange *exchange,
                                               const struct venue_request *request)
{
    const struct exchange_listing *listing = &exchange->listings[request->product];
    const bool *flags = listing->flags;
    bool market = request->type == ORDER_TYPE_MARKET;
    if (flags[VENUE_LISTING_DELISTED])
        return VENUE_BAD_PRODUCT;
    if (flags[VENUE_LISTING_CANCEL_ONLY] || flags[VENUE_LISTING_DISABLED] ||
        flags[VENUE_LISTING_VIEW_ONLY] || flags[VENUE_LISTING_IS_DISABLED])
        return VENUE_ENTRY_DISABLED;
    if (market && (flags[VENUE_LISTING_LIMIT_ONLY] || flags[VENUE_LISTING_AUCTION]))
        return VENUE_UNSUPPORTED;
    if (flags[VENUE_LISTING_POST_ONLY] && !request->post_only)
        return VENUE_UNSUPPORTED;
    if (!market && listing->tick.e9 && !price_is_multiple(request->limit, listing->tick))
        return VENUE_PRICE_PRECISION;
    if (listing->minimum.e9 && request->size.e9 > 0 && request->size.e9 < listing->minimum.e9)
        return VENUE_SIZE_SMALL;
    return VENUE_ACCEPTED;
}

void exchange_faults_hide(struct exchange_faults *faults, uint32_t first, int64_t for_ns)
{
    uint32_t end = venue_sim_order_count(faults->exchange->venue);
    faults->hidden[faults->next_hidden++ % HIDDEN_MAX] =
        (struct fault_hidden){first, end, exchange_wall_ns() + for_ns};
}

bool exchange_faults_hides(struct exchange_faults *faults, uint32_t order)
{
    for (int i = 0; i < HIDDEN_MAX; i++) {
        const struct fault_hidden *hidden = &faults->hidden[i];
        if (order >= hidden->first && order < hidden->end &&
            hidden->until_ns > exchange_wall_ns())
            return true;
    }
    return false;
}
