#pragma once
/* Figures of a run for people, and as one line of JSON. */
#include <stdio.h>

#include "engine/metrics.h"

/* Every figure of the account that is known, a table of strategies and products, who refused. */
void report_words_print(FILE *out, const struct metrics *metrics, enum metrics_scope scope);
/* {"scope","whole","metrics"}, and of a run {"filters"}: see report_metrics.h. */
void report_words_json(FILE *out, const struct metrics *metrics, enum metrics_scope scope);
