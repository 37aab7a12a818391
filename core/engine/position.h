#pragma once
/* A position as what it is made of: signed size and the signed money it cost, never an average
 * price. Realised PnL is what closing brought beyond the cost of the part that was closed.
 *
 *     position_apply(&position, SIDE_BUY, price, size)   exact
 *     position_apply(&position, SIDE_SELL, price, half)  realised += price*half - cost*half/size
 *
 * The cost of a part is rounded half-even at 1e-18 and taken from the whole, so that cost and
 * realised together never lose anything: when the position is flat again, cost is 0 and realised is
 * exactly what all its fills brought. Fees and funding are money beside it, exact. */
#include "model/types.h"

struct position {
    struct size size;    /* signed */
    struct money cost;   /* signed like size: what the open part was bought (or sold) for */
    struct money realised;
    struct money fees;
    struct money funding; /* received: positive */
    bool touched;        /* something was ever booked here */
};

/* false on overflow, with the position left alone. Size is positive. */
bool position_apply(struct position *position, enum side side, struct price price,
                    struct size size);
bool position_charge(struct position *position, struct money fee);
bool position_fund(struct position *position, struct money payment);
/* What the open part would bring at `mark`, beyond its cost. It fits: both have the sign of the
 * size, for no price is below zero. */
struct money position_unrealised(const struct position *position, struct price mark);
/* Informative, rounded half-even; 0 when flat. */
struct price position_average(const struct position *position);
