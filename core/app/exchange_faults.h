#pragma once
/* Faults on demand: the plan of sim/venue_fault, carried out on what comes in and what leaves.
 * The account behind it stays the truth: a fault hides it or distorts it, none of them edits it
 * except those that say so (a liquidation, a bust), and these are booked as the venue would. */
#include "app/exchange.h"
#include "sim/venue_fault.h"

struct rest_request;
struct rest_reply;
struct exchange_session;

/* What is to become of one request. */
enum fault_work { WORK_NOW, WORK_NEVER, WORK_LATER, WORK_TWICE };
enum fault_end {
    END_WELL, END_SILENT, END_CLOSED, END_RESET, END_RESET_MID, END_SHORT, END_CHUNKED, END_TLS
};
struct exchange_request_fate {
    enum fault_work work;
    enum fault_end end;
    int64_t work_after_ns, reply_after_ns, hide_ns;
    bool swap, same_page;
    uint32_t count;
    const struct venue_fault_rule *rules[VENUE_FAULT_FIRED_MAX]; /* until the plan changes */
};

/* What is to become of one frame. */
struct exchange_frame_fate {
    bool suppress, drop, duplicate, reorder, crossed, locked;
    int64_t late_ns, gap, fragment;
    uint32_t count;
    const struct venue_fault_rule *rules[VENUE_FAULT_FIRED_MAX];
};

struct exchange_faults *exchange_faults_create(struct exchange *exchange); /* NULL: no memory */
void exchange_faults_destroy(struct exchange_faults *faults); /* NULL is fine */
/* The script of --faults; no file, no rules. */
int exchange_faults_load(struct exchange_faults *faults, struct err *err);
void exchange_faults_step(struct exchange_faults *faults); /* what is due by the clock */

/* A line from the control socket: a rule, or list, clear, help. Writes one or more lines. */
void exchange_faults_command(struct exchange_faults *faults, const char *line, size_t length,
                             struct buf *ret_answer);

/* exchange_faults_rest.c */
void exchange_faults_meet_request(struct exchange_faults *faults,
                                  const struct rest_request *request,
                                  struct exchange_request_fate *ret);
/* The request is answered as its fate wants it; the reply is then ready to leave. */
void exchange_faults_answer(struct exchange_faults *faults, const struct rest_request *wanted,
                            const struct exchange_request_fate *fate, struct rest_reply *reply);

/* exchange_faults_feed.c: a rule may do something to the session itself: close it, mute it. */
void exchange_faults_meet_frame(struct exchange_session *session, const char *channel,
                                const struct buf *events, struct exchange_frame_fate *ret);
void exchange_faults_spoil(struct exchange *exchange, const struct exchange_frame_fate *fate,
                           struct buf *text);
/* Of a connect ("*") or a subscribe (its channel): true when something was done to the session,
 * and nothing else is to come of it. */
bool exchange_faults_meet_socket(struct exchange_session *session, enum venue_fault_place place,
                                 const char *channel);

/* exchange_faults_venue.c */
enum venue_refusal exchange_faults_check_order(const struct exchange *exchange,
                                               const struct venue_request *request);
bool exchange_faults_hides(struct exchange_faults *faults, uint32_t order);
void exchange_faults_hide(struct exchange_faults *faults, uint32_t first, int64_t for_ns);

/* exchange_control.c: the 0600 unix socket of --control, line by line. */
struct exchange_control;
struct exchange_control *exchange_control_open(struct exchange *exchange, struct err *err);
void exchange_control_close(struct exchange_control *control); /* NULL is fine */

/* exchange_fault_client.c: `moongate-exchange fault ...`. Returns the exit code. */
int exchange_fault_client(int argc, char **argv);
