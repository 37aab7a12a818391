#pragma once
/* moongate new strategy NAME, moongate new rule NAME: a script, its spec and its page, out of
 * templates; they pass their own test at once. */
int new_main(int argc, char **argv);
