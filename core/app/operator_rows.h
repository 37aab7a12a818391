#pragma once
/* One engine row as one JSON object: what operator_words.c strings together. */
#include "app/operator_words.h"
#include "engine/snapshot.h"
#include "engine/snapshot_care.h"
#include "wire/json_write.h"

void rows_put_order(struct json_writer *json, const struct operator_config *config,
                    const struct order_row *row);
void rows_put_verdict(struct json_writer *json, const struct operator_config *config,
                      const struct verdict_row *row);
void rows_put_product(struct json_writer *json, const struct product_row *row);
/* "metrics": {name: value, ...}, as the script said them last. */
void rows_put_metrics(struct json_writer *json, const struct runner_status *process);
void rows_put_runner(struct json_writer *json, const struct operator_config *config,
                     const struct strategy_row *row);
/* "ma_cross", "operator", "external"; a number for what is not configured any more. */
void rows_put_actor(struct json_writer *json, const struct operator_config *config,
                    actor_index actor);
void rows_put_product_id(struct json_writer *json, const struct operator_config *config,
                         product_index product);
/* null for INT64_MAX and below 0. */
void rows_put_age_ms(struct json_writer *json, const char *key, int64_t age_ns);
/* A verdict's number in its own unit: "0.5", "12" or "1500 ms". */
void rows_put_amount(struct json_writer *json, const char *key, const struct verdict *verdict,
                     struct money amount);
void rows_put_protection(struct json_writer *json, const struct operator_config *config,
                         const struct protection_row *row);
void rows_put_parked(struct json_writer *json, const struct operator_config *config,
                     const struct parked_row *row);
void rows_put_consent(struct json_writer *json, const struct operator_config *config,
                      const struct consent_row *row);
