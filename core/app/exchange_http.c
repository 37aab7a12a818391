/* HTTP over libwebsockets: headers and body are gathered, the answer is written in pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#include <ev.h>

#include "app/exchange_faults.h"
#include "app/exchange_rest.h"
#include "app/exchange_server.h"
#include "base/text.h"

enum { PIECE = 32 * 1024, PATH_SIZE = 512, ARG_SIZE = 512, AUTH_SIZE = 4096, HEAD_SIZE = 2048 };

struct exchange_call {
    char path[PATH_SIZE], host[128], authorization[AUTH_SIZE];
    char args[EXCHANGE_ARGS_MAX][ARG_SIZE];
    struct rest_request request;
    struct rest_reply reply;
    struct buf body;
    size_t sent;
    bool answered;
    bool done;        /* the reply is ready and waits for its time */
    enum fault_end end;
    ev_timer wait;
    struct lws *wsi;
    struct exchange *exchange; /* NULL: not answered yet */
    struct ev_loop *loop;
};

static void end_call(struct exchange_peer *peer)
{
    if (!peer->call)
        return;
    if (peer->call->exchange && peer->call->exchange->parked == peer->call)
        peer->call->exchange->parked = NULL;
    if (peer->call->loop)
        ev_timer_stop(peer->call->loop, &peer->call->wait);
    rest_reply_fini(&peer->call->reply);
    buf_fini(&peer->call->body);
    free(peer->call);
    peer->call = NULL;
}

static void copy_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t capacity)
{
    if (lws_hdr_total_length(wsi, token) <= 0 ||
        lws_hdr_copy(wsi, out, (int)capacity, token) < 0)
        out[0] = '\0';
}

static const char *method_of(struct lws *wsi)
{
    char *uri;
    int length;
    switch (lws_http_get_uri_and_method(wsi, &uri, &length)) {
    case LWSHUMETH_GET: return "GET";
    case LWSHUMETH_POST: return "POST";
    case LWSHUMETH_PUT: return "PUT";
    case LWSHUMETH_DELETE: return "DELETE";
    case LWSHUMETH_PATCH: return "PATCH";
    case LWSHUMETH_OPTIONS: return "OPTIONS";
    default: return "HEAD";
    }
}

static void copy_args(struct lws *wsi, struct exchange_call *call)
{
    int count = 0;
    while (count < EXCHANGE_ARGS_MAX &&
           lws_hdr_copy_fragment(wsi, call->args[count], ARG_SIZE, WSI_TOKEN_HTTP_URI_ARGS,
                                 count) > 0) {
        call->request.args[count] = call->args[count];
        count++;
    }
    call->request.arg_count = count;
}

static int answer(struct exchange *exchange, struct lws *wsi, struct exchange_peer *peer);

static int begin_call(struct exchange *exchange, struct lws *wsi, struct exchange_peer *peer,
                      const char *path, size_t length)
{
    char content[24] = "", cache[64] = "";
    end_call(peer);
    struct exchange_call *call = calloc(1, sizeof *call);
    if (!call || !text_copy(call->path, sizeof call->path, path, length)) {
        free(call);
        return -1;
    }
    peer->call = call;
    buf_init(&call->body, EXCHANGE_BODY_MAX);
    copy_header(wsi, WSI_TOKEN_HOST, call->host, sizeof call->host);
    copy_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, call->authorization,
                sizeof call->authorization);
    copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, content, sizeof content);
    copy_header(wsi, WSI_TOKEN_HTTP_CACHE_CONTROL, cache, sizeof cache);
    copy_args(wsi, call);
    call->request.method = method_of(wsi);
    call->request.path = call->path;
    call->request.host = call->host;
    call->request.authorization = call->authorization;
    call->request.no_cache = strstr(cache, "no-cache") != NULL;
    /* Some clients send a body with GET: whoever announces one is heard out. */
    if (content[0] && strspn(content, "0") != strlen(content))
        return 0;
    return answer(exchange, wsi, peer);
}

