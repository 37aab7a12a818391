#include "io/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A path, or after an @ a name without a file, which begins with a NUL on the wire. */
static bool set_address(struct notify *notify, const char *path)
{
    size_t length = strlen(path);
    notify->to.sun_family = AF_UNIX;
    if ((*path != '/' && *path != '@') || length >= sizeof notify->to.sun_path)
        return false;
    memcpy(notify->to.sun_path, path, length);
    if (*path == '@')
        notify->to.sun_path[0] = '\0';
    notify->to_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length +
                                    (*path == '/' ? 1 : 0));
    return true;
}

bool notify_open(struct notify *notify)
{
    const char *path = getenv("NOTIFY_SOCKET");
    *notify = (struct notify){.fd = -1};
    if (path == NULL)
        return true;
    if (set_address(notify, path))
        notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    notify->watchdog = notify->fd >= 0 && getenv("WATCHDOG_USEC") != NULL;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    return notify->fd >= 0;
}

void notify_say(const struct notify *notify, const char *words)
{
    if (notify->fd >= 0)
        (void)!sendto(notify->fd, words, strlen(words), MSG_DONTWAIT | MSG_NOSIGNAL,
                      (const struct sockaddr *)&notify->to, notify->to_length);
}

void notify_close(struct notify *notify)
{
    if (notify->fd >= 0)
        close(notify->fd);
    notify->fd = -1;
}
