/* What no single key can tell: rules between keys, and the step from config to engine settings. */
#include <stdio.h>
#include <string.h>

#include "app/config_params.h"
#include "base/text.h"

enum { VENUE_REQUESTS_PER_S = 30, FRACTION_MAX = DECIMAL_ONE / 5 };

static const char *const environment_names[] = {"loopback", "sandbox", "production"};

const char *environment_text(enum environment environment)
{
    return environment_names[environment];
}

bool config_is_paper(const struct config *config)
{
    return config->paper.cash.e18 > 0;
}

const char *config_identity(const struct config *config)
{
    static const char *const papers[] = {"paper of loopback", "paper of sandbox",
                                         "paper of production"};

    return (config_is_paper(config) ? papers : environment_names)[config->environment];
}

/* Which environment a host belongs to; hosts that nobody knows belong to none. */
static int environment_of(const char *host)
{
    static const struct { const char *host; enum environment environment; } known[] = {
        {"127.0.0.1", ENVIRONMENT_LOOPBACK}, {"localhost", ENVIRONMENT_LOOPBACK},
        {"::1", ENVIRONMENT_LOOPBACK}, {"api-sandbox.coinbase.com", ENVIRONMENT_SANDBOX},
        {"api.coinbase.com", ENVIRONMENT_PRODUCTION},
        {"advanced-trade-ws.coinbase.com", ENVIRONMENT_PRODUCTION},
        {"advanced-trade-ws-user.coinbase.com", ENVIRONMENT_PRODUCTION},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(host, known[i].host) == 0)
            return (int)known[i].environment;
    return -1;
}

/* Where a key stands in the file; 0 when it does not. */
static int line_of(const config_t *file, const char *path)
{
    const config_setting_t *setting = config_lookup(file, path);

    return setting ? (int)config_setting_source_line(setting) : 0;
}

static void check_host(const struct config *config, const config_t *file, const char *key,
                       const char *host, struct config_problems *problems)
{
    int belongs = environment_of(host);

    if (*host && belongs != (int)config->environment)
        config_problem(problems, config->path, line_of(file, key),
                       "%s: '%s' is %s%s, but environment is %s; they are never mixed", key,
                       host, belongs < 0 ? "no known host of the venue" : "a host of ",
                       belongs < 0 ? "" : environment_names[belongs],
                       environment_text(config->environment));
}

static void default_text(char *out, size_t capacity, const char *text)
{
    if (!*out)
        text_copy(out, capacity, text, strlen(text));
}

static void check_venue(struct config *config, const config_t *file,
                        struct config_problems *problems)
{
    check_host(config, file, "venue.host", config->venue.host, problems);
    check_host(config, file, "venue.market_host", config->venue.market_host, problems);
    check_host(config, file, "venue.user_host", config->venue.user_host, problems);
    default_text(config->venue.market_host, sizeof(config->venue.market_host), config->venue.host);
    default_text(config->venue.user_host, sizeof(config->venue.user_host), config->venue.host);
    if (!config->venue.market_port)
        config->venue.market_port = config->venue.port;
    if (!config->venue.user_port)
        config->venue.user_port = config->venue.port;
    if (!*config->venue.key_file && !config_lookup(file, "paper"))
        config_problem(problems, config->path, line_of(file, "venue"),
                       "venue.key_file is not set: the API key file as the venue issues it, mode "
                       "0600 (none for `moongate paper`, with a section paper)");
    if (config->api == API_EXCHANGE)
        config_problem(problems, config->path, line_of(file, "api"),
                       "api: the Exchange API has no perpetuals; use api = \"advanced\" with a "
                       "CDP key");
    if (config->venue.connections < 3 || config->venue.connections > 8)
        config_problem(problems, config->path, line_of(file, "venue.connections"),
                       "venue.connections: 3 to 8");
}

/* The venue answers 30 private requests a second and refuses the rest, cancels among them: what the
 * two budgets let out together must stay within that, with nothing left to chance. */
