#pragma once
/* The system's resolver, as the code under test sees it (the linker wraps getaddrinfo). What
 * libcurl would ask by itself does not come through here. */
#include <stdbool.h>

/* "localhost" is at these addresses from now on, NULL-ended; an empty list is an answer without
 * one. NULL: the look-up fails. */
void fake_names_set(const char *const *addresses);
void fake_names_clear(void); /* the real resolver again */
unsigned fake_names_asked(void);
