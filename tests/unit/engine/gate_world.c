#include "gate_world.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "suites.h"

enum { MS = 1000000, WORDS_MAX = 24, WORD_MAX = 64 };
enum kind { KIND_E9, KIND_MONEY, KIND_COUNT, KIND_MS, KIND_BOOL, KIND_STATE, KIND_STAGE, KIND_U8 };

struct word {
    const char *name;
    enum kind kind;
    size_t offset;
    bool limit; /* must be above zero for anything to pass */
};

#define IN(name, kind, member) {name, kind, offsetof(struct world, in.member), false}
#define SET(name, kind, member) {name, kind, offsetof(struct world, settings.member), true}
#define PRODUCT(name, kind, member) SET(name, kind, product_limits[0].member)
#define ITEM(name, kind, member)                                                                  \
    {name, kind, offsetof(struct world, settings.catalog.items[0].member), false}

static const struct word words[] = {
    PRODUCT("max_order_size", KIND_E9, max_order_size),
    PRODUCT("max_order_value", KIND_MONEY, max_order_value),
    PRODUCT("price_collar", KIND_E9, price_collar),
    PRODUCT("max_position", KIND_E9, max_position),
    PRODUCT("max_working_orders", KIND_COUNT, max_working_orders),
    PRODUCT("max_working_value", KIND_MONEY, max_working_value),
    PRODUCT("max_book_age_ms", KIND_MS, max_book_age_ns),
    PRODUCT("max_mark_age_ms", KIND_MS, max_mark_age_ns),
    PRODUCT("max_mark_deviation", KIND_E9, max_mark_deviation),
    SET("strategy.max_messages", KIND_COUNT, strategies[0].max_messages),
    SET("strategy.max_working_orders", KIND_COUNT, strategies[0].max_working_orders),
    SET("account.max_messages", KIND_COUNT, max_messages),
    SET("account.message_window_ms", KIND_MS, message_window_ns),
    SET("account.max_working_orders", KIND_COUNT, max_working_orders),
    SET("account.max_working_value", KIND_MONEY, max_working_value),
    SET("account.duplicate_window_ms", KIND_MS, duplicate_window_ns),
    SET("account.max_skew_ms", KIND_MS, max_skew_ns),
    PRODUCT("demo_max_size", KIND_E9, demo_max_size),
    PRODUCT("canary_max_size", KIND_E9, canary_max_size),
    PRODUCT("max_impact", KIND_E9, max_impact), PRODUCT("depth_band", KIND_E9, depth_band),
    PRODUCT("min_depth", KIND_MONEY, min_depth), PRODUCT("max_spread", KIND_E9, max_spread),
    PRODUCT("max_exposure", KIND_MONEY, max_exposure),
    PRODUCT("max_leverage", KIND_E9, max_leverage),
    PRODUCT("initial_margin", KIND_E9, initial_margin),
    PRODUCT("max_funding_daily", KIND_E9, max_funding_daily),
    PRODUCT("calm_volatility", KIND_E9, calm_volatility),
    PRODUCT("max_volatility", KIND_E9, max_volatility),
    SET("strategy.max_fires", KIND_COUNT, strategies[0].max_fires),
    SET("strategy.fires_window_ms", KIND_MS, strategies[0].fires_window_ns),
    SET("strategy.max_refusals", KIND_COUNT, strategies[0].max_refusals),
    SET("strategy.max_gross", KIND_MONEY, strategies[0].max_gross),
    SET("strategy.max_net", KIND_MONEY, strategies[0].max_net),
    SET("strategy.max_loss_streak", KIND_COUNT, strategies[0].max_loss_streak),
    SET("strategy.cooldown_ms", KIND_MS, strategies[0].cooldown_ns),
    SET("strategy.max_rejects", KIND_COUNT, strategies[0].max_rejects),
    SET("account.max_unknown_ms", KIND_MS, max_unknown_ns),
    SET("account.max_stale_ms", KIND_MS, max_stale_ns),
    SET("account.max_unhealthy_ms", KIND_MS, max_unhealthy_ns),
    SET("account.max_gross", KIND_MONEY, max_gross), SET("account.max_net", KIND_MONEY, max_net),
    SET("account.max_leverage", KIND_E9, max_leverage),
    SET("account.max_leverage_overnight", KIND_E9, max_leverage_overnight),
    SET("account.min_free_margin", KIND_E9, min_free_margin),
    SET("account.min_liquidation_buffer", KIND_E9, min_liquidation_buffer),
    SET("account.quiet_before_funding_ms", KIND_MS, quiet_before_funding_ns),
    SET("account.max_daily_loss", KIND_E9, max_daily_loss),
    SET("account.max_drawdown", KIND_E9, max_drawdown),
    SET("account.volatility_sample_ms", KIND_MS, volatility_sample_ns),
    {"account.max_cancels", KIND_COUNT, offsetof(struct world, settings.max_cancels), false},
    {"max_exit_price_age_ms", KIND_MS,
     offsetof(struct world, settings.product_limits[0].max_exit_price_age_ns), false},
    {"strategy.products", KIND_COUNT, offsetof(struct world, settings.strategies[0].products),
     false},
    ITEM("disabled", KIND_BOOL, trading_disabled), ITEM("cancel_only", KIND_BOOL, cancel_only),
    ITEM("limit_only", KIND_BOOL, limit_only), ITEM("post_only", KIND_BOOL, post_only),
    ITEM("view_only", KIND_BOOL, view_only), ITEM("open", KIND_BOOL, session_open),
    ITEM("intx", KIND_BOOL, profile), ITEM("tick", KIND_E9, tick), ITEM("step", KIND_E9, step),
    ITEM("size_min", KIND_E9, size_min), ITEM("size_max", KIND_E9, size_max),
    ITEM("contract", KIND_E9, contract_size), ITEM("quote_min", KIND_MONEY, quote_min),
    IN("account", KIND_STATE, account_state), IN("strategy", KIND_STATE, strategy_state),
    IN("product", KIND_STATE, product_state),
    IN("reconciled", KIND_BOOL, reconciled), IN("market_up", KIND_BOOL, market_up),
    IN("user_up", KIND_BOOL, user_up), IN("journal_up", KIND_BOOL, journal_up),
    IN("skew_known", KIND_BOOL, skew_known), IN("skew_ms", KIND_MS, skew_ns),
    IN("book_valid", KIND_BOOL, book_valid), IN("book_age_ms", KIND_MS, book_age_ns),
    IN("bid", KIND_E9, bid), IN("ask", KIND_E9, ask), IN("worst", KIND_E9, worst),
    IN("mark_valid", KIND_BOOL, mark_valid), IN("mark_age_ms", KIND_MS, mark_age_ns),
    IN("venue_mark", KIND_E9, venue_mark), IN("mark_then", KIND_E9, mark_then),
    IN("mark", KIND_E9, mark), IN("position", KIND_E9, exposure.position),
    IN("working_buy", KIND_E9, exposure.working_buy),
    IN("working_sell", KIND_E9, exposure.working_sell),
    IN("others_buy", KIND_E9, others.buy), IN("others_sell", KIND_E9, others.sell),
    IN("others_product", KIND_COUNT, others.product),
    IN("others_account", KIND_COUNT, others.account),
    IN("own", KIND_E9, strategy_exposure.position),
    IN("own_buy", KIND_E9, strategy_exposure.working_buy),
    IN("own_sell", KIND_E9, strategy_exposure.working_sell),
    IN("working_product", KIND_COUNT, working_product),
    IN("working_strategy", KIND_COUNT, working_strategy),
    IN("working_account", KIND_COUNT, working_account),
    IN("value_product", KIND_MONEY, working_value_product),
    IN("value_account", KIND_MONEY, working_value_account),
    IN("messages_strategy", KIND_COUNT, messages_strategy),
    IN("messages_account", KIND_COUNT, messages_account),
    IN("cancels", KIND_COUNT, cancels_account), IN("duplicate", KIND_BOOL, duplicate),
    IN("ladder", KIND_COUNT, ladder),
    IN("last_good", KIND_E9, last_good), IN("last_good_age_ms", KIND_MS, last_good_age_ns),
    IN("unknown", KIND_BOOL, unknown_same_side),
    IN("now_ms", KIND_MS, wall_ns), IN("actor", KIND_U8, actor),
    {"stage", KIND_STAGE, offsetof(struct world, settings.stage), false},
    {"stamps", KIND_U8, offsetof(struct world, settings.funding_stamp_count), false},
    ITEM("funding_rate", KIND_E9, funding_rate), ITEM("interval_ms", KIND_MS, funding_interval_ns),
    ITEM("rate_unknown", KIND_BOOL, funding_unknown), ITEM("margin_long", KIND_E9, margin_long),
    ITEM("margin_short", KIND_E9, margin_short), ITEM("overnight_long", KIND_E9, overnight_long),
    ITEM("overnight_short", KIND_E9, overnight_short),
    IN("fires", KIND_COUNT, fires), IN("refusals", KIND_COUNT, refusals_in_row),
    IN("rejects", KIND_COUNT, rejects),
    IN("elsewhere", KIND_BOOL, exposed_elsewhere), IN("reach", KIND_E9, reach),
    IN("depth", KIND_E9, depth), IN("own_bid", KIND_E9, own_bid), IN("own_ask", KIND_E9, own_ask),
    IN("worth_known", KIND_BOOL, account_worth.known), IN("gross", KIND_MONEY, account_worth.gross),
    IN("up", KIND_MONEY, account_worth.up), IN("down", KIND_MONEY, account_worth.down),
    IN("own_worth_known", KIND_BOOL, strategy_worth.known),
    IN("own_gross", KIND_MONEY, strategy_worth.gross), IN("own_up", KIND_MONEY, strategy_worth.up),
    IN("own_down", KIND_MONEY, strategy_worth.down), IN("equity_known", KIND_BOOL, equity_known),
    IN("equity", KIND_MONEY, equity), IN("intraday", KIND_BOOL, intraday),
    IN("available", KIND_MONEY, available_margin), IN("margin", KIND_MONEY, initial_margin),
    IN("reserved", KIND_MONEY, reserved), IN("result_known", KIND_BOOL, result_known),
    IN("day_loss", KIND_MONEY, day_loss), IN("drawdown", KIND_MONEY, drawdown),
    IN("losses", KIND_COUNT, loss_streak), IN("since_loss_ms", KIND_MS, since_loss_ns),
    IN("volatility_known", KIND_BOOL, volatility_known), IN("volatility", KIND_E9, volatility),
    IN("overridden", KIND_COUNT, overridden), IN("venue_apart", KIND_E9, venue_apart),
    {"var", KIND_COUNT, offsetof(struct world, settings.var.mode), false},
    {"max_var", KIND_MONEY, offsetof(struct world, settings.var.max_var), false},
    {"scenarios", KIND_COUNT, offsetof(struct world, settings.var.scenario_count), false},
    {"max_crash", KIND_MONEY, offsetof(struct world, settings.var.scenarios[0].max_loss), false},
    {"max_squeeze", KIND_MONEY, offsetof(struct world, settings.var.scenarios[1].max_loss),
     false},
    IN("risk_known", KIND_BOOL, tail.known), IN("at_risk", KIND_MONEY, tail.var),
    IN("asked.no_open", KIND_BOOL, manifest.no_open),
    IN("asked.no_short", KIND_BOOL, manifest.no_short),
    IN("asked.products", KIND_COUNT, manifest.products),
    IN("asked.size", KIND_E9, manifest.max_order_size),
    IN("asked.position", KIND_E9, manifest.max_position),
    IN("asked.messages", KIND_COUNT, manifest.max_messages),
    IN("asked.orders", KIND_COUNT, manifest.max_working_orders),
    {"never_opens", KIND_BOOL, offsetof(struct world, settings.strategies[0].never_opens), false},
    {"never_short", KIND_BOOL, offsetof(struct world, settings.strategies[0].never_short), false},
    IN("risk_before", KIND_MONEY, tail.var_before),
    IN("crash_before", KIND_MONEY, tail.stress_before[0]),
    IN("crash", KIND_MONEY, tail.stress[0]), IN("squeeze", KIND_MONEY, tail.stress[1]),
};
enum { WORDS = sizeof words / sizeof words[0] };

