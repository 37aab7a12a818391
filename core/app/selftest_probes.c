/* What is tried of each control: an input just inside its limit, and the next one. Orders and
 * figures are made so that no other control speaks first; where one does, the table shows it. */
#include "app/selftest.h"

static const int64_t DAY_NS = 86400 * (int64_t)DECIMAL_ONE, MS_NS = 1000000;
static const __int128 MILLION = (__int128)1000000 * DECIMAL_ONE * DECIMAL_ONE;

#define STRATEGY(t) (&(t)->settings.strategies[(t)->strategy])
#define LIMITS(t) (&(t)->settings.product_limits[(t)->product])

static void say_word(struct trial *t, const char *what, const char *word)
{
    trial_say(t, "%s %s", what, word);
}

static uint32_t say_count(struct trial *t, const char *what, uint32_t limit, bool outside)
{
    uint32_t used = outside ? limit : limit - 1;

    trial_say(t, "%s %u", what, used);
    return used;
}

static int64_t say_ms(struct trial *t, const char *what, int64_t limit_ns, int64_t beyond_ns)
{
    int64_t ns = limit_ns + beyond_ns;

    trial_say(t, "%s %lld.%06lld ms", what, (long long)(ns / MS_NS), (long long)(ns % MS_NS));
    return ns;
}

/* ---- 1, 2, 3: states */

static void set_account_state(struct trial *t, bool outside)
{
    t->in.account_state = outside ? TRADING_REDUCING : TRADING_ACTIVE;
    say_word(t, "account", trading_state_text(t->in.account_state));
}

static void set_product_state(struct trial *t, bool outside)
{
    t->in.product_state = outside ? TRADING_HALTED : TRADING_ACTIVE;
    say_word(t, "product", trading_state_text(t->in.product_state));
}

static void set_strategy_state(struct trial *t, bool outside)
{
    t->in.strategy_state = outside ? TRADING_REDUCING : TRADING_ACTIVE;
    say_word(t, "strategy", trading_state_text(t->in.strategy_state));
}

static void set_fires(struct trial *t, bool outside)
{
    t->in.fires = say_count(t, "orders in its window:", STRATEGY(t)->max_fires, outside);
}

static void set_refusals(struct trial *t, bool outside)
{
    t->in.refusals_in_row = say_count(t, "refusals in a row:", STRATEGY(t)->max_refusals, outside);
}

static void set_rejects(struct trial *t, bool outside)
{
    t->in.rejects = say_count(t, "refused by the venue:", STRATEGY(t)->max_rejects, outside);
}

static void set_allowed(struct trial *t, bool outside)
{
    STRATEGY(t)->products = outside ? 0 : STRATEGY(t)->products;
    say_word(t, "on its list:", outside ? "no" : "yes");
}

static void set_session(struct trial *t, bool outside)
{
    t->spec.session_open = !outside;
    say_word(t, "session", outside ? "closed" : "open");
}

static void set_cancel_only(struct trial *t, bool outside)
{
    t->spec.cancel_only = outside;
    say_word(t, "cancel-only:", outside ? "yes" : "no");
}

/* ---- 4: the stage */

static void set_observe(struct trial *t, bool outside)
{
    t->settings.stage = outside ? STAGE_OBSERVE : STAGE_PRODUCTION;
    say_word(t, "stage", stage_text(t->settings.stage));
}

static void set_demo_rests(struct trial *t, bool outside)
{
    t->settings.stage = STAGE_DEMO;
    t->intent.post_only = !outside;
    say_word(t, "stage demo,", outside ? "may take" : "post-only");
}

static void set_stage_size(struct trial *t, enum stage stage, struct size limit, bool outside)
{
    t->settings.stage = stage;
    size_round(limit, t->spec.step, ROUND_DOWN, &t->intent.size);
    if (t->intent.size.e9 < t->spec.step.e9)
        t->intent.size = t->spec.step;
    t->intent.size.e9 += outside ? t->spec.step.e9 : 0;
    say_word(t, "stage", stage_text(stage));
}

static void set_demo_size(struct trial *t, bool outside)
{
    set_stage_size(t, STAGE_DEMO, LIMITS(t)->demo_max_size, outside);
}

static void set_canary_size(struct trial *t, bool outside)
{
    set_stage_size(t, STAGE_CANARY, LIMITS(t)->canary_max_size, outside);
}

