/* Which address a lane connects to. libcurl is handed the addresses (CURLOPT_RESOLVE), so it looks
 * nothing up and the loop waits for no resolver. It tries them in turn while TCP fails; an address
 * that answers with the wrong certificate is passed over here, by turning the list. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/clock_os.h"
#include "io/http_private.h"

static const int64_t FRESH_NS = 60000000000; /* the venue's names live about a minute */

static bool is_numeric(const char *name)
{
    unsigned char address[16];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

void http_path_init(struct http_path *path, const struct http_config *config)
{
    path->resolve = config->resolve;
    path->port = config->port;
    path->numeric = is_numeric(config->host);
    text_copy(path->host, sizeof path->host, config->host, strlen(config->host));
}

static void on_answer(void *context, const struct resolve_answer *answer)
{
    struct http *http = context;
    struct http_path *path = &http->path;
    path->asking = false;
    http->counters.dns_failures += answer->reason[0] != '\0';
    if (answer->count > 0) {
        path->answer = *answer;
        path->generation++;
    } else {
        http_fail_queued(http, answer->reason);
    }
    loop_again(http->loop);
}

static void ask(struct http *http)
{
    struct http_path *path = &http->path;
    struct err err;
    path->asked_ns = clock_os_now().mono_ns;
    path->asking = resolve_ask(path->resolve, path->host, on_answer, http, &err) == 0;
    if (!path->asking && path->answer.count == 0)
        http_fail_queued(http, err.text);
}

bool http_path_ready(struct http *http)
{
    struct http_path *path = &http->path;
    if (path->numeric)
        return true;
    bool old = path->asked_ns == 0 || clock_os_now().mono_ns - path->asked_ns > FRESH_NS;
    if (!path->asking && (old || path->answer.count == 0))
        ask(http);
    return path->answer.count > 0;
}

/* "host:port:address,address": those behind the turn first. */
void http_path_set(struct lane *lane)
{
    const struct http_path *path = &lane->http->path;
    const struct resolve_answer *answer = &path->answer;
    if (path->numeric || lane->path_seen == path->generation)
        return;
    int used = snprintf(lane->target, sizeof lane->target, "%s:%u:", path->host, path->port);
    for (unsigned i = 0; i < answer->count; i++) {
        const char *address = answer->addresses[(path->turn + i) % answer->count];
        bool v6 = strchr(address, ':') != NULL;
        used += snprintf(lane->target + used, sizeof lane->target - (size_t)used, "%s%s%s%s",
                         i ? "," : "", v6 ? "[" : "", address, v6 ? "]" : "");
    }
    lane->target_list = (struct curl_slist){.data = lane->target};
    curl_easy_setopt(lane->easy, CURLOPT_RESOLVE, &lane->target_list);
    lane->path_seen = path->generation;
}

void http_path_turn(struct http *http)
{
    http->path.turn++;
    http->path.generation++;
}

/* Several lanes fail together on one address: only the first of them turns the list. */
void http_path_note(struct lane *lane, CURLcode code, enum http_state state)
{
    struct http *http = lane->http;
    char *address = NULL;
    /* A forged signature comes as the second: OpenSSL has many words for a bad certificate. */
    bool refuted = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
    if (http->path.numeric)
        return;
    curl_easy_getinfo(lane->easy, CURLINFO_PRIMARY_IP, &address);
    http->counters.tls_refused += refuted;
    if (state == HTTP_COMPLETE || refuted)
        resolve_note(http->path.resolve, http->path.host, address, !refuted);
    if (state != HTTP_NOT_SENT || lane->path_seen != http->path.generation)
        return;
    http->path.asked_ns = 0;
    http_path_turn(http);
}
