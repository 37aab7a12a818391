/* What the service manager hears: that the host stands, a line of status when it changes, and signs
 * of life from the loop that trades. */
#include <stdio.h>
#include <string.h>

#include "app/live_private.h"
#include "base/log.h"
#include "engine/snapshot.h"
#include "model/names.h"

/* A host that compares itself with the venue stands: it answers its operator, and opens nothing. */
void live_manager_ready(struct live *live)
{
    notify_say(&live->manager, "READY=1");
    live_manager_beat(live);
}

void live_manager_stopping(struct live *live)
{
    notify_say(&live->manager, "STOPPING=1\nSTATUS=stopping: own orders are seen to their end");
}

static void put_status(const struct live *live, char *line, size_t capacity)
{
    struct account_row account;

    snapshot_account(live->engine, &account);
    if (account.reconciled || account.state == TRADING_HALTED)
        snprintf(line, capacity, "STATUS=%s%s%s; %u working orders, %u unknown",
                 ladder_step_text(account.ladder), *account.reason ? ": " : "", account.reason,
                 account.working, account.unknown);
    else
        snprintf(line, capacity, "STATUS=comparing with the venue, nothing leaves until it agrees");
    for (char *at = line; *at; at++)
        if (*at == '\n')
            *at = ' '; /* a line is a word of the protocol */
}

void live_manager_beat(struct live *live)
{
    char line[sizeof live->status_said];

    if (live->manager.watchdog)
        notify_say(&live->manager, "WATCHDOG=1");
    if (live->manager.fd < 0 || live->stopping)
        return;
    put_status(live, line, sizeof line);
    if (strcmp(line, live->status_said) == 0)
        return;
    memcpy(live->status_said, line, sizeof line);
    notify_say(&live->manager, line);
}
