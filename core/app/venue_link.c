#include "app/venue_link.h"

#include <string.h>

#include "base/text.h"
#include "io/secret.h"

struct discovery {
    struct loop *loop;
    const struct config *config;
    struct engine_settings *settings;
    struct err failure;
};

static void set_endpoint(struct link_endpoint *endpoint, const char *host, uint16_t port)
{
    text_copy(endpoint->host, sizeof(endpoint->host), host, strlen(host));
    endpoint->port = port;
}

int venue_link_config(const struct config *config, struct link_config *ret, struct err *err)
{
    link_config_init(ret);
    set_endpoint(&ret->rest, config->venue.host, config->venue.port);
    set_endpoint(&ret->market, config->venue.market_host, config->venue.market_port);
    set_endpoint(&ret->user, config->venue.user_host, config->venue.user_port);
    ret->ca_file = config->venue.ca_file;
    ret->connections = config->venue.connections;
    ret->stale_after_ns = config->account.stale_after_ns;
    ret->spec_stale_ns = config->venue.max_spec_age_ns;
    ret->intraday_margin = config->venue.intraday_margin;
    return secret_random(&ret->seed, sizeof(ret->seed), err);
}

static void on_discovered(void *context, const struct catalog *found, const char *error)
{
    struct discovery *discovery = context;

    if (error)
        err_set(&discovery->failure, "products cannot be read: %s", error);
    else
        config_engine_settings(discovery->config, found, discovery->settings, &discovery->failure);
    loop_stop(discovery->loop);
}

int venue_discover(struct link *link, struct loop *loop, const struct config *config,
                   struct engine_settings *ret, struct err *err)
{
    struct discovery discovery = {.loop = loop, .config = config, .settings = ret};
    char assets[MAX_PRODUCTS][ASSET_MAX];
    uint32_t count = config_assets(config, assets);

    if (link_discover(link, (const char (*)[ASSET_MAX])assets, count, on_discovered, &discovery,
                      err) < 0)
        return -1;
    loop_run(loop);
    if (*discovery.failure.text || ret->catalog.count == 0)
        return err_set(err, "%s", *discovery.failure.text ? discovery.failure.text
                                                          : "stopped before products were known");
    return 0;
}
