#include "lab/catalog.h"

#include <string.h>

#include "base/text.h"
#include "sim/venue_sim_product.h"

static const int64_t HOUR_NS = 3600000000000;

int lab_catalog_add(struct catalog *catalog, const char *id, struct err *err)
{
    struct instrument *spec = &catalog->items[catalog->count];
    const struct venue_product *product;
    int at = venue_product_find(id, strlen(id));

    if (at < 0)
        return err_set(err, "products: the venue does not list '%s'", id);
    if (catalog->count == MAX_PRODUCTS || catalog_find(catalog, id, strlen(id)) != NO_PRODUCT)
        return err_set(err, "products: '%s' is there twice, or there are too many", id);
    product = &venue_products[at];
    memset(spec, 0, sizeof(*spec));
    text_copy(spec->product_id, PRODUCT_ID_MAX, product->id, strlen(product->id));
    text_copy(spec->asset, ASSET_MAX, product->asset, strlen(product->asset));
    spec->profile = product->profile;
    spec->contract_size = product->contract;
    spec->tick = product->tick;
    venue_product_base(product, product->step, &spec->step);
    venue_product_base(product, product->size_min, &spec->size_min);
    venue_product_base(product, product->size_max, &spec->size_max);
    spec->quote_min = product->quote_min;
    spec->session_open = true;
    spec->funding_interval_ns = HOUR_NS;
    spec->venue_reduce_only = product->profile == PROFILE_INTX;
    catalog->count++;
    return 0;
}
