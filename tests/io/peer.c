#define _GNU_SOURCE /* strcasestr */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mbedtls/base64.h>
#include <mbedtls/sha1.h>
#include <mbedtls/ssl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "peer_certificates.h"

enum { SESSIONS_MAX = 256, REQUEST_MAX = 64 * 1024, POLL_MS = 20 };

struct peer_session {
    struct peer *peer;
    pthread_t thread;
    unsigned number;
    int fd;
    bool secure;
    mbedtls_ssl_context ssl;
    char request[REQUEST_MAX];
};

struct peer {
    struct peer_options options;
    int fd;
    uint16_t port;
    pthread_t thread;
    mbedtls_ssl_config config;
    atomic_bool stopping;
    atomic_uint connections, requests;
    struct peer_session *sessions[SESSIONS_MAX]; /* owned; written by the accepting thread */
};

static int random_bytes(void *context, unsigned char *out, size_t length)
{
    (void)context;
    return peer_random(out, length);
}

/* ---- bytes -------------------------------------------------------------------------------- */

bool peer_is_stopping(struct peer_session *session)
{
    return atomic_load(&session->peer->stopping);
}

/* Waits in small steps so that the end of the test is noticed. */
static bool wait_for(struct peer_session *session, short events)
{
    while (!peer_is_stopping(session)) {
        struct pollfd poll_fd = {.fd = session->fd, .events = events};
        int ready = poll(&poll_fd, 1, POLL_MS);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static int on_send(void *context, const unsigned char *bytes, size_t length)
{
    struct peer_session *session = context;
    if (!wait_for(session, POLLOUT))
        return MBEDTLS_ERR_SSL_CONN_EOF;
    ssize_t sent = send(session->fd, bytes, length, MSG_NOSIGNAL);
    return sent < 0 ? MBEDTLS_ERR_SSL_CONN_EOF : (int)sent;
}

static int on_receive(void *context, unsigned char *bytes, size_t length)
{
    struct peer_session *session = context;
    if (!wait_for(session, POLLIN))
        return MBEDTLS_ERR_SSL_CONN_EOF;
    ssize_t got = recv(session->fd, bytes, length, 0);
    return got < 0 ? MBEDTLS_ERR_SSL_CONN_EOF : (int)got;
}

bool peer_write(struct peer_session *session, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    while (length > 0) {
        int sent = session->secure ? mbedtls_ssl_write(&session->ssl, at, length)
                                   : on_send(session, at, length);
        if (sent <= 0)
            return false;
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool peer_puts(struct peer_session *session, const char *text)
{
    return peer_write(session, text, strlen(text));
}

bool peer_read(struct peer_session *session, void *bytes, size_t length)
{
    unsigned char *at = bytes;
    while (length > 0) {
        int got = session->secure ? mbedtls_ssl_read(&session->ssl, at, length)
                                  : on_receive(session, at, length);
        if (got <= 0)
            return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

void peer_wait_gone(struct peer_session *session)
{
    unsigned char byte;
    while (peer_read(session, &byte, 1))
        ;
}

/* ---- requests ----------------------------------------------------------------------------- */

static size_t body_length(const char *head)
{
    const char *line = strcasestr(head, "\r\ncontent-length:");
    return line ? (size_t)strtoul(line + 17, NULL, 10) : 0;
}

bool peer_read_request(struct peer_session *session)
{
    size_t length = 0;
    memset(session->request, 0, sizeof session->request);
    while (length < REQUEST_MAX - 1 && !strstr(session->request, "\r\n\r\n"))
        if (!peer_read(session, session->request + length++, 1))
            return false;
    size_t body = body_length(session->request);
    CHECK(length + body < REQUEST_MAX);
    if (!peer_read(session, session->request + length, body))
        return false;
    atomic_fetch_add(&session->peer->requests, 1);
    return true;
}

const char *peer_request(struct peer_session *session)
{
    return session->request;
}

/* ---- WebSocket ---------------------------------------------------------------------------- */

bool peer_upgrade(struct peer_session *session)
{
    char joined[128], reply[256];
    unsigned char digest[20], accept[64] = "";
    size_t accept_length;
    if (!peer_read_request(session))
        return false;
    const char *key = strcasestr(session->request, "\r\nsec-websocket-key: ");
    CHECK(key);
    snprintf(joined, sizeof joined, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 21);
    mbedtls_sha1_ret((const unsigned char *)joined, strlen(joined), digest);
    mbedtls_base64_encode(accept, sizeof accept, &accept_length, digest, sizeof digest);
    snprintf(reply, sizeof reply,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %s\r\n\r\n", (char *)accept);
    return peer_puts(session, reply);
}

bool peer_frame(struct peer_session *session, unsigned opcode, bool final, const void *bytes,
                size_t length)
{
    unsigned char head[10] = {(unsigned char)(opcode | (final ? 0x80 : 0))};
    size_t head_length = 2;
    if (length < 126) {
        head[1] = (unsigned char)length;
    } else if (length < 65536) {
        head[1] = 126;
        head[2] = (unsigned char)(length >> 8);
        head[3] = (unsigned char)length;
        head_length = 4;
    } else {
        head[1] = 127;
        for (int i = 0; i < 8; i++)
            head[2 + i] = (unsigned char)((uint64_t)length >> (56 - 8 * i));
        head_length = 10;
    }
    return peer_write(session, head, head_length) && peer_write(session, bytes, length);
}

bool peer_read_frame(struct peer_session *session, unsigned *ret_opcode, char *out,
                     size_t capacity)
{
    unsigned char head[2], wide[8], mask[4];
    if (!peer_read(session, head, 2))
        return false;
    size_t length = head[1] & 127, wide_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (!peer_read(session, wide, wide_bytes))
        return false;
    if (wide_bytes)
        length = 0;
    for (size_t i = 0; i < wide_bytes; i++)
        length = length << 8 | wide[i];
    if (!(head[1] & 128) || !peer_read(session, mask, 4))
        return false; /* a client must mask */
    *ret_opcode = head[0] & 15;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte;
        if (!peer_read(session, &byte, 1))
            return false;
        if (i < capacity - 1)
            out[i] = (char)(byte ^ mask[i % 4]);
    }
    out[length < capacity - 1 ? length : capacity - 1] = '\0';
    return true;
}

/* ---- sessions ----------------------------------------------------------------------------- */

void *peer_context(struct peer_session *session)
{
    return session->peer->options.context;
}

unsigned peer_number(struct peer_session *session)
{
    return session->number;
}

static void *run_session(void *context)
{
    struct peer_session *session = context;
    struct peer *peer = session->peer;
    bool ready = true;
    if (!peer->options.no_tls) {
        mbedtls_ssl_init(&session->ssl);
        CHECK(mbedtls_ssl_setup(&session->ssl, &peer->config) == 0);
        mbedtls_ssl_set_bio(&session->ssl, session, on_send, on_receive, NULL);
        ready = mbedtls_ssl_handshake(&session->ssl) == 0;
        session->secure = ready;
    }
    if (ready)
        peer->options.script(session);
    if (!peer->options.no_tls)
        mbedtls_ssl_free(&session->ssl); /* no close_notify: the rude end is the test */
    shutdown(session->fd, SHUT_RDWR);
    return NULL;
}

static void *run_accept(void *context)
{
    struct peer *peer = context;
    while (!atomic_load(&peer->stopping)) {
        struct pollfd poll_fd = {.fd = peer->fd, .events = POLLIN};
        if (poll(&poll_fd, 1, POLL_MS) <= 0)
            continue;
        int fd = accept(peer->fd, NULL, NULL);
        unsigned number = atomic_load(&peer->connections);
        int no_delay = 1;
        if (fd < 0)
            continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
        CHECK(number < SESSIONS_MAX);
        struct peer_session *session = calloc(1, sizeof *session);
        CHECK(session);
        session->peer = peer;
        session->number = number;
        session->fd = fd;
        peer->sessions[number] = session;
        atomic_fetch_add(&peer->connections, 1);
        CHECK(pthread_create(&session->thread, NULL, run_session, session) == 0);
    }
    return NULL;
}

static int listen_on(const char *name, uint16_t port, uint16_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    CHECK(inet_pton(AF_INET, name ? name : "127.0.0.1", &address.sin_addr) == 1);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0);
    CHECK(listen(fd, 64) == 0 && getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

struct peer *peer_create(const struct peer_options *options)
{
    struct peer *peer = calloc(1, sizeof *peer);
    CHECK(peer);
    signal(SIGPIPE, SIG_IGN);
    peer->options = *options;
    peer->fd = listen_on(options->address, options->port, &peer->port);
    mbedtls_ssl_config_init(&peer->config);
    CHECK(mbedtls_ssl_config_defaults(&peer->config, MBEDTLS_SSL_IS_SERVER,
                                      MBEDTLS_SSL_TRANSPORT_STREAM,
                                      MBEDTLS_SSL_PRESET_DEFAULT) == 0);
    mbedtls_ssl_conf_rng(&peer->config, random_bytes, NULL);
    CHECK(mbedtls_ssl_conf_own_cert(&peer->config, peer_certificate_of(options->certificate),
                                    peer_certificate_key()) == 0);
    CHECK(pthread_create(&peer->thread, NULL, run_accept, peer) == 0);
    return peer;
}

void peer_destroy(struct peer *peer)
{
    atomic_store(&peer->stopping, true);
    pthread_join(peer->thread, NULL);
    for (unsigned i = 0; i < peer->connections; i++) {
        pthread_join(peer->sessions[i]->thread, NULL);
        close(peer->sessions[i]->fd);
        free(peer->sessions[i]);
    }
    close(peer->fd);
    mbedtls_ssl_config_free(&peer->config);
    free(peer);
}

uint16_t peer_port(const struct peer *peer)
{
    return peer->port;
}

unsigned peer_connections(struct peer *peer)
{
    return atomic_load(&peer->connections);
}

unsigned peer_requests(struct peer *peer)
{
    return atomic_load(&peer->requests);
}

uint16_t peer_closed_port(void)
{
    uint16_t port;
    close(listen_on(NULL, 0, &port));
    return port;
}
