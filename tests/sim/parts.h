#pragma once
/* The parts of a run, for one another. See sim.h for who does what. */
#include "sim.h"

struct stamp sim_stamp(const struct sim *sim);

/* host.c */
void host_start(struct sim *sim);
void host_crash(struct sim *sim);
void host_take(struct sim *sim, struct letter *letter); /* into its queue */
void host_turn(struct sim *sim);
int64_t host_next_ns(const struct sim *sim);
void host_due(struct sim *sim);
void host_post(struct sim *sim, const struct event *event, int64_t after_ns);
void host_operator(struct sim *sim, enum operator_verb verb, int target, uint8_t index);
void host_halt_cancel(struct sim *sim);
void host_one_order(struct sim *sim, uint64_t roll);

/* scripts.c */
void scripts_start(struct sim *sim);
void scripts_take(struct sim *sim, const struct command *command);
void scripts_faults(struct sim *sim);

/* checks.c */
void checks_hand(struct sim *sim, const struct event *event);
void checks_turn(struct sim *sim);
void checks_record(struct sim *sim, const struct record *record, uint32_t at);
void checks_restart(struct sim *sim);
void checks_place(struct sim *sim, const struct command_place *place,
                  const struct venue_request *request);
void checks_left(struct sim *sim, const struct command_place *place);
void checks_none_left(struct sim *sim);
void checks_view(struct sim *sim, const struct view *view);
void checks_world(struct sim *sim);
/* agree.c: NULL when all agree, else what does not, valid until the next call. */
const char *checks_agree(struct sim *sim);
/* What the journal makes of a fresh engine against what the present one knows. */
void checks_restore(struct sim *sim);

/* The mid of the book that the frames make, when it may be trusted; slack: on its age. */
bool checks_mid(const struct sim *sim, product_index product, int64_t slack_ns, struct price *ret);

/* promises.c */
void promises_ask(struct sim *sim, actor_index actor, const struct intent *intent);
void promises_record(struct sim *sim, const struct record_protect *record, bool again);
void promises_turn(struct sim *sim);
void promises_restart(struct sim *sim);
/* Whose place an order of that name was to take; 0: nobody's. */
order_ref promises_amended(const struct sim *sim, actor_index actor, order_ref ref);

/* body.c */
int body_read(const struct approved_order *order, const struct catalog *catalog,
              struct venue_request *ret, struct err *err);
