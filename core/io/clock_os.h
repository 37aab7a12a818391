#pragma once
/* The real clocks: CLOCK_BOOTTIME for deadlines and ages, which goes on through a suspend, and
 * CLOCK_REALTIME for labels and tokens. The only place of the live host that reads them.
 *
 *     turn.clock = clock_os_port(); */
#include "model/ports.h"

struct stamp clock_os_now(void);
struct clock_port clock_os_port(void);