static void check_rates(const struct config *config, const config_t *file,
                        struct config_problems *problems)
{
    const struct engine_settings *account = &config->account;
    int64_t sum = (int64_t)account->max_messages + account->max_cancels;
    int64_t window_ms = account->message_window_ns / 1000000;
    int64_t twice_ms = account->duplicate_window_ns / 1000000;

    if (window_ms > 0 && sum * 1000 > VENUE_REQUESTS_PER_S * window_ms)
        config_problem(problems, config->path, line_of(file, "account.max_messages"),
                       "account: max_messages and max_cancels are %lld in %lld ms together; the "
                       "venue takes %d requests a second", (long long)sum, (long long)window_ms,
                       VENUE_REQUESTS_PER_S);
    if (window_ms > 0 && (twice_ms / window_ms + 1) * account->max_messages > RECENT_INTENTS)
        config_problem(problems, config->path, line_of(file, "account.duplicate_window_ms"),
                       "account: duplicate_window_ms is %lld, in which more orders may leave than "
                       "the %d that are remembered", (long long)twice_ms, RECENT_INTENTS);
    for (uint32_t i = 0; i < config->strategy_count; i++) {
        const struct config_script *script = &config->strategies[i];
        if (account->max_messages && script->settings.max_messages > account->max_messages)
            config_problem(problems, config->path, script->line,
                           "strategy %s: max_messages %u is above the account's %u", script->name,
                           script->settings.max_messages, account->max_messages);
    }
}

static void check_fraction(const struct config *config, const struct config_product *product,
                           const char *key, struct ratio value, struct config_problems *problems)
{
    char text[DECIMAL_TEXT_MAX];

    if (value.e9 <= FRACTION_MAX)
        return;
    ratio_format(value, text);
    config_problem(problems, config->path, product->line,
                   "%s-%s: %s is a fraction, 1 %% is \"0.01\"; '%s' is above 0.2", product->asset,
                   venue_profile_text(product->profile), key, text);
}

/* Mistakes of unit, as far as one number gives another away. */
static void check_product(const struct config *config, const struct config_product *product,
                          struct config_problems *problems)
{
    const struct product_limits *limits = &product->limits;

    if (strspn(product->asset, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(product->asset))
        config_problem(problems, config->path, product->line,
                       "asset '%s': capitals, as the venue writes it: BTC", product->asset);
    check_fraction(config, product, "price_collar", limits->price_collar, problems);
    check_fraction(config, product, "max_mark_deviation", limits->max_mark_deviation, problems);
    check_fraction(config, product, "max_impact", limits->max_impact, problems);
    check_fraction(config, product, "max_spread", limits->max_spread, problems);
    if (limits->max_position.e9 > 0 && limits->max_order_size.e9 > limits->max_position.e9)
        config_problem(problems, config->path, product->line,
                       "%s-%s: max_order_size is above max_position; both are in base coin, not in "
                       "contracts", product->asset, venue_profile_text(product->profile));
    if (limits->max_working_value.e18 > 0 &&
        limits->max_order_value.e18 > limits->max_working_value.e18)
        config_problem(problems, config->path, product->line,
                       "%s-%s: max_order_value is above max_working_value; both are in dollars",
                       product->asset, venue_profile_text(product->profile));
}

static void check_socket(struct config *config, const config_t *file,
                         struct config_problems *problems)
{
    char path[sizeof(config->socket) + 16];
    size_t length;

