#pragma once
/* Everything the engine can ask of the world. */
#include "model/approved_order.h"
#include "model/event.h"

enum command_kind {
    COMMAND_PLACE = 1,    /* leaves only when the turn's commit is durable */
    COMMAND_CANCEL,       /* never waits for the disk */
    COMMAND_LIST,         /* read a REST list to its end, then EVENT_LIST_END */
    COMMAND_STREAM_RESET, /* drop the connection, start over: a gap was seen */
    COMMAND_VIEW, COMMAND_NOTICE, COMMAND_JUDGE, COMMAND_RUNNER_END,
    COMMAND_ALERT, COMMAND_OPERATOR_REPLY, COMMAND_STOPPED,
    COMMAND_FATAL         /* an emergency shutdown has begun; COMMAND_STOPPED ends it */
};

struct command_place { struct approved_order order; struct client_id id; product_index product;
                       int64_t caused_ns; /* of its intent: for figures only */ };
struct command_cancel { struct client_id id; struct venue_id venue_id; product_index product; };
struct command_list { enum list_kind kind; uint64_t request; int64_t since_wall_ns; };
struct command_stream_reset { enum stream stream; char reason[REASON_MAX]; };
/* `view` is borrowed from the engine, valid until the engine is stepped again. */
struct command_view { actor_index runner; uint32_t generation; const struct view *view; };
struct command_notice { actor_index runner; uint32_t generation; struct notice notice; };
/* Ask a rules runner; `view` as above. The verdict echoes `request`. */
struct command_judge { actor_index runner; uint32_t generation; uint64_t request;
                       actor_index strategy; struct intent intent; const struct view *view; };
struct command_runner_end { actor_index runner; uint32_t generation; char reason[REASON_MAX]; };
struct command_alert { char text[160]; };
struct command_operator_reply { uint64_t token; bool done; char text[160]; };
struct command_fatal { char reason[REASON_MAX]; };

struct command {
    enum command_kind kind;
    union {
        struct command_place place;
        struct command_cancel cancel;
        struct command_list list;
        struct command_stream_reset stream_reset;
        struct command_view view;
        struct command_notice notice;
        struct command_judge judge;
        struct command_runner_end runner_end;
        struct command_alert alert;
        struct command_operator_reply operator_reply;
        struct command_fatal fatal;
    };
};
const char *command_kind_text(enum command_kind kind);
