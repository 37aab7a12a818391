#pragma once
/* Measuring, for people: medians and tails of repeated runs, beside a named reference measured in
 * the same process on the same data. Nothing here is asserted. */
#include <stdint.h>

int64_t bench_now_ns(void); /* CLOCK_MONOTONIC */

struct bench_samples { int64_t *ns; uint32_t count, capacity; };
void bench_init(struct bench_samples *samples, uint32_t capacity);
void bench_add(struct bench_samples *samples, int64_t ns);
void bench_fini(struct bench_samples *samples);
/* `permille` 500 is the median. Sorts. */
int64_t bench_quantile(struct bench_samples *samples, uint32_t permille);

/* "what   p50 p99 p99.9 unit   ratio to reference". `per`: operations in one sample. */
void bench_head(void);
void bench_line(const char *what, struct bench_samples *samples, uint32_t per,
                const char *reference, double reference_ns);
double bench_per_op(struct bench_samples *samples, uint32_t per);
/* Nanoseconds for one byte to a child process and back over SOCK_SEQPACKET: the median. */
double bench_bare_trip(void);
