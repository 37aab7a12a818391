#include "model/limit_list.h"

static const __int128 WIDE_MONEY = (__int128)1000000000000 * DECIMAL_ONE * DECIMAL_ONE;
static const int64_t WIDE_SIZE = 1000000 * (int64_t)DECIMAL_ONE,
                     WIDE_RATIO = 1000 * (int64_t)DECIMAL_ONE,
                     WIDE_NS = 3600 * (int64_t)DECIMAL_ONE;
enum { WIDE_COUNT = 1000000, NOON_MIN = 720 };

#define MORE(wide) (wide)
#define LESS(wide) 1
#define WIDEN_SIZE(limit, wide) if ((limit).e9 == 0) (limit).e9 = wide(WIDE_SIZE)
#define WIDEN_RATIO(limit, wide) if ((limit).e9 == 0) (limit).e9 = wide(WIDE_RATIO)
#define WIDEN_MONEY(limit, wide) if ((limit).e18 == 0) (limit).e18 = wide(WIDE_MONEY)
#define WIDEN_COUNT(limit, wide) if ((limit) == 0) (limit) = wide(WIDE_COUNT)
#define WIDEN_MS(limit, wide) if ((limit) == 0) (limit) = wide(WIDE_NS)
#define WIDEN(member, kind, looser, ...) WIDEN_##kind(of->member, looser);

static void widen_product(struct product_limits *of)
{
    PRODUCT_LIMIT_LIST(WIDEN)
}

static void widen_strategy(struct strategy_settings *of)
{
    STRATEGY_LIMIT_LIST(WIDEN)
}

void limits_widen(struct engine_settings *of)
{
    ACCOUNT_LIMIT_LIST(WIDEN)
    for (int i = 0; i < MAX_PRODUCTS; i++)
        widen_product(&of->product_limits[i]);
    for (int i = 0; i < MAX_STRATEGIES; i++)
        widen_strategy(&of->strategies[i]);
    if (of->var.mode == VAR_UNSET)
        of->var.mode = VAR_OFF;
    if (of->stage == STAGE_OBSERVE)
        of->stage = STAGE_PRODUCTION;
    if (of->funding_stamp_count == 0)
        of->funding_stamps_min[of->funding_stamp_count++] = NOON_MIN;
}
