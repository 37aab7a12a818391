#pragma once

/* The path of moongate-runner, which stands beside this program. */
const char *find_runner(void);
