#include "app/exchange_server.h"

#include <string.h>
#include <sys/socket.h>

#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "app/exchange_feed.h"
#include "base/log.h"

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t length)
{
    struct lws_context *context = lws_get_context(wsi);
    struct exchange *exchange = context ? lws_context_user(context) : NULL;
    struct exchange_peer *peer = user;
    if (exchange && reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
        exchange->tls = user;
        return 0;
    }
    if (!exchange || !exchange->feed)
        return 0;
    int result = exchange_http_callback(exchange, wsi, reason, peer, in, length);
    if (result == 1)
        result = exchange_socket_callback(exchange, wsi, reason, peer, in, length);
    return result == 1 ? lws_callback_http_dummy(wsi, reason, user, in, length) : result;
}

/* The first protocol serves plain HTTP and a WebSocket that names no subprotocol. */
static const struct lws_protocols PROTOCOLS[] = {
    {"http", on_event, sizeof(struct exchange_peer), SESSION_MESSAGE_MAX, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void write_log(int level, const char *line)
{
    log_write(level & LLL_ERR ? LOG_ERROR : LOG_WARN, "lws", "%.*s", (int)strcspn(line, "\n"),
              line);
}

int exchange_server_open(struct exchange *exchange, struct err *err)
{
    void *loops[1] = {exchange->loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN, .gid = (gid_t)-1, .uid = (uid_t)-1,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
        .foreign_loops = loops, .user = exchange, .pt_serv_buf_size = 64 * 1024,
        .max_http_header_data = 16 * 1024, .max_http_header_pool = 256};
    lws_set_log_level(LLL_ERR | LLL_WARN, write_log);
    exchange->context = lws_create_context(&info);
    if (!exchange->context)
        return err_set(err, "libwebsockets does not start: is libwebsockets-evlib-ev installed?");
    info.port = exchange->options.port;
    info.options |= LWS_SERVER_OPTION_DISABLE_IPV6; /* else it listens on every address */
    info.iface = "127.0.0.1";
    info.protocols = PROTOCOLS;
    info.alpn = "http/1.1";
    info.ssl_cert_filepath = exchange->options.cert_file;
    info.ssl_private_key_filepath = exchange->options.key_file;
    info.keepalive_timeout = 600;
    struct lws_vhost *vhost = lws_create_vhost(exchange->context, &info);
    if (!vhost)
        return err_set(err, "cannot listen on 127.0.0.1:%d with %s and %s: is the port taken, are "
                       "the files there?", exchange->options.port, exchange->options.cert_file,
                       exchange->options.key_file);
    exchange_feed_set_wake(exchange->feed, exchange_socket_wake);
    return lws_get_vhost_listen_port(vhost);
}

/* Tickets of before are worth nothing: a connection that is resumed shows no certificate. */
void exchange_server_set_certificate(struct exchange *exchange, const char *path)
{
    unsigned char keys[80];
    const char *file = path ? path : exchange->options.cert_file;
    if (SSL_CTX_use_certificate_chain_file(exchange->tls, file) != 1 ||
        SSL_CTX_use_PrivateKey_file(exchange->tls, exchange->options.key_file,
                                    SSL_FILETYPE_PEM) != 1)
        log_error("tls", "%s: no certificate for the key of --key; that of before stays", file);
    SSL_CTX_flush_sessions(exchange->tls, 0);
    if (RAND_bytes(keys, sizeof keys) == 1)
        SSL_CTX_set_tlsext_ticket_keys(exchange->tls, keys, sizeof keys);
}

/* Linux: connecting a stream socket to nowhere ends it with an RST, whatever was queued. */
void exchange_server_reset(struct lws *wsi)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    connect(lws_get_socket_fd(wsi), &nowhere, sizeof nowhere);
}

void exchange_server_close(struct exchange *exchange)
{
    if (exchange->context)
        lws_context_destroy(exchange->context);
    exchange->context = NULL;
}
