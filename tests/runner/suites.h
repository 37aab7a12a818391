#pragma once

int suite_bundle(void);  /* what a script requires, read and sealed */
int suite_life(void);    /* start, views, deadlines, death, restart, stop */
int suite_reload(void);  /* one generation replaced by another, and all that goes wrong with it */
int suite_hostile(void); /* native programs in the jail in a runner's place */
int suite_attacks(void); /* hostile scripts in the real runner */
