/* One lane is one connection: an easy handle in a multi handle of its own. libcurl hands out pooled
 * connections in its own order, so with one shared pool a warming request could not be aimed at the
 * connection that needs it, and orders would wait behind all of them once in each round.
 *
 * Whether a byte was sent is asked of CURLOPT_PREREQFUNCTION, which libcurl calls when the
 * connection stands and nothing of the request has been given to TLS. A second call for one
 * request is libcurl's silent retry after a reused connection died: it is aborted there. */
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "io/http_private.h"

enum {
    KEPT_LANES = 2, /* for cancels, and for cancels and orders; see enum http_class */
    CONNECT_TIMEOUT_MS = 5000,
    USER_TIMEOUT_MS = 10000,   /* unacknowledged bytes this old end the connection */
    HEADER_BYTES_MAX = 64 * 1024,
    BODY_KEPT = 256 * 1024,    /* a lane gives larger buffers back after use */
};
static const int64_t WARM_FOR_NS = 15000000000; /* used so recently: needs no warming */

/* ---- libcurl's callbacks ------------------------------------------------------------------ */

static int on_prerequest(void *context, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    struct lane *lane = context;
    return lane->attempts++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static int on_socket_made(void *context, curl_socket_t fd, curlsocktype purpose)
{
    (void)context;
    (void)purpose;
    int timeout_ms = USER_TIMEOUT_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
    return CURL_SOCKOPT_OK;
}

static bool header_is(const char *line, size_t length, const char *name, const char **ret_value,
                      size_t *ret_length)
{
    size_t name_length = strlen(name);
    if (length <= name_length || line[name_length] != ':' ||
        strncasecmp(line, name, name_length) != 0)
        return false;
    const char *at = line + name_length + 1, *end = line + length;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (unsigned char)end[-1] <= ' ')
        end--;
    *ret_value = at;
    *ret_length = (size_t)(end - at);
    return true;
}