uint32_t world_limit_count(void)
{
    uint32_t count = 0;
    while (words[count].limit)
        count++;
    return count;
}

const char *world_limit_name(uint32_t index)
{
    return words[index].name;
}

void world_init(struct world *world)
{
    struct instrument *item = &world->settings.catalog.items[0];
    memset(world, 0, sizeof *world);
    world->settings.catalog.count = 1;
    world->settings.strategy_count = 1;
    text_copy(item->product_id, PRODUCT_ID_MAX, "BIP-20DEC30-CDE", 15);
    text_copy(item->asset, ASSET_MAX, "BTC", 3);
    text_copy(world->settings.strategies[0].name, NAME_MAX_BYTES, "cross", 5);
    world->in.settings = &world->settings;
    world->in.instrument = item;
    world->in.intent = &world->intent;
    world->intent.ref = 1;
    world_order(world, "buy 0.05 @ 60000");
    world_set(world, "max_order_size=0.1 max_order_value=5000 price_collar=0.01 max_position=0.2 "
                     "max_working_orders=4 max_working_value=10000 max_book_age_ms=2000 "
                     "max_mark_age_ms=5000 max_mark_deviation=0.005 strategy.products=1");
    world_set(world, "strategy.max_messages=10 strategy.max_working_orders=2 "
                     "account.max_messages=20 account.message_window_ms=1000 "
                     "account.max_working_orders=6 account.max_working_value=15000 "
                     "account.duplicate_window_ms=500 account.max_skew_ms=1000 "
                     "account.max_cancels=15");
    world_set(world, "demo_max_size=0.0001 canary_max_size=0.02 max_impact=0.0015 depth_band=0.005 "
                     "min_depth=100000 max_spread=0.001 max_exposure=15000 max_leverage=0.5 "
                     "initial_margin=0.25 max_funding_daily=0.001 calm_volatility=0.001 "
                     "max_volatility=0.01 strategy.max_fires=30 strategy.fires_window_ms=60000 "
                     "strategy.max_refusals=20 strategy.max_gross=20000 strategy.max_net=18000");
    world_set(world, "strategy.max_loss_streak=5 strategy.cooldown_ms=1000 account.max_gross=30000 "
                     "account.max_net=25000 account.max_leverage=2 "
                     "account.max_leverage_overnight=1 "
                     "account.min_free_margin=0.2 account.min_liquidation_buffer=0.3 "
                     "account.quiet_before_funding_ms=1800000 account.max_daily_loss=0.02 "
                     "account.max_drawdown=0.05 account.volatility_sample_ms=60000 "
                     "account.max_unknown_ms=600000 account.max_stale_ms=60000 "
                     "account.max_unhealthy_ms=600000 strategy.max_rejects=5");
    world_set(world, "stage=production stamps=1 interval_ms=3600000 depth=10 worth_known=yes "
                     "own_worth_known=yes equity_known=yes equity=50000 available=50000 "
                     "result_known=yes since_loss_ms=max volatility_known=yes reach=60005");
    world->settings.funding_stamps_min[0] = 720;
    world_set(world, "var=2 max_var=500 scenarios=2 max_crash=1200 max_squeeze=900 risk_known=yes");
    text_copy(world->settings.var.scenarios[0].name, NAME_MAX_BYTES, "crash", 5);
    text_copy(world->settings.var.scenarios[1].name, NAME_MAX_BYTES, "squeeze", 7);
    world_set(world, "open=yes tick=5 step=0.01 size_min=0.01 size_max=50 contract=0.01 "
                     "reconciled=yes market_up=yes user_up=yes journal_up=yes skew_known=yes "
                     "now_ms=1000 book_valid=yes bid=60000 ask=60005 mark_valid=yes mark=60002.5");
}

