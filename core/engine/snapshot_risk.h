#pragma once
/* What the account could lose, as rows by value like those of snapshot.h. All but the mode is empty
 * with var = "off". */
#include "engine/engine.h"
#include "engine/risk_var.h"

struct volatility_row {
    bool known;
    uint32_t candles, wanted;         /* of the warm-up */
    struct ratio ewma, parkinson;     /* per candle; 0 before the first return */
    struct ratio correlation[MAX_PRODUCTS]; /* with each other product, 0 while either is cold */
    struct ratio sizing;              /* control 27: the part of the largest order that is left */
};

/* False: no such product. */
bool snapshot_volatility(const struct engine *engine, product_index product,
                         struct volatility_row *ret);

struct losses_row {
    bool known;
    struct risk_tail parametric[RISK_LEVELS], historical[RISK_LEVELS];
    struct money stress[MAX_SCENARIOS];
};

/* Of the positions alone; or with every working order, wherever that is worse. */
void snapshot_losses(const struct engine *engine, bool with_orders, struct losses_row *ret);
const struct var_settings *snapshot_var(const struct engine *engine);
