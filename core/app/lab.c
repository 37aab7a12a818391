#include "app/lab.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 126 }; /* a sweep names its parameters one by one */

int lab_main(int argc, char **argv)
{
    static const char name[] = "moongate-lab";
    char path[1024];
    char *words[WORDS_MAX + 2] = {path};
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(name));
    char *slash;

    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, name, sizeof(name));
    if (argc > WORDS_MAX) {
        fprintf(stderr, "moongate %s: too many words; see moongate %s --help\n", argv[0], argv[0]);
        return 2;
    }
    for (int i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    execv(path, words);
    fprintf(stderr, "moongate %s: %s: %s\n", argv[0], path, strerror(errno));
    return 2;
}
