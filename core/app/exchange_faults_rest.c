/* Faults of requests and replies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "app/exchange_faults_private.h"
#include "app/exchange_rest.h"
#include "base/check.h"
#include "sim/venue_fault_bytes.h"
#include "sim/venue_sim_fault.h"

#define PREFIX "/api/v3/brokerage"

struct fault_job {
    struct fault_job *next;
    int64_t at_ns;
    struct rest_request request;
    char *texts[5 + EXCHANGE_ARGS_MAX]; /* owned; the request's */
    int count;
};

static void apply_rule(const struct venue_fault_rule *rule, struct exchange_request_fate *fate)
{
    switch (rule->fault) {
    case FAULT_ACCEPT_THEN_DROP: fate->end = END_CLOSED; break;
    case FAULT_ACCEPT_THEN_SILENCE: fate->end = END_SILENT; break;
    case FAULT_ACCEPT_THEN_RESET: fate->end = END_RESET; break;
    case FAULT_RESET_MID: fate->end = END_RESET_MID; break;
    case FAULT_TWICE: fate->work = WORK_TWICE; break;
    case FAULT_DELAY: fate->reply_after_ns += rule->amount; break;
    case FAULT_DROP:
        fate->work = WORK_NEVER;
        fate->end = END_CLOSED;
        break;
    case FAULT_SILENCE:
        fate->work = WORK_NEVER;
        fate->end = END_SILENT;
        break;
    case FAULT_RESET:
        fate->work = WORK_NEVER;
        fate->end = END_RESET;
        break;
    case FAULT_LATE:
        fate->work = WORK_LATER;
        fate->work_after_ns = rule->amount;
        fate->end = END_SILENT;
        break;
    case FAULT_SHORT_LENGTH: fate->end = END_SHORT; break;
    case FAULT_CUT_CHUNKED: fate->end = END_CHUNKED; break;
    case FAULT_CUT_TLS: fate->end = END_TLS; break;
    case FAULT_SWAP: fate->swap = true; break;
    case FAULT_SAME_PAGE: fate->same_page = true; break;
    case FAULT_HIDE: fate->hide_ns = rule->amount; break;
    case FAULT_OLD_ORDER:
    case FAULT_HTML:
    case FAULT_STATUS:
    case FAULT_REFUSE:
    case FAULT_RATE_LIMIT:
    case FAULT_BAN: fate->work = WORK_NEVER; break;
    default: break;
    }
}

void exchange_faults_meet_request(struct exchange_faults *faults,
                                  const struct rest_request *request,
                                  struct exchange_request_fate *ret)
{
    bool ours = strncmp(request->path, PREFIX, sizeof PREFIX - 1) == 0;
    struct venue_fault_scene scene = {
        .place = PLACE_REQUEST, .method = request->method, .bytes = request->body,
        .length = request->body_length,
        .target = ours ? request->path + sizeof PREFIX - 1 : request->path};
    *ret = (struct exchange_request_fate){.work = WORK_NOW};
    ret->count = venue_fault_plan_meet(&faults->plan, &scene, exchange_wall_ns(), ret->rules);
    for (uint32_t i = 0; i < ret->count; i++) {
        apply_rule(ret->rules[i], ret);
        exchange_faults_act(faults, ret->rules[i], true);
    }
}

static void free_job(struct fault_job *job)
{
    while (job->count > 0)
        free(job->texts[--job->count]);
    free(job);
}

static const char *keep(struct fault_job *job, const char *text, size_t length)
{
    char *copy = strndup(text, length);
    CHECK(copy);
    return job->texts[job->count++] = copy;
}

static const char *keep_text(struct fault_job *job, const char *text)
{
    return keep(job, text, strlen(text));
}

static void add_job(struct exchange_faults *faults, const struct rest_request *request,
                    int64_t after_ns)
{
    struct fault_job *job = calloc(1, sizeof *job), **last = &faults->jobs;
    CHECK(job);
    job->at_ns = exchange_wall_ns() + after_ns;
    job->request = *request;
    job->request.method = keep_text(job, request->method);
    job->request.path = keep_text(job, request->path);
    job->request.host = keep_text(job, request->host);
    job->request.authorization = keep_text(job, request->authorization);
    job->request.body = keep(job, request->body, request->body_length);
    for (int i = 0; i < request->arg_count; i++)
        job->request.args[i] = keep_text(job, request->args[i]);
    while (*last)
        last = &(*last)->next;
    *last = job;
}

