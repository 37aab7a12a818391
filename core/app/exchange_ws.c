/* The WebSocket over libwebsockets: client messages are put together, frames written one by one. */
#include <stdlib.h>

#include "app/exchange_feed.h"
#include "app/exchange_server.h"

void exchange_socket_wake(struct exchange_session *session)
{
    if (session->socket)
        lws_callback_on_writable(session->socket);
}

static int take_piece(struct lws *wsi, struct exchange_peer *peer, const void *in, size_t length)
{
    buf_put(&peer->message, in, length);
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
        return 0;
    if (peer->message.failed)
        return -1;
    exchange_feed_take(peer->session, peer->message.data ? peer->message.data : "",
                       peer->message.length);
    buf_clear(&peer->message);
    return 0;
}

/* One frame, or its next fragment. */
static int write_piece(struct lws *wsi, struct exchange_session *session)
{
    struct exchange_frame *frame = session->first;
    size_t left = frame->length - frame->sent;
    size_t size = frame->fragment > 0 && frame->fragment < left ? frame->fragment : left;
    int kind = frame->sent > 0 ? LWS_WRITE_CONTINUATION : LWS_WRITE_TEXT;
    int last = size == left ? 0 : LWS_WRITE_NO_FIN;
    int written = lws_write(wsi, (unsigned char *)frame->text + frame->sent, size,
                            (enum lws_write_protocol)(kind | last));
    frame->sent += size;
    if (frame->sent == frame->length)
        free(exchange_session_pop(session));
    return written < 0 ? -1 : 0;
}

static int write_frames(struct lws *wsi, struct exchange_session *session)
{
    if (session->frozen)
        return lws_rx_flow_control(wsi, 0) < 0 ? -1 : 0;
    if (session->reset)
        exchange_server_reset(wsi);
    if (session->doomed)
        return -1;
    while (session->first && !lws_send_pipe_choked(wsi))
        if (write_piece(wsi, session) < 0)
            return -1;
    if (session->first)
        lws_callback_on_writable(wsi);
    return 0;
}

int exchange_socket_callback(struct exchange *exchange, struct lws *wsi,
                             enum lws_callback_reasons reason, struct exchange_peer *peer,
                             void *in, size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        buf_init(&peer->message, SESSION_MESSAGE_MAX);
        peer->session = exchange_feed_join(exchange->feed, exchange_wall_ns());
        if (!peer->session)
            return -1;
        peer->session->socket = wsi;
        exchange_socket_wake(peer->session); /* a fault may have met it before it had a socket */
        return 0;
    case LWS_CALLBACK_RECEIVE:
        return peer->session ? take_piece(wsi, peer, in, length) : -1;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return peer->session ? write_frames(wsi, peer->session) : 0;
    case LWS_CALLBACK_CLOSED:
        if (peer->session)
            exchange_feed_leave(peer->session);
        peer->session = NULL;
        buf_fini(&peer->message);
        return 0;
    default:
        return 1;
    }
}
