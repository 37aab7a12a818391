/* The control socket: whoever may open the file may say what goes wrong. One line, one answer,
 * which ends with a line that begins with ok or error. */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/exchange_faults.h"
#include "base/text.h"

enum { CLIENTS_MAX = 16, ANSWER_MAX = 1024 * 1024 };

struct client {
    ev_io io;
    struct exchange_control *control;
    char line[2 * VENUE_FAULT_LINE_MAX];
    size_t length;
    bool open;
};

struct exchange_control {
    struct exchange *exchange;
    ev_io io;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    struct client clients[CLIENTS_MAX];
};

static void close_client(struct client *client)
{
    if (!client->open)
        return;
    ev_io_stop(client->control->exchange->loop, &client->io);
    close(client->io.fd);
    client->open = false;
}

/* An answer is small and its reader waits for it: one that does not read is let go. */
static void answer(struct client *client, const char *line, size_t length)
{
    struct buf text;
    buf_init(&text, ANSWER_MAX);
    exchange_faults_command(client->control->exchange->faults, line, length, &text);
    if (text.failed ||
        send(client->io.fd, text.data, text.length, MSG_NOSIGNAL) != (ssize_t)text.length)
        close_client(client);
    buf_fini(&text);
}

static void on_bytes(struct ev_loop *loop, ev_io *io, int events)
{
    struct client *client = io->data;
    (void)loop;
    (void)events;
    ssize_t got = read(io->fd, client->line + client->length,
                       sizeof client->line - client->length);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        close_client(client);
        return;
    }
    client->length += (size_t)got;
    char *stop;
    while (client->open && (stop = memchr(client->line, '\n', client->length)) != NULL) {
        size_t length = (size_t)(stop - client->line);
        answer(client, client->line, length);
        client->length -= length + 1;
        memmove(client->line, stop + 1, client->length);
    }
    if (client->length == sizeof client->line) /* longer than any rule */
        close_client(client);
}

static void on_client(struct ev_loop *loop, ev_io *io, int events)
{
    struct exchange_control *control = io->data;
    (void)events;
    int fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    for (int i = 0; fd >= 0 && i < CLIENTS_MAX; i++) {
        struct client *client = &control->clients[i];
        if (client->open)
            continue;
        *client = (struct client){.control = control, .open = true};
        ev_io_init(&client->io, on_bytes, fd, EV_READ);
        client->io.data = client;
        ev_io_start(loop, &client->io);
        return;
    }
    if (fd >= 0)
        close(fd);
}

static int listen_at(const char *path, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!text_copy(address.sun_path, sizeof address.sun_path, path, strlen(path)))
        return err_set(err, "--control %s: at most %zu characters", path,
                       sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(0177); /* 0600 from its first moment */
    unlink(path);
    bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    umask(before);
    if (bound && listen(fd, CLIENTS_MAX) == 0)
        return fd;
    err_set(err, "--control %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

struct exchange_control *exchange_control_open(struct exchange *exchange, struct err *err)
{
    struct exchange_control *control = calloc(1, sizeof *control);
    int fd = control ? listen_at(exchange->options.control_path, err) : -1;
    if (fd < 0) {
        free(control);
        return NULL;
    }
    control->exchange = exchange;
    text_copy(control->path, sizeof control->path, exchange->options.control_path,
              strlen(exchange->options.control_path));
    ev_io_init(&control->io, on_client, fd, EV_READ);
    control->io.data = control;
    ev_io_start(exchange->loop, &control->io);
    return control;
}

void exchange_control_close(struct exchange_control *control)
{
    if (!control)
        return;
    for (int i = 0; i < CLIENTS_MAX; i++)
        close_client(&control->clients[i]);
    ev_io_stop(control->exchange->loop, &control->io);
    close(control->io.fd);
    unlink(control->path);
    free(control);
}
