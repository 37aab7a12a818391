#include "base/breaker.h"

#include "base/check.h"

void breaker_init(struct breaker *breaker, unsigned threshold, struct backoff period)
{
    CHECK(threshold > 0 && period.min_ns > 1 && period.max_ns >= period.min_ns);
    *breaker = (struct breaker){.threshold = threshold, .period = period};
}

bool breaker_allows(const struct breaker *breaker)
{
    return breaker->state == BREAKER_CLOSED;
}

static void open_again(struct breaker *breaker, int64_t now_ns, struct prng *prng)
{
    struct backoff half = {breaker->period.min_ns / 2, breaker->period.max_ns / 2};
    breaker->turn++;
    breaker->failures = 0;
    breaker->state = BREAKER_OPEN;
    breaker->until_ns = now_ns + half.min_ns + backoff_wait_ns(&half, breaker->turn, prng);
}

void breaker_note(struct breaker *breaker, bool good, int64_t now_ns, struct prng *prng)
{
    if (breaker->state != BREAKER_CLOSED)
        return;
    breaker->failures = good ? 0 : breaker->failures + 1;
    if (good)
        breaker->turn = 0;
    if (breaker->failures == 0 || (breaker->failures < breaker->threshold && breaker->turn == 0))
        return;
    breaker->trips++;
    open_again(breaker, now_ns, prng);
}

bool breaker_wants_probe(struct breaker *breaker, int64_t now_ns)
{
    if (breaker->state != BREAKER_OPEN || now_ns < breaker->until_ns)
        return false;
    breaker->state = BREAKER_HALF_OPEN;
    return true;
}

void breaker_note_probe(struct breaker *breaker, bool good, int64_t now_ns, struct prng *prng)
{
    if (breaker->state != BREAKER_HALF_OPEN)
        return;
    if (good)
        breaker->state = BREAKER_CLOSED;
    else
        open_again(breaker, now_ns, prng);
}

const char *breaker_state_text(enum breaker_state state)
{
    static const char *const TEXTS[] = {"closed", "open", "half_open"};
    return TEXTS[state];
}
