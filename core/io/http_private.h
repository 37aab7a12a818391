#pragma once
/* Inside the transport: http.c (lanes, libcurl), http_request.c (what waits for a lane),
 * http_path.c (the addresses that a lane may connect to). */
#include <curl/curl.h>

#include "base/buf.h"
#include "io/http.h"

enum { HTTP_OWN_HEADERS = 4, HTTP_PATH_MAX = 8192, HTTP_TARGET_MAX = 1024 };

struct request {
    struct request *next;
    char *url, *body; /* into `blob` */
    size_t body_length;
    bool post;
    struct curl_slist headers[HTTP_OWN_HEADERS + HTTP_HEADERS_MAX + 1];
    unsigned header_count;
    int64_t submitted_ns, deadline_ns;
    http_done *done;
    void *context;
    bool warming, fresh;
    size_t used;
    char blob[]; /* owned: every text of the request, wiped at the end for the token's sake */
};

/* First in, first out. */
struct queue { struct request *head, *tail; unsigned count; };

struct lane;
struct socket_watch { struct lane *lane; int fd; struct loop_fd *watch; };

struct lane {
    struct http *http;
    CURLM *multi;              /* owned */
    CURL *easy;                /* owned */
    struct loop_timer *timer;  /* owned */
    struct request *request;   /* owned; NULL: free */
    unsigned attempts;         /* times the request was about to be written */
    size_t header_bytes;
    bool too_long, reply_begun, head_ended, framed, want_warm;
    int64_t written_ns, used_ns; /* used_ns: last whole reply; 0: no live connection */
    bool distrusted;           /* the next request goes out on a new connection */
    uint32_t path_seen;        /* http_path.generation that this lane was told */
    char target[HTTP_TARGET_MAX]; /* for CURLOPT_RESOLVE */
    struct curl_slist target_list;
    struct buf body;
    struct http_result result;
    char error[CURL_ERROR_SIZE];
};

/* Where the host is. A name is looked up in the helper thread, never by libcurl. */
struct http_path {
    struct resolve *resolve;   /* borrowed */
    char host[RESOLVE_NAME_MAX];
    uint16_t port;
    bool numeric, asking;
    struct resolve_answer answer;
    unsigned turn;
    uint32_t generation;       /* rises with each change */
    int64_t asked_ns;          /* 0: ask again */
};

struct http {
    struct loop *loop; /* borrowed */
    struct http_path path;
    struct loop_timer *pace; /* owned: when the next queued request may leave, or is too late */
    http_may_leave *may_leave;
    void *may_leave_context;
    struct lane *telling;    /* whose result is being told */
    struct lane lanes[HTTP_CONNECTIONS_MAX];
    unsigned lane_count;
    struct queue queues[HTTP_CLASSES];
    struct http_counters counters;
    char base_url[300], ca_file[512], *warm_path; /* warm_path owned */
    http_done *warm_done;
    void *warm_context;
    bool in_hook;
};

/* http_request.c */
int http_request_check(const struct http_request *request, struct err *err);
struct request *http_request_make(const struct http *http, const struct http_request *from);
void http_request_free(struct request *request); /* wipes; NULL is fine */
void queue_push(struct queue *queue, struct request *request);
struct request *queue_pop(struct queue *queue); /* NULL: empty */
bool http_is_line(const char *text); /* printable ASCII alone */

/* http.c: what waits ends as NOT_SENT. */
void http_fail_queued(struct http *http, const char *reason);

/* http_path.c */
void http_path_init(struct http_path *path, const struct http_config *config);
/* True: requests may start. Asks for the addresses when there are none, or when they are old. */
bool http_path_ready(struct http *http);
/* Hands the lane the addresses, from the one whose turn it is; nothing when it has them. */
void http_path_set(struct lane *lane);
void http_path_turn(struct http *http); /* the next address first */
/* What came of a connection: an address that proved itself is kept, one that failed has had its
 * turn. */
void http_path_note(struct lane *lane, CURLcode code, enum http_state state);
