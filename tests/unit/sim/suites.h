#pragma once
/* Each suite is one cmocka group run; main.c adds up what they return. cmocka.h wants these
 * four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int suite_tape(void);
int suite_fill_book(void);
int suite_fill_venue(void);
int suite_ledger(void);
int suite_venue_match(void);
int suite_venue_account(void);
int suite_venue_fault(void);