static int add_header(struct lws *wsi, const char *name, const char *value, unsigned char **at,
                      unsigned char *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                       (const unsigned char *)value, (int)strlen(value), at, end);
}

static int add_number(struct lws *wsi, const char *name, uint32_t value, unsigned char **at,
                      unsigned char *end)
{
    char text[16];
    snprintf(text, sizeof text, "%u", value);
    return add_header(wsi, name, text, at, end);
}

static int add_date(struct lws *wsi, unsigned char **at, unsigned char *end)
{
    char text[40];
    struct tm parts;
    const struct exchange *exchange = lws_context_user(lws_get_context(wsi));
    time_t now = (time_t)(exchange_clock_ns(exchange) / DECIMAL_ONE);
    gmtime_r(&now, &parts);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return add_header(wsi, "date:", text, at, end);
}

/* A short reply leaves with its head in one write: it is on its way before any news of what it
 * tells can be sent elsewhere. Returns how much of the body went along, or -1. */
static ssize_t write_head(struct lws *wsi, const struct rest_reply *reply, size_t declared)
{
    static unsigned char out[LWS_PRE + HEAD_SIZE + PIECE];
    unsigned char *at = out + LWS_PRE, *start = at, *end = at + HEAD_SIZE;
    size_t body = reply->body.length <= PIECE ? reply->body.length : 0;
    if (lws_add_http_common_headers(wsi, (unsigned)reply->status, reply->type,
                                    (lws_filepos_t)declared, &at, end))
        return -1;
    if (reply->limited && (add_number(wsi, "x-ratelimit-limit:", reply->limit, &at, end) ||
                           add_number(wsi, "x-ratelimit-remaining:", reply->remaining, &at, end) ||
                           add_number(wsi, "x-ratelimit-reset:", 1, &at, end)))
        return -1;
    if (add_date(wsi, &at, end) ||
        (reply->encoding && add_header(wsi, "content-encoding:", reply->encoding, &at, end)))
        return -1;
    if (reply->retry_after_s > 0 &&
        add_number(wsi, "retry-after:", reply->retry_after_s, &at, end))
        return -1;
    if (lws_finalize_http_header(wsi, &at, end))
        return -1;
    if (body > 0)
        memcpy(at, reply->body.data, body);
    size_t length = (size_t)(at - start) + body;
    return lws_write(wsi, start, length, LWS_WRITE_HTTP_HEADERS) < 0 ? -1 : (ssize_t)body;
}

static int complete(struct lws *wsi, struct exchange_peer *peer)
{
    end_call(peer);
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* A record of 16 KB is announced, 100 bytes of it come. */
static void cut_record(struct lws *wsi)
{
    char record[105] = {0x17, 3, 3, 0x40, 0};
    (void)!send(lws_get_socket_fd(wsi), record, sizeof record, MSG_NOSIGNAL);
}

static void cut_chunks(struct lws *wsi, const struct exchange_call *call)
{
    struct buf text;
    size_t half = call->reply.body.length / 2;
    buf_init(&text, EXCHANGE_REPLY_MAX);
    for (int i = 0; i < LWS_PRE; i++)
        buf_put(&text, "", 1);
    buf_printf(&text, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
               "transfer-encoding: chunked\r\n\r\n%zx\r\n", half);
    buf_put(&text, call->reply.body.data, half);
    buf_puts(&text, "\r\n");
    lws_write(wsi, (unsigned char *)text.data + LWS_PRE, text.length - LWS_PRE,
              LWS_WRITE_HTTP_HEADERS);
    buf_fini(&text);
}

/* Half of it, and then nothing. */
static int break_off(struct lws *wsi, struct exchange_call *call)
{
    size_t whole = call->reply.body.length;
    if (call->end == END_TLS) {
        cut_record(wsi);
    } else if (call->end == END_CHUNKED) {
        cut_chunks(wsi, call);
    } else {
        call->reply.body.length /= 2;
        write_head(wsi, &call->reply, whole);
    }
    if (call->end == END_RESET_MID)
        exchange_server_reset(wsi);
    return -1;
}

/* Two calls, each with the other's reply; false: the first one waits for a second. */
static bool swap_replies(struct exchange *exchange, struct exchange_call *call)
{
    struct exchange_call *other = exchange->parked;
    if (!other) {
        exchange->parked = call;
        return false;
    }
    struct rest_reply reply = other->reply;
    other->reply = call->reply;
    call->reply = reply;
    other->done = true;
    exchange->parked = NULL;
    lws_callback_on_writable(other->wsi);
    return true;
}

/* The reply leaves, or what its fate left of it. */
static int deliver(struct lws *wsi, struct exchange_peer *peer)
{
    struct exchange_call *call = peer->call;
    call->answered = true;
    switch (call->end) {
    case END_WELL: break;
    case END_SILENT: return 0;
    case END_CLOSED: return -1;
    case END_RESET: exchange_server_reset(wsi); return -1;
    case END_RESET_MID:
    case END_SHORT:
    case END_CHUNKED:
    case END_TLS: return break_off(wsi, call);
    }
    ssize_t sent = write_head(wsi, &call->reply, call->reply.body.length);
    if (sent < 0)
        return -1;
    call->sent = (size_t)sent;
    if (call->sent == call->reply.body.length)
        return complete(wsi, peer);
    lws_callback_on_writable(wsi);
    return 0;
}

static void on_wait_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct exchange_call *call = timer->data;
    (void)loop;
    (void)events;
    call->done = true;
    lws_callback_on_writable(call->wsi);
}