/* Whole digits up to nine of them; anything else is "not told". */
static int64_t header_number(const char *text, size_t length)
{
    int64_t value = 0;
    if (length == 0 || length > 9)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static void forget_reply(struct lane *lane)
{
    lane->result = (struct http_result){.rate_limit = -1, .rate_remaining = -1, .rate_reset = -1,
                                        .retry_after = -1};
    lane->too_long = lane->head_ended = lane->framed = false;
    buf_clear(&lane->body);
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct lane *lane = context;
    size_t length = size * count, value_length;
    const char *value;
    lane->header_bytes += length;
    if (lane->header_bytes > HEADER_BYTES_MAX) {
        lane->too_long = true;
        return 0;
    }
    if (length > 5 && memcmp(line, "HTTP/", 5) == 0) /* 1xx replies come before the real one */
        forget_reply(lane);
    lane->reply_begun = true;
    lane->head_ended = length <= 2; /* the blank line */
    if (header_is(line, length, "content-length", &value, &value_length) ||
        header_is(line, length, "transfer-encoding", &value, &value_length))
        lane->framed = true;
    if (header_is(line, length, "x-ratelimit-limit", &value, &value_length))
        lane->result.rate_limit = header_number(value, value_length);
    else if (header_is(line, length, "x-ratelimit-remaining", &value, &value_length))
        lane->result.rate_remaining = header_number(value, value_length);
    else if (header_is(line, length, "x-ratelimit-reset", &value, &value_length))
        lane->result.rate_reset = header_number(value, value_length);
    else if (header_is(line, length, "retry-after", &value, &value_length))
        lane->result.retry_after = header_number(value, value_length);
    else if (header_is(line, length, "date", &value, &value_length))
        text_copy(lane->result.date, sizeof lane->result.date, value, value_length);
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct lane *lane = context;
    buf_put(&lane->body, bytes, size * count);
    lane->http->counters.bytes_in += size * count;
    if (!lane->body.failed)
        return size * count;
    lane->too_long = true;
    return 0;
}

static void note_written(struct lane *lane)
{
    long bytes = 0;
    if (lane->written_ns == 0 && lane->attempts > 0 &&
        curl_easy_getinfo(lane->easy, CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK && bytes > 0)
        lane->written_ns = clock_os_now().mono_ns;
}

static void drain(struct lane *lane);
static void finish(struct lane *lane, CURLcode code);

static void act(struct lane *lane, curl_socket_t fd, int events)
{
    int running;
    CURLMcode code = curl_multi_socket_action(lane->multi, fd, events, &running);
    if (lane->request)
        note_written(lane);
    drain(lane);
    if (code != CURLM_OK && lane->request) /* no memory, or no watcher for its socket */
        finish(lane, CURLE_OUT_OF_MEMORY);
}

static void on_readable(void *context)
{
    struct socket_watch *watch = context;
    act(watch->lane, watch->fd, CURL_CSELECT_IN);
}

static void on_writable(void *context)
{
    struct socket_watch *watch = context;
    act(watch->lane, watch->fd, CURL_CSELECT_OUT);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *assigned)
{
    (void)easy;
    struct lane *lane = context;
    struct socket_watch *watch = assigned;
    if (what == CURL_POLL_REMOVE) {
        if (watch)
            loop_fd_destroy(watch->watch);
        free(watch);
        return 0;
    }
    if (!watch) {
        watch = calloc(1, sizeof *watch);
        if (watch)
            watch->watch = loop_fd_create(lane->http->loop, fd, on_readable, on_writable, watch);
        if (!watch || !watch->watch) {
            free(watch);
            return -1;
        }
        watch->lane = lane;
        watch->fd = fd;
        curl_multi_assign(lane->multi, fd, watch);
    }
    loop_fd_want(watch->watch, what & CURL_POLL_IN, what & CURL_POLL_OUT);
    return 0;
}

static int on_timer_wanted(CURLM *multi, long delay_ms, void *context)
{
    (void)multi;
    struct lane *lane = context;
    if (delay_ms < 0)
        loop_timer_clear(lane->timer);
    else
        loop_timer_set(lane->timer, (int64_t)delay_ms * 1000000);
    return 0;
}

static void on_timer(void *context)
{
    act(context, CURL_SOCKET_TIMEOUT, 0);
}

/* ---- one request's end -------------------------------------------------------------------- */

static void copy_reason(char out[128], const char *text)
{
    size_t length = 0;
    for (; text[length] && length < 127; length++)
        out[length] = text[length] >= ' ' && text[length] < 127 ? text[length] : '?';
    out[length] = '\0';
}

/* libcurl takes a head without its blank line for whole, and a body that ends with the connection
 * too, even where TLS was cut: neither can be told from a truncation. */
static bool is_whole(const struct lane *lane, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_RESPONSE_CODE, &status);
    return code == CURLE_OK && lane->head_ended &&
           (lane->framed || status == 204 || status == 304);
}

static const char *reason_of(const struct lane *lane, CURLcode code)
{
    if (code == CURLE_OK)
        return is_whole(lane, code) ? "" : "the reply's end cannot be told from a cut";
    if (lane->too_long)
        return "the reply is longer than is allowed";
    if (lane->attempts > 1)
        return "the connection died before the reply, not sent again";
    return lane->error[0] ? lane->error : curl_easy_strerror(code);
}

static enum http_state state_of(const struct lane *lane, CURLcode code)
{
    if (lane->attempts == 0)
        return HTTP_NOT_SENT;
    if (is_whole(lane, code))
        return HTTP_COMPLETE;
    return lane->reply_begun ? HTTP_PARTIAL : HTTP_SENT_NO_REPLY;
}

static void count_result(struct http *http, enum http_state state)
{
    http->counters.complete += state == HTTP_COMPLETE;
    http->counters.not_sent += state == HTTP_NOT_SENT;
    http->counters.no_reply += state == HTTP_SENT_NO_REPLY;
    http->counters.partial += state == HTTP_PARTIAL;
}

static void fill_result(struct lane *lane, CURLcode code, struct http_result *ret)
{
    long status = 0, connects = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(lane->easy, CURLINFO_NUM_CONNECTS, &connects);
    lane->http->counters.connects += (uint64_t)connects;
    *ret = lane->result;
    ret->state = state_of(lane, code);
    ret->tried = true;
    ret->status = ret->state >= HTTP_PARTIAL ? (int)status : 0;
    ret->body = lane->body.length ? lane->body.data : "";
    ret->body_length = lane->body.length;
    ret->submitted_ns = lane->request->submitted_ns;
    ret->done_ns = clock_os_now().mono_ns;
    /* A reply proves that the request was written, whenever that was noticed. */
    ret->written_ns = lane->written_ns || !lane->reply_begun ? lane->written_ns : ret->done_ns;
    copy_reason(ret->reason, reason_of(lane, code));
}

static void finish(struct lane *lane, CURLcode code)
{
    struct http *http = lane->http;
    struct request *request = lane->request;
    struct http_result result;
    fill_result(lane, code, &result);
    CHECK(curl_multi_remove_handle(lane->multi, lane->easy) == CURLM_OK);
    lane->used_ns = result.state == HTTP_COMPLETE ? result.done_ns : 0;
    http_path_note(lane, code, result.state);
    count_result(http, result.state);
    http->counters.in_flight--;
    http->telling = lane;
    if (request->done && (!request->warming || result.state == HTTP_COMPLETE))
        request->done(request->context, &result);
    http->telling = NULL;
    lane->request = NULL;
    http_request_free(request);
    if (lane->body.capacity > BODY_KEPT)
        buf_fini(&lane->body);
    if (http->in_hook) /* what the callback enqueued must not wait for the next wake-up */
        loop_again(http->loop);
}

static void drain(struct lane *lane)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(lane->multi, &left)))
        if (message->msg == CURLMSG_DONE)
            finish(lane, message->data.result);
}

