/* libwebsockets does the upgrade, the framing and the TLS. Time is ours: its timers do not fire on
 * a libev loop, so a connection that it should give up on would stay for ever. */
#include "io/ws.h"

#include <ev.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "io/clock_os.h"

enum {
    RX_BYTES = 32 * 1024,     /* read at one time; larger messages come in pieces of this */
    KEPT_BYTES = 1024 * 1024, /* a reassembly buffer above this is given back after use */
    FDS_MAX = 64,             /* keeps libwebsockets' tables small whatever ulimit says */
    USER_TIMEOUT_MS = 10000,
};
static const int64_t GOOD_LIFE_NS = 10000000000;

/* One attempt. It may outlive the client that made it: libwebsockets lets a socket linger after a
 * close, so the hub kills what was dropped from outside of any callback, in its hook. */
struct attempt {
    struct attempt *next;  /* of the hub's dropped ones */
    struct ws *ws;         /* borrowed; NULL: dropped, nothing is told any more */
    struct lws *wsi;       /* NULL: gone */
    bool connecting;       /* inside lws_client_connect_via_info: not to be freed */
};

struct ws_hub {
    struct loop *loop;             /* borrowed */
    struct resolve *resolve;       /* borrowed */
    struct lws_context *context;   /* owned */
    struct attempt *dropped;       /* owned; to be killed by the hook */
    unsigned clients;
};

struct message {
    struct message *next;
    size_t length;
    unsigned char bytes[]; /* LWS_PRE free bytes, then the text */
};

struct ws {
    struct ws_hub *hub; /* borrowed */
    struct ws_config config;
    struct ws_handler handler;
    char host[RESOLVE_NAME_MAX], path[256], host_header[RESOLVE_NAME_MAX + 8];
    enum ws_state state;
    struct attempt *attempt; /* of CONNECTING and OPEN */
    struct loop_timer *timer; /* back-off, connect watchdog or silence, by state; owned */
    struct loop_timer *ping_timer; /* owned */
    struct backoff backoff;
    struct prng prng;
    unsigned failures, address_turn;
    char address[RESOLVE_ADDRESS_MAX]; /* of the attempt */
    int64_t opened_ns, heard_ns;
    bool ping_due;
    struct buf partial;
    struct message *first, *last; /* waiting to be sent; owned */
    size_t waiting;
    struct ws_counters counters;
};

/* ---- leaving ------------------------------------------------------------------------------ */

static void attempt_free_if_gone(struct attempt *attempt)
{
    if (!attempt->wsi && !attempt->ws && !attempt->connecting)
        free(attempt);
}

static void drop_attempt(struct ws *ws)
{
    struct attempt *attempt = ws->attempt;
    if (!attempt)
        return;
    ws->attempt = NULL;
    attempt->ws = NULL;
    if (!attempt->wsi) {
        attempt_free_if_gone(attempt);
        return;
    }
    attempt->next = ws->hub->dropped;
    ws->hub->dropped = attempt;
    loop_again(ws->hub->loop);
}

static void unlink_dropped(struct ws_hub *hub, struct attempt *attempt)
{
    for (struct attempt **at = &hub->dropped; *at; at = &(*at)->next)
        if (*at == attempt) {
            *at = attempt->next;
            return;
        }
}

/* The first kill begins a TLS shutdown that would wait for the peer under a timer that never
 * fires; the second ends it. */
