#pragma once
/* `moongate selftest -c FILE`: every control of the gate is tripped on a copy of the live config,
 * by the gate that trades, with made-up inputs; no network, no key.
 *
 *     selftest_trial.c    a market and an account in which the smallest order passes
 *     selftest_probes.c   what is tried of each control, just inside and just outside
 *     selftest_latches.c  what latches with time, in an engine
 *     selftest_host.c     an engine in virtual time, for what the engine measures itself
 *     selftest.c          the run over products and strategies, the signed-off table */
#include "app/config.h"
#include "app/selftest_host.h"
#include "engine/gate.h"

enum { TRIED_MAX = 96 };

struct trial {
    struct engine_settings settings; /* of the copy: a probe may change what is no limit */
    struct instrument spec;
    struct intent intent;
    struct gate_input in;            /* points into this trial */
    product_index product;
    uint8_t strategy;
    uint32_t item;                   /* of what is probed one by one: the stress scenario */
    bool cancel;                     /* a cancel is asked for, no order */
    char tried[TRIED_MAX];           /* what is different in it, in words */
};

/* The smallest order of that strategy in that product, resting, in a calm market. */
void trial_init(struct trial *trial, const struct engine_settings *live, product_index product,
                uint8_t strategy);
/* Bid there, the ask a tick above, the mark at the bid, and the order at the bid. */
void trial_set_price(struct trial *trial, struct price bid);
void trial_judge(struct trial *trial, struct verdict *ret);
/* Adds a word to `tried`. */
void trial_say(struct trial *trial, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void trial_say_e9(struct trial *trial, const char *name, int64_t e9);
void trial_say_money(struct trial *trial, const char *name, struct money value);
struct money trial_value(const struct trial *trial); /* of the order, at its worst price */

enum probe_scope { PROBE_ACCOUNT, PROBE_STRATEGY, PROBE_PRODUCT, PROBE_SCENARIO };

struct probe {
    uint8_t control;
    const char *name;                /* the control's standard name */
    enum probe_scope scope;
    const char *key;                 /* in its section of the config; NULL: it has none */
    const char *says;                /* how the verdict's key ends; "" where it names none */
    enum refusal code;
    /* Makes the trial one that just passes, or one that just does not. */
    void (*set)(struct trial *trial, bool outside);
    /* Or asks an engine, for what the engine measures itself. */
    void (*drill)(struct trial *trial, bool outside, struct verdict *ret);
};
extern const struct probe selftest_probes[];
extern const uint32_t selftest_probe_count;

/* Of selftest_latches.c: it was wrong for its limit, or for half of it. */
void drill_unknown(struct trial *trial, bool outside, struct verdict *ret);
void drill_stale(struct trial *trial, bool outside, struct verdict *ret);
void drill_unhealthy(struct trial *trial, bool outside, struct verdict *ret);

int selftest_main(int argc, char **argv);