/* Cuts a text at its blanks; a text that does not fit is a mistake in the table. */
static int split(const char *text, char out[WORDS_MAX][WORD_MAX])
{
    int count = 0;
    for (;;) {
        size_t length;
        text += strspn(text, " ");
        length = strcspn(text, " ");
        if (length == 0)
            return count;
        assert_true(count < WORDS_MAX);
        assert_true(text_copy(out[count++], WORD_MAX, text, length));
        text += length;
    }
}

static int64_t number(const char *text)
{
    struct size size;
    if (strcmp(text, "min") == 0)
        return INT64_MIN;
    if (strcmp(text, "max") == 0)
        return INT64_MAX;
    if (!size_parse(text, strlen(text), &size))
        fail_msg("'%s' is no number", text);
    return size.e9;
}

void world_order(struct world *world, const char *text)
{
    char parts[WORDS_MAX][WORD_MAX];
    int count = split(text, parts);
    struct intent *intent = &world->intent;
    *intent = (struct intent){.kind = INTENT_PLACE, .side = SIDE_UNKNOWN, .ref = 1};
    world->in.actor = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(parts[i], "operator") == 0)
            world->in.actor = ACTOR_OPERATOR;
        else if (strcmp(parts[i], "buy") == 0 || strcmp(parts[i], "sell") == 0)
            intent->side = parts[i][0] == 'b' ? SIDE_BUY : SIDE_SELL;
        else if (strcmp(parts[i], "market") == 0)
            intent->type = ORDER_TYPE_MARKET, intent->tif = TIF_IOC;
        else if (strcmp(parts[i], "stop") == 0)
            intent->type = ORDER_TYPE_STOP_LIMIT;
        else if (strcmp(parts[i], "bracket") == 0)
            intent->type = ORDER_TYPE_BRACKET;
        else if (strcmp(parts[i], "up") == 0 || strcmp(parts[i], "down") == 0)
            intent->stop = parts[i][0] == 'u' ? STOP_UP : STOP_DOWN;
        else if (strcmp(parts[i], "at") == 0 && i + 1 < count)
            intent->stop_price.e9 = number(parts[++i]);
        else if (strcmp(parts[i], "till") == 0 && i + 1 < count)
            intent->expires_wall_ns = number(parts[++i]) / DECIMAL_ONE * MS;
        else if (strcmp(parts[i], "@") == 0 && i + 1 < count)
            intent->price.e9 = number(parts[++i]);
        else if (strcmp(parts[i], "post") == 0)
            intent->post_only = true;
        else if (strcmp(parts[i], "reduce") == 0)
            intent->reduce_only = true;
        else if (strcmp(parts[i], "gtc") == 0 || strcmp(parts[i], "gtd") == 0)
            intent->tif = parts[i][2] == 'c' ? TIF_GTC : TIF_GTD;
        else if (strcmp(parts[i], "ioc") == 0 || strcmp(parts[i], "fok") == 0)
            intent->tif = parts[i][0] == 'i' ? TIF_IOC : TIF_FOK;
        else
            intent->size.e9 = number(parts[i]);
    }
}

