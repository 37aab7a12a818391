#pragma once
/* Funding: what a position pays or is paid at each stamp of its product, booked once per product
 * and stamp whatever crashes, because the venue keeps no history of it.
 *
 *     payment = - position at the stamp x mark x rate       (a positive rate: longs pay)
 *
 * The rate of a stamp is what the venue shows after it, until the next one. So a stamp is booked
 * when a specification names the next one, and a list of fills that was asked for after that has
 * ended: the position is the exact one less what its fills moved since the stamp. A fill of before
 * a stamp that comes later than that takes its share of it along, under its trade id. The mark is
 * ours (see market_mark), taken at the stamp, or when the host came up after it.
 *
 * Each actor's share is rounded half-even at 1e-18, as is the whole; what is left between the two
 * is the operator's, whose row closes the stamp in the journal, also when nobody held anything. A
 * stamp that passed while no host ran, and the next one too, has no rate, nor has one whose rate
 * the venue never shows: it is counted as missed.
 *
 * CDE pays in sums (funding_pnl of the balance). Each is compared with our stamps since the last;
 * which it covers is not told: all, or those whose sum is nearest. A difference of at most
 * 1 % of what was paid to and fro and a cent, the error of a derived mark, is booked, so that our
 * books are the venue's to the last unit; so is what missed stamps leave. More is alarmed and left
 * to people. */
#include "engine/engine_inside.h"

/* An exact fill, before and after its claim by an order (sign -1: taken from `actor`). */
void funding_on_fill(struct engine *engine, actor_index actor, const struct event_fill *fill,
                     int sign);
void funding_on_balance(struct engine *engine); /* a whole list of the balance */
void funding_due(struct engine *engine);
bool funding_restore(struct engine *engine, const struct record_funding *record,
                     product_index product, actor_index actor);
/* Of our own books: stamps and what settling has added. */
struct money funding_adjusted(const struct engine *engine);

/* What a day of the present rate would bring (negative: cost) to a position of this size; false
 * when the product has no funding or it does not fit. For control 21. */
bool funding_project_day(const struct instrument *spec, struct price mark, struct size position,
                         struct money *ret);
/* The next stamp after `wall_ns`; INT64_MAX: none. For control 22. */
int64_t funding_next_ns(const struct instrument *spec, int64_t wall_ns);
