#pragma once
/* The venue's spellings, read alike by the feed and by REST. Its numbers come as strings, as JSON
 * numbers or as {"value":"1","currency":"USD"}; absence as "", null or no key at all; one enum has
 * up to four spellings. Values that are not known get a conservative meaning, never an error.
 *
 *     static const char *const NAMES[] = {"price", "size"};
 *     struct json_text got[2] = {0};
 *     while (json_next_key(json, &key))
 *         coinbase_read_field(json, key, NAMES, 2, got);
 *     if (!coinbase_price(got[0], &price)) ...
 */
#include "model/event_venue.h"
#include "wire/json_read.h"

/* Any value as text: strings, numbers, true and false as they stand; null, arrays and objects
 * without a scalar "value" as "". */
bool coinbase_read_text(struct json_reader *json, struct json_text *ret);
/* Reads the value behind `key` into got[i] where names[i] is the key; false: not among them, and
 * the value is left to be skipped. */
bool coinbase_read_field(struct json_reader *json, struct json_text key, const char *const *names,
                         size_t count, struct json_text *got);

/* "" is 0 in all of these. False: not a number, or (exact) more digits than are kept. Negative
 * prices and sizes are refused: the venue has none outside the signed fields. */
bool coinbase_price(struct json_text text, struct price *ret);
bool coinbase_size(struct json_text text, struct size *ret);
bool coinbase_signed_size(struct json_text text, struct size *ret);
bool coinbase_money(struct json_text text, struct money *ret); /* exact, signed */
bool coinbase_price_about(struct json_text text, struct price *ret);
bool coinbase_ratio_about(struct json_text text, struct ratio *ret);
bool coinbase_money_about(struct json_text text, struct money *ret, bool *ret_rounded);
/* RFC 3339; "" and the year 1 are 0: not told. */
bool coinbase_time(struct json_text text, int64_t *ret_ns);
bool coinbase_true(struct json_text text); /* true or "true" */

/* Equal but for case, and a blank stands for '_': "Stop Limit" is STOP_LIMIT. */
bool coinbase_word(struct json_text text, const char *word);
enum side coinbase_side(struct json_text text);
enum venue_status coinbase_status(struct json_text text);
enum order_type coinbase_order_type(struct json_text text);
enum time_in_force coinbase_tif(struct json_text text);
enum liquidity coinbase_liquidity(struct json_text text);
enum fill_kind coinbase_fill_kind(struct json_text text);
/* +1 long, -1 short, 0 neither: LONG, Long, POSITION_SIDE_LONG, FUTURES_POSITION_SIDE_LONG. */
int coinbase_position_sign(struct json_text text);

/* Appends words for people to a reason: printable ASCII alone, so that no reply can write to a
 * terminal; ": " goes between what is there and what comes. */
void coinbase_add_reason(char reason[REASON_MAX], struct json_text words);
void coinbase_add_words(char reason[REASON_MAX], const char *words);
