/* Orders and cancels. Whatever happens to a request, one event tells the engine: the transport's
 * NOT_SENT is the only road to OUTCOME_NOT_SENT, and a doubt stays UNKNOWN. */
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/text.h"
#include "io/link_health.h"

enum { BODY_MAX = 16 * 1024 };

struct place_call { struct call call; struct client_id id; int64_t cause_ns; };
struct cancel_call {
    struct call call;
    bool heard;    /* one of the tries may have reached the venue */
    uint32_t count;
    struct venue_id ids[MAX_CANCEL_BATCH];
    struct client_id client_ids[MAX_CANCEL_BATCH];
};

static void note_latency(struct link *link, const struct http_result *result, int64_t cause_ns)
{
    if (result->written_ns == 0)
        return;
    latencies_add(&link->submit_to_write, result->written_ns - result->submitted_ns);
    if (cause_ns > 0)
        latencies_add(&link->tick_to_order, result->written_ns - cause_ns);
    if (result->state == HTTP_COMPLETE)
        latencies_add(&link->round_trip, result->done_ns - result->submitted_ns);
}

static void reply_place(struct link *link, struct event_place_reply reply)
{
    link->counters.orders_unknown += reply.outcome == OUTCOME_UNKNOWN;
    link->counters.orders_not_sent += reply.outcome == OUTCOME_NOT_SENT;
    link_emit_surely(link, &(struct event){.kind = EVENT_PLACE_REPLY, .place_reply = reply});
}

static void place_not_sent(struct link *link, struct client_id id, const char *reason)
{
    struct event_place_reply reply = {.client_id = id, .outcome = OUTCOME_NOT_SENT};
    text_copy(reply.reason, sizeof reply.reason, reason, strlen(reason));
    reply_place(link, reply);
}

static void on_placed(void *context, const struct http_result *result)
{
    struct place_call *call = context;
    struct link *link = call->call.link;
    struct event_place_reply reply = {0};
    bool whole = result->state == HTTP_COMPLETE;
    link->orders_in_flight--;
    link_note_reply(link, COINBASE_PLACE, result);
    note_latency(link, result, call->cause_ns);
    if (result->state == HTTP_NOT_SENT) {
        place_not_sent(link, call->id, result->reason);
    } else {
        if (!coinbase_rest_decode_place(whole ? result->status : 0, whole ? result->body : "",
                                        whole ? result->body_length : 0, call->id, &reply))
            http_distrust(link->http);
        reply.client_id = call->id;
        if (!whole) /* the transport's words say more than "no reply" */
            text_copy(reply.reason, sizeof reply.reason, result->reason, strlen(result->reason));
        reply_place(link, reply);
    }
    link_call_end(&call->call);
}

/* When the frame was readable that a script was shown last before it asked. */
static int64_t frame_before(const struct link *link, int64_t caused_ns)
{
    uint64_t kept = link->readable_count < LINK_FRAMES_KEPT ? link->readable_count
                                                            : LINK_FRAMES_KEPT;
    for (uint64_t i = 1; i <= kept; i++) {
        int64_t at_ns = link->readable_past_ns[(link->readable_count - i) % LINK_FRAMES_KEPT];
        if (at_ns <= caused_ns)
            return at_ns;
    }
    return 0;
}

void link_note_approved(struct link *link, const struct command_place *place)
{
    int64_t frame_ns = frame_before(link, place->caused_ns);
    if (frame_ns > 0)
        latencies_add(&link->tick_to_approved, clock_os_now().mono_ns - frame_ns);
}

static int submit_place(struct link *link, const struct command_place *place, struct err *err)
{
    struct buf body;
    const char *why = link->key ? link_refuses(link, COINBASE_PLACE) : LINK_READS_ONLY;
    if (why)
        return err_set(err, "%s", why);
    buf_init(&body, BODY_MAX);
    struct place_call *call = link_call_create(link, sizeof *call);
    int result = call ? coinbase_rest_encode_place(&place->order, link->catalog, &body, err)
                      : err_set(err, "no memory");
    if (result == 0) {
        call->id = place->id;
        call->cause_ns = frame_before(link, place->caused_ns);
        result = link_submit(link,
                             &(struct link_request){.method = "POST",
                                                    .path = COINBASE_PREFIX "/orders",
                                                    .body = body.data, .body_length = body.length,
                                                    .token_path = link->place_path,
                                                    .class = HTTP_ORDER,
                                                    .timeout_ns = link->config.request_timeout_ns},
                             on_placed, call, err);
    }
    if (result < 0 && call)
        link_call_end(&call->call);
    buf_fini(&body);
    return result;
}

void link_drop_places(struct link *link, const char *reason)
{
    http_drop_orders(link->http, reason);
}

