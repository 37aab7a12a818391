#pragma once
/* A token bucket whose last tokens are for who must not wait: a taker names the floor that it
 * leaves untouched. Fills by `per_s` a second up to `capacity`; exact, time is an argument.
 *
 *     bucket_init(&bucket, 30, 30, now_ns);
 *     if (!bucket_take(&bucket, 10, now_ns)) wait bucket_wait_ns(&bucket, 10, now_ns); */
#include <stdbool.h>
#include <stdint.h>

struct bucket { uint32_t capacity; int64_t token_ns, credit_ns, at_ns; };

void bucket_init(struct bucket *bucket, uint32_t capacity, uint32_t per_s, int64_t now_ns);
uint32_t bucket_level(struct bucket *bucket, int64_t now_ns); /* whole tokens */
/* false: taking one would reach below `floor`. */
bool bucket_take(struct bucket *bucket, uint32_t floor, int64_t now_ns);
int64_t bucket_wait_ns(struct bucket *bucket, uint32_t floor, int64_t now_ns); /* 0: now */
/* The other side's count, where it knows of fewer. */
void bucket_lower(struct bucket *bucket, uint32_t level, int64_t now_ns);
