#pragma once
/* What the host does to the code under test (the linker wraps both): the wall clock steps, memory
 * runs out. Only the thread that called is without memory; the peers' threads go on. */
#include <stdint.h>

void fake_host_step(int64_t step_ns); /* added to the wall clock from now on; 0: the true one */
int64_t fake_host_true_wall_ns(void);
void fake_host_fail_calloc(unsigned nth); /* the nth from now on and all after it; 0: none */
