#include "sim/fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"

/* Without an opportunity for so long a fault is over: they shall not gather behind a quiet time. */
static const int64_t EXPIRES_NS = 30000000000;

#define FAULT_NAME(symbol, name, weight, meaning) name,
#define FAULT_WEIGHT(symbol, name, weight, meaning) weight,
#define FAULT_MEANING(symbol, name, weight, meaning) meaning,
static const char *const NAMES[] = {FAULT_LIST(FAULT_NAME)};
static const uint8_t WEIGHTS[] = {FAULT_LIST(FAULT_WEIGHT)};
static const char *const MEANINGS[] = {FAULT_LIST(FAULT_MEANING)};

const char *fault_name(enum fault_kind kind) { return NAMES[kind]; }
const char *fault_meaning(enum fault_kind kind) { return MEANINGS[kind]; }

int fault_find(const char *name)
{
    for (int i = 0; i < FAULT_KIND_COUNT; i++)
        if (strcmp(NAMES[i], name) == 0)
            return i;
    return -1;
}

void faults_add(struct faults *faults, enum fault_kind kind, int64_t at_ns, uint64_t roll)
{
    CHECK(faults->count == 0 || faults->items[faults->count - 1].at_ns <= at_ns);
    if (faults->count == faults->capacity) {
        faults->capacity = faults->capacity ? 2 * faults->capacity : 256;
        faults->items = realloc(faults->items, faults->capacity * sizeof *faults->items);
        CHECK(faults->items);
    }
    faults->items[faults->count] = (struct fault){
        .number = faults->count + 1, .kind = kind, .at_ns = at_ns, .roll = roll};
    faults->count++;
}

struct menu { uint32_t weights[FAULT_KIND_COUNT], sum; };

/* Half of the kinds, each at its weight or at four times that. */
static void draw_menu(struct prng *prng, int only, struct menu *ret)
{
    *ret = (struct menu){.sum = 0};
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        bool in = prng_below(prng, 2), many = prng_below(prng, 4) == 0;
        if (only >= 0)
            in = i == only;
        ret->weights[i] = in ? WEIGHTS[i] * (many ? 4u : 1u) : 0;
        ret->sum += ret->weights[i];
    }
    if (ret->sum == 0)
        ret->weights[FAULT_PLACE_MUTE] = ret->sum = 1;
}

static enum fault_kind draw_kind(struct prng *prng, const struct menu *menu)
{
    uint32_t at = (uint32_t)prng_below(prng, menu->sum);
    int kind = 0;
    while (at >= menu->weights[kind])
        at -= menu->weights[kind++];
    return (enum fault_kind)kind;
}

void faults_draw(struct faults *faults, uint64_t seed, const struct fault_plan *plan)
{
    static const int64_t GAPS_NS[] = {700000000, 2500000000, 8000000000};
    struct prng prng;
    struct menu menu;
    prng_seed(&prng, seed ^ 0xfa017f);
    *faults = (struct faults){.items = NULL};
    draw_menu(&prng, plan->only, &menu);
    uint64_t gap_ns = (uint64_t)GAPS_NS[prng_below(&prng, 3)];
    for (int64_t at_ns = plan->from_ns;;) {
        /* Troubles come in company: one in six falls on the heels of the last. */
        bool burst = prng_below(&prng, 6) == 0;
        at_ns += (int64_t)prng_below(&prng, burst ? 20000000 : 2 * gap_ns) + 1;
        if (at_ns >= plan->until_ns)
            return;
        enum fault_kind kind = draw_kind(&prng, &menu);
        faults_add(faults, kind, at_ns, prng_next(&prng));
    }
}

void faults_fini(struct faults *faults)
{
    free(faults->items);
    *faults = (struct faults){.items = NULL};
}

void faults_skip(struct faults *faults, uint32_t number)
{
    CHECK(number > 0 && number <= faults->count);
    faults->items[number - 1].skipped = true;
}

const struct fault *faults_strike(struct faults *faults, enum fault_kind kind, int64_t now_ns)
{
    uint32_t *at = &faults->next[kind];
    for (; *at < faults->count && faults->items[*at].at_ns <= now_ns; ++*at) {
        struct fault *fault = &faults->items[*at];
        if (fault->kind != kind || fault->skipped || now_ns - fault->at_ns > EXPIRES_NS)
            continue;
        if (faults->off)
            return NULL;
        ++*at;
        fault->struck_ns = now_ns;
        faults->struck[kind]++;
        return fault;
    }
    return NULL;
}
