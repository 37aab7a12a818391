#pragma once
/* Each suite is one cmocka group run; main.c adds up what they return. cmocka.h wants these
 * four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int suite_book(void);
int suite_gate(void);
int suite_gate_properties(void);
int suite_market_parts(void);
int suite_risk_stats(void);
int suite_tail(void);
int suite_order(void);
int suite_orders(void);
int suite_position(void);
int suite_turn(void);
int suite_market(void);
int suite_watch(void);
int suite_daily(void);
int suite_risk(void);
int suite_consent(void);
int suite_stage(void);
int suite_rehearse(void);
int suite_intents(void);
int suite_rules(void);
int suite_venue(void);
int suite_fills(void);
int suite_fills_edges(void);
int suite_reconcile(void);
int suite_operator(void);
int suite_runners(void);
int suite_restore(void);
int suite_damage(void);
int suite_hostile(void);
int suite_ladder(void);
int suite_protect(void);
int suite_amend(void);
int suite_parked(void);
int suite_resend(void);
int suite_lifecycle(void);
int suite_funding(void);
int suite_margin(void);
int suite_metrics(void);
int suite_manifest(void);
