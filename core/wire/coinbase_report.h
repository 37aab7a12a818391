#pragma once
/* Orders, positions and balances, which REST and the user channel tell in the same words with
 * other spellings. Each reads one JSON object whole and fails the document where an exact number
 * is not exact. A product outside the catalog leaves as NO_PRODUCT with what could be read: an
 * alien order must not make a list unusable. */
#include "model/event.h"
#include "wire/json_read.h"

bool coinbase_read_order(struct json_reader *json, const struct catalog *catalog,
                         enum report_source source, struct event *ret);
/* CFM and INTX shapes, and both of the user channel's. */
bool coinbase_read_position(struct json_reader *json, const struct catalog *catalog,
                            struct event *ret);
/* The object inside balance_summary or fcm_balance_summary. Equity is total_usd_balance as told:
 * the part of the account that the futures broker sees, without unrealised profit. */
bool coinbase_read_balance(struct json_reader *json, struct event *ret);
