#pragma once
/* Stops asking what does not answer. Time is an argument, chance is seeded.
 *
 *     CLOSED --many failures in a row--> OPEN --period over--> HALF_OPEN --probe good--> CLOSED
 *                                          ^                      |
 *                                          +-- longer, probe bad -+
 *
 *     if (!breaker_allows(&breaker)) refuse;
 *     breaker_note(&breaker, good, now_ns, &prng);             what came of a request
 *     if (breaker_wants_probe(&breaker, now_ns)) send one harmless request;
 *     breaker_note_probe(&breaker, good, now_ns, &prng);
 *
 * Only the probe closes it: what was under way when it opened proves nothing either way. A probe
 * that is harmless does not prove the rest: the first failure after it opens again, for longer. */
#include <stdbool.h>

#include "base/backoff.h"

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };
struct breaker {
    unsigned threshold;
    struct backoff period;   /* half of it for certain, the other half by chance */
    enum breaker_state state;
    unsigned failures;       /* in a row, while closed */
    unsigned turn;           /* openings since the last good request */
    int64_t until_ns;
    uint64_t trips;          /* openings since init */
};

void breaker_init(struct breaker *breaker, unsigned threshold, struct backoff period);
bool breaker_allows(const struct breaker *breaker);
void breaker_note(struct breaker *breaker, bool good, int64_t now_ns, struct prng *prng);
/* True once for each period that has passed: HALF_OPEN until the probe is noted. */
bool breaker_wants_probe(struct breaker *breaker, int64_t now_ns);
void breaker_note_probe(struct breaker *breaker, bool good, int64_t now_ns, struct prng *prng);
const char *breaker_state_text(enum breaker_state state); /* "closed" "open" "half_open" */