    if (*config->socket)
        return;
    snprintf(path, sizeof(path), "%s/control.sock", config->state_dir);
    length = strlen(path);
    if (length > 100) /* sun_path holds 108 */
        config_problem(problems, config->path, line_of(file, "state_dir"),
                       "state_dir: '%s' is too long for a socket; set `socket`", config->state_dir);
    else
        text_copy(config->socket, sizeof(config->socket), path, length);
}

static const struct config_product *find_product(const struct config *config, const char *name)
{
    char text[NAME_MAX_BYTES];

    for (uint32_t i = 0; i < config->product_count; i++) {
        snprintf(text, sizeof(text), "%s-%s", config->products[i].asset,
                 venue_profile_text(config->products[i].profile));
        if (strcmp(text, name) == 0)
            return &config->products[i];
    }
    return NULL;
}

static void check_script_products(const struct config *config, const struct config_script *script,
                                  struct config_problems *problems)
{
    for (uint32_t i = 0; i < script->product_count; i++)
        if (!find_product(config, script->products[i]))
            config_problem(problems, config->path, script->line,
                           "strategy %s: product '%s' is not configured; products are named "
                           "ASSET-profile, like BTC-cde", script->name, script->products[i]);
}

static const struct config_script *script_at(const struct config *config, uint32_t i)
{
    return i < config->strategy_count ? &config->strategies[i]
                                      : &config->rules[i - config->strategy_count];
}

static void check_names(const struct config *config, struct config_problems *problems)
{
    uint32_t count = config->strategy_count + config->rule_count;

    for (uint32_t i = 0; i < count; i++) {
        const struct config_script *script = script_at(config, i);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(script_at(config, k)->name, script->name) == 0)
                config_problem(problems, config->path, script->line,
                               "the name '%s' is taken by line %d", script->name,
                               script_at(config, k)->line);
        if (strspn(script->name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(script->name))
            config_problem(problems, config->path, script->line,
                           "name '%s': small letters, digits, _ and - only", script->name);
    }
}

/* Four signs of life may be lost; of the ten seconds that are promised some are for the venue. */
static void check_watch(const struct config *config, const config_t *file,
                        struct config_problems *problems)
{
    int64_t after_ms = config->watch.after_ns / 1000000;

    if (after_ms < 2000 || after_ms > 7000)
        config_problem(problems, config->path, line_of(file, "watch.after_ms"),
                       "watch.after_ms: 2000 to 7000");
    if (*config->watch.key_file && config_is_paper(config))
        config_problem(problems, config->path, line_of(file, "watch"),
                       "watch: of a paper run nothing is at the venue; leave watch or paper out");
    if (*config->watch.key_file && strcmp(config->watch.key_file, config->venue.key_file) == 0)
        config_problem(problems, config->path, line_of(file, "watch.key_file"),
                       "watch.key_file: a key of its own is wanted, not the host's: it must work "
                       "when that one is revoked");
}

/* Fewer candles than these say nothing of a tail; at 99 % a hundred leave one. */
static void check_risk(const struct config *config, const config_t *file,
                       struct config_problems *problems)
{
    const struct var_settings *var = &config->account.var;
    bool has_risk = config_lookup(file, "risk") != NULL;

    if (config->var == CONFIG_VAR_ON && (!has_risk || var->scenario_count == 0))
        config_problem(problems, config->path, line_of(file, "account.var"),
                       "account.var is \"on\": the sections risk and stress are wanted");
    if (!has_risk)
        return;
    if (var->window < 100 || var->window > MAX_RISK_WINDOW || var->warmup < 20 ||
        var->warmup > var->window)
        config_problem(problems, config->path, line_of(file, "risk.window"),
                       "risk: window is 100 to %d, warmup 20 to window", MAX_RISK_WINDOW);
    if (var->candle_ns < 1000000000 || var->candle_ns > 3600 * (int64_t)1000000000 ||
        var->horizon > 10000)
        config_problem(problems, config->path, line_of(file, "risk.candle_ms"),
                       "risk: candle_ms is 1000 to 3600000, horizon 1 to 10000");
    if (var->decay.e9 >= DECIMAL_ONE)
        config_problem(problems, config->path, line_of(file, "risk.lambda"),
                       "risk.lambda: below \"1\"");
}

void config_check(struct config *config, const config_t *file, struct config_problems *problems)
{
    check_venue(config, file, problems);
    check_socket(config, file, problems);
    check_rates(config, file, problems);
    check_names(config, problems);
    check_watch(config, file, problems);
    check_risk(config, file, problems);
    for (uint32_t i = 0; i < config->product_count; i++)
        check_product(config, &config->products[i], problems);
    for (uint32_t i = 0; i < config->strategy_count; i++)
        check_script_products(config, &config->strategies[i], problems);
    if (config->runners.hard_deadline_ns > 0 &&
        config->runners.soft_deadline_ns >= config->runners.hard_deadline_ns)
        config_problem(problems, config->path, line_of(file, "runners.soft_deadline_ms"),
                       "runners: soft_deadline_ms must be below hard_deadline_ms");
    if (config->strategy_count == 0)
        config_problem(problems, config->path, line_of(file, "strategies"),
                       "strategies: at least one is wanted");
}

uint32_t config_assets(const struct config *config, char ret_assets[MAX_PRODUCTS][ASSET_MAX])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < config->product_count; i++) {
        uint32_t k = 0;
        while (k < count && strcmp(ret_assets[k], config->products[i].asset) != 0)
            k++;
        if (k == count)
            text_copy(ret_assets[count++], ASSET_MAX, config->products[i].asset,
                      strlen(config->products[i].asset));
    }
    return count;
}

