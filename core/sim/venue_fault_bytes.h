#pragma once
/* Damage to JSON that is about to leave. It works on the text itself, so that what comes out may
 * be anything, JSON or not.
 *
 *     if (venue_fault_spoil(rule, &body)) ...      false: the rule is not of this kind
 *
 * A list is the first array of objects that is not called "events": the updates, trades or orders
 * of a frame, the orders, fills or positions of a reply. */
#include "sim/venue_fault.h"

bool venue_fault_spoil(const struct venue_fault_rule *rule, struct buf *text);
void venue_fault_set_field(struct buf *text, const char *name, const char *value);
/* Before the first item of its list; false when there is no list. */
bool venue_fault_put_item(struct buf *text, const char *item);
