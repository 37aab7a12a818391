/* The host's sign of life: from the loop that trades, so that a loop that hangs is not heard. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "app/live_private.h"
#include "base/log.h"
#include "engine/snapshot.h"
#include "io/clock_os.h"
#include "io/pulse.h"
#include "io/watch_log.h"

static struct beat beat_of(const struct live *live, bool stopped)
{
    return (struct beat){.run = live->settings.boot_random, .owner_tag = live->settings.owner_tag,
                         .pid = getpid(), .at_ns = clock_os_now().mono_ns, .stopped = stopped};
}

/* The switch for whoever may write there and neither signal nor speak: a cron job, a mount. Only
 * that it is there counts; as long as it is, a resume does not hold. */
static void look_for_halt_file(struct live *live)
{
    struct account_row account;
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/HALT", live->config.state_dir);
    if (access(path, F_OK) < 0)
        return;
    snapshot_account(live->engine, &account);
    if (account.state != TRADING_HALTED && !live->halt_owed)
        live_halt(live, "the file HALT in state_dir");
}

static void on_beat(void *context)
{
    struct live *live = context;
    struct beat beat = beat_of(live, false);

    look_for_halt_file(live);
    pulse_send(live->pulse_fd, live->config.state_dir, &beat);
    live_manager_beat(live);
    loop_timer_set(live->pulse_timer, BEAT_EVERY_NS);
}

/* What was done to our orders while we could not see it; the venue's lists show the rest. */
static void tell_last_run(const struct live *live)
{
    struct watch_log_found found;
    struct beat last;
    struct err err = {""};
    int read = pulse_read(live->config.state_dir, &last, &err);

    if (read < 0 || (read > 0 && watch_log_find(live->config.state_dir, last.run, &found,
                                                &err) < 0))
        log_warn("live", "what the watcher did is not known: %s", err.text);
    else if (read > 0 && found.cancelled > 0)
        log_warn("alert", "moongate-watch cancelled %u own orders of the last run, which had "
                          "fallen silent; the first at %s", found.cancelled, found.first);
}

int live_beat_start(struct live *live, struct err *err)
{
    struct beat beat = beat_of(live, false);

    tell_last_run(live);
    live->pulse_timer = loop_timer_create(live->loop, on_beat, live);
    live->pulse_fd = pulse_open(err);
    if (!live->pulse_timer || live->pulse_fd < 0)
        return live->pulse_timer ? -1 : err_set(err, "no memory");
    if (pulse_write(live->config.state_dir, &beat, err) < 0)
        return -1;
    on_beat(live);
    return 0;
}

/* Not in order: a watcher takes back what still works. */
void live_beat_stop(struct live *live, bool in_order)
{
    struct beat beat = beat_of(live, true);
    struct err err = {""};

    if (in_order && pulse_write(live->config.state_dir, &beat, &err) < 0)
        log_warn("live", "a watcher will take this stop for a death: %s", err.text);
}
