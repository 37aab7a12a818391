#pragma once
/* The venue's records as JSON, field by field as coinbase.md lists them. Written for this program
 * alone: the host's codec is not used, so that one cannot hide the other's mistake. */
#include "app/exchange.h"

const char *words_side(enum side side);
const char *words_status(enum venue_status status);
const char *words_order_type(const struct venue_order *order);
const char *words_tif(enum time_in_force tif);
const char *words_currency(int product);

/* `key` NULL: an array's item. */
void words_put_amount(struct json_writer *json, const char *key, struct money value,
                      const char *currency);
void words_put_product(struct json_writer *json, const struct exchange *exchange, int product);
void words_put_order(struct json_writer *json, const struct exchange *exchange,
                     const struct venue_order *order);
void words_put_configuration(struct json_writer *json, const char *key,
                             const struct venue_request *request);
void words_put_fill(struct json_writer *json, const struct exchange *exchange,
                    const struct venue_fill *fill);
void words_put_trade(struct json_writer *json, int product, const struct trade *trade,
                     bool with_quotes);
void words_put_cfm_position(struct json_writer *json, const char *key,
                            const struct exchange *exchange, int product);
void words_put_intx_position(struct json_writer *json, const char *key,
                             const struct exchange *exchange, int product);
/* REST shows amounts as objects, the socket as plain strings. */
void words_put_balance(struct json_writer *json, const char *key,
                       const struct exchange *exchange, bool as_strings);
/* WebSocket records */
void words_put_user_order(struct json_writer *json, const struct venue_order *order);
void words_put_ticker(struct json_writer *json, const struct exchange *exchange, int product,
                      bool with_quotes);
