#include "engine/guard.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

struct guard_latch *guard_at(struct guard *guard, int scope, uint8_t index)
{
    if (scope == LATCH_ACCOUNT)
        return &guard->account;
    if (scope == LATCH_STRATEGY && index < MAX_STRATEGIES)
        return &guard->strategies[index];
    if (scope == LATCH_PRODUCT && index < MAX_PRODUCTS)
        return &guard->products[index];
    return NULL;
}

static void set(struct guard_latch *latch, enum trading_state state, bool by_operator,
                const char *reason)
{
    latch->state = state;
    latch->by_operator = by_operator;
    text_copy(latch->reason, sizeof latch->reason, reason, strnlen(reason, REASON_MAX));
}

static void describe(struct record_latch *ret, int scope, uint8_t index,
                     const struct guard_latch *latch)
{
    memset(ret, 0, sizeof *ret);
    ret->scope = scope;
    ret->index = scope == LATCH_ACCOUNT ? 0 : index;
    ret->state = latch->state;
    ret->by_operator = latch->by_operator;
    memcpy(ret->reason, latch->reason, sizeof ret->reason);
}

bool guard_tighten(struct guard *guard, int scope, uint8_t index, enum trading_state state,
                   bool by_operator, const char *reason, struct record_latch *ret)
{
    struct guard_latch *latch = guard_at(guard, scope, index);
    CHECK(latch != NULL && state < TRADING_STATE_COUNT);
    if (state <= latch->state)
        return false;
    set(latch, state, by_operator, reason);
    describe(ret, scope, index, latch);
    return true;
}

bool guard_resume(struct guard *guard, int scope, uint8_t index, const char *reason,
                  struct record_latch *ret)
{
    struct guard_latch *latch = guard_at(guard, scope, index);
    CHECK(latch != NULL && reason[0] != '\0');
    if (latch->state == TRADING_ACTIVE)
        return false;
    set(latch, TRADING_ACTIVE, true, reason);
    describe(ret, scope, index, latch);
    return true;
}

bool guard_restore(struct guard *guard, const struct record_latch *record)
{
    struct guard_latch *latch = guard_at(guard, (int)record->scope, record->index);
    if (latch == NULL || (unsigned)record->state >= TRADING_STATE_COUNT)
        return false;
    set(latch, record->state, record->by_operator, record->reason);
    return true;
}

enum trading_state guard_tightest(const struct guard *guard, actor_index actor,
                                  product_index product)
{
    enum trading_state state = guard->account.state;
    if (actor < MAX_STRATEGIES && guard->strategies[actor].state > state)
        state = guard->strategies[actor].state;
    if (product < MAX_PRODUCTS && guard->products[product].state > state)
        state = guard->products[product].state;
    return state;
}
