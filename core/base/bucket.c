#include "base/bucket.h"

#include "base/check.h"

static const int64_t SECOND_NS = 1000000000;

/* Credit is time: a token is what one period of filling gives. */
static void fill(struct bucket *bucket, int64_t now_ns)
{
    int64_t full_ns = (int64_t)bucket->capacity * bucket->token_ns, passed_ns;
    passed_ns = now_ns > bucket->at_ns ? now_ns - bucket->at_ns : 0;
    bucket->credit_ns = passed_ns >= full_ns - bucket->credit_ns ? full_ns
                                                                 : bucket->credit_ns + passed_ns;
    bucket->at_ns += passed_ns;
}

void bucket_init(struct bucket *bucket, uint32_t capacity, uint32_t per_s, int64_t now_ns)
{
    CHECK(capacity > 0 && per_s > 0 && per_s <= SECOND_NS);
    *bucket = (struct bucket){.capacity = capacity, .token_ns = SECOND_NS / per_s,
                              .at_ns = now_ns};
    bucket->credit_ns = (int64_t)capacity * bucket->token_ns;
}

uint32_t bucket_level(struct bucket *bucket, int64_t now_ns)
{
    fill(bucket, now_ns);
    return (uint32_t)(bucket->credit_ns / bucket->token_ns);
}

int64_t bucket_wait_ns(struct bucket *bucket, uint32_t floor, int64_t now_ns)
{
    CHECK(floor < bucket->capacity);
    fill(bucket, now_ns);
    int64_t missing_ns = (int64_t)(floor + 1) * bucket->token_ns - bucket->credit_ns;
    return missing_ns > 0 ? missing_ns : 0;
}

bool bucket_take(struct bucket *bucket, uint32_t floor, int64_t now_ns)
{
    if (bucket_wait_ns(bucket, floor, now_ns) > 0)
        return false;
    bucket->credit_ns -= bucket->token_ns;
    return true;
}

void bucket_lower(struct bucket *bucket, uint32_t level, int64_t now_ns)
{
    if (level < bucket_level(bucket, now_ns))
        bucket->credit_ns = (int64_t)level * bucket->token_ns;
}
