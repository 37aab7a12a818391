#pragma once
/* What must hold in every run. */

/* X(SYMBOL, "name", "what must hold") */
#define INVARIANT_LIST(X)                                                                         \
    X(BROKEN_NOT, "none", "all is well")                                                          \
    X(BROKEN_LIMIT, "limit", "own orders are past a limit: where they can carry the position, how"\
      " many they are, what they are worth")                                                      \
    X(BROKEN_TWICE, "twice", "one intent became two orders")                                      \
    X(BROKEN_DURABLE, "durable", "an order left before its record was durable")                   \
    X(BROKEN_ENDED, "ended", "the books ended an order that can still fill")                      \
    X(BROKEN_FILL_TWICE, "fill_twice", "a fill was booked twice")                                 \
    X(BROKEN_FILL_FALSE, "fill_false", "a fill was booked that the venue does not have so")       \
    X(BROKEN_HALTED, "halted", "an order byte left while its account, strategy or product halted")\
    X(BROKEN_LEFT, "left", "none of ours was said to be left, and one can still fill")            \
    X(BROKEN_MODE, "mode", "an order was approved for a product that takes cancels alone")        \
    X(BROKEN_STALE, "stale", "an order was approved on market data that could not be trusted, and"\
      " was no limit IOC that can only reduce, inside the collar of a mid that is young enough")  \
    X(BROKEN_GENERATION, "generation", "an order came of an intent of an older runner")           \
    X(BROKEN_BOOK, "book", "a script was shown a book that nobody had sent")                      \
    X(BROKEN_WIRE, "wire", "what left is no order, or another one than was journaled")            \
    X(BROKEN_RESTORE, "restore", "the journal read back gives another engine")                    \
    X(BROKEN_AGREE, "agree", "after the faults ended, host and venue did not come to agree")      \
    X(BROKEN_FUNDING, "funding", "a funding stamp was not booked as the venue pays it")          \
    X(BROKEN_PROTECT, "protect", "a protection was lost, changed, or did not fire when met")      \
    X(BROKEN_AMEND, "amend", "what takes an order's place left while that one could still fill")  \
    X(BROKEN_COUNTED, "counted", "what can still fill counts for less in the books")              \
    X(BROKEN_LEDGER, "ledger", "the venue's ledger and the auditor differ: the simulation is wrong")

#define INVARIANT_SYMBOL(symbol, ...) symbol,
enum invariant { INVARIANT_LIST(INVARIANT_SYMBOL) INVARIANT_COUNT };
#undef INVARIANT_SYMBOL
const char *invariant_name(enum invariant invariant);
const char *invariant_meaning(enum invariant invariant);
