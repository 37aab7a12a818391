#pragma once
/* What is on its way, either way, in the order of its arrival: the network's insides.
 *
 *     struct letter *letter = mail_post(&mail, LETTER_EVENT, at_ns);   fill it in
 *     while ((letter = mail_take(&mail, now_ns))) ... free(letter)
 *
 * Letters for the same moment arrive in the order they were posted. */
#include "model/command.h"
#include "sim/venue_sim_order.h"

enum letter_kind {
    LETTER_PLACE, LETTER_CANCEL, LETTER_LIST, /* to the venue */
    LETTER_EVENT,                             /* to the host */
    LETTER_CONNECT                            /* a stream comes up */
};

struct letter {
    int64_t at_ns;
    uint64_t number;           /* of posting */
    enum letter_kind kind;
    uint32_t host;             /* which life of the host it belongs to */
    uint32_t connection;       /* of a stream; 0: none */
    enum stream stream;
    bool mute, doubled, no_id; /* its reply is lost, comes twice, names no order */
    bool again;                /* a second copy of a request */
    int64_t reply_late_ns;
    uint64_t roll;
    union {
        struct { struct venue_request request; struct client_id id; int64_t sent_ns; } place;
        struct command_cancel cancel;
        struct command_list list;
        struct event event;
    };
    _Alignas(16) unsigned char array[]; /* the levels of a book, or the trades */
};

struct mail {
    struct letter **heap;      /* owned, each of them too */
    uint32_t count, capacity;
    uint64_t posted;
};

struct letter *mail_post(struct mail *mail, enum letter_kind kind, int64_t at_ns);
/* A book or trades: the array is copied behind the letter. */
struct letter *mail_post_event(struct mail *mail, const struct event *event, int64_t at_ns);
struct letter *mail_take(struct mail *mail, int64_t now_ns); /* NULL: nothing has arrived */
int64_t mail_next_ns(const struct mail *mail);               /* INT64_MAX: nothing */
void mail_fini(struct mail *mail);
