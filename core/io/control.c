#define _GNU_SOURCE
#include "io/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"

struct client {
    struct control *control;    /* borrowed */
    uint64_t name;              /* serial << 8 | slot; 0: the slot is free */
    int fd;
    uint32_t uid;
    struct loop_fd *watch;
    struct loop_timer *patience;
    char *in;                   /* CONTROL_LINE_MAX bytes */
    size_t in_length;
    struct buf out;
    size_t out_sent;
    bool asked;                 /* a request is under way */
    bool ended;                 /* no more will be read; goes when all is answered */
    bool broken;                /* goes at once */
};

struct control {
    struct loop *loop;          /* borrowed */
    struct control_config config;
    int fd;
    struct loop_fd *watch;
    struct sockaddr_un address;
    dev_t device;
    ino_t inode;                /* of our socket: another's is not removed */
    uint64_t serial;
    struct control_counters counters;
    struct client clients[CONTROL_CLIENTS_MAX];
};

static const int64_t SECOND_NS = 1000000000;

/* --- one client --- */

static void drop(struct client *client)
{
    loop_fd_destroy(client->watch);
    loop_timer_destroy(client->patience);
    close(client->fd);
    free(client->in);
    buf_fini(&client->out);
    client->control->counters.clients--;
    *client = (struct client){.control = client->control, .fd = -1};
}

static void set_wants(struct client *client)
{
    bool waiting = client->out_sent < client->out.length;
    /* While a request is under way nothing is read: the socket's own buffer is the bound. */
    loop_fd_want(client->watch, !client->asked && !client->ended, waiting);
    loop_timer_set(client->patience, (waiting ? CONTROL_STALL_S : CONTROL_IDLE_S) * SECOND_NS);
}

/* -1: the client is gone. */
static int flush(struct client *client)
{
    while (client->out_sent < client->out.length) {
        ssize_t sent = send(client->fd, client->out.data + client->out_sent,
                            client->out.length - client->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return 0;
        if (sent <= 0)
            return -1;
        client->out_sent += (size_t)sent;
    }
    buf_clear(&client->out);
    client->out_sent = 0;
    return 0;
}

static void put_line(struct client *client, const char *line, size_t length)
{
    buf_put(&client->out, line, length);
    if (client->out.failed) { /* it asks faster than it reads */
        client->control->counters.dropped++;
        client->broken = true;
    }
}

static void complain(struct client *client, const char *text)
{
    struct buf line;
    buf_init(&line, CONTROL_REPLY_MAX);
    control_reply_encode(&line, false, text, NULL, 0);
    client->control->counters.malformed++;
    if (!line.failed)
        put_line(client, line.data, line.length);
    buf_fini(&line);
}

/* One line. May call out, and the answer may come before this returns. */
static void take_line(struct client *client, const char *line, size_t length)
{
    struct control *control = client->control;
    struct control_request request;
    struct err err = {""};
    if (control_request_decode(line, length, &request, &err) < 0) {
        complain(client, err.text);
        return;
    }
    control->counters.requests++;
    client->asked = true;
    control->config.on_request(control->config.context, client->name, &request);
}

/* Whole lines in the buffer, one after the other, until one is under way. */
static void take_lines(struct client *client)
{
    char *end;
    while (!client->asked && !client->broken &&
           (end = memchr(client->in, '\n', client->in_length))) {
        size_t length = (size_t)(end - client->in);
        char *line = client->in; /* decoded before the buffer moves: nothing borrows from it */
        take_line(client, line, length);
        client->in_length -= length + 1;
        memmove(client->in, end + 1, client->in_length);
    }
    if (!client->asked && client->in_length == CONTROL_LINE_MAX) {
        complain(client, "a request is longer than 64 KiB");
        client->in_length = 0;
        client->ended = true;
    }
}

/* After anything happened to a client: answer what can be, send, and let go of it when done. */
static void settle(struct client *client)
{
    take_lines(client);
    if (client->broken || flush(client) < 0) {
        drop(client);
        return;
    }
    if (client->ended && !client->asked && client->out.length == 0)
        drop(client);
    else
        set_wants(client);
}

static void on_readable(void *context)
{
    struct client *client = context;
    ssize_t got = recv(client->fd, client->in + client->in_length,
                       CONTROL_LINE_MAX - client->in_length, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got < 0) {
        drop(client);
        return;
    }
    if (got == 0)
        client->ended = true;
    client->in_length += (size_t)got;
    settle(client);
}

static void on_writable(void *context)
{
    settle(context);
}

static void on_impatient(void *context)
{
    struct client *client = context;
    client->control->counters.dropped++;
    if (client->asked) {
        client->asked = false;
        client->ended = true;
        complain(client, "no answer within a minute; what was asked may still happen");
        settle(client);
    } else {
        drop(client);
    }
}

/* --- the door --- */

static struct client *free_slot(struct control *control)
{
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (control->clients[i].name == 0)
            return &control->clients[i];
    return NULL;
}

/* Best effort: someone who is not let in is told why if the socket takes it. */
static void turn_away(struct control *control, int fd, const char *text)
{
    struct buf line;
    buf_init(&line, CONTROL_REPLY_MAX);
    control_reply_encode(&line, false, text, NULL, 0);
    if (!line.failed) {
        ssize_t sent = send(fd, line.data, line.length, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)sent;
    }
    buf_fini(&line);
    close(fd);
    control->counters.refused++;
}

static bool is_welcome(int fd, uint32_t *ret_uid)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || length != sizeof peer)
        return false;
    *ret_uid = peer.uid;
    return peer.uid == geteuid() || peer.uid == 0;
}