/* ---- 5: the reference */

static void set_book_age(struct trial *t, bool outside)
{
    t->in.book_age_ns = say_ms(t, "book of", LIMITS(t)->max_book_age_ns, outside);
}

static void set_mark_age(struct trial *t, bool outside)
{
    t->in.mark_age_ns = say_ms(t, "mark of", LIMITS(t)->max_mark_age_ns, outside);
}

static int64_t mid_of(const struct trial *t)
{
    return t->in.bid.e9 + (t->in.ask.e9 - t->in.bid.e9) / 2;
}

static void set_mark_deviation(struct trial *t, bool outside)
{
    int64_t mid = mid_of(t);
    int64_t most = (int64_t)((__int128)mid * LIMITS(t)->max_mark_deviation.e9 / DECIMAL_ONE);

    t->in.mark.e9 = mid + most + outside;
    trial_say_e9(t, "mark", t->in.mark.e9);
    trial_say_e9(t, "mid", mid);
}

/* ---- 6: increments */

static void set_tick(struct trial *t, bool outside)
{
    t->intent.price.e9 -= outside;
}

static void set_step(struct trial *t, bool outside)
{
    t->intent.size.e9 += outside;
}

static void set_stop_side(struct trial *t, bool outside)
{
    t->intent.type = ORDER_TYPE_STOP_LIMIT;
    t->intent.post_only = false;
    t->intent.stop = STOP_UP;
    t->intent.stop_price = t->intent.price = outside ? t->in.bid : t->in.ask;
    trial_say_e9(t, "stop up at", t->intent.stop_price.e9);
}

/* ---- 7, 8, 9: one order */

/* The largest that max_order_size allows. */
static void size_up(struct trial *t)
{
    size_round(LIMITS(t)->max_order_size, t->spec.step, ROUND_DOWN, &t->intent.size);
}

static void set_order_size(struct trial *t, bool outside)
{
    size_up(t);
    t->intent.size.e9 += outside ? t->spec.step.e9 : 0;
}

static void set_order_value(struct trial *t, bool outside)
{
    struct price price = t->in.bid;

    size_up(t);
    money_div_size(LIMITS(t)->max_order_value, t->intent.size, ROUND_DOWN, &price);
    price_round(price, t->spec.tick, ROUND_DOWN, &price);
    price.e9 += outside ? t->spec.tick.e9 : 0;
    trial_set_price(t, price);
    trial_say_money(t, "worth", trial_value(t));
}

static void set_collar(struct trial *t, bool outside)
{
    struct price mid = {mid_of(t)}, high = mid;

    price_shift(mid, LIMITS(t)->price_collar, ROUND_DOWN, &high);
    price_round(high, t->spec.tick, ROUND_DOWN, &t->intent.price);
    t->intent.price.e9 += outside ? t->spec.tick.e9 : 0;
    t->intent.side = SIDE_SELL;
    trial_say_e9(t, "mid", mid.e9);
}

/* ---- 10, 11: what the book offers */

static void set_impact(struct trial *t, bool outside)
{
    struct price reach = {mid_of(t)};

    price_shift(reach, LIMITS(t)->max_impact, ROUND_DOWN, &reach);
    t->in.reach.e9 = reach.e9 + outside;
    t->intent.post_only = false;
    price_round(t->in.reach, t->spec.tick, ROUND_UP, &t->intent.price);
    trial_say_e9(t, "takes up to", t->in.reach.e9);
}

/* ask - bid is at most mid x limit, and mid is bid + half of that. */
static void set_spread(struct trial *t, bool outside)
{
    __int128 limit = LIMITS(t)->max_spread.e9, twice = 2 * (__int128)DECIMAL_ONE;
    int64_t apart = limit < twice ? (int64_t)(twice * t->in.bid.e9 * limit / DECIMAL_ONE /
                                              (twice - limit)) - 1
                                  : 2 * t->in.bid.e9;

    t->in.ask.e9 = t->in.bid.e9 + apart + (outside ? 4 : 0);
    t->in.mark.e9 = mid_of(t);
    price_round((struct price){mid_of(t)}, t->spec.tick, ROUND_DOWN, &t->intent.price);
    trial_say_e9(t, "bid", t->in.bid.e9);
    trial_say_e9(t, "ask", t->in.ask.e9);
}

