#pragma once
/* What the simulated venue lists: BTC, ETH, SOL and XRP, each as a US perpetual-style future
 * (whole contracts, CDE) and as an INTX perpetual (base coin). Sizes are in the venue's own unit;
 * `contract` turns them into base coin. Two products of one asset watch the same market. */
#include "model/instrument.h"

enum { VENUE_ASSETS = 4, VENUE_PRODUCTS = 2 * VENUE_ASSETS };

struct venue_product {
    const char *id, *asset, *code, *display_name, *group, *max_leverage;
    enum venue_profile profile;
    uint8_t market;           /* which asset's market it watches, 0 to VENUE_ASSETS - 1 */
    struct size contract;     /* base coin per unit; 1 on INTX */
    struct price tick;
    struct size step, size_min, size_max; /* venue units */
    struct money quote_min;   /* smallest notional; 0: none */
    struct ratio margin_long, margin_short;           /* initial, intraday */
    struct ratio overnight_long, overnight_short;
};

struct venue_asset {
    const char *name, *long_name;
    struct price start, grid; /* of the seeded market */
    struct size lot;
};

extern const struct venue_product venue_products[VENUE_PRODUCTS];
extern const struct venue_asset venue_assets[VENUE_ASSETS];

/* -1 when the venue does not list it. */
int venue_product_find(const char *id, size_t length);
/* As the host discovers it: open, funded by the hour, no rate told. */
void venue_product_describe(const struct venue_product *product, struct instrument *ret);
/* Venue units to base coin; false when it does not fit. */
bool venue_product_base(const struct venue_product *product, struct size units,
                        struct size *ret_base);
/* Base coin to whole steps, the rest dropped. */
struct size venue_product_units(const struct venue_product *product, struct size base);
/* price x units x contract, exact; false when it does not fit. */
bool venue_product_value(const struct venue_product *product, struct price price,
                         struct size units, struct money *ret);
