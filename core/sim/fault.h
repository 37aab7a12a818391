#pragma once
/* What will go wrong, drawn from a seed before it does: a list of faults, each with a number, a
 * kind, a time from which it waits, and a roll of its own for how bad it is. A fault strikes at
 * the first opportunity of its kind after its time, or, without one, expires.
 *
 *     faults_draw(&faults, seed, &plan);
 *     faults_skip(&faults, 17);                            a replay without one of them
 *     if ((fault = faults_strike(&faults, FAULT_PLACE_LOST, now_ns))) ...
 *
 * Because the list is drawn beforehand, leaving one out moves no other: that is what lets a failing
 * seed be made smaller. A seed draws which kinds it knows and how dense they fall, so that some
 * runs meet one kind in plenty and others a little of each. */
#include <stdbool.h>
#include <stdint.h>

/* X(SYMBOL, "name", weight, "what goes wrong") */
#define FAULT_LIST(X)                                                                             \
    X(FAULT_PLACE_LATE, "place_late", 6, "an order arrives up to 125 s late, its reply never")    \
    X(FAULT_PLACE_LOST, "place_lost", 6, "an order never reaches the venue, nobody says so")      \
    X(FAULT_PLACE_MUTE, "place_mute", 8, "the venue took an order, its reply is lost")            \
    X(FAULT_PLACE_TWICE, "place_twice", 5, "an order is delivered twice")                         \
    X(FAULT_PLACE_UNSENT, "place_unsent", 3, "the connection refuses an order before a byte left")\
    X(FAULT_PLACE_NO_ID, "place_no_id", 4, "the reply says accepted and names no order")          \
    X(FAULT_PLACE_SLOW, "place_slow", 6, "the reply of an order takes up to 9 s")                 \
    X(FAULT_REPLY_TWICE, "reply_twice", 4, "the reply of an order comes twice")                   \
    X(FAULT_CANCEL_LOST, "cancel_lost", 6, "a cancel never reaches the venue")                    \
    X(FAULT_CANCEL_MUTE, "cancel_mute", 6, "the venue took a cancel, its reply is lost")          \
    X(FAULT_CANCEL_SLOW, "cancel_slow", 6, "a cancel arrives up to 8 s later")                    \
    X(FAULT_CANCEL_UNSENT, "cancel_unsent", 3, "a cancel is refused before a byte left")          \
    X(FAULT_LIST_FAILS, "list_fails", 8, "a list breaks off in the middle")                       \
    X(FAULT_LIST_SLOW, "list_slow", 5, "a list takes up to 9 s")                                  \
    X(FAULT_LIST_MUTE, "list_mute", 3, "a list is never answered")                                \
    X(FAULT_LIST_LAGS, "list_lags", 8, "a list lacks the orders and fills of the last seconds")   \
    X(FAULT_LIST_TWICE, "list_twice", 4, "a list shows each item twice, once in reverse")         \
    X(FAULT_FRAME_LOST, "frame_lost", 6, "a frame of a stream is lost: its number is missing")    \
    X(FAULT_FRAME_TWICE, "frame_twice", 5, "a frame of a stream comes twice")                     \
    X(FAULT_FRAME_LATE, "frame_late", 5, "a frame of a stream comes after the next ones")         \
    X(FAULT_USER_SILENT, "user_silent", 6, "a frame on an own order is not sent, no gap shows")   \
    X(FAULT_STREAM_RESET, "stream_reset", 6, "a stream's connection is reset")                    \
    X(FAULT_STREAM_STALL, "stream_stall", 5, "a stream stands still, then bursts")                \
    X(FAULT_PRODUCT_SILENT, "product_silent", 3, "one product's book is not told, all else is")   \
    X(FAULT_WALL_STEP, "wall_step", 3, "the wall clock steps by up to an hour")                   \
    X(FAULT_PAUSE, "pause", 3, "the host stands still for up to a minute")                        \
    X(FAULT_SKEW_LOST, "skew_lost", 2, "the clock cannot be compared with the venue's")           \
    X(FAULT_DISK_SLOW, "disk_slow", 6, "a commit is durable only after up to 5 s")                \
    X(FAULT_DISK_REFUSES, "disk_refuses", 2, "a commit is refused")                               \
    X(FAULT_DISK_DIES, "disk_dies", 2, "a commit that was taken never becomes durable")           \
    X(FAULT_CRASH, "crash", 4, "the host is killed between two turns")                            \
    X(FAULT_CRASH_COMMIT, "crash_commit", 4, "the host is killed before a turn's commit")         \
    X(FAULT_CRASH_SEND, "crash_send", 4, "the host is killed after a commit, before acting")      \
    X(FAULT_CRASH_AMID, "crash_amid", 4, "the host is killed amid the sends of a turn")           \
    X(FAULT_RUNNER_DIES, "runner_dies", 4, "a strategy's runner dies")                            \
    X(FAULT_RUNNER_RELOAD, "runner_reload", 5, "a strategy is reloaded while its intents fly")    \
    X(FAULT_RUNNER_SILENT, "runner_silent", 3, "a strategy's runner answers nothing for a while") \
    X(FAULT_RULE_LATE, "rule_late", 4, "a rule answers after its deadline")                       \
    X(FAULT_RULE_REFUSES, "rule_refuses", 3, "a rule refuses")                                    \
    X(FAULT_RULE_DIES, "rule_dies", 2, "a rule's runner dies")                                    \
    X(FAULT_HALT, "halt", 3, "the operator halts the account, a strategy or a product")           \
    X(FAULT_REDUCE, "reduce", 3, "the operator sets the account to reducing")                     \
    X(FAULT_CANCEL_MINE, "cancel_mine", 3, "the operator cancels what is ours")                   \
    X(FAULT_FLATTEN, "flatten", 2, "the operator flattens")                                       \
    X(FAULT_RECONCILE, "reconcile", 3, "the operator asks for a comparison")                      \
    X(FAULT_ACCEPT, "accept", 1, "the operator accepts whatever differs")                         \
    X(FAULT_STOP, "stop", 2, "the operator stops the host; it is started again")                  \
    X(FAULT_STRANGER, "stranger", 3, "somebody else trades on the account")                       \
    X(FAULT_HALT_CANCEL, "halt_cancel", 3, "the operator halts, and waits until none is left")    \
    X(FAULT_FATAL, "fatal", 2, "the venue refuses the key: the host shuts itself down")           \
    X(FAULT_CANCEL_ONLY, "cancel_only", 3, "a product takes cancels alone for up to a minute")    \
    X(FAULT_POT_MISSING, "pot_missing", 3, "a list of the balance lacks a pot")                   \
    X(FAULT_BUST, "bust", 3, "the venue takes back its newest trade, or books it at another price")\
    X(FAULT_ONE_ORDER, "one_order", 3, "the operator cancels, adopts or drops an order by its id")