static void set_depth(struct trial *t, bool outside)
{
    money_div_price(LIMITS(t)->min_depth, (struct price){mid_of(t)}, ROUND_UP, &t->in.depth);
    t->in.depth.e9 -= outside;
    trial_say_money(t, "depth of", money_of((struct price){mid_of(t)}, t->in.depth));
}

/* ---- 12 to 15 */

static void set_self_match(struct trial *t, bool outside)
{
    t->intent.post_only = false;
    t->intent.price = t->in.reach = t->in.ask;
    t->in.own_ask.e9 = t->in.ask.e9 + (outside ? 0 : t->spec.tick.e9);
    trial_say_e9(t, "our own ask at", t->in.own_ask.e9);
}

static void set_messages_strategy(struct trial *t, bool outside)
{
    t->in.messages_strategy = t->in.messages_account =
        say_count(t, "its orders in the window:", STRATEGY(t)->max_messages, outside);
}

static void set_messages_account(struct trial *t, bool outside)
{
    t->in.messages_account =
        say_count(t, "orders in the window:", t->settings.max_messages, outside);
}

static void set_cancels(struct trial *t, bool outside)
{
    t->cancel = true;
    t->in.cancels_account =
        say_count(t, "cancels in the window:", t->settings.max_cancels, outside);
}

static void set_working_product(struct trial *t, bool outside)
{
    t->in.working_product = t->in.working_account =
        say_count(t, "working in the product:", LIMITS(t)->max_working_orders, outside);
}

static void set_working_strategy(struct trial *t, bool outside)
{
    t->in.working_strategy = t->in.working_account =
        say_count(t, "working of the strategy:", STRATEGY(t)->max_working_orders, outside);
}

static void set_working_account(struct trial *t, bool outside)
{
    t->in.working_account =
        say_count(t, "working:", t->settings.max_working_orders, outside);
}

/* What leaves room for this order and no more. */
static struct money beside(struct trial *t, struct money limit, bool outside)
{
    return (struct money){limit.e18 - trial_value(t).e18 + outside};
}

static void set_value_product(struct trial *t, bool outside)
{
    t->in.working_value_product = t->in.working_value_account =
        beside(t, LIMITS(t)->max_working_value, outside);
    trial_say_money(t, "working in the product", t->in.working_value_product);
}

static void set_value_account(struct trial *t, bool outside)
{
    t->in.working_value_account = beside(t, t->settings.max_working_value, outside);
    trial_say_money(t, "working", t->in.working_value_account);
}

/* ---- 16, 17: positions and exposure */

static void set_position(struct trial *t, bool outside)
{
    size_round(LIMITS(t)->max_position, t->spec.step, ROUND_DOWN, &t->in.exposure.position);
    t->in.exposure.position.e9 += (outside ? t->spec.step.e9 : 0) - t->intent.size.e9;
    trial_say_e9(t, "holding", t->in.exposure.position.e9);
}

static void set_reduce_only(struct trial *t, bool outside)
{
    t->intent.reduce_only = outside;
    trial_say(t, "flat, reduce-only: %s", outside ? "yes" : "no");
}

/* The largest position, at the price at which it is worth the limit. */
static void set_exposure_product(struct trial *t, bool outside)
{
    struct price price = t->in.bid;
    struct size most;

    size_round(LIMITS(t)->max_position, t->spec.step, ROUND_DOWN, &most);
    money_div_size(LIMITS(t)->max_exposure, most, ROUND_DOWN, &price);
    price_round(price, t->spec.tick, ROUND_DOWN, &price);
    price.e9 += outside ? t->spec.tick.e9 : 0;
    trial_set_price(t, price);
    t->in.exposure.position.e9 = most.e9 - t->intent.size.e9;
    trial_say_e9(t, "holding", t->in.exposure.position.e9);
    trial_say_money(t, "exposure", money_of(price, most));
}

static void set_gross_strategy(struct trial *t, bool outside)
{
    t->in.strategy_worth.gross = t->in.account_worth.gross =
        beside(t, STRATEGY(t)->max_gross, outside);
    trial_say_money(t, "its gross beside", t->in.strategy_worth.gross);
}

static void set_net_strategy(struct trial *t, bool outside)
{
    t->in.strategy_worth.up = t->in.account_worth.up = t->in.strategy_worth.gross =
        t->in.account_worth.gross = beside(t, STRATEGY(t)->max_net, outside);
    trial_say_money(t, "its net beside", t->in.strategy_worth.up);
}

