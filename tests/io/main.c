#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Only to end a run that hangs: nothing here is judged by time. */
enum { WATCHDOG_S = 240 };

int main(void)
{
    /* A proxy in the environment must be passed over: nothing listens there. */
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("https_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    alarm(WATCHDOG_S);
    return suite_http_peers() + suite_path_peers() + suite_ws_peers() + suite_link_peers() +
           suite_order_peers() + suite_fault_peers();
}
