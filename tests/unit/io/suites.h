#pragma once
/* Each suite is one cmocka group run; main.c adds up what they return. cmocka.h wants these
 * four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int suite_loop(void);
int suite_resolve(void);
int suite_secret(void);
int suite_token_pool(void);
int suite_store(void);
int suite_store_damage(void);
int suite_hold(void);
int suite_control(void);
int suite_recorder(void);
int suite_pulse(void);
int suite_appender(void);
int suite_no_helper(void);
