#include "app/ctl_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/config.h"
#include "base/text.h"

static const int SLOW_MS = 1500;

struct ctl_client {
    int fd;
    int timeout_s;
    const char *slow; /* borrowed; NULL: wait without a word */
    struct buf line;
};

int ctl_find_socket(const char *config_path, const char *socket, char ret_path[CTL_PATH_MAX],
                    struct err *err)
{
    if (socket) {
        if (!text_copy(ret_path, CTL_PATH_MAX, socket, strlen(socket)))
            return err_set(err, "the socket's path is too long");
        return 0;
    }
    if (!config_path)
        return err_set(err, "say which daemon: -c FILE (its config) or -S SOCKET");
    struct config *config = calloc(1, sizeof *config);
    struct config_problems *problems = calloc(1, sizeof *problems);
    int result = -1;
    if (!config || !problems) {
        err_set(err, "no memory");
    } else {
        int loaded = config_load(config_path, config, problems);
        text_copy(ret_path, CTL_PATH_MAX, config->socket, strlen(config->socket));
        if (*ret_path)
            result = 0;
        else if (loaded < 0 && problems->count > 0)
            err_set(err, "%s (use -S SOCKET to go past the config)", problems->text[0]);
        else
            err_set(err, "%s names no socket; use -S SOCKET", config_path);
        config_fini(config);
    }
    free(config);
    free(problems);
    return result;
}

static int connect_failed(const char *path, struct err *err)
{
    if (errno == ENOENT || errno == ECONNREFUSED)
        return err_set(err, "no daemon answers at %s; start one: moongate run -c FILE", path);
    if (errno == EACCES || errno == EPERM)
        return err_set(err, "%s is for the daemon's own user: run as that user", path);
    return err_set(err, "%s: %s", path, strerror(errno));
}

struct ctl_client *ctl_connect(const char *path, int timeout_s, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = timeout_s};
    if (!text_copy(address.sun_path, sizeof address.sun_path, path, strlen(path))) {
        err_set(err, "%s: a socket's path has at most %zu bytes", path,
                sizeof address.sun_path - 1);
        return NULL;
    }
    struct ctl_client *client = calloc(1, sizeof *client);
    int fd = client ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        connect_failed(path, err);
        if (fd >= 0)
            close(fd);
        free(client);
        return NULL;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    client->fd = fd;
    client->timeout_s = timeout_s;
    buf_init(&client->line, CONTROL_REPLY_MAX + 1);
    return client;
}

void ctl_disconnect(struct ctl_client *client)
{
    if (!client)
        return;
    close(client->fd);
    buf_fini(&client->line);
    free(client);
}

static int send_all(struct ctl_client *client, const struct buf *bytes, struct err *err)
{
    for (size_t sent = 0; sent < bytes->length;) {
        ssize_t n = send(client->fd, bytes->data + sent, bytes->length - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        /* Someone who is turned away is told why before the door closes: that is read first. */
        if (n < 0 && errno == EPIPE)
            return 0;
        if (n <= 0)
            return err_set(err, "the daemon does not read: %s", strerror(errno));
        sent += (size_t)n;
    }
    return 0;
}

void ctl_say_when_slow(struct ctl_client *client, const char *text)
{
    client->slow = text;
}

static void say_when_slow(const struct ctl_client *client)
{
    struct pollfd answer = {.fd = client->fd, .events = POLLIN};
    if (client->slow && poll(&answer, 1, SLOW_MS) == 0)
        fprintf(stderr, "moongate ctl: %s\n", client->slow);
}

static int receive_line(struct ctl_client *client, struct err *err)
{
    char piece[16384];
    buf_clear(&client->line);
    say_when_slow(client);
    for (;;) {
        ssize_t n = recv(client->fd, piece, sizeof piece, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return err_set(err, "the daemon did not answer within %d s", client->timeout_s);
        if (n < 0)
            return err_set(err, "the daemon's socket: %s", strerror(errno));
        if (n == 0)
            return err_set(err, "the daemon closed the connection without an answer");
        buf_put(&client->line, piece, (size_t)n);
        if (client->line.failed)
            return err_set(err, "the daemon's answer is too long");
        /* One request at a time: a line's end is the end of what was sent. */
        if (client->line.data[client->line.length - 1] == '\n')
            break;
    }
    client->line.data[--client->line.length] = '\0';
    return 0;
}

int ctl_ask(struct ctl_client *client, const struct control_request *request,
            struct control_reply *ret, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, CONTROL_LINE_MAX);
    control_request_encode(request, &bytes);
    int result = bytes.failed ? err_set(err, "the request is too long")
                              : send_all(client, &bytes, err);
    buf_fini(&bytes);
    if (result < 0 || receive_line(client, err) < 0)
        return -1;
    return control_reply_decode(client->line.data, client->line.length, ret, err);
}

const char *ctl_line(const struct ctl_client *client)
{
    return client->line.data ? client->line.data : "";
}