static void kill_dropped(struct ws_hub *hub)
{
    for (int round = 0; round < 3 && hub->dropped; round++)
        for (struct attempt *at = hub->dropped, *next; at; at = next) {
            next = at->next;
            lws_set_timeout(at->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
        }
}

static void on_flush(void *context)
{
    kill_dropped(context);
}

static void clear_messages(struct ws *ws)
{
    while (ws->first) {
        struct message *message = ws->first;
        ws->first = message->next;
        explicit_bzero(message->bytes, LWS_PRE + message->length); /* it may hold a token */
        free(message);
    }
    ws->last = NULL;
    ws->waiting = 0;
}

/* The one way out of every state but CLOSED and WAITING. */
static void leave(struct ws *ws, enum ws_state next, const char *reason)
{
    char words[WS_REASON_MAX];
    bool was_open = ws->state == WS_OPEN;
    int64_t life_ns = was_open ? clock_os_now().mono_ns - ws->opened_ns : 0;
    text_copy(words, sizeof words, reason, strlen(reason)); /* it may live in what is freed here */
    resolve_forget(ws->hub->resolve, ws);
    drop_attempt(ws);
    clear_messages(ws);
    buf_fini(&ws->partial);
    ws->ping_due = false;
    loop_timer_clear(ws->ping_timer);
    loop_timer_clear(ws->timer);
    ws->failures = life_ns >= GOOD_LIFE_NS ? 1 : ws->failures + 1;
    ws->counters.failures += !was_open;
    ws->state = next;
    if (next == WS_WAITING)
        loop_timer_set(ws->timer, backoff_wait_ns(&ws->backoff, ws->failures, &ws->prng));
    ws->handler.on_closed(ws->handler.context, words);
}

/* ---- libwebsockets' callbacks ------------------------------------------------------------- */

/* Unacknowledged bytes this old end the connection: a half-open one shows at the next ping. */
static void set_socket(struct lws *wsi)
{
    int fd = (int)lws_get_socket_fd(wsi), timeout_ms = USER_TIMEOUT_MS, yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void on_established(struct ws *ws, struct lws *wsi)
{
    set_socket(wsi);
    ws->state = WS_OPEN;
    ws->opened_ns = ws->heard_ns = clock_os_now().mono_ns;
    ws->counters.connects++;
    resolve_note(ws->hub->resolve, ws->host, ws->address, true);
    loop_timer_set(ws->timer, ws->config.silence_ns);
    if (ws->config.ping_ns > 0)
        loop_timer_set(ws->ping_timer, ws->config.ping_ns);
    ws->handler.on_open(ws->handler.context);
}

static void on_message(struct ws *ws, const char *text, size_t length)
{
    ws->heard_ns = loop_woke_ns(ws->hub->loop);
    ws->counters.messages++;
    ws->handler.on_text(ws->handler.context, text, length, ws->heard_ns);
}

/* The handler may reset or close: `ws->attempt` then is another one, or none. */
static void on_receive(struct ws *ws, struct lws *wsi, const char *bytes, size_t length)
{
    struct attempt *attempt = ws->attempt;
    bool first = lws_is_first_fragment(wsi);
    bool whole = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
    ws->counters.bytes += length;
    if (lws_frame_is_binary(wsi)) {
        ws->counters.binary_dropped++;
        leave(ws, WS_WAITING, "the peer sent a binary frame");
        return;
    }
    if (first && whole && ws->partial.length == 0) {
        on_message(ws, bytes, length);
        return;
    }
    buf_put(&ws->partial, bytes, length);
    if (ws->partial.failed) {
        leave(ws, WS_WAITING, "a message is longer than MAX_WS_MESSAGE");
        return;
    }
    if (!whole)
        return;
    struct buf message = ws->partial;
    buf_init(&ws->partial, MAX_WS_MESSAGE);
    on_message(ws, message.data ? message.data : "", message.length);
    bool keep = ws->attempt == attempt && attempt && message.capacity <= KEPT_BYTES;
    buf_clear(&message);
    if (keep)
        ws->partial = message;
    else
        buf_fini(&message);
}

static int send_ping(struct ws *ws, struct lws *wsi)
{
    unsigned char nothing[LWS_PRE + 1] = {0};
    ws->ping_due = false;
    return lws_write(wsi, nothing + LWS_PRE, 0, LWS_WRITE_PING);
}

static int send_first(struct ws *ws, struct lws *wsi)
{
    struct message *message = ws->first;
    int sent = lws_write(wsi, message->bytes + LWS_PRE, message->length, LWS_WRITE_TEXT);
    ws->first = message->next;
    if (!ws->first)
        ws->last = NULL;
    ws->waiting -= message->length;
    explicit_bzero(message->bytes, LWS_PRE + message->length);
    free(message);
    return sent;
}

static void on_send_ready(struct ws *ws, struct lws *wsi)
{
    int sent = 0;
    if (ws->ping_due)
        sent = send_ping(ws, wsi);
    else if (ws->first)
        sent = send_first(ws, wsi);
    if (sent < 0)
        leave(ws, WS_WAITING, "writing failed");
    else if (ws->first || ws->ping_due)
        lws_callback_on_writable(wsi);
}

static void on_gone(struct attempt *attempt, struct ws_hub *hub)
{
    struct ws *ws = attempt->ws;
    attempt->wsi = NULL;
    if (ws)
        leave(ws, WS_WAITING, "the connection ended");
    unlink_dropped(hub, attempt);
    attempt_free_if_gone(attempt);
}

static void failed_to_connect(struct ws *ws, const char *words, size_t length)
{
    char reason[WS_REASON_MAX] = "the connection failed";
    if (words && length > 0)
        text_copy(reason, sizeof reason, words, strnlen(words, length));
    for (char *at = reason; *at; at++)
        if ((unsigned char)*at < ' ' || (unsigned char)*at > '~')
            *at = '?';
    leave(ws, WS_WAITING, reason);
}

static int on_lws(struct lws *wsi, enum lws_callback_reasons why, void *user, void *in,
                  size_t length)
{
    (void)user;
    struct attempt *attempt = lws_get_opaque_user_data(wsi);
    if (!attempt)
        return 0;
    if (why == LWS_CALLBACK_WSI_DESTROY) {
        on_gone(attempt, lws_context_user(lws_get_context(wsi)));
        return 0;
    }
    struct ws *ws = attempt->ws;
    if (ws && why == LWS_CALLBACK_CLIENT_CONNECTION_ERROR)
        failed_to_connect(ws, in, length);
    else if (ws && why == LWS_CALLBACK_CLIENT_ESTABLISHED)
        on_established(ws, wsi);
    else if (ws && why == LWS_CALLBACK_CLIENT_RECEIVE && ws->state == WS_OPEN)
        on_receive(ws, wsi, in, length);
    else if (ws && why == LWS_CALLBACK_CLIENT_WRITEABLE && ws->state == WS_OPEN)
        on_send_ready(ws, wsi);
    else if (ws && why == LWS_CALLBACK_CLIENT_CLOSED)
        leave(ws, WS_WAITING, "the peer closed the connection");
    return attempt->ws ? 0 : -1; /* dropped meanwhile: libwebsockets closes it */
}

/* ---- connecting --------------------------------------------------------------------------- */

static void connect_to(struct ws *ws, const char *address)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt) {
        leave(ws, WS_WAITING, "no memory");
        return;
    }
    struct lws_client_connect_info info = {
        .context = ws->hub->context, .address = address, .port = ws->config.port,
        .ssl_connection = LCCSCF_USE_SSL, .path = ws->path, .host = ws->host_header,
        .local_protocol_name = "moongate", .alpn = "http/1.1", .pwsi = &attempt->wsi,
        .opaque_user_data = attempt,
    };
    text_copy(ws->address, sizeof ws->address, address, strlen(address));
    attempt->ws = ws;
    attempt->connecting = true;
    ws->attempt = attempt;
    ws->state = WS_CONNECTING;
    struct lws *wsi = lws_client_connect_via_info(&info);
    attempt->connecting = false;
    if (!wsi)
        attempt->wsi = NULL;
    if (attempt->ws && !wsi)
        leave(ws, WS_WAITING, "the connection could not be started");
    else if (!attempt->ws)
        attempt_free_if_gone(attempt);
}