static enum trading_state state_of(const char *text)
{
    for (int state = 0; state < TRADING_STATE_COUNT; state++) {
        if (strcmp(text, trading_state_text((enum trading_state)state)) == 0)
            return (enum trading_state)state;
    }
    return (enum trading_state)77; /* any other word: a state that is none */
}

static enum stage stage_of(const char *text)
{
    int stage = 0;
    while (stage < STAGE_COUNT && strcmp(text, stage_text((enum stage)stage)) != 0)
        stage++;
    return (enum stage)stage; /* STAGE_COUNT: any other word */
}

static void assign(struct world *world, const struct word *word, const char *text)
{
    unsigned char *at = (unsigned char *)world + word->offset;
    bool word_only = word->kind == KIND_BOOL || word->kind == KIND_STATE ||
                     word->kind == KIND_STAGE;
    int64_t e9 = word_only ? 0 : number(text);
    __int128 e18 = (__int128)e9 * DECIMAL_ONE;
    uint32_t count = (uint32_t)(e9 / DECIMAL_ONE);
    /* "max" and "min" milliseconds are the ends of the range, the rest is scaled. */
    int64_t ns = e9 == INT64_MAX || e9 == INT64_MIN ? e9 : e9 / DECIMAL_ONE * MS;
    bool truth = text[0] == 'y';
    enum trading_state state = state_of(text);
    enum stage stage = stage_of(text);
    uint8_t byte = (uint8_t)count;
    switch (word->kind) {
    case KIND_E9: memcpy(at, &e9, sizeof e9); return;
    case KIND_MONEY: memcpy(at, &e18, sizeof e18); return;
    case KIND_COUNT: memcpy(at, &count, sizeof count); return;
    case KIND_MS: memcpy(at, &ns, sizeof ns); return;
    case KIND_BOOL: memcpy(at, &truth, sizeof truth); return;
    case KIND_STATE: memcpy(at, &state, sizeof state); return;
    case KIND_STAGE: memcpy(at, &stage, sizeof stage); return;
    case KIND_U8: memcpy(at, &byte, sizeof byte); return;
    }
}

void world_set(struct world *world, const char *text)
{
    char parts[WORDS_MAX][WORD_MAX];
    int count = split(text, parts);
    for (int i = 0; i < count; i++) {
        char *equals = strchr(parts[i], '=');
        int k = 0;
        if (strcmp(parts[i], "-") == 0)
            continue;
        if (!equals)
            fail_msg("'%s' is no assignment", parts[i]);
        *equals = '\0';
        while (k < WORDS && strcmp(words[k].name, parts[i]) != 0)
            k++;
        if (k == WORDS)
            fail_msg("there is no '%s' in the world", parts[i]);
        assign(world, &words[k], equals + 1);
    }
}
