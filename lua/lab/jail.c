#define _GNU_SOURCE /* memfd_create, and closing what a child shall not have */
#include "lab/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

enum { ANSWER_MS = 30000, SAFE_FD = 10 };

struct lab_jail {
    pid_t pid;
    int socket;
    uint32_t generation;
    struct lab_jail_ear ear;
    _Alignas(SCRIPT_ALIGN) unsigned char bytes[MAX_SCRIPT_FRAME];
};

/* --- the process --- */

static int seal_bundle(const struct buf *bundle)
{
    int fd = memfd_create("bundle", MFD_ALLOW_SEALING | MFD_CLOEXEC), moved;

    if (fd < 0)
        return -1;
    if (write(fd, bundle->data, bundle->length) != (ssize_t)bundle->length ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
        close(fd);
        return -1;
    }
    moved = fcntl(fd, F_DUPFD_CLOEXEC, SAFE_FD);
    close(fd);
    return moved;
}

static int spawn(const char *program, int socket, int bundle, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t blocked;
    char *empty[] = {NULL}, *name = strdup(program), *arguments[] = {name, NULL};
    int failure;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1); /* until the runner has a handler for its deadline */
    posix_spawn_file_actions_init(&files);
    for (int fd = 0; fd <= 1; fd++)
        posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, socket, SCRIPT_FD);
    posix_spawn_file_actions_adddup2(&files, bundle, SCRIPT_BUNDLE_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, SCRIPT_BUNDLE_FD + 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    failure = posix_spawn(ret, program, &files, &attributes, arguments, empty);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    free(name);
    return failure;
}

static int start_process(struct lab_jail *jail, const char *program, const struct buf *bundle,
                         struct err *err)
{
    int pair[2], theirs, sealed, failure;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return err_set(err, "no socket for a runner: %s", strerror(errno));
    jail->socket = pair[0];
    theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, SAFE_FD);
    close(pair[1]);
    sealed = seal_bundle(bundle);
    failure = theirs < 0 || sealed < 0 ? errno : spawn(program, theirs, sealed, &jail->pid);
    if (theirs >= 0)
        close(theirs);
    if (sealed >= 0)
        close(sealed);
    return failure ? err_set(err, "%s cannot be started: %s", program, strerror(failure)) : 0;
}

/* --- frames --- */

static enum script_frame_kind answer_of(enum script_frame_kind kind)
{
    switch (kind) {
    case SCRIPT_START: return SCRIPT_READY;
    case SCRIPT_GO: case SCRIPT_VIEW: return SCRIPT_CREDIT;
    case SCRIPT_JUDGE: return SCRIPT_VERDICT;
    case SCRIPT_SAVE: return SCRIPT_STATE_OUT;
    case SCRIPT_STOP: return SCRIPT_BYE;
    default: return SCRIPT_DONE;
    }
}

static int receive(struct lab_jail *jail, struct script_head *ret_head, const void **ret_payload,
                   struct err *err)
{
    struct pollfd poll_fd = {.fd = jail->socket, .events = POLLIN};
    ssize_t length;

    if (poll(&poll_fd, 1, ANSWER_MS) != 1)
        return err_set(err, "the runner does not answer");
    length = recv(jail->socket, jail->bytes, sizeof(jail->bytes), 0);
    if (length <= 0)
        return err_set(err, "the runner ended");
    return script_frame_decode(jail->bytes, (size_t)length, jail->generation, true, ret_head,
                               ret_payload, err);
}

static int listen_until(struct lab_jail *jail, enum script_frame_kind answer, struct err *err)
{
    struct script_head head;
    const void *payload;

    for (;;) {
        if (receive(jail, &head, &payload, err) < 0)
            return -1;
        if (head.kind == SCRIPT_FAIL)
            return err_set(err, "%.*s", (int)head.length, (const char *)payload);
        jail->ear.hear(jail->ear.context, &head, payload);
        if (head.kind == answer && !head.more)
            return 0;
    }
}

int lab_jail_tell(struct lab_jail *jail, enum script_frame_kind kind, uint64_t request, bool more,
                  const void *payload, size_t length, struct err *err)
{
    int size = script_frame_encode(jail->bytes, sizeof(jail->bytes), kind, jail->generation,
                                   request, more, payload, length);

    CHECK(size > 0);
    if (send(jail->socket, jail->bytes, (size_t)size, MSG_NOSIGNAL) != size)
        return err_set(err, "the runner ended");
    return listen_until(jail, answer_of(kind), err);
}

struct lab_jail *lab_jail_start(const char *program, const struct script_start *start,
                                uint32_t generation, const struct buf *bundle,
                                const struct lab_jail_ear *ear, struct err *err)
{
    struct lab_jail *jail = aligned_alloc(SCRIPT_ALIGN, sizeof(*jail));

    CHECK(jail != NULL);
    *jail = (struct lab_jail){.socket = -1, .generation = generation, .ear = *ear};
    if (start_process(jail, program, bundle, err) < 0 ||
        lab_jail_tell(jail, SCRIPT_START, 0, false, start, sizeof(*start), err) < 0) {
        lab_jail_end(jail);
        return NULL;
    }
    return jail;
}

void lab_jail_end(struct lab_jail *jail)
{
    if (!jail)
        return;
    if (jail->socket >= 0)
        close(jail->socket);
    if (jail->pid > 0) {
        kill(jail->pid, SIGKILL); /* our own child, not reaped yet: the number is still its own */
        waitpid(jail->pid, NULL, 0);
    }
    free(jail);
}