/* A limit below the smallest order is a product that can never be traded: a mistake of unit. */
static int check_units(const struct config_product *product, const struct instrument *spec,
                       struct err *err)
{
    struct size least = spec->size_min.e9 > spec->step.e9 ? spec->size_min : spec->step;
    char limit[DECIMAL_TEXT_MAX], smallest[DECIMAL_TEXT_MAX];
    bool order_fits = product->limits.max_order_size.e9 >= least.e9;

    if (order_fits && product->limits.max_position.e9 >= least.e9)
        return 0;
    size_format(order_fits ? product->limits.max_position : product->limits.max_order_size, limit);
    size_format(least, smallest);
    return err_set(err, "%s-%s: %s %s is below the smallest order of %s, which is %s %s",
                   product->asset, venue_profile_text(product->profile),
                   order_fits ? "max_position" : "max_order_size", limit, spec->product_id,
                   smallest, spec->asset);
}

static int take_product(const struct config_product *product, const struct catalog *discovered,
                        struct engine_settings *ret, struct err *err)
{
    char found[256] = "";

    for (product_index i = 0; i < discovered->count; i++) {
        const struct instrument *spec = &discovered->items[i];
        size_t used = strlen(found);
        if (strcmp(spec->asset, product->asset) == 0 && spec->profile == product->profile) {
            ret->product_limits[ret->catalog.count] = product->limits;
            ret->catalog.items[ret->catalog.count++] = *spec;
            return check_units(product, spec, err);
        }
        snprintf(found + used, sizeof(found) - used, " %s-%s (%s)", spec->asset,
                 venue_profile_text(spec->profile), spec->product_id);
    }
    return err_set(err, "the venue has no perpetual %s-%s; it showed:%s", product->asset,
                   venue_profile_text(product->profile), *found ? found : " none");
}

static void take_strategy(const struct config *config, const struct config_script *script,
                          struct strategy_settings *ret)
{
    *ret = script->settings;
    text_copy(ret->name, sizeof(ret->name), script->name, strlen(script->name));
    for (uint32_t i = 0; i < script->product_count; i++) {
        const struct config_product *product = find_product(config, script->products[i]);
        ret->products |= 1u << (product - config->products);
    }
}

/* FNV-1a: the same tag for the same name on every machine, for ever; see docs/operator.md. */
static uint32_t owner_tag(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

int config_engine_settings(const struct config *config, const struct catalog *discovered,
                           struct engine_settings *ret, struct err *err)
{
    *ret = config->account;
    ret->catalog.count = 0;
    ret->owner_tag = owner_tag(config->owner);
    ret->staged = config->account.staged ||
                  (config->environment != ENVIRONMENT_LOOPBACK && !config_is_paper(config));
    ret->var.mode = config->var == CONFIG_VAR_ON ? VAR_ON : VAR_OFF;
    for (uint32_t i = 0; i < config->product_count; i++)
        if (take_product(&config->products[i], discovered, ret, err) < 0)
            return -1;
    for (uint32_t i = 0; i < config->strategy_count; i++)
        take_strategy(config, &config->strategies[i], &ret->strategies[i]);
    for (uint32_t i = 0; i < config->rule_count; i++)
        text_copy(ret->rules[i], NAME_MAX_BYTES, config->rules[i].name,
                  strlen(config->rules[i].name));
    ret->strategy_count = (uint8_t)config->strategy_count;
    ret->rule_count = (uint8_t)config->rule_count;
    return 0;
}
