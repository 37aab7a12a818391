/* A session's frames: made, held back, queued, taken by whoever writes them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libwebsockets.h>

#include "app/exchange_faults.h"
#include "app/exchange_feed.h"

static struct exchange_frame *create_frame(const struct buf *text)
{
    struct exchange_frame *frame = malloc(sizeof *frame + LWS_PRE + text->length);
    if (!frame)
        return NULL;
    *frame = (struct exchange_frame){.length = text->length};
    frame->text = frame->memory + LWS_PRE;
    memcpy(frame->text, text->data, text->length);
    return frame;
}

static void queue_frame(struct exchange_session *session, struct exchange_frame *frame)
{
    frame->next = NULL;
    *session->last = frame;
    session->last = &frame->next;
    session->queued += frame->length;
}

struct exchange_frame *exchange_session_pop(struct exchange_session *session)
{
    struct exchange_frame *frame = session->first;
    if (!frame)
        return NULL;
    session->first = frame->next;
    if (!session->first)
        session->last = &session->first;
    session->queued -= frame->length;
    return frame;
}

void exchange_session_clear(struct exchange_session *session)
{
    struct exchange_frame *frame;
    while ((frame = exchange_session_pop(session)) != NULL)
        free(frame);
    while ((frame = session->held) != NULL) {
        session->held = frame->next;
        free(frame);
    }
}

void exchange_session_close(struct exchange_session *session)
{
    session->doomed = true;
    exchange_feed_wake(session);
}

void exchange_session_step(struct exchange_session *session, int64_t now_ns)
{
    struct exchange_frame **link = &session->held;
    while (*link) {
        struct exchange_frame *frame = *link;
        if (frame->due_ns > now_ns) {
            link = &frame->next;
            continue;
        }
        *link = frame->next;
        queue_frame(session, frame);
    }
    exchange_feed_wake(session);
}

static void hold_frame(struct exchange_session *session, struct exchange_frame *frame,
                       int64_t due_ns)
{
    struct exchange_frame **last = &session->held;
    while (*last)
        last = &(*last)->next;
    frame->due_ns = due_ns;
    *last = frame;
}

/* The one road of every frame. */
static void push_frame(struct exchange_session *session, const struct buf *text,
                       const struct exchange_frame_fate *fate)
{
    struct exchange_frame *frame = NULL;
    /* The first one, on its way already, does not count: a fault may have made it a giant. */
    size_t waits = session->first ? session->queued - session->first->length : 0;
    if (!text->failed && waits < SESSION_QUEUE_MAX)
        frame = create_frame(text);
    if (!frame) {
        exchange_session_close(session);
        return;
    }
    frame->fragment = (size_t)fate->fragment;
    if (fate->reorder || fate->late_ns > 0) {
        hold_frame(session, frame, fate->reorder ? INT64_MAX
                                                 : exchange_wall_ns() + fate->late_ns);
    } else {
        queue_frame(session, frame);
        for (struct exchange_frame *held = session->held; held; held = held->next)
            held->due_ns = held->due_ns == INT64_MAX ? 0 : held->due_ns;
        exchange_session_step(session, 0);
    }
}

void exchange_session_send(struct exchange_session *session, const char *channel,
                           const struct buf *events)
{
    struct exchange_frame_fate fate;
    struct buf text;
    char time[48];
    bool user = session->products[FEED_USER] || session->products[FEED_BALANCE];
    exchange_faults_meet_frame(session, channel, events, &fate);
    if (fate.suppress || session->muted || session->doomed)
        return;
    session->sequence += (uint64_t)fate.gap;
    exchange_time_ns(exchange_wall_ns(), time);
    buf_init(&text, EXCHANGE_REPLY_MAX);
    buf_printf(&text, "{\"channel\":\"%s\",", channel);
    if (user) /* the user host shows an empty client_id, the market host none */
        buf_puts(&text, "\"client_id\":\"\",");
    buf_printf(&text, "\"timestamp\":\"%s\",\"sequence_num\":%" PRIu64 ",\"events\":", time,
               session->sequence++);
    buf_put(&text, events->data, events->length);
    buf_puts(&text, "}");
    exchange_faults_spoil(session->exchange, &fate, &text);
    for (int copies = fate.drop ? 0 : fate.duplicate ? 2 : 1; copies > 0; copies--)
        push_frame(session, &text, &fate);
    buf_fini(&text);
}

void exchange_session_send_error(struct exchange_session *session, const char *message)
{
    const struct exchange_frame_fate sound = {0};
    struct buf text;
    buf_init(&text, 1024);
    buf_printf(&text, "{\"type\":\"error\",\"message\":\"%s\"}", message);
    push_frame(session, &text, &sound);
    buf_fini(&text);
}
