/* The limits of a lab from a config file: a test that is green was held to what holds live. */
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "lab/catalog.h"
#include "lab/settings.h"
#include "sim/venue_sim_product.h"

static void discover(struct catalog *ret)
{
    struct err err;

    memset(ret, 0, sizeof(*ret));
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        (void)lab_catalog_add(ret, venue_products[i].id, &err);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The section of this script, else the first: its own limits are those of somebody live. */
static const struct strategy_settings *find_strategy(const struct config *config, const char *path)
{
    for (uint32_t i = 0; path && i < config->strategy_count; i++)
        if (strcmp(base_name(config->strategies[i].script), base_name(path)) == 0)
            return &config->strategies[i].settings;
    return &config->strategies[0].settings;
}

/* Takes limits by product id out of `from`, whose catalog is the config's. */
static int take(const struct engine_settings *from, struct engine_settings *ret, struct err *err)
{
    struct engine_settings result = *from;

    result.catalog = ret->catalog;
    for (product_index i = 0; i < ret->catalog.count; i++) {
        const char *id = ret->catalog.items[i].product_id;
        product_index at = catalog_find(&from->catalog, id, strlen(id));
        if (at == NO_PRODUCT)
            return err_set(err, "the config has no limits for %s", id);
        result.product_limits[i] = from->product_limits[at];
    }
    result.owner_tag = ret->owner_tag;
    result.boot_random = ret->boot_random;
    result.strategy_count = 1;
    result.rule_count = 0;
    *ret = result;
    return 0;
}

int settings_take_config(const char *path, const char *script, struct engine_settings *ret,
                         struct err *err)
{
    struct config *config = calloc(1, sizeof(*config));
    struct config_problems *problems = calloc(1, sizeof(*problems));
    struct engine_settings *settings = calloc(1, sizeof(*settings));
    struct catalog discovered;
    int status = -1;

    discover(&discovered);
    if (!config || !problems || !settings)
        status = err_set(err, "no memory for %s", path);
    else if (config_load(path, config, problems) < 0)
        status = err_set(err, "%s", problems->text[0]);
    else if (config->strategy_count == 0)
        status = err_set(err, "%s: there is no strategy whose limits could hold", path);
    else if (config_engine_settings(config, &discovered, settings, err) == 0)
        status = take(settings, ret, err);
    if (status == 0)
        ret->strategies[0] = *find_strategy(config, script);
    if (config)
        config_fini(config);
    free(config);
    free(problems);
    free(settings);
    return status;
}