static void admit(struct control *control, struct client *client, int fd, uint32_t uid)
{
    uint64_t slot = (uint64_t)(client - control->clients);
    *client = (struct client){.control = control, .name = ++control->serial << 8 | slot, .fd = fd,
                              .uid = uid};
    buf_init(&client->out, CONTROL_REPLY_MAX);
    control->counters.clients++;
    control->counters.accepted++;
    client->in = malloc(CONTROL_LINE_MAX);
    client->watch = loop_fd_create(control->loop, fd, on_readable, on_writable, client);
    client->patience = loop_timer_create(control->loop, on_impatient, client);
    if (!client->in || !client->watch || !client->patience)
        drop(client);
    else
        set_wants(client);
}

static void on_knock(void *context)
{
    struct control *control = context;
    int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    struct client *client = free_slot(control);
    uint32_t uid;
    if (!is_welcome(fd, &uid))
        turn_away(control, fd, "only the daemon's own user and root may speak here");
    else if (!client)
        turn_away(control, fd, "16 others are connected already");
    else
        admit(control, client, fd, uid);
}

void control_reply(struct control *control, uint64_t name, const char *line, size_t length)
{
    struct client *client = &control->clients[name & 0xff];
    CHECK((name & 0xff) < CONTROL_CLIENTS_MAX);
    if (name == 0 || client->name != name || !client->asked)
        return;
    client->asked = false;
    put_line(client, line, length);
    /* Sent from the loop, not from here: the caller may be inside take_line. */
    loop_fd_want(client->watch, false, true);
}

uint32_t control_uid(const struct control *control, uint64_t name)
{
    const struct client *client = &control->clients[name & 0xff];
    CHECK((name & 0xff) < CONTROL_CLIENTS_MAX && client->name == name);
    return client->uid;
}

void control_read_counters(const struct control *control, struct control_counters *ret)
{
    *ret = control->counters;
}

/* --- opening --- */

/* A leftover of a daemon that was killed refuses connections; a living one takes them. */
static int clear_path(const struct sockaddr_un *address, struct err *err)
{
    struct stat stat;
    if (lstat(address->sun_path, &stat) < 0)
        return errno == ENOENT ? 0 : err_set(err, "%s", strerror(errno));
    if (!S_ISSOCK(stat.st_mode))
        return err_set(err, "there is a file there that is no socket: move it away");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool taken = fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
                             errno != ECONNREFUSED);
    if (fd >= 0)
        close(fd);
    if (taken)
        return err_set(err, "another daemon listens there: stop it, or set another socket");
    return unlink(address->sun_path) == 0 ? 0 : err_set(err, "%s", strerror(errno));
}

/* The mode is set before the name exists: there is no moment in which others could connect. */
static int bind_closed(struct control *control, struct err *err)
{
    struct stat stat;
    if (fchmod(control->fd, 0600) < 0)
        return err_set(err, "mode: %s", strerror(errno));
    mode_t before = umask(0177);
    int bound = bind(control->fd, (struct sockaddr *)&control->address, sizeof control->address);
    int number = errno;
    umask(before);
    if (bound < 0)
        return err_set(err, "%s", strerror(number));
    if (lstat(control->address.sun_path, &stat) < 0)
        return err_set(err, "%s", strerror(errno));
    control->device = stat.st_dev;
    control->inode = stat.st_ino;
    if ((stat.st_mode & 0777) != 0600)
        return err_set(err, "the file system does not keep mode 0600");
    return 0;
}

static int listen_at(struct control *control, const char *path, struct err *err)
{
    control->address.sun_family = AF_UNIX;
    if (!text_copy(control->address.sun_path, sizeof control->address.sun_path, path, strlen(path)))
        return err_set(err, "a socket's path has at most %zu bytes",
                       sizeof control->address.sun_path - 1);
    if (clear_path(&control->address, err) < 0)
        return -1;
    control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (control->fd < 0)
        return err_set(err, "%s", strerror(errno));
    if (bind_closed(control, err) < 0)
        return -1;
    if (listen(control->fd, CONTROL_CLIENTS_MAX) < 0)
        return err_set(err, "%s", strerror(errno));
    control->watch = loop_fd_create(control->loop, control->fd, on_knock, NULL, control);
    return control->watch ? 0 : err_set(err, "no memory");
}

struct control *control_open(struct loop *loop, const struct control_config *config,
                             struct err *err)
{
    struct control *control = calloc(1, sizeof *control);
    if (!control) {
        err_set(err, "no memory");
        return NULL;
    }
    control->loop = loop;
    control->config = *config;
    control->fd = -1;
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        control->clients[i] = (struct client){.control = control, .fd = -1};
    if (listen_at(control, config->path, err) < 0) {
        err_wrap(err, "operator's socket %s", config->path);
        control_close(control);
        return NULL;
    }
    control->config.path = NULL;
    return control;
}

void control_close(struct control *control)
{
    if (!control)
        return;
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (control->clients[i].name != 0) {
            (void)flush(&control->clients[i]); /* the answer to `stop` is in there */
            drop(&control->clients[i]);
        }
    loop_fd_destroy(control->watch);
    struct stat stat;
    if (control->inode != 0 && lstat(control->address.sun_path, &stat) == 0 &&
        stat.st_ino == control->inode && stat.st_dev == control->device)
        unlink(control->address.sun_path);
    if (control->fd >= 0)
        close(control->fd);
    free(control);
}
