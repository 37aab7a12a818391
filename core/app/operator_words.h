#pragma once
/* What the daemon tells the operator, as JSON: each function appends one value. Inside the
 * operator (app/operator.c); read back by app/status.c and app/ctl_print.c. Decimals are strings,
 * ages and spans whole milliseconds or microseconds as their key says, `null` for "none". */
#include "app/operator.h"
#include "base/buf.h"
#include "wire/control_proto.h"
#include "wire/json_write.h"

struct operator_words_target { /* the request's words, looked up; NO_PRODUCT: any */
    actor_index strategy;
    product_index product;
    uint32_t limit;
};

void operator_words_status(const struct operator_config *config, struct buf *out);
/* Each returns how many rows it wrote. */
uint32_t operator_words_orders(const struct operator_config *config,
                               const struct operator_words_target *target, struct buf *out);
uint32_t operator_words_positions(const struct operator_config *config, struct buf *out);
/* Both sides of every product, and the latest differences with what was done. */
void operator_words_comparison(const struct operator_config *config, struct buf *out);
uint32_t operator_words_parked(const struct operator_config *config, struct buf *out);
uint32_t operator_words_consents(const struct operator_config *config, struct buf *out);
void operator_words_report(const struct operator_config *config, struct buf *out);
/* Volatility, correlation, value at risk, stress; in operator_risk.c. */
/* The stage of control 4, and its checkpoints: how many fail; in operator_stage.c. */
void operator_words_put_stage(struct json_writer *json, const struct operator_config *config);
void operator_words_stage(const struct operator_config *config, struct buf *out);
uint32_t operator_words_checkpoints(const struct operator_config *config, struct buf *out);
void operator_words_risk(const struct operator_config *config, struct buf *out);
uint32_t operator_words_runners(const struct operator_config *config, struct buf *out);
uint32_t operator_words_refusals(const struct operator_config *config, uint32_t limit,
                                 struct buf *out);
void operator_words_limits(const struct operator_config *config, struct buf *out);
/* The order and the verdicts that `id` names, and where the journal is that knows the rest. */
uint32_t operator_words_why(const struct operator_config *config, const char *id, uint32_t limit,
                            struct buf *out);
