#include "sim/venue_sim_product.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

#define E9 INT64_C(1000000000)
#define MILLI INT64_C(1000000) /* one thousandth at 1e-9 */

/* Contract sizes, ticks and the BTC margin rates are those the venue published in 2026. */
const struct venue_product venue_products[VENUE_PRODUCTS] = {
    {"BIP-20DEC30-CDE", "BTC", "BIP", "BTC PERP", "nano BTC Perp Futures", "", PROFILE_CDE, 0,
     {10 * MILLI}, {5 * E9}, {E9}, {E9}, {5000 * E9}, {0},
     {100018500}, {100000800}, {245625000}, {306375000}},
    {"ETP-20DEC30-CDE", "ETH", "ETP", "ETH PERP", "nano ETH Perp Futures", "", PROFILE_CDE, 1,
     {100 * MILLI}, {500 * MILLI}, {E9}, {E9}, {5000 * E9}, {0},
     {100062000}, {99889400}, {245250000}, {334750000}},
    {"SLP-20DEC30-CDE", "SOL", "SLP", "SOL PERP", "nano SOL Perp Futures", "", PROFILE_CDE, 2,
     {5 * E9}, {10 * MILLI}, {E9}, {E9}, {5000 * E9}, {0},
     {150000000}, {150000000}, {310000000}, {390000000}},
    {"XPP-20DEC30-CDE", "XRP", "XPP", "XRP PERP", "nano XRP Perp Futures", "", PROFILE_CDE, 3,
     {500 * E9}, {MILLI / 10}, {E9}, {E9}, {5000 * E9}, {0},
     {150000000}, {150000000}, {310000000}, {390000000}},
    {"BTC-PERP-INTX", "BTC", "BTC", "BTC PERP", "", "10", PROFILE_INTX, 0,
     {E9}, {100 * MILLI}, {MILLI / 10}, {MILLI / 10}, {1000 * E9}, {(__int128)10 * E9 * E9},
     {100000000}, {100000000}, {100000000}, {100000000}},
    {"ETH-PERP-INTX", "ETH", "ETH", "ETH PERP", "", "10", PROFILE_INTX, 1,
     {E9}, {10 * MILLI}, {MILLI / 10}, {MILLI / 10}, {10000 * E9}, {(__int128)10 * E9 * E9},
     {100000000}, {100000000}, {100000000}, {100000000}},
    {"SOL-PERP-INTX", "SOL", "SOL", "SOL PERP", "", "10", PROFILE_INTX, 2,
     {E9}, {10 * MILLI}, {MILLI}, {MILLI}, {100000 * E9}, {(__int128)10 * E9 * E9},
     {100000000}, {100000000}, {100000000}, {100000000}},
    {"XRP-PERP-INTX", "XRP", "XRP", "XRP PERP", "", "10", PROFILE_INTX, 3,
     {E9}, {MILLI / 10}, {100 * MILLI}, {100 * MILLI}, {10000000 * E9}, {(__int128)10 * E9 * E9},
     {100000000}, {100000000}, {100000000}, {100000000}},
};

/* A grid of half a basis point: the CDE tick then holds one to five of its levels. */
const struct venue_asset venue_assets[VENUE_ASSETS] = {
    {"BTC", "Bitcoin", {61800 * E9}, {2500 * MILLI}, {10 * MILLI}},
    {"ETH", "Ethereum", {2345 * E9}, {100 * MILLI}, {100 * MILLI}},
    {"SOL", "Solana", {155 * E9}, {10 * MILLI}, {5 * E9}},
    {"XRP", "XRP", {2150 * MILLI}, {MILLI / 10}, {500 * E9}},
};

int venue_product_find(const char *id, size_t length)
{
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (text_equal(id, length, venue_products[i].id))
            return i;
    return -1;
}

void venue_product_describe(const struct venue_product *product, struct instrument *ret)
{
    memset(ret, 0, sizeof *ret);
    text_copy(ret->product_id, sizeof ret->product_id, product->id, strlen(product->id));
    text_copy(ret->asset, sizeof ret->asset, product->asset, strlen(product->asset));
    ret->profile = product->profile;
    ret->contract_size = product->contract;
    ret->tick = product->tick;
    ret->funding_interval_ns = 3600 * E9;
    CHECK(venue_product_base(product, product->step, &ret->step));
    CHECK(venue_product_base(product, product->size_min, &ret->size_min));
    CHECK(venue_product_base(product, product->size_max, &ret->size_max));
    ret->quote_min = product->quote_min;
    ret->session_open = true;
    ret->venue_reduce_only = product->profile == PROFILE_INTX;
    if (product->profile == PROFILE_INTX)
        return; /* no margin rates are told there */
    ret->margin_long = product->margin_long;
    ret->margin_short = product->margin_short;
    ret->overnight_long = product->overnight_long;
    ret->overnight_short = product->overnight_short;
}

bool venue_product_base(const struct venue_product *product, struct size units,
                        struct size *ret_base)
{
    return size_scale_exact(units, product->contract, ret_base);
}

struct size venue_product_units(const struct venue_product *product, struct size base)
{
    __int128 units = (__int128)base.e9 * E9 / product->contract.e9;
    return (struct size){(int64_t)(units - units % product->step.e9)};
}

bool venue_product_value(const struct venue_product *product, struct price price,
                         struct size units, struct money *ret)
{
    struct size base;
    if (!venue_product_base(product, units, &base))
        return false;
    *ret = money_of(price, base);
    return true;
}
