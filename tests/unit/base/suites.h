#pragma once
/* Each suite is one cmocka group run; main.c adds up what they return. cmocka.h wants these
 * four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int suite_decimal(void);
int suite_decimal_text(void);
int suite_wide(void);
int suite_root(void);
int suite_memory(void);
int suite_map(void);
int suite_deadline(void);
int suite_text(void);
int suite_time(void);
int suite_words(void);
int suite_restraint(void);
