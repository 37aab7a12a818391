#pragma once
/* What was wrong for too long, and latches: orders of a product UNKNOWN without a break for
 * max_unknown, the mark of what is held or ordered stale for max_stale while its session is open
 * (the product reduces), nothing able to open for max_unhealthy (the account does). Each until an
 * operator resumes; the time then begins anew, as it does with a start of the host. */
#include "engine/engine_inside.h"

void overdue_follow(struct engine *engine); /* after each event; at marks once a second */
void overdue_on_resume(struct engine *engine, int scope, uint8_t index);