static int answer(struct exchange *exchange, struct lws *wsi, struct exchange_peer *peer)
{
    struct exchange_call *call = peer->call;
    struct exchange_request_fate fate;
    call->request.body = call->body.data ? call->body.data : "";
    call->request.body_length = call->body.length;
    exchange_faults_meet_request(exchange->faults, &call->request, &fate);
    exchange_faults_answer(exchange->faults, &call->request, &fate, &call->reply);
    if (call->body.failed) {
        buf_clear(&call->reply.body);
        buf_puts(&call->reply.body, "{\"error\":\"unknown\",\"message\":\"body too large\"}");
        call->reply.status = 400;
    }
    call->end = fate.end;
    call->wsi = wsi;
    call->exchange = exchange;
    if (fate.end == END_SILENT || fate.reply_after_ns > 0 || fate.swap)
        lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    if (fate.swap && !swap_replies(exchange, call))
        return 0;
    if (fate.reply_after_ns <= 0)
        return deliver(wsi, peer);
    call->loop = exchange->loop;
    call->wait.data = call;
    ev_timer_init(&call->wait, on_wait_over, (double)fate.reply_after_ns / DECIMAL_ONE, 0.);
    ev_now_update(call->loop);
    ev_timer_start(call->loop, &call->wait);
    return 0;
}

static int write_body(struct lws *wsi, struct exchange_peer *peer)
{
    static unsigned char piece[LWS_PRE + PIECE];
    struct exchange_call *call = peer->call;
    if (call && call->done && !call->answered)
        return deliver(wsi, peer);
    if (!call || !call->answered || call->end != END_WELL)
        return 0;
    size_t left = call->reply.body.length - call->sent, size = left < PIECE ? left : PIECE;
    bool last = size == left;
    memcpy(piece + LWS_PRE, call->reply.body.data + call->sent, size);
    if (lws_write(wsi, piece + LWS_PRE, size, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
        return -1;
    call->sent += size;
    if (!last) {
        lws_callback_on_writable(wsi);
        return 0;
    }
    return complete(wsi, peer);
}

int exchange_http_callback(struct exchange *exchange, struct lws *wsi,
                           enum lws_callback_reasons reason, struct exchange_peer *peer, void *in,
                           size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return begin_call(exchange, wsi, peer, in, length);
    case LWS_CALLBACK_HTTP_BODY:
        if (peer->call)
            buf_put(&peer->call->body, in, length);
        return 0;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return peer->call && !peer->call->answered ? answer(exchange, wsi, peer) : 0;
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return write_body(wsi, peer);
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        if (peer)
            end_call(peer);
        return 0;
    default:
        return 1;
    }
}
