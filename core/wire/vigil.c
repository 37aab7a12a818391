#include "wire/vigil.h"

#include "base/check.h"

enum { EMPTY_ENOUGH = 2 };
static const int64_t SECOND_NS = 1000000000;
static const int64_t LIST_AGAIN_NS = 400000000;     /* a cancel takes the venue some milliseconds */
static const int64_t CLEAN_AGAIN_NS = 5000000000;   /* for what is booked late */
static const int64_t ABSENT_NS = 1000000000;        /* between two steps: the watcher stood still */
/* Short, for the host's orders stand unattended: ten seconds are promised. */
static const struct backoff BACKOFF = {200000000, 1500000000};

const char *vigil_state_text(enum vigil_state state)
{
    static const char *const TEXTS[] = {"idle", "watching", "looking", "cleaning", "clean"};
    return TEXTS[state];
}

void vigil_init(struct vigil *vigil, const struct vigil_config *config, int64_t now_ns)
{
    CHECK(config->after_ns > 0 && config->check_every_ns > 0);
    *vigil = (struct vigil){.config = *config, .stepped_ns = now_ns, .check_ns = now_ns};
    prng_seed(&vigil->prng, config->seed);
}

/* What is under way was asked about a host that is no longer silent. */
static void leave(struct vigil *vigil, enum vigil_state to)
{
    vigil->outdated = vigil->busy;
    vigil->has_orders = false;
    vigil->empty = vigil->failures = 0;
    vigil->state = to;
}

void vigil_expect(struct vigil *vigil, const struct beat *host, int64_t now_ns)
{
    vigil->host = *host;
    vigil->heard_ns = now_ns;
    leave(vigil, VIGIL_WATCHING);
}

bool vigil_beat(struct vigil *vigil, const struct beat *beat, int64_t now_ns)
{
    if (beat->at_ns > now_ns || now_ns - beat->at_ns >= vigil->config.after_ns)
        return false;
    vigil->host = *beat;
    if (beat->at_ns > vigil->heard_ns)
        vigil->heard_ns = beat->at_ns;
    if (vigil->state != VIGIL_WATCHING)
        leave(vigil, VIGIL_WATCHING);
    return true;
}

static enum vigil_act begin(struct vigil *vigil, enum vigil_act act)
{
    vigil->busy = true;
    return act;
}

static enum vigil_act step_silent(struct vigil *vigil, int64_t now_ns)
{
    if (vigil->busy || (now_ns < vigil->due_ns && !vigil->has_orders))
        return VIGIL_WAIT;
    if (vigil->state == VIGIL_LOOKING)
        return begin(vigil, VIGIL_LOOK);
    return begin(vigil, vigil->has_orders ? VIGIL_CANCEL : VIGIL_LIST);
}

void vigil_forgive(struct vigil *vigil, int64_t now_ns)
{
    vigil->heard_ns = now_ns;
}

/* Beats that waited in the socket while we stood still are old by now; newer ones found no room. */
static void forgive_absence(struct vigil *vigil, int64_t now_ns)
{
    int64_t absent_ns = now_ns - vigil->stepped_ns;
    if (absent_ns > ABSENT_NS)
        vigil->heard_ns += absent_ns;
    vigil->stepped_ns = now_ns;
}

enum vigil_act vigil_step(struct vigil *vigil, int64_t now_ns)
{
    forgive_absence(vigil, now_ns);
    if (vigil->state == VIGIL_WATCHING && now_ns - vigil->heard_ns >= vigil->config.after_ns) {
        vigil->state = VIGIL_LOOKING;
        vigil->due_ns = now_ns;
    }
    if (vigil->state > VIGIL_WATCHING)
        return step_silent(vigil, now_ns);
    if (vigil->checking || now_ns < vigil->check_ns)
        return VIGIL_WAIT;
    vigil->checking = true;
    return VIGIL_CHECK;
}

/* False: it was asked before the host was heard again. */
static bool end(struct vigil *vigil)
{
    bool counts = !vigil->outdated;
    CHECK(vigil->busy);
    vigil->busy = vigil->outdated = false;
    return counts;
}

static void fail(struct vigil *vigil, int64_t now_ns)
{
    vigil->empty = 0;
    vigil->due_ns = now_ns + backoff_wait_ns(&BACKOFF, ++vigil->failures, &vigil->prng);
}

void vigil_looked(struct vigil *vigil, bool stopped, int64_t now_ns)
{
    if (!end(vigil))
        return;
    leave(vigil, stopped ? VIGIL_IDLE : VIGIL_CLEANING);
    vigil->due_ns = now_ns;
}

/* What a broken list has shown is cancelled too; that there is nothing, only whole ones can say. */
void vigil_listed(struct vigil *vigil, bool complete, uint32_t own_open, int64_t now_ns)
{
    if (!end(vigil))
        return;
    vigil->has_orders = own_open > 0;
    if (own_open > 0)
        vigil->state = VIGIL_CLEANING;
    if (!complete) {
        fail(vigil, now_ns);
        return;
    }
    vigil->failures = 0;
    vigil->empty = own_open > 0 ? 0 : vigil->empty + 1;
    if (vigil->empty >= EMPTY_ENOUGH)
        vigil->state = VIGIL_CLEAN;
    vigil->due_ns = now_ns + (vigil->state == VIGIL_CLEAN ? CLEAN_AGAIN_NS : LIST_AGAIN_NS);
}

void vigil_cancelled(struct vigil *vigil, bool heard, int64_t now_ns)
{
    if (!end(vigil))
        return;
    vigil->has_orders = false; /* listed again: what then still stands is cancelled again */
    if (heard)
        vigil->due_ns = now_ns + LIST_AGAIN_NS;
    else
        fail(vigil, now_ns);
}

void vigil_checked(struct vigil *vigil, bool good, int64_t now_ns)
{
    vigil->checking = false;
    vigil->check_ns = now_ns + (good ? vigil->config.check_every_ns : 2 * SECOND_NS);
}
