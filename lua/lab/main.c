/* moongate-lab VERB ...: what `moongate` hands over, because it needs Lua. It opens no network and
 * reads no key. */
#include <stdio.h>
#include <string.h>

#include "lab/replay_main.h"

int main(int argc, char **argv)
{
    if (argc >= 2 && strcmp(argv[1], "replay") == 0)
        return replay_main(argc - 1, argv + 1);
    fprintf(stderr, "usage: moongate-lab replay [options] DIR\n");
    return 2;
}