static void set_gross_account(struct trial *t, bool outside)
{
    t->in.account_worth.gross = beside(t, t->settings.max_gross, outside);
    trial_say_money(t, "gross beside", t->in.account_worth.gross);
}

static void set_net_account(struct trial *t, bool outside)
{
    t->in.account_worth.up = t->in.account_worth.gross = beside(t, t->settings.max_net, outside);
    trial_say_money(t, "net beside", t->in.account_worth.up);
}

/* ---- 18, 19, 20: equity and margin */

/* The least equity of which `part` is `money`. */
static struct money equity_for(struct money money, struct ratio part)
{
    return (struct money){(money.e18 * DECIMAL_ONE + part.e9 - 1) / part.e9};
}

static void say_equity(struct trial *t, bool outside)
{
    t->in.equity.e18 -= outside ? 2 * DECIMAL_ONE : 0;
    trial_say_money(t, "equity", t->in.equity);
}

static void set_leverage_product(struct trial *t, bool outside)
{
    t->in.equity = equity_for(trial_value(t), LIMITS(t)->max_leverage);
    say_equity(t, outside);
}

static void fill_gross(struct trial *t)
{
    t->in.account_worth.gross = beside(t, t->settings.max_gross, false);
    trial_say_money(t, "gross", t->settings.max_gross);
}

static void set_leverage(struct trial *t, bool outside)
{
    fill_gross(t);
    t->in.equity = equity_for(t->settings.max_gross, t->settings.max_leverage);
    say_equity(t, outside);
}

static void set_leverage_overnight(struct trial *t, bool outside)
{
    fill_gross(t);
    t->in.intraday = false;
    t->in.equity = equity_for(t->settings.max_gross, t->settings.max_leverage_overnight);
    say_equity(t, outside);
}

/* What has to be there: the order's own margin, and `part` of an equity of a million. */
static struct money wanted(struct trial *t, struct ratio part)
{
    struct money order, kept = {0};

    t->in.equity.e18 = MILLION;
    money_scale(trial_value(t), LIMITS(t)->initial_margin, ROUND_UP, &order);
    money_scale(t->in.equity, part, ROUND_UP, &kept);
    return (struct money){order.e18 + kept.e18};
}

static void set_margin(struct trial *t, bool outside)
{
    t->in.available_margin.e18 = wanted(t, t->settings.min_free_margin).e18 - outside;
    trial_say_money(t, "equity", t->in.equity);
    trial_say_money(t, "available", t->in.available_margin);
}

/* Enough for this order's margin, and not for the same a tick above. */
static void set_initial_margin(struct trial *t, bool outside)
{
    t->in.available_margin = wanted(t, t->settings.min_free_margin);
    trial_set_price(t, (struct price){t->in.bid.e9 + (outside ? t->spec.tick.e9 : 0)});
    trial_say_money(t, "available", t->in.available_margin);
}

static void set_buffer(struct trial *t, bool outside)
{
    struct money kept = wanted(t, t->settings.min_liquidation_buffer);

    t->in.initial_margin.e18 = t->in.equity.e18 - kept.e18 + outside;
    trial_say_money(t, "equity", t->in.equity);
    trial_say_money(t, "beyond margin", (struct money){kept.e18 - outside});
}

/* ---- 21, 22: funding */

static void set_funding(struct trial *t, bool outside)
{
    __int128 day = (__int128)LIMITS(t)->max_funding_daily.e9 * t->spec.funding_interval_ns;

    t->spec.funding_rate.e9 = (int64_t)(day / DAY_NS) + outside;
    trial_say_e9(t, "rate per stamp", t->spec.funding_rate.e9);
}

/* The stamp of the calm hour is the next one. */
static void set_quiet(struct trial *t, bool outside)
{
    int64_t nearest_ns = DAY_NS;

    for (uint8_t i = 0; i < t->settings.funding_stamp_count; i++) {
        int64_t stamp_ns = t->settings.funding_stamps_min[i] * 60 * (int64_t)DECIMAL_ONE;
        int64_t left_ns = (stamp_ns - t->in.wall_ns + DAY_NS) % DAY_NS;
        nearest_ns = left_ns < nearest_ns ? left_ns : nearest_ns;
    }
    t->in.wall_ns += nearest_ns - t->settings.quiet_before_funding_ns + outside;
    say_ms(t, "to the stamp:", t->settings.quiet_before_funding_ns, -(int64_t)outside);
}

