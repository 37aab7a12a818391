#include "engine/balance.h"

#include <string.h>

#include "base/check.h"
#include "engine/funding.h"
#include "engine/outbox.h"
#include "engine/reconcile.h"

enum { PROFILES = 2, TORN_MAX = 3 };
static const int64_t KNOWN_AT_LEAST_NS = 15000000000;
static const __int128 CENT_E18 = 10000000000000000;
static const int64_t OVERNIGHT_BEFORE_NS = 900000000000; /* a quarter of an hour */

static bool is_traded(const struct engine *engine, unsigned profile)
{
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        if (engine->settings.catalog.items[i].profile == profile)
            return true;
    return false;
}

void balance_on_event(struct engine *engine, const struct event_balance *event)
{
    struct balances *balances = &engine->balances;
    if ((unsigned)event->profile >= PROFILES)
        return;
    if (engine->lists[LIST_BALANCE].outstanding) {
        balances->coming[event->profile] = *event;
        balances->coming_known[event->profile] = true;
    } else if (balances->known) {
        int64_t until_ns = balances->of[event->profile].intraday_until_ns;
        balances->of[event->profile] = *event; /* the stream's word on the same pot */
        balances->of[event->profile].intraday_until_ns = until_ns; /* a list alone tells it */
    }
}

void balance_begin(struct engine *engine)
{
    memset(engine->balances.coming_known, 0, sizeof engine->balances.coming_known);
}

/* ---- money that came in or went out */

/* Nothing of ours can be in a change of the cash. */
static bool is_quiet(const struct engine *engine, const struct event_balance *now)
{
    const struct cash *cash = &engine->balances.cash;
    for (product_index i = 0; i < engine->settings.catalog.count; i++)
        if (engine->settings.catalog.items[i].profile == PROFILE_CDE &&
            engine->portfolio.shown_account[i].size.e9 != 0)
            return false;
    return cash->known && cash->fills == engine->counters.fills && engine->stage_count == 0 &&
           cash->funding.e18 == now->funding_pnl.e18;
}

static void tell_transfer(struct engine *engine, struct money off)
{
    struct record_reconcile *row = &out_record(engine, RECORD_RECONCILE)->reconcile;
    char amount[DECIMAL_TEXT_MAX];
    size_t minus = money_format_places(off, 2, amount) > 0 && amount[0] == '-';
    row->product = NO_PRODUCT;
    out_join(row->text, sizeof row->text, amount + minus, " USD ", minus ? "went out" : "came in",
             " that no fill, fee or funding explains: a transfer?");
    out_alert(engine, row->text, NULL, NULL, NULL);
}

static void look_for_transfer(struct engine *engine)
{
    const struct event_balance *now = &engine->balances.of[PROFILE_CDE];
    struct cash *cash = &engine->balances.cash;
    struct money off = {0};
    if (!is_traded(engine, PROFILE_CDE))
        return;
    bool quiet = is_quiet(engine, now) && money_sub(now->equity, cash->is, &off);
    if (quiet && off.e18 <= CENT_E18 && off.e18 >= -CENT_E18) {
        cash->off.e18 = 0;
        return;
    }
    if (quiet && off.e18 != cash->off.e18) {
        cash->off = off;
        cash->off_ns = engine->now.mono_ns;
        reconcile_want(engine, LIST_FILLS);
        return;
    }
    if (quiet && engine->lists[LIST_FILLS].whole_sent_ns < cash->off_ns)
        return;
    if (quiet)
        tell_transfer(engine, off);
    *cash = (struct cash){.known = true, .fills = engine->counters.fills, .is = now->equity,
                          .funding = now->funding_pnl};
}

bool balance_end(struct engine *engine)
{
    struct balances *balances = &engine->balances;
    const struct list_state *list = &engine->lists[LIST_BALANCE];
    for (unsigned i = 0; i < PROFILES; i++)
        if (is_traded(engine, i) && !balances->coming_known[i])
            return true; /* whole, but it lacks one: what was known gets old */
    if (engine->counters.fills != list->fills && ++balances->torn < TORN_MAX)
        return false;
    balances->torn = 0;
    memcpy(balances->of, balances->coming, sizeof balances->of);
    balances->known = true;
    balances->known_ns = list->sent_ns;
    funding_on_balance(engine);
    look_for_transfer(engine);
    return true;
}

static bool is_known(const struct engine *engine)
{
    const struct balances *balances = &engine->balances;
    int64_t bound_ns = 3 * reconcile_poll_ns(engine, LIST_BALANCE);
    if (bound_ns < KNOWN_AT_LEAST_NS)
        bound_ns = KNOWN_AT_LEAST_NS;
    return balances->known && (reconcile_poll_ns(engine, LIST_BALANCE) <= 0 ||
                               engine->now.mono_ns - balances->known_ns <= bound_ns);
}

bool balance_of(const struct engine *engine, enum venue_profile profile,
                struct event_balance *ret)
{
    CHECK((unsigned)profile < PROFILES);
    *ret = engine->balances.of[profile];
    return is_known(engine);
}

bool balance_is_intraday(const struct engine *engine, enum venue_profile profile)
{
    struct event_balance balance;
    return balance_of(engine, profile, &balance) &&
           balance.intraday_until_ns - OVERNIGHT_BEFORE_NS > engine->now.wall_ns;
}

bool snapshot_margin(const struct engine *engine, enum venue_profile pot, struct margin *ret)
{
    struct event_balance balance;
    return is_traded(engine, pot) && balance_of(engine, pot, &balance) &&
           margin_read(&balance, balance_is_intraday(engine, pot), ret);
}

bool balance_get(const struct engine *engine, struct event_balance *ret)
{
    const struct balances *balances = &engine->balances;
    bool fits = true;
    memset(ret, 0, sizeof *ret);
    for (unsigned i = 0; i < PROFILES; i++) {
        const struct event_balance *one = &balances->of[i];
        if (!is_traded(engine, i))
            continue;
        fits = fits && money_add(ret->equity, one->equity, &ret->equity) &&
               money_add(ret->available_margin, one->available_margin, &ret->available_margin) &&
               money_add(ret->initial_margin, one->initial_margin, &ret->initial_margin) &&
               money_add(ret->funding_pnl, one->funding_pnl, &ret->funding_pnl);
    }
    return fits && is_known(engine);
}

const char *balance_why(const struct engine *engine)
{
    if (!engine->balances.known)
        return "the account's equity has not been read yet: it comes by itself";
    if (!is_known(engine))
        return "the account's equity is too old: the venue does not give its balance, see status";
    return "the account's equity is not above 0, or is no number that is kept exactly";
}