static void finish_unsent(struct http *http, struct request *request, const char *reason,
                          bool tried)
{
    struct http_result result = {.state = HTTP_NOT_SENT, .tried = tried, .body = "",
                                 .rate_limit = -1,
                                 .rate_remaining = -1, .rate_reset = -1, .retry_after = -1,
                                 .submitted_ns = request->submitted_ns,
                                 .done_ns = clock_os_now().mono_ns};
    copy_reason(result.reason, reason);
    count_result(http, HTTP_NOT_SENT);
    if (request->done && !request->warming)
        request->done(request->context, &result);
    http_request_free(request);
    loop_again(http->loop);
}

/* ---- from the queue onto a lane ----------------------------------------------------------- */

static void start(struct lane *lane, struct request *request)
{
    CURL *easy = lane->easy;
    int64_t now_ns = clock_os_now().mono_ns;
    lane->request = request;
    lane->attempts = 0;
    lane->header_bytes = 0;
    lane->written_ns = 0;
    lane->reply_begun = false;
    lane->want_warm = false;
    lane->error[0] = '\0';
    forget_reply(lane);
    if (request->fresh)
        http_path_turn(lane->http);
    http_path_set(lane);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)(request->fresh || lane->distrusted));
    lane->distrusted = false;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->headers);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     (long)((request->deadline_ns - now_ns) / 1000000 + 1));
    if (request->post) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    lane->http->counters.in_flight++;
    CHECK(curl_multi_add_handle(lane->multi, easy) == CURLM_OK);
    act(lane, CURL_SOCKET_TIMEOUT, 0);
}

/* Each class looks from where the lanes stop being kept for the classes before it, and prefers one
 * whose connection is known to have lived last. */
static struct lane *free_lane(struct http *http, enum http_class class)
{
    struct lane *cold = NULL;
    for (unsigned i = HTTP_CANCEL - (unsigned)class; i < http->lane_count; i++) {
        struct lane *lane = &http->lanes[i];
        if (lane->request)
            continue;
        if (lane->used_ns)
            return lane;
        if (!cold)
            cold = lane;
    }
    return cold;
}

/* Time-outs are alike within a class, so the oldest is the first to be late. */
static void drop_late(struct http *http, enum http_class class)
{
    struct queue *queue = &http->queues[class];
    while (queue->head && clock_os_now().mono_ns >= queue->head->deadline_ns)
        finish_unsent(http, queue_pop(queue), "waited past its time-out to be sent", false);
}

/* How long the class must still wait before its next request may leave; 0: nothing of it does. */
static int64_t pump_queue(struct http *http, enum http_class class)
{
    struct queue *queue = &http->queues[class];
    struct lane *lane;
    while (queue->head && (lane = free_lane(http, class))) {
        int64_t wait_ns = http->may_leave ? http->may_leave(http->may_leave_context, class) : 0;
        if (wait_ns > 0)
            return wait_ns;
        start(lane, queue_pop(queue));
    }
    return 0;
}

