#include "model/manifest.h"

#include "model/settings.h"

static int refuse(struct err *err, const char *what, struct size asked, struct size given,
                  const char *product)
{
    char asks[DECIMAL_TEXT_MAX], gives[DECIMAL_TEXT_MAX];

    size_format(asked, asks);
    size_format(given, gives);
    return err_set(err, "its manifest asks for %s %s of %s; the config gives %s", what, asks,
                   product, gives);
}

static int check_product(const struct manifest *manifest, const struct engine_settings *settings,
                         product_index product, struct err *err)
{
    const struct product_limits *limits = &settings->product_limits[product];
    const char *id = settings->catalog.items[product].product_id;

    if (manifest->max_order_size.e9 > limits->max_order_size.e9)
        return refuse(err, "max_order_size", manifest->max_order_size, limits->max_order_size, id);
    if (manifest->max_position.e9 > limits->max_position.e9)
        return refuse(err, "max_position", manifest->max_position, limits->max_position, id);
    return 0;
}

static int check_count(const char *what, uint32_t asked, uint32_t given, struct err *err)
{
    return asked <= given ? 0 : err_set(err, "its manifest asks for %s %u; the config gives %u",
                                        what, asked, given);
}

int manifest_check(const struct manifest *manifest, const struct engine_settings *settings,
                   actor_index actor, struct err *err)
{
    const struct strategy_settings *strategy;
    uint32_t products;

    if (actor >= settings->strategy_count || actor >= MAX_STRATEGIES)
        return 0; /* rules send nothing */
    strategy = &settings->strategies[actor];
    products = manifest->products ? manifest->products : strategy->products;
    if (products & ~strategy->products)
        return err_set(err, "its manifest asks for products that the config does not give it");
    if (manifest->max_order_size.e9 < 0 || manifest->max_position.e9 < 0)
        return err_set(err, "its manifest has a size below 0");
    for (product_index i = 0; i < settings->catalog.count; i++)
        if (products >> i & 1 && check_product(manifest, settings, i, err) < 0)
            return -1;
    if (check_count("max_messages", manifest->max_messages, strategy->max_messages, err) < 0 ||
        check_count("max_working_orders", manifest->max_working_orders,
                    strategy->max_working_orders, err) < 0)
        return -1;
    return check_count("timers", manifest->max_timers, MAX_TIMERS_PER_RUNNER, err);
}

uint32_t manifest_least(uint32_t limit, uint32_t asked)
{
    return asked > 0 && asked < limit ? asked : limit;
}
