#pragma once
/* The two faces of the one port. Each takes libwebsockets' callback reasons that concern it. */
#include <libwebsockets.h>

#include "app/exchange.h"

struct exchange_peer { /* what libwebsockets keeps per connection for us */
    struct exchange_call *call;       /* an HTTP request under way; owned */
    struct exchange_session *session; /* a WebSocket; owned by the feed */
    struct buf message;               /* a client's frame in pieces */
};

/* Return 0 to go on, -1 to close, 1 when the reason was not theirs. */
int exchange_http_callback(struct exchange *exchange, struct lws *wsi,
                           enum lws_callback_reasons reason, struct exchange_peer *peer, void *in,
                           size_t length);
int exchange_socket_callback(struct exchange *exchange, struct lws *wsi,
                             enum lws_callback_reasons reason, struct exchange_peer *peer,
                             void *in, size_t length);
void exchange_server_reset(struct lws *wsi); /* an RST instead of a farewell */
void exchange_socket_wake(struct exchange_session *session);