void link_place(struct link *link, const struct command_place *place)
{
    struct err err;
    link->counters.places++;
    if (submit_place(link, place, &err) < 0)
        place_not_sent(link, place->id, err.text);
    else
        link->orders_in_flight++;
}

/* ---- cancels ------------------------------------------------------------------------------ */

static void cancel_failed(struct link *link, struct client_id client_id,
                          const struct venue_id *venue_id, enum outcome outcome,
                          const char *reason)
{
    struct event event = {.kind = EVENT_CANCEL_REPLY,
                          .cancel_reply = {.client_id = client_id, .venue_id = *venue_id,
                                           .outcome = outcome}};
    text_copy(event.cancel_reply.reason, sizeof event.cancel_reply.reason, reason, strlen(reason));
    link_emit_surely(link, &event);
}

static void emit_surely(void *context, const struct event *event)
{
    link_emit_surely(context, event);
}

static void send_batch_again(struct call *call);

static void tell_batch(struct cancel_call *call, const struct http_result *result)
{
    enum outcome outcome = call->heard ? OUTCOME_UNKNOWN : OUTCOME_NOT_SENT;
    if (result->state == HTTP_COMPLETE)
        coinbase_rest_decode_cancel(result->status, result->body, result->body_length, call->ids,
                                    call->client_ids, call->count, emit_surely, call->call.link);
    else
        for (uint32_t i = 0; i < call->count; i++)
            cancel_failed(call->call.link, call->client_ids[i], &call->ids[i], outcome,
                          result->reason);
}

static void on_cancelled(void *context, const struct http_result *result)
{
    struct cancel_call *call = context;
    struct link *link = call->call.link;
    enum coinbase_error error = link_note_reply(link, COINBASE_CANCEL, result);
    call->heard = call->heard || result->state != HTTP_NOT_SENT;
    if (link_retry(&call->call, COINBASE_CANCEL, error, send_batch_again))
        return;
    link->orders_in_flight--;
    tell_batch(call, result);
    link_call_end(&call->call);
}

/* What was tried before goes a second way: a new connection, to the next address. */
static int send_batch(struct cancel_call *call, struct err *err)
{
    struct link *link = call->call.link;
    struct buf body;
    buf_init(&body, BODY_MAX);
    coinbase_rest_encode_cancel(call->ids, call->count, &body);
    struct link_request request = {.method = "POST",
                                   .path = COINBASE_PREFIX "/orders/batch_cancel",
                                   .body = body.data, .body_length = body.length,
                                   .token_path = link->cancel_path, .class = HTTP_CANCEL,
                                   .fresh = call->call.failures > 0,
                                   .timeout_ns = link->config.request_timeout_ns};
    int result = body.failed ? err_set(err, "the cancel does not fit its body")
                             : link_submit(link, &request, on_cancelled, call, err);
    buf_fini(&body);
    return result;
}

static void send_batch_again(struct call *base)
{
    struct cancel_call *call = (struct cancel_call *)base;
    struct err err;
    if (send_batch(call, &err) == 0)
        return;
    base->link->orders_in_flight--;
    for (uint32_t i = 0; i < call->count; i++)
        cancel_failed(base->link, call->client_ids[i], &call->ids[i],
                      call->heard ? OUTCOME_UNKNOWN : OUTCOME_NOT_SENT, err.text);
    link_call_end(base);
}

static int submit_batch(struct link *link, struct err *err)
{
    struct cancel_call *call = link_call_create(link, sizeof *call);
    if (!call)
        return err_set(err, "no memory");
    call->count = link->batch_count;
    for (uint32_t i = 0; i < call->count; i++) {
        call->ids[i] = link->batch[i].venue_id;
        call->client_ids[i] = link->batch[i].id;
    }
    int result = send_batch(call, err);
    if (result < 0)
        link_call_end(&call->call);
    return result;
}

void link_cancel_flush(struct link *link)
{
    struct err err;
    if (link->batch_count == 0)
        return;
    if (submit_batch(link, &err) < 0)
        for (uint32_t i = 0; i < link->batch_count; i++)
            cancel_failed(link, link->batch[i].id, &link->batch[i].venue_id, OUTCOME_NOT_SENT,
                          err.text);
    else
        link->orders_in_flight++;
    link->batch_count = 0;
}

void link_cancel(struct link *link, const struct command_cancel *cancel)
{
    link->counters.cancels++;
    if (!cancel->venue_id.text[0]) {
        cancel_failed(link, cancel->id, &cancel->venue_id, OUTCOME_NOT_SENT,
                      "the venue's id of the order is not known, and there is no other way");
        return;
    }
    link->batch[link->batch_count++] = *cancel;
    if (link->batch_count == MAX_CANCEL_BATCH)
        link_cancel_flush(link);
}
