#pragma once
/* Each suite is one cmocka group run; main.c adds up what they return. cmocka.h wants these
 * four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int suite_language(void);
int suite_decimals(void);
int suite_host(void);
int suite_callbacks(void);
int suite_bounds(void);
int suite_state(void);
int suite_declare(void);
int suite_account(void);