void exchange_faults_run_jobs(struct exchange_faults *faults, int64_t now_ns)
{
    for (struct fault_job **link = &faults->jobs; *link;) {
        struct fault_job *job = *link;
        struct rest_reply unseen;
        if (job->at_ns > now_ns) {
            link = &job->next;
            continue;
        }
        *link = job->next;
        exchange_rest_answer(faults->exchange, &job->request, &unseen);
        rest_reply_fini(&unseen);
        free_job(job);
    }
}

void exchange_faults_drop_jobs(struct exchange_faults *faults)
{
    while (faults->jobs) {
        struct fault_job *job = faults->jobs;
        faults->jobs = job->next;
        free_job(job);
    }
}

/* The second time it is another order: the venue has forgotten that it knows the client id. */
static void answer_twice(struct exchange_faults *faults, const struct rest_request *request,
                         struct rest_reply *reply)
{
    struct rest_reply first;
    exchange_rest_answer(faults->exchange, request, &first);
    rest_reply_fini(&first);
    venue_sim_forget_client_ids(faults->exchange->venue, true);
    exchange_rest_answer(faults->exchange, request, reply);
    venue_sim_forget_client_ids(faults->exchange->venue, false);
}

static void put_html(struct rest_reply *reply, int status)
{
    buf_clear(&reply->body);
    buf_printf(&reply->body, "<!DOCTYPE html>\n<html><head><title>%d</title></head><body>"
               "<center><h1>%d</h1></center><hr><center>cloudflare</center></body></html>\n",
               status, status);
    reply->status = status;
    reply->type = "text/html";
}

static void put_error(struct rest_reply *reply, int status)
{
    buf_clear(&reply->body);
    buf_printf(&reply->body, "{\"error\":\"%s\", \"error_details\":\"status %d\", "
               "\"message\":\"status %d\"}", status == 401 ? "UNAUTHORIZED" :
               status == 403 ? "PERMISSION_DENIED" : "unknown", status, status);
    reply->status = status;
}

static void put_limit(struct rest_reply *reply, int status, int64_t wait_ns)
{
    buf_clear(&reply->body);
    buf_puts(&reply->body, "{\"errors\":[{\"id\":\"rate_limit_exceeded\", "
                           "\"message\":\"Too many requests\"}]}");
    reply->status = status;
    reply->retry_after_s = (uint32_t)(wait_ns / DECIMAL_ONE);
}

/* The other fields of the record say nothing, as the venue's do when they are not meant. */
static void put_refusal(struct rest_reply *reply, const char *field, const char *reason)
{
    static const char *const FIELDS[] = {"error", "message", "error_details",
        "preview_failure_reason", "new_order_failure_reason"};
    static const char *const QUIET[] = {"UNKNOWN_FAILURE_REASON", "", "",
        "UNKNOWN_PREVIEW_FAILURE_REASON", "UNKNOWN_FAILURE_REASON"};
    buf_clear(&reply->body);
    buf_puts(&reply->body, "{\"success\":false, ");
    bool inside = false;
    for (int i = 0; i < 5; i++)
        inside = inside || strcmp(field, FIELDS[i]) == 0;
    if (!inside)
        buf_printf(&reply->body, "\"%s\":\"%s\", ", field, reason);
    buf_puts(&reply->body, "\"error_response\":{");
    for (int i = 0; i < 5; i++)
        buf_printf(&reply->body, "%s\"%s\":\"%s\"", i ? ", " : "", FIELDS[i],
                   strcmp(field, FIELDS[i]) == 0 ? reason : QUIET[i]);
    buf_puts(&reply->body, "}}");
    reply->status = 200;
}