/* ---- 23, 24: losses */

/* Of a million before it: the least loss that is refused, or the most that is not. */
static struct money lose(struct trial *t, struct ratio part, bool outside)
{
    struct money loss = {0}, million = {MILLION};

    money_scale(million, part, ROUND_DOWN, &loss);
    loss.e18 -= outside ? 0 : DECIMAL_ONE;
    t->in.equity.e18 = MILLION - loss.e18;
    trial_say_money(t, "lost", loss);
    trial_say_money(t, "equity", t->in.equity);
    return loss;
}

static void set_daily_loss(struct trial *t, bool outside)
{
    t->in.day_loss = lose(t, t->settings.max_daily_loss, outside);
}

static void set_drawdown(struct trial *t, bool outside)
{
    t->in.drawdown = lose(t, t->settings.max_drawdown, outside);
}

static void set_streak(struct trial *t, bool outside)
{
    t->in.loss_streak =
        say_count(t, "losing trades in a row:", STRATEGY(t)->max_loss_streak, outside);
}

static void set_cooldown(struct trial *t, bool outside)
{
    t->in.since_loss_ns = say_ms(t, "since a loss:", STRATEGY(t)->cooldown_ns, -(int64_t)outside);
}

/* ---- 25, 26: doubt and health */

static void set_unknown(struct trial *t, bool outside)
{
    t->in.unknown_same_side = outside;
    trial_say(t, "an unknown order on its side: %s", outside ? "yes" : "no");
}

static void set_skew(struct trial *t, bool outside)
{
    t->in.skew_ns = say_ms(t, "skew", t->settings.max_skew_ns, outside);
}

static void set_market(struct trial *t, bool outside)
{
    t->in.market_up = !outside;
    trial_say(t, "market stream %s", outside ? "down" : "up");
}

static void set_user(struct trial *t, bool outside)
{
    t->in.user_up = !outside;
    trial_say(t, "user stream %s", outside ? "down" : "up");
}

static void set_journal(struct trial *t, bool outside)
{
    t->in.journal_up = !outside;
    trial_say(t, "journal %s", outside ? "dead" : "up");
}

static void set_reconciled(struct trial *t, bool outside)
{
    t->in.reconciled = !outside;
    trial_say(t, "compared with the venue: %s", outside ? "no" : "yes");
}

static void set_ladder(struct trial *t, bool outside)
{
    t->in.ladder = outside ? LADDER_NO_OPEN : LADDER_NORMAL;
    say_word(t, "ladder", ladder_step_text(t->in.ladder));
}

/* ---- 27, 28: advanced risk */

static void set_volatility(struct trial *t, bool outside)
{
    t->in.volatility.e9 = LIMITS(t)->max_volatility.e9 + outside;
    trial_say_e9(t, "volatility", t->in.volatility.e9);
}

/* Twice what is calm halves the largest order. */
static void set_calm(struct trial *t, bool outside)
{
    struct ratio calm = LIMITS(t)->calm_volatility, most = LIMITS(t)->max_volatility;

    size_up(t);
    t->in.volatility.e9 = !outside ? calm.e9 : 2 * calm.e9 < most.e9 ? 2 * calm.e9 : most.e9;
    trial_say_e9(t, "volatility", t->in.volatility.e9);
}

static void set_var(struct trial *t, bool outside)
{
    t->in.tail.var.e18 = t->settings.var.max_var.e18 + outside;
    trial_say_money(t, "value at risk", t->in.tail.var);
}

static void set_warm(struct trial *t, bool outside)
{
    t->in.tail.known = !outside;
    trial_say(t, "%s", outside ? "not yet warm" : "warm");
}

static void set_stress(struct trial *t, bool outside)
{
    t->in.tail.stress[t->item].e18 =
        t->settings.var.scenarios[t->item].max_loss.e18 + outside;
    trial_say_money(t, "it would lose", t->in.tail.stress[t->item]);
}

/* ---- 29: an override sets a limit aside, never a state */