static void on_address(void *context, const struct resolve_answer *answer)
{
    struct ws *ws = context;
    if (answer->count == 0) {
        char reason[WS_REASON_MAX];
        snprintf(reason, sizeof reason, "no address for %.30s: %.40s", ws->host, answer->reason);
        leave(ws, WS_WAITING, reason);
        return;
    }
    connect_to(ws, answer->addresses[ws->address_turn++ % answer->count]);
}

static void begin(struct ws *ws)
{
    struct err err;
    ws->state = WS_RESOLVING;
    loop_timer_set(ws->timer, ws->config.connect_timeout_ns);
    if (resolve_ask(ws->hub->resolve, ws->host, on_address, ws, &err) < 0)
        leave(ws, WS_WAITING, err.text);
}

static void on_timer(void *context)
{
    struct ws *ws = context;
    if (ws->state == WS_WAITING) {
        begin(ws);
    } else if (ws->state == WS_RESOLVING || ws->state == WS_CONNECTING) {
        leave(ws, WS_WAITING, ws->state == WS_RESOLVING ? "the name look-up took too long"
                                                        : "connecting took too long");
    } else if (ws->state == WS_OPEN) {
        int64_t quiet_ns = clock_os_now().mono_ns - ws->heard_ns;
        if (quiet_ns >= ws->config.silence_ns)
            leave(ws, WS_WAITING, "silence");
        else
            loop_timer_set(ws->timer, ws->config.silence_ns - quiet_ns);
    }
}

static void on_ping_timer(void *context)
{
    struct ws *ws = context;
    if (ws->state != WS_OPEN)
        return;
    ws->ping_due = true;
    lws_callback_on_writable(ws->attempt->wsi);
    loop_timer_set(ws->ping_timer, ws->config.ping_ns);
}

void ws_open(struct ws *ws)
{
    if (ws->state == WS_CLOSED)
        begin(ws);
}

void ws_close(struct ws *ws)
{
    if (ws->state == WS_WAITING) {
        loop_timer_clear(ws->timer);
        ws->state = WS_CLOSED;
    } else if (ws->state != WS_CLOSED) {
        leave(ws, WS_CLOSED, "closed by us");
    }
    ws->failures = 0;
}

void ws_reset(struct ws *ws, const char *reason)
{
    if (ws->state != WS_CLOSED && ws->state != WS_WAITING)
        leave(ws, WS_WAITING, reason);
}

