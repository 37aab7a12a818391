#pragma once
/* How far an account is from being unable to open, and from being closed by the venue: free margin
 * and liquidation buffer, of one pot (profile), from one message of the venue, never mixed. Pure.
 *
 *     margin_read(&balance, false, &now)                false: not told, or absurd: nothing opens
 *     margin_after(&now, reserved, order, &then)        what is left once the order is margined
 *
 * Free margin is the least of what the venue calls available and the buying power of each margin
 * window that may apply. The buffer likewise: what the account is worth to the venue (threshold and
 * buffer together) less the maintenance margin of the window. Overnight always applies: positions
 * outlive the day. Intraday rules, which are looser, are taken alone only when the caller knows
 * that they hold. A venue that tells no buffer is taken at equity less initial margin, which is
 * less than any buffer can be. */
#include "model/event_venue.h"

struct margin { struct money equity, free, buffer; };

bool margin_read(const struct event_balance *balance, bool intraday, struct margin *ret);
/* false: overflow. Results may be negative: the order is more than there is. */
bool margin_after(const struct margin *now, struct money reserved, struct money order,
                  struct margin *ret);