#define FAULT_SYMBOL(symbol, ...) symbol,
enum fault_kind { FAULT_LIST(FAULT_SYMBOL) FAULT_KIND_COUNT };
#undef FAULT_SYMBOL

struct fault {
    uint32_t number;          /* 1 and up, in the order of time */
    enum fault_kind kind;
    int64_t at_ns;            /* it waits from here */
    int64_t struck_ns;        /* 0: not yet */
    uint64_t roll;            /* its own chance, for whoever lets it strike */
    bool skipped;
};

struct fault_plan { int64_t from_ns, until_ns; int only; /* a fault_kind; -1: the seed chooses */ };

struct faults {
    struct fault *items;      /* owned */
    uint32_t count, capacity;
    uint32_t next[FAULT_KIND_COUNT]; /* the first item that may still strike, by kind */
    uint64_t struck[FAULT_KIND_COUNT];
    bool off;                 /* the world has healed */
};

void faults_draw(struct faults *faults, uint64_t seed, const struct fault_plan *plan);
void faults_fini(struct faults *faults);
void faults_add(struct faults *faults, enum fault_kind kind, int64_t at_ns, uint64_t roll);
void faults_skip(struct faults *faults, uint32_t number);
/* The fault that strikes now, marked as struck; NULL: all is well. */
const struct fault *faults_strike(struct faults *faults, enum fault_kind kind, int64_t now_ns);
const char *fault_name(enum fault_kind kind);
const char *fault_meaning(enum fault_kind kind);
int fault_find(const char *name); /* -1: no such kind */
