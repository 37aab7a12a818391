#include "lab/find.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* The folder of this program; "" when that cannot be told. */
static void own_folder(char ret[FIND_PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", ret, FIND_PATH_MAX - 1);
    char *slash;

    ret[length > 0 ? length : 0] = '\0';
    slash = strrchr(ret, '/');
    if (slash)
        *slash = '\0';
}

static bool is_there(const char *folder, const char *between, const char *name,
                     char ret[FIND_PATH_MAX])
{
    char whole[PATH_MAX];
    int length = snprintf(ret, FIND_PATH_MAX, "%s%s%s", folder, between, name);

    if (length <= 0 || length >= FIND_PATH_MAX || access(ret, R_OK) != 0)
        return false;
    if (*folder && realpath(ret, whole)) /* people read it in messages */
        (void)text_copy(ret, FIND_PATH_MAX, whole, strlen(whole));
    return true;
}

bool find_shared(const char *name, char ret[FIND_PATH_MAX])
{
    char own[FIND_PATH_MAX];

    own_folder(own);
    if (is_there("", "", name, ret) || is_there(own, "/../share/moongate/", name, ret) ||
        is_there(own, "/../../", name, ret))
        return true;
    text_copy(ret, FIND_PATH_MAX, name, strlen(name));
    return false;
}

bool find_module(char ret[FIND_PATH_MAX])
{
    static const char *const folders[] = {"/../lua/", "/../lib/moongate/"};
    char own[FIND_PATH_MAX];

    own_folder(own);
    for (int i = 0; i < 2; i++)
        if (is_there(own, folders[i], "moongate_lab.so", ret)) {
            *strrchr(ret, '/') = '\0';
            return true;
        }
    return false;
}
