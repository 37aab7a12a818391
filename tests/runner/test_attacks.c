#include "suites.h"
int suite_attacks(void) { return 0; }