static void set_override(struct trial *t, bool outside)
{
    t->in.overridden = UINT32_MAX;
    size_up(t);
    t->intent.size.e9 += t->spec.step.e9;
    t->in.account_state = outside ? TRADING_REDUCING : TRADING_ACTIVE;
    trial_say(t, "all overridden, account %s", trading_state_text(t->in.account_state));
}

/* ---- what the engine measures: in one of the selftest's own */

static struct drill_host *open_host(struct trial *t)
{
    return drill_host_open(&t->settings, t->product, t->strategy, t->in.wall_ns, t->in.bid,
                           t->intent.size);
}

/* Orders a window apart, each `ticks` below the one before; a rate is counted in slices, and the
 * slice that the window ends in is counted whole. */
static void drill_window(struct trial *t, int64_t window_ns, int64_t slack_ns, int ticks,
                         int after, bool outside, struct verdict *ret)
{
    struct drill_host *host = open_host(t);
    struct price price = t->in.bid;

    if (!host)
        return;
    drill_host_order(host, price, ret);
    drill_host_pass(host, outside ? window_ns - 1 : window_ns + slack_ns);
    for (int i = 0; i < after && ret->code == REFUSED_NOT; i++) {
        price.e9 -= ticks * t->spec.tick.e9;
        drill_host_order(host, price, ret);
    }
    drill_host_close(host);
    say_ms(t, "after", outside ? window_ns - 1 : window_ns + slack_ns, 0);
}

static void drill_duplicate(struct trial *t, bool outside, struct verdict *ret)
{
    trial_say(t, "the same again, ");
    drill_window(t, t->settings.duplicate_window_ns, 0, 0, 1, outside, ret);
}

static void drill_messages(struct trial *t, bool outside, struct verdict *ret)
{
    t->settings.max_messages = 1;
    trial_say(t, "one a window, another ");
    drill_window(t, t->settings.message_window_ns, t->settings.message_window_ns / 4, 1, 1,
                 outside, ret);
}

static void drill_fires(struct trial *t, bool outside, struct verdict *ret)
{
    STRATEGY(t)->max_fires = 2;
    trial_say(t, "latched by two a window, two more ");
    drill_window(t, STRATEGY(t)->fires_window_ns, STRATEGY(t)->fires_window_ns / 4, 1, 2,
                 outside, ret);
}

/* One tick is too wild in this copy, once it is sampled. */
static void drill_sample(struct trial *t, bool outside, struct verdict *ret)
{
    struct drill_host *host;
    int64_t part = t->spec.tick.e9 * DECIMAL_ONE / t->in.bid.e9 / 64 + 1;

    LIMITS(t)->calm_volatility.e9 = LIMITS(t)->max_volatility.e9 = part;
    if ((host = open_host(t)) == NULL)
        return;
    drill_host_pass(host, t->settings.volatility_sample_ns);
    host->bid.e9 += outside ? t->spec.tick.e9 : 0;
    host->ask.e9 += outside ? t->spec.tick.e9 : 0;
    drill_host_pass(host, t->settings.volatility_sample_ns);
    drill_host_order(host, t->in.bid, ret);
    drill_host_close(host);
    trial_say(t, "a tick that is too wild, %s", outside ? "sampled" : "not there");
}

/* A million, which only what is deep in the book is worth: it stands inside the band, or beyond. */
static void drill_band(struct trial *t, bool outside, struct verdict *ret)
{
    struct drill_host *host;
    struct price mid = {mid_of(t)}, low = mid, level = mid;

    LIMITS(t)->min_depth.e18 = MILLION;
    if ((host = open_host(t)) == NULL)
        return;
    price_shift(mid, (struct ratio){-LIMITS(t)->depth_band.e9}, ROUND_UP, &low);
    price_round(low, t->spec.tick, ROUND_UP, &level);
    host->far.e9 = t->in.bid.e9 - level.e9 + (outside ? t->spec.tick.e9 : 0);
    drill_host_pass(host, 1);
    drill_host_order(host, t->in.bid, ret);
    trial_say_e9(t, "depth begins at", t->in.bid.e9 - host->far.e9);
    drill_host_close(host);
}

static void set_no_stamps(struct trial *t, bool outside)
{
    t->settings.funding_stamp_count = outside ? 0 : t->settings.funding_stamp_count;
    trial_say(t, "%u stamps", t->settings.funding_stamp_count);
}

