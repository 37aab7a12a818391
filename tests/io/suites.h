#pragma once
/* Each suite is one cmocka group run; main.c adds up what they return. cmocka.h wants these
 * four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int suite_http_peers(void);
int suite_path_peers(void);
int suite_ws_peers(void);
int suite_link_peers(void);
int suite_order_peers(void);
int suite_fault_peers(void);
