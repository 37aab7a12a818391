#pragma once
/* Trading states, latched: of the account, of each strategy, of each product. A latch is only ever
 * tightened by what happens; an operator's resume with a reason is the one way back. */
#include "model/record.h"

struct guard_latch { enum trading_state state; bool by_operator; char reason[REASON_MAX]; };
struct guard {
    struct guard_latch account;
    struct guard_latch strategies[MAX_STRATEGIES];
    struct guard_latch products[MAX_PRODUCTS];
};

/* Scope and index as in the record; NULL when there is no such latch. */
struct guard_latch *guard_at(struct guard *guard, int scope, uint8_t index);
/* Tightens; true when the state changed, *ret is then what to journal. A state that is no tighter
 * than the present one changes nothing: a halt is not loosened by a later reduce. */
bool guard_tighten(struct guard *guard, int scope, uint8_t index, enum trading_state state,
                   bool by_operator, const char *reason, struct record_latch *ret);
/* Back to ACTIVE. The caller has seen that the reason is not empty. */
bool guard_resume(struct guard *guard, int scope, uint8_t index, const char *reason,
                  struct record_latch *ret);
bool guard_restore(struct guard *guard, const struct record_latch *record);
/* The tightest of account, strategy (none for an index past the strategies) and product. */
enum trading_state guard_tightest(const struct guard *guard, actor_index actor,
                                  product_index product);