static void pump_warming(struct http *http)
{
    unsigned warming = 0, most = http->lane_count / 2;
    for (unsigned i = 0; i < http->lane_count; i++)
        warming += http->lanes[i].request && http->lanes[i].request->warming;
    for (unsigned i = 0; i < http->lane_count && warming < most; i++) {
        struct lane *lane = &http->lanes[i];
        if (!lane->want_warm || lane->request)
            continue;
        struct http_request request = {.method = "GET", .path = http->warm_path,
                                       .headers = {"Cache-Control: no-cache"},
                                       .timeout_ns = (int64_t)CONNECT_TIMEOUT_MS * 2000000};
        struct request *made = http_request_make(http, &request);
        if (!made)
            return;
        made->done = http->warm_done;
        made->context = http->warm_context;
        made->warming = true;
        warming++;
        start(lane, made);
    }
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The next pass comes at the latest when a request may leave, or has waited too long. */
static void set_pace(struct http *http, int64_t wait_ns)
{
    int64_t now_ns = clock_os_now().mono_ns;
    for (int class = 0; class < HTTP_CLASSES; class++)
        if (http->queues[class].head)
            wait_ns = least(wait_ns, http->queues[class].head->deadline_ns - now_ns);
    if (wait_ns < INT64_MAX)
        loop_timer_set(http->pace, wait_ns);
    else
        loop_timer_clear(http->pace);
}

static uint32_t queued(const struct http *http);

static void on_submit(void *context)
{
    struct http *http = context;
    int64_t wait_ns = INT64_MAX;
    http->in_hook = true;
    for (int class = 0; class < HTTP_CLASSES; class++)
        drop_late(http, (enum http_class)class);
    bool wanted = queued(http) > 0 || http->warm_path;
    if (wanted && http_path_ready(http)) {
        for (int class = HTTP_CANCEL; class >= HTTP_OTHER; class--) {
            int64_t class_wait_ns = pump_queue(http, (enum http_class)class);
            wait_ns = class_wait_ns > 0 ? least(wait_ns, class_wait_ns) : wait_ns;
        }
        pump_warming(http);
    }
    set_pace(http, wait_ns);
    http->in_hook = false;
}

static void on_pace(void *context)
{
    (void)context; /* the pass that it makes is what it is for */
}

/* ---- taking requests in ------------------------------------------------------------------- */

static uint32_t queued(const struct http *http)
{
    uint32_t count = 0;
    for (int class = 0; class < HTTP_CLASSES; class++)
        count += http->queues[class].count;
    return count;
}

int http_submit(struct http *http, const struct http_request *request, http_done *done,
                void *context, struct err *err)
{
    if (http_request_check(request, err) < 0)
        return -1;
    struct request *made = NULL;
    if (queued(http) < HTTP_QUEUE_MAX)
        made = http_request_make(http, request);
    if (!made) {
        http->counters.rejected_full++;
        return err_set(err, "%d requests are waiting already, or memory is out", HTTP_QUEUE_MAX);
    }
    made->done = done;
    made->context = context;
    queue_push(&http->queues[request->class], made);
    http->counters.submitted++;
    if (http->in_hook)
        loop_again(http->loop);
    return 0;
}

/* Only as many as waited at the call: `done` may submit again. */
static void fail_class(struct http *http, enum http_class class, const char *reason, bool tried)
{
    for (uint32_t left = http->queues[class].count; left > 0; left--)
        finish_unsent(http, queue_pop(&http->queues[class]), reason, tried);
}

void http_drop_orders(struct http *http, const char *reason)
{
    fail_class(http, HTTP_ORDER, reason, false);
}

void http_fail_queued(struct http *http, const char *reason)
{
    char words[128];
    snprintf(words, sizeof words, "no address for %.60s: %.40s", http->path.host, reason);
    for (int class = HTTP_CANCEL; class >= HTTP_OTHER; class--)
        fail_class(http, (enum http_class)class, words, true);
}

void http_distrust(struct http *http)
{
    CHECK(http->telling);
    http->telling->distrusted = true;
    http->telling->used_ns = 0;
}

void http_warm(struct http *http, const char *path, http_done *done, void *context)
{
    int64_t now_ns = clock_os_now().mono_ns;
    char *copy = strdup(path);
    if (!copy)
        return;
    free(http->warm_path);
    http->warm_path = copy;
    http->warm_done = done;
    http->warm_context = context;
    for (unsigned i = 0; i < http->lane_count; i++) {
        struct lane *lane = &http->lanes[i];
        lane->want_warm = !lane->used_ns || now_ns - lane->used_ns > WARM_FOR_NS;
    }
    loop_again(http->loop);
}

const struct http_counters *http_counters(struct http *http)
{
    http->counters.queued = queued(http);
    return &http->counters;
}

/* ---- making and ending -------------------------------------------------------------------- */

/* A protection that this libcurl does not know must not be missing in silence. */
#define SET(option, value) CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK)

static void preset_security(CURL *easy, const struct http *http)
{
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_CAINFO, http->ca_file);
    /* Debian's default CApath turns libcurl's CA cache off: 20 ms for each new connection. */
    SET(CURLOPT_CAPATH, NULL);
    SET(CURLOPT_CA_CACHE_TIMEOUT, -1L);
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, ""); /* and none from the environment */
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

