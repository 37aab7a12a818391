/* What no single key can tell: rules between keys, and the step from config to engine settings. */
#include <stdio.h>
#include <string.h>

#include "app/config_params.h"
#include "base/text.h"

static const char *const environment_names[] = {"loopback", "sandbox", "production"};

const char *environment_text(enum environment environment)
{
    return environment_names[environment];
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

static void check_host(const struct config *config, const char *key, const char *host,
                       struct config_problems *problems)
{
    int belongs = environment_of(host);

    if (*host && belongs != (int)config->environment)
        config_problem(problems, config->path, 0,
                       "venue.%s: '%s' is %s%s, but environment is %s; they are never mixed", key,
                       host, belongs < 0 ? "no known host of the venue" : "a host of ",
                       belongs < 0 ? "" : environment_names[belongs],
                       environment_text(config->environment));
}

static void default_text(char *out, size_t capacity, const char *text)
{
    if (!*out)
        text_copy(out, capacity, text, strlen(text));
}

static void check_venue(struct config *config, struct config_problems *problems)
{
    default_text(config->venue.market_host, sizeof(config->venue.market_host), config->venue.host);
    default_text(config->venue.user_host, sizeof(config->venue.user_host), config->venue.host);
    if (!config->venue.market_port)
        config->venue.market_port = config->venue.port;
    if (!config->venue.user_port)
        config->venue.user_port = config->venue.port;
    check_host(config, "host", config->venue.host, problems);
    check_host(config, "market_host", config->venue.market_host, problems);
    check_host(config, "user_host", config->venue.user_host, problems);
    if (config->api == API_EXCHANGE)
        config_problem(problems, config->path, 0,
                       "api: the Exchange API has no perpetuals; use api = \"advanced\" with a "
                       "CDP key");
    if (config->venue.connections < 3 || config->venue.connections > 8)
        config_problem(problems, config->path, 0, "venue.connections: 3 to 8");
}

static void check_socket(struct config *config, struct config_problems *problems)
{
    char path[sizeof(config->socket) + 16];
    size_t length;

    if (*config->socket)
        return;
    snprintf(path, sizeof(path), "%s/control.sock", config->state_dir);
    length = strlen(path);
    if (length > 100) /* sun_path holds 108 */
        config_problem(problems, config->path, 0,
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

void config_check(struct config *config, struct config_problems *problems)
{
    check_venue(config, problems);
    check_socket(config, problems);
    check_names(config, problems);
    for (uint32_t i = 0; i < config->strategy_count; i++)
        check_script_products(config, &config->strategies[i], problems);
    if (config->runners.hard_deadline_ns > 0 &&
        config->runners.soft_deadline_ns >= config->runners.hard_deadline_ns)
        config_problem(problems, config->path, 0,
                       "runners: soft_deadline_ms must be below hard_deadline_ms");
    if (config->strategy_count == 0)
        config_problem(problems, config->path, 0, "strategies: at least one is wanted");
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
            return 0;
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
    text_copy(ret->name, sizeof(ret->name), script->name, strlen(script->name));
    ret->max_messages = script->max_messages;
    ret->max_working_orders = script->max_working_orders;
    ret->on_death = script->on_death ? DEATH_CANCEL : DEATH_KEEP;
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
