/* Faults of requests and replies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void spoil_reply(const struct venue_fault_rule *rule, struct rest_reply *reply)
{
    int number = (int)rule->amount;
    switch (rule->fault) {
    case FAULT_ACCEPT_THEN_STATUS:
    case FAULT_HTML: put_html(reply, number); break;
    case FAULT_STATUS: put_error(reply, number); break;
    case FAULT_REFUSE: put_refusal(reply, rule->text, rule->value); break;
    case FAULT_RATE_LIMIT: put_limit(reply, 429, rule->amount); break;
    case FAULT_BAN: put_limit(reply, 418, rule->amount); break;
    default: venue_fault_spoil(rule, &reply->body); break;
    }
}

void exchange_faults_answer(struct exchange_faults *faults, const struct rest_request *request,
                            const struct exchange_request_fate *fate, struct rest_reply *reply)
{
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
        spoil_reply(fate->rules[i], reply);
}
