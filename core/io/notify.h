#pragma once
/* Words to the service manager that started us: systemd's notify protocol, sd_notify(3). Its manual
 * calls the protocol stable and free to speak without its library, which would bring three
 * decompressors into the process that holds the keys.
 *
 *     notify_open(&notify);                      takes NOTIFY_SOCKET and WATCHDOG_USEC
 *     notify_say(&notify, "READY=1");
 *     if (notify.watchdog) notify_say(&notify, "WATCHDOG=1");     from the loop, while it lives
 *
 * Without a service manager nothing is said. Nothing blocks; what does not fit now is lost. */
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
    int fd;                    /* -1: nobody listens */
    struct sockaddr_un to;
    socklen_t to_length;
    bool watchdog;             /* it wants WATCHDOG=1 again and again */
};

/* Takes what it reads out of the environment. false: NOTIFY_SOCKET is set and cannot be used. */
bool notify_open(struct notify *notify);
void notify_say(const struct notify *notify, const char *words);
void notify_close(struct notify *notify);