#define A PROBE_ACCOUNT
#define S PROBE_STRATEGY
#define P PROBE_PRODUCT
#define KEY(key) key, "." key

const struct probe selftest_probes[] = {
    {1, "trading state", A, NULL, ".state", REFUSED_STATE, set_account_state},
    {1, "trading state", P, NULL, ".state", REFUSED_STATE, set_product_state},
    {2, "strategy state", S, NULL, ".state", REFUSED_STRATEGY_STATE, set_strategy_state},
    {2, "strategy state", S, KEY("max_fires"), REFUSED_STRATEGY_STATE, set_fires},
    {2, "strategy state", S, KEY("max_refusals"), REFUSED_STRATEGY_STATE, set_refusals},
    {2, "strategy state", S, "fires_window_ms", ".state", REFUSED_STRATEGY_STATE, NULL,
     drill_fires},
    {2, "strategy state", S, KEY("max_rejects"), REFUSED_STRATEGY_STATE, set_rejects},
    {3, "instrument allow-list", S, NULL, ".products", REFUSED_OWNER, set_allowed},
    {3, "instrument allow-list", P, NULL, ".session", REFUSED_PRODUCT, set_session},
    {3, "instrument allow-list", P, NULL, ".cancel_only", REFUSED_PRODUCT_MODE, set_cancel_only},
    {4, "stage", A, KEY("stage"), REFUSED_STAGE, set_observe},
    {4, "stage", A, KEY("stage"), REFUSED_STAGE, set_demo_rests},
    {4, "stage", P, KEY("demo_max_size"), REFUSED_STAGE, set_demo_size},
    {4, "stage", P, KEY("canary_max_size"), REFUSED_STAGE, set_canary_size},
    {5, "reference price", P, KEY("max_book_age_ms"), REFUSED_BOOK_STALE, set_book_age},
    {5, "reference price", P, KEY("max_mark_age_ms"), REFUSED_MARK_STALE, set_mark_age},
    {5, "reference price", P, KEY("max_mark_deviation"), REFUSED_MARK_STALE, set_mark_deviation},
    {5, "reference price", A, "max_stale_ms", ".state", REFUSED_STATE, NULL, drill_stale},
    {6, "increments", P, NULL, ".tick", REFUSED_PRICE_TICK, set_tick},
    {6, "increments", P, NULL, ".step", REFUSED_SIZE_STEP, set_step},
    {6, "increments", P, NULL, ".stop_price", REFUSED_STOP_SIDE, set_stop_side},
    {7, "order size", P, KEY("max_order_size"), REFUSED_ORDER_SIZE, set_order_size},
    {8, "order value", P, KEY("max_order_value"), REFUSED_ORDER_VALUE, set_order_value},
    {9, "price collar", P, KEY("price_collar"), REFUSED_COLLAR, set_collar},
    {10, "impact", P, KEY("max_impact"), REFUSED_IMPACT, set_impact},
    {11, "liquidity", P, KEY("max_spread"), REFUSED_LIQUIDITY, set_spread},
    {11, "liquidity", P, KEY("min_depth"), REFUSED_LIQUIDITY, set_depth},
    {11, "liquidity", P, "depth_band", ".min_depth", REFUSED_LIQUIDITY, NULL, drill_band},
    {12, "duplicate", A, KEY("duplicate_window_ms"), REFUSED_DUPLICATE, NULL, drill_duplicate},
    {13, "self-match", P, NULL, ".self_match", REFUSED_SELF_MATCH, set_self_match},
    {14, "message rate", S, KEY("max_messages"), REFUSED_RATE, set_messages_strategy},
    {14, "message rate", A, KEY("max_messages"), REFUSED_RATE, set_messages_account},
    {14, "message rate", A, KEY("max_cancels"), REFUSED_RATE, set_cancels},
    {14, "message rate", A, "message_window_ms", ".max_messages", REFUSED_RATE, NULL,
     drill_messages},
    {15, "working orders", P, KEY("max_working_orders"), REFUSED_WORKING_COUNT,
     set_working_product},
    {15, "working orders", S, KEY("max_working_orders"), REFUSED_WORKING_COUNT,
     set_working_strategy},
    {15, "working orders", A, KEY("max_working_orders"), REFUSED_WORKING_COUNT,
     set_working_account},
    {15, "working orders", P, KEY("max_working_value"), REFUSED_WORKING_VALUE, set_value_product},
    {15, "working orders", A, KEY("max_working_value"), REFUSED_WORKING_VALUE, set_value_account},
    {16, "position", P, KEY("max_position"), REFUSED_POSITION, set_position},
    {16, "position", P, NULL, ".reduce_only", REFUSED_REDUCE_ONLY, set_reduce_only},
    {17, "exposure", P, KEY("max_exposure"), REFUSED_EXPOSURE, set_exposure_product},
    {17, "exposure", S, KEY("max_gross"), REFUSED_EXPOSURE, set_gross_strategy},
    {17, "exposure", S, KEY("max_net"), REFUSED_EXPOSURE, set_net_strategy},
    {17, "exposure", A, KEY("max_gross"), REFUSED_EXPOSURE, set_gross_account},
    {17, "exposure", A, KEY("max_net"), REFUSED_EXPOSURE, set_net_account},
    {18, "leverage", P, KEY("max_leverage"), REFUSED_LEVERAGE, set_leverage_product},
    {18, "leverage", A, KEY("max_leverage"), REFUSED_LEVERAGE, set_leverage},
    {18, "leverage", A, KEY("max_leverage_overnight"), REFUSED_LEVERAGE, set_leverage_overnight},
    {19, "margin", A, KEY("min_free_margin"), REFUSED_MARGIN, set_margin},
    {19, "margin", P, "initial_margin", ".min_free_margin", REFUSED_MARGIN, set_initial_margin},
    {20, "liquidation buffer", A, KEY("min_liquidation_buffer"), REFUSED_LIQUIDATION_BUFFER,
     set_buffer},
    {21, "funding cap", P, KEY("max_funding_daily"), REFUSED_FUNDING, set_funding},
    {22, "quiet window", A, KEY("quiet_before_funding_ms"), REFUSED_QUIET, set_quiet},
    {22, "quiet window", A, "funding_stamps", ".quiet_before_funding_ms", REFUSED_QUIET,
     set_no_stamps},
    {23, "daily loss", A, KEY("max_daily_loss"), REFUSED_DAILY_LOSS, set_daily_loss},
    {24, "drawdown, loss streak", A, KEY("max_drawdown"), REFUSED_DRAWDOWN, set_drawdown},
    {24, "drawdown, loss streak", S, KEY("max_loss_streak"), REFUSED_LOSS_STREAK, set_streak},
    {24, "drawdown, loss streak", S, KEY("cooldown_ms"), REFUSED_COOLDOWN, set_cooldown},
    {25, "UNKNOWN outstanding", P, NULL, ".unknown", REFUSED_UNKNOWN_OUTSTANDING, set_unknown},
    {25, "UNKNOWN outstanding", A, "max_unknown_ms", ".state", REFUSED_STATE, NULL,
     drill_unknown},
    {26, "health", A, "max_unhealthy_ms", ".state", REFUSED_STATE, NULL, drill_unhealthy},
    {26, "health", A, KEY("max_skew_ms"), REFUSED_HEALTH, set_skew},
    {26, "health", A, NULL, "", REFUSED_HEALTH, set_market},
    {26, "health", A, NULL, "", REFUSED_HEALTH, set_user},
    {26, "health", A, NULL, "", REFUSED_HEALTH, set_journal},
    {26, "health", A, NULL, "", REFUSED_HEALTH, set_reconciled},
    {26, "health", A, NULL, "", REFUSED_HEALTH, set_ladder},
    {27, "volatility", P, KEY("max_volatility"), REFUSED_VOLATILITY, set_volatility},
    {27, "volatility", P, KEY("calm_volatility"), REFUSED_VOLATILITY, set_calm},
    {27, "volatility", A, "volatility_sample_ms", ".state", REFUSED_STATE, NULL, drill_sample},
    {28, "value at risk, stress", A, NULL, ".var", REFUSED_VAR, set_warm},
    {28, "value at risk, stress", A, "max_var", "risk.max_var", REFUSED_VAR, set_var},
    {28, "value at risk, stress", PROBE_SCENARIO, "max_loss", "stress.", REFUSED_STRESS,
     set_stress},
    {29, "override", A, NULL, ".state", REFUSED_STATE, set_override},
};
const uint32_t selftest_probe_count = sizeof(selftest_probes) / sizeof(selftest_probes[0]);