int ws_send_text(struct ws *ws, const char *text, size_t length)
{
    if (ws->state != WS_OPEN || length > WS_SEND_MAX - ws->waiting)
        return -1;
    struct message *message = malloc(sizeof *message + LWS_PRE + length);
    if (!message)
        return -1;
    message->next = NULL;
    message->length = length;
    memcpy(message->bytes + LWS_PRE, text, length);
    if (ws->last)
        ws->last->next = message;
    else
        ws->first = message;
    ws->last = message;
    ws->waiting += length;
    lws_callback_on_writable(ws->attempt->wsi);
    return 0;
}

enum ws_state ws_state(const struct ws *ws)
{
    return ws->state;
}

const struct ws_counters *ws_counters(const struct ws *ws)
{
    return &ws->counters;
}

/* ---- making and ending -------------------------------------------------------------------- */

static const struct lws_protocols protocols[] = {
    {.name = "moongate", .callback = on_lws, .rx_buffer_size = RX_BYTES},
    {.name = NULL},
};

struct ws_hub *ws_hub_create(struct loop *loop, struct resolve *resolve, const char *ca_file,
                             struct err *err)
{
    struct ws_hub *hub = calloc(1, sizeof *hub);
    void *loops[1] = {loop_raw(loop)};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN, .protocols = protocols, .gid = -1, .uid = -1,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS,
        .client_ssl_ca_filepath = ca_file, .foreign_loops = loops, .user = hub,
        .pt_serv_buf_size = RX_BYTES, .fd_limit_per_thread = FDS_MAX,
        .http_proxy_address = "", /* and none from the environment */
    };
    lws_set_log_level(0, NULL);
    if (access(ca_file, R_OK) < 0)
        err_set(err, "the CA file %s cannot be read", ca_file);
    else if (!hub || !(hub->context = lws_create_context(&info)))
        err_set(err, "libwebsockets does not start: is libwebsockets-evlib-ev installed, and is "
                "%s a PEM file of certificates?", ca_file);
    if (!hub || !hub->context) {
        free(hub);
        return NULL;
    }
    hub->loop = loop;
    hub->resolve = resolve;
    loop_add_hook(loop, LOOP_FLUSH, on_flush, hub);
    return hub;
}

void ws_hub_destroy(struct ws_hub *hub)
{
    if (!hub)
        return;
    CHECK(hub->clients == 0);
    loop_remove_hook(hub->loop, on_flush, hub);
    kill_dropped(hub);
    lws_context_destroy(hub->context);
    free(hub);
}

static int check_config(const struct ws_config *config, struct err *err)
{
    size_t host_length = strlen(config->host);
    if (host_length == 0 || host_length >= RESOLVE_NAME_MAX || strpbrk(config->host, " /@?#\r\n"))
        return err_set(err, "'%.64s' is no host name", config->host);
    if (config->path[0] != '/' || strlen(config->path) >= 256 || strpbrk(config->path, " \r\n"))
        return err_set(err, "'%.64s' is no path", config->path);
    if (config->connect_timeout_ns <= 0 || config->silence_ns <= 0 || config->ping_ns < 0 ||
        config->backoff_min_ns <= 0 || config->backoff_max_ns < config->backoff_min_ns)
        return err_set(err, "a time-out of the stream to %s is not positive", config->host);
    return 0;
}

struct ws *ws_create(struct ws_hub *hub, const struct ws_config *config,
                     const struct ws_handler *handler, struct err *err)
{
    if (check_config(config, err) < 0)
        return NULL;
    struct ws *ws = calloc(1, sizeof *ws);
    if (ws) {
        ws->timer = loop_timer_create(hub->loop, on_timer, ws);
        ws->ping_timer = loop_timer_create(hub->loop, on_ping_timer, ws);
    }
    if (!ws || !ws->timer || !ws->ping_timer) {
        if (ws) {
            loop_timer_destroy(ws->timer);
            loop_timer_destroy(ws->ping_timer);
        }
        free(ws);
        err_set(err, "no memory for the stream to %s", config->host);
        return NULL;
    }
    ws->hub = hub;
    ws->config = *config;
    ws->handler = *handler;
    snprintf(ws->host, sizeof ws->host, "%s", config->host);
    snprintf(ws->path, sizeof ws->path, "%s", config->path);
    snprintf(ws->host_header, sizeof ws->host_header, config->port == 443 ? "%s" : "%s:%u",
             ws->host, config->port);
    ws->backoff = (struct backoff){config->backoff_min_ns, config->backoff_max_ns};
    prng_seed(&ws->prng, config->seed);
    buf_init(&ws->partial, MAX_WS_MESSAGE);
    hub->clients++;
    return ws;
}

void ws_destroy(struct ws *ws)
{
    if (!ws)
        return;
    resolve_forget(ws->hub->resolve, ws);
    drop_attempt(ws);
    kill_dropped(ws->hub);
    clear_messages(ws);
    buf_fini(&ws->partial);
    loop_timer_destroy(ws->timer);
    loop_timer_destroy(ws->ping_timer);
    ws->hub->clients--;
    free(ws);
}
