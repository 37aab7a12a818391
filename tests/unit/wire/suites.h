#pragma once
/* Each suite is one cmocka group run; main.c adds up what they return. cmocka.h wants these
 * four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int suite_json(void);
int suite_sign(void);
int suite_bundle(void);
int suite_rest_reply(void);
int suite_rest(void);
int suite_rest_products(void);
int suite_feed(void);
int suite_script_proto(void);
int suite_journal_rec(void);
int suite_control_proto(void);
int suite_restraint(void);
int suite_event_rec(void);
int suite_recording(void);
int suite_vigil(void);
