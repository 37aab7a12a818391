#pragma once
/* Rows of engine/metrics.h as JSON: what `moongate report --json` prints and the HTML report shows.
 * Members have the names of struct metrics_row; what is not known is null. */
#include "engine/metrics.h"
#include "wire/json_write.h"

/* An array of every row that had news, the account first. */
void report_put_metrics(struct json_writer *json, const char *key, const struct metrics *metrics,
                        enum metrics_scope scope);
/* {"key","code","count"}, most first. */
void report_put_filters(struct json_writer *json, const char *key, const struct metrics *metrics);
