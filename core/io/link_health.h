#pragma once
/* Inside the link: what it makes of replies (link_health.c) and of the venue's clock
 * (link_clock.c). Every signed request passes here twice: link_refuses before it is queued,
 * link_note_reply with its result. */
#include "io/link_private.h"

/* link_clock.c */
int64_t link_token_s(const struct link *link); /* the venue's time as far as it is known */
void link_time_ask(void *context); /* sets the timer for the next time */
void link_time_measured(void *context, const struct http_result *result);
void link_clock_watch(struct link *link); /* each second */
/* It stepped and was not measured since: what tokens are dated by may be wrong. */
bool link_clock_is_doubtful(const struct link *link);

/* link_health.c */
void link_health_init(struct link *link);
void link_health_start(struct link *link);
void link_health_watch(struct link *link, int64_t now_ns); /* each second */
/* Said once for on and once for off. */
void link_tell(struct link *link, enum health_cause cause, bool on, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* To be called with every result of a signed request. */
enum coinbase_error link_note_reply(struct link *link, enum coinbase_request request,
                                    const struct http_result *result);
const char *link_refuses(const struct link *link, enum coinbase_request request); /* NULL: no */
int64_t link_may_leave(void *context, enum http_class class);
/* True: `again` is called after a back-off. At most LINK_TRIES times a request in all. */
bool link_retry(struct call *call, enum coinbase_request request, enum coinbase_error error,
                void (*again)(struct call *call));