/* A success that tells of the first order the account ever had. */
static void put_old_order(const struct exchange *exchange, struct rest_reply *reply)
{
    if (venue_sim_order_count(exchange->venue) == 0)
        return;
    const struct venue_order *order = venue_sim_order_at(exchange->venue, 0);
    buf_clear(&reply->body);
    buf_printf(&reply->body, "{\"success\":true, \"success_response\":{\"order_id\":\"%s\", "
               "\"product_id\":\"%s\", \"side\":\"%s\", \"client_order_id\":\"%s\"}}", order->id,
               venue_products[order->request.product].id,
               order->request.side == SIDE_BUY ? "BUY" : "SELL", order->request.client_id);
}

/* Blanks, packed: a small reply that grows. */
static void put_bomb(struct rest_reply *reply, int64_t size)
{
    static unsigned char blanks[64 * 1024], out[64 * 1024];
    z_stream pack = {0};
    int state = Z_OK;
    CHECK(deflateInit2(&pack, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) ==
          Z_OK);
    memset(blanks, ' ', sizeof blanks);
    buf_clear(&reply->body);
    while (state != Z_STREAM_END) {
        if (pack.avail_in == 0 && size > 0) {
            pack.next_in = blanks;
            pack.avail_in = sizeof blanks;
            size -= (int64_t)sizeof blanks;
        }
        pack.next_out = out;
        pack.avail_out = sizeof out;
        state = deflate(&pack, size > 0 ? Z_NO_FLUSH : Z_FINISH);
        buf_put(&reply->body, out, sizeof out - pack.avail_out);
    }
    deflateEnd(&pack);
    reply->encoding = "gzip";
}

static void spoil_reply(const struct exchange *exchange, const struct venue_fault_rule *rule,
                        struct rest_reply *reply)
{
    int number = (int)rule->amount;
    switch (rule->fault) {
    case FAULT_ACCEPT_THEN_STATUS:
    case FAULT_HTML: put_html(reply, number); break;
    case FAULT_STATUS: put_error(reply, number); break;
    case FAULT_REFUSE: put_refusal(reply, rule->text, rule->value); break;
    case FAULT_RATE_LIMIT: put_limit(reply, 429, rule->amount); break;
    case FAULT_BAN: put_limit(reply, 418, rule->amount); break;
    case FAULT_OLD_ORDER: put_old_order(exchange, reply); break;
    case FAULT_GZIP_BOMB: put_bomb(reply, rule->amount); break;
    default: venue_fault_spoil(rule, &reply->body); break;
    }
}

static void forget_cursor(struct rest_request *request)
{
    int kept = 0;
    for (int i = 0; i < request->arg_count; i++)
        if (strncmp(request->args[i], "cursor=", 7) != 0)
            request->args[kept++] = request->args[i];
    request->arg_count = kept;
}

void exchange_faults_answer(struct exchange_faults *faults, const struct rest_request *wanted,
                            const struct exchange_request_fate *fate, struct rest_reply *reply)
{
    uint32_t orders = venue_sim_order_count(faults->exchange->venue);
    struct rest_request copy = *wanted;
    const struct rest_request *request = &copy;
    if (fate->same_page)
        forget_cursor(&copy);
    switch (fate->work) {
    case WORK_NOW: exchange_rest_answer(faults->exchange, request, reply); break;
    case WORK_TWICE: answer_twice(faults, request, reply); break;
    case WORK_LATER:
    case WORK_NEVER:
        if (fate->work == WORK_LATER)
            add_job(faults, request, fate->work_after_ns);
        *reply = (struct rest_reply){.status = 200, .type = "application/json"};
        buf_init(&reply->body, EXCHANGE_REPLY_MAX);
        buf_puts(&reply->body, "{}");
        break;
    }
    for (uint32_t i = 0; i < fate->count; i++)
        spoil_reply(faults->exchange, fate->rules[i], reply);
    if (fate->hide_ns > 0)
        exchange_faults_hide(faults, orders, fate->hide_ns);
    if (fate->same_page) {
        venue_fault_set_field(&reply->body, "has_next", "true");
        venue_fault_set_field(&reply->body, "cursor", "\"1\"");
    }
}