static void preset_transport(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 10L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 5L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "moongate");
    curl_easy_setopt(easy, CURLOPT_DEFAULT_PROTOCOL, "https");
}

static void preset_callbacks(struct lane *lane)
{
    CURL *easy = lane->easy;
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, lane->error);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, lane);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, lane);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prerequest);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, lane);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket_made);
}

static int open_lane(struct http *http, struct lane *lane, size_t body_max)
{
    lane->http = http;
    lane->timer = loop_timer_create(http->loop, on_timer, lane);
    lane->easy = curl_easy_init();
    lane->multi = curl_multi_init();
    if (!lane->timer || !lane->easy || !lane->multi)
        return -1;
    buf_init(&lane->body, body_max);
    preset_security(lane->easy, http);
    preset_transport(lane->easy);
    preset_callbacks(lane);
    curl_multi_setopt(lane->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(lane->multi, CURLMOPT_SOCKETDATA, lane);
    curl_multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane);
    curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, 1L);
    curl_multi_setopt(lane->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return 0;
}

static void close_lane(struct lane *lane)
{
    if (lane->request)
        curl_multi_remove_handle(lane->multi, lane->easy);
    curl_multi_cleanup(lane->multi);
    curl_easy_cleanup(lane->easy);
    loop_timer_destroy(lane->timer);
    buf_fini(&lane->body);
    http_request_free(lane->request);
}

static int check_config(const struct http_config *config, struct err *err)
{
    if (!config->host[0] || !http_is_line(config->host) || strpbrk(config->host, " /@?#[]") ||
        strlen(config->host) > 253)
        return err_set(err, "'%.64s' is no host name", config->host);
    if (config->connections <= KEPT_LANES || config->connections > HTTP_CONNECTIONS_MAX)
        return err_set(err, "connections must be %d to %d, not %u", KEPT_LANES + 1,
                       HTTP_CONNECTIONS_MAX, config->connections);
    if (!config->ca_file || !config->ca_file[0] || strlen(config->ca_file) >= 512)
        return err_set(err, "no CA file is named");
    if (!config->resolve)
        return err_set(err, "nobody looks the host's name up");
    if (access(config->ca_file, R_OK) < 0)
        return err_set(err, "the CA file %s cannot be read", config->ca_file);
    return 0;
}

static void init_http(struct http *http, struct loop *loop, const struct http_config *config)
{
    bool v6 = strchr(config->host, ':') != NULL;
    http->loop = loop;
    http->lane_count = config->connections;
    http->may_leave = config->may_leave;
    http->may_leave_context = config->may_leave_context;
    http_path_init(&http->path, config);
    snprintf(http->base_url, sizeof http->base_url, "https://%s%s%s:%u", v6 ? "[" : "",
             config->host, v6 ? "]" : "", config->port);
    if (config->port == 443) /* the Host header then names the bare host */
        *strrchr(http->base_url, ':') = '\0';
    snprintf(http->ca_file, sizeof http->ca_file, "%s", config->ca_file);
}

struct http *http_create(struct loop *loop, const struct http_config *config, struct err *err)
{
    if (check_config(config, err) < 0)
        return NULL;
    struct http *http = calloc(1, sizeof *http);
    if (!http || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(http);
        err_set(err, "libcurl does not start");
        return NULL;
    }
    init_http(http, loop, config);
    http->pace = loop_timer_create(loop, on_pace, http);
    for (unsigned i = 0; i < http->lane_count; i++)
        if (!http->pace || open_lane(http, &http->lanes[i],
                                     config->body_max ? config->body_max : MAX_HTTP_BODY) < 0) {
            http_destroy(http);
            err_set(err, "no memory for %u connections", config->connections);
            return NULL;
        }
    loop_add_hook(loop, LOOP_SUBMIT, on_submit, http);
    return http;
}

static void empty_queue(struct queue *queue)
{
    struct request *request;
    while ((request = queue_pop(queue)))
        http_request_free(request);
}

void http_destroy(struct http *http)
{
    if (!http)
        return;
    loop_remove_hook(http->loop, on_submit, http);
    resolve_forget(http->path.resolve, http);
    loop_timer_destroy(http->pace);
    for (unsigned i = 0; i < http->lane_count; i++)
        close_lane(&http->lanes[i]);
    for (int class = 0; class < HTTP_CLASSES; class++)
        empty_queue(&http->queues[class]);
    free(http->warm_path);
    free(http);
    curl_global_cleanup();
}
