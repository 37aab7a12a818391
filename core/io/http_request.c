/* What waits for a lane: one block of memory per request, its texts cut into it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/clock_os.h"
#include "io/http_private.h"

void queue_push(struct queue *queue, struct request *request)
{
    request->next = NULL;
    if (queue->tail)
        queue->tail->next = request;
    else
        queue->head = request;
    queue->tail = request;
    queue->count++;
}

struct request *queue_pop(struct queue *queue)
{
    struct request *request = queue->head;
    if (!request)
        return NULL;
    queue->head = request->next;
    if (!queue->head)
        queue->tail = NULL;
    queue->count--;
    return request;
}

void http_request_free(struct request *request)
{
    if (!request)
        return;
    explicit_bzero(request->blob, request->used);
    free(request);
}

static char *blob_put(struct request *request, const void *bytes, size_t length)
{
    char *at = request->blob + request->used;
    if (length > 0)
        memcpy(at, bytes, length);
    at[length] = '\0';
    request->used += length + 1;
    return at;
}

static void add_header(struct request *request, char *line)
{
    unsigned i = request->header_count++;
    request->headers[i].data = line;
    request->headers[i].next = NULL;
    if (i > 0)
        request->headers[i - 1].next = &request->headers[i];
}

static size_t request_bytes(const struct http *http, const struct http_request *from)
{
    size_t bytes = strlen(http->base_url) + strlen(from->path) + from->body_length + 512;
    bytes += from->bearer ? strlen(from->bearer) : 0;
    for (unsigned i = 0; i < HTTP_HEADERS_MAX && from->headers[i]; i++)
        bytes += strlen(from->headers[i]) + 1;
    return bytes;
}

static void put_headers(struct request *request, const struct http_request *from)
{
    static const char accept[] = "Accept: application/json";
    static const char type[] = "Content-Type: application/json";
    static const char expect[] = "Expect:"; /* no waiting for 100 Continue */
    static const char bearer[] = "Authorization: Bearer ";
    add_header(request, blob_put(request, accept, sizeof accept - 1));
    add_header(request, blob_put(request, expect, sizeof expect - 1));
    if (request->post)
        add_header(request, blob_put(request, type, sizeof type - 1));
    if (from->bearer) {
        char *line = blob_put(request, bearer, sizeof bearer - 1);
        request->used--; /* the token goes on where the line ended */
        blob_put(request, from->bearer, strlen(from->bearer));
        add_header(request, line);
    }
    for (unsigned i = 0; i < HTTP_HEADERS_MAX && from->headers[i]; i++)
        add_header(request, blob_put(request, from->headers[i], strlen(from->headers[i])));
}

struct request *http_request_make(const struct http *http,
                                  const struct http_request *from)
{
    struct request *request = calloc(1, sizeof *request + request_bytes(http, from));
    if (!request)
        return NULL;
    request->post = strcmp(from->method, "POST") == 0;
    request->url = blob_put(request, http->base_url, strlen(http->base_url));
    request->used--;
    blob_put(request, from->path, strlen(from->path));
    request->body = blob_put(request, from->body, from->body_length);
    request->body_length = from->body_length;
    put_headers(request, from);
    request->fresh = from->fresh;
    request->submitted_ns = clock_os_now().mono_ns;
    request->deadline_ns = request->submitted_ns + from->timeout_ns;
    return request;
}

/* Header lines and paths are cut into the request as they are: a line end in one would be a request
 * of somebody else's making. */
bool http_is_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            return false;
    return true;
}

int http_request_check(const struct http_request *request, struct err *err)
{
    bool post = strcmp(request->method, "POST") == 0;
    if (!post && strcmp(request->method, "GET") != 0)
        return err_set(err, "method '%.16s' is neither GET nor POST", request->method);
    if (request->path[0] != '/' || strlen(request->path) > HTTP_PATH_MAX ||
        !http_is_line(request->path) || strpbrk(request->path, " #"))
        return err_set(err, "the path must begin with '/', be printable without blanks, and have "
                       "at most %d bytes", HTTP_PATH_MAX);
    if (request->bearer && !http_is_line(request->bearer))
        return err_set(err, "the token holds a byte that is not printable");
    for (unsigned i = 0; i < HTTP_HEADERS_MAX && request->headers[i]; i++)
        if (!http_is_line(request->headers[i]))
            return err_set(err, "a header holds a byte that is not printable");
    if (!post && request->body_length)
        return err_set(err, "a GET has no body");
    if (request->timeout_ns <= 0)
        return err_set(err, "a request needs a time-out");
    return 0;
}
