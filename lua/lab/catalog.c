#include "lab/catalog.h"

#include <stdio.h>
#include <string.h>

#include "sim/venue_sim_product.h"

int lab_catalog_add(struct catalog *catalog, const char *id, struct err *err)
{
    int at = venue_product_find(id, strlen(id));

    if (at < 0)
        return err_set(err, "products: the venue does not list '%s'", id);
    if (catalog->count == MAX_PRODUCTS || catalog_find(catalog, id, strlen(id)) != NO_PRODUCT)
        return err_set(err, "products: '%s' is there twice, or there are too many", id);
    venue_product_describe(&venue_products[at], &catalog->items[catalog->count]);
    catalog->count++;
    return 0;
}

int lab_catalog_add_named(struct catalog *catalog, const char *name, struct err *err)
{
    struct instrument spec;
    char text[NAME_MAX_BYTES];

    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        venue_product_describe(&venue_products[i], &spec);
        snprintf(text, sizeof(text), "%s-%s", spec.asset, venue_profile_text(spec.profile));
        if (strcmp(text, name) == 0)
            return lab_catalog_add(catalog, spec.product_id, err);
    }
    return err_set(err, "products: the venue does not list '%s'", name);
}
