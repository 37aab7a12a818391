/* What latches with time: the drill makes it wrong for so long, mends it, and asks for an order. */
#include "app/selftest.h"

static struct drill_host *open_host(struct trial *t)
{
    return drill_host_open(&t->settings, t->product, t->strategy, t->in.wall_ns, t->in.bid,
                           t->intent.size);
}

static int64_t say_time(struct trial *t, const char *what, int64_t limit_ns, bool outside)
{
    int64_t ns = outside ? limit_ns : limit_ns / 2;

    trial_say(t, "%s for %lld ms", what, (long long)(ns / 1000000));
    return ns;
}

/* Well again is when the balance was read again, too. */
static void mend(struct trial *t, struct drill_host *host)
{
    int64_t poll_ns = t->settings.balance_poll_ns;

    drill_host_recover(host);
    drill_host_pass(host, 4 * (poll_ns > 0 ? poll_ns : t->settings.fills_poll_ns));
}

/* An order is left so, a stream is down for a time, then both are well again. */
static void drill_left(struct trial *t, enum outcome outcome, int64_t ns, struct verdict *ret)
{
    struct drill_host *host = open_host(t);
    struct client_id id;
    struct price below = {t->in.bid.e9 - t->spec.tick.e9};

    if (!host)
        return;
    id = drill_host_leave(host, t->in.bid, outcome, ret);
    if (ret->code == REFUSED_NOT) {
        drill_host_outage(host, STREAM_MARKET, ns);
        drill_host_cancelled(host, id);
        mend(t, host);
        drill_host_order(host, below, ret);
    }
    drill_host_close(host);
}

/* In such a drill the others would latch as well. */
static void only(struct trial *t, int64_t *limit_ns)
{
    int64_t kept_ns = *limit_ns;

    t->settings.max_unknown_ns = t->settings.max_stale_ns = t->settings.max_unhealthy_ns =
        INT64_MAX;
    *limit_ns = kept_ns;
}

void drill_unknown(struct trial *t, bool outside, struct verdict *ret)
{
    only(t, &t->settings.max_unknown_ns);
    drill_left(t, OUTCOME_UNKNOWN,
               say_time(t, "an outcome unknown", t->settings.max_unknown_ns, outside), ret);
}

void drill_stale(struct trial *t, bool outside, struct verdict *ret)
{
    int64_t fresh_ns = t->settings.product_limits[t->product].max_mark_age_ns, ns;

    only(t, &t->settings.max_stale_ns);
    ns = say_time(t, "no fresh mark", t->settings.max_stale_ns, outside);
    drill_left(t, OUTCOME_ACCEPTED, fresh_ns + ns + ns / 16, ret); /* it is seen at a tick */
}

void drill_unhealthy(struct trial *t, bool outside, struct verdict *ret)
{
    struct drill_host *host;
    int64_t ns;

    only(t, &t->settings.max_unhealthy_ns);
    ns = say_time(t, "the user stream down", t->settings.max_unhealthy_ns, outside);
    if ((host = open_host(t)) == NULL)
        return;
    drill_host_outage(host, STREAM_USER, ns);
    mend(t, host);
    drill_host_order(host, t->in.bid, ret);
    drill_host_close(host);
}
