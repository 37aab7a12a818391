#include "lab/find_runner.h"

#include <string.h>
#include <unistd.h>

const char *find_runner(void)
{
    static char path[1024];
    static const char name[] = "moongate-runner";
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(name));
    char *slash;

    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, name, sizeof(name));
    return path;
}
