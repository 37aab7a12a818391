#include "lab/find_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"

static void look_for(char path[CONFIG_TEXT_MAX])
{
    char found[FIND_PATH_MAX];

    if (find_shared(path, found) && strlen(found) < CONFIG_TEXT_MAX)
        text_copy(path, CONFIG_TEXT_MAX, found, strlen(found));
}

int find_config(const char *path, struct config *ret, struct err *err)
{
    struct config_problems *problems = calloc(1, sizeof(*problems));
    char found[FIND_PATH_MAX];
    int result;

    CHECK(problems != NULL);
    memset(ret, 0, sizeof(*ret));
    if (!find_shared(path, found)) {
        result = err_set(err, "%s: cannot be read: %s; say which by -c FILE", path,
                         strerror(errno));
    } else if ((result = config_load(found, ret, problems)) < 0) {
        err_set(err, "%s%s", problems->text[0],
                problems->count > 1 ? " (and more: `moongate check -c` tells all)" : "");
    } else {
        look_for(ret->runners.library);
        for (uint32_t i = 0; i < ret->strategy_count; i++)
            look_for(ret->strategies[i].script);
        for (uint32_t i = 0; i < ret->rule_count; i++)
            look_for(ret->rules[i].script);
    }
    free(problems);
    return result;
}

uint32_t find_config_strategy(const struct config *config, const char *wanted)
{
    uint32_t at = 0;
    char path[FIND_PATH_MAX];

    (void)find_shared(wanted, path);
    while (at < config->strategy_count && strcmp(config->strategies[at].name, wanted) != 0 &&
           strcmp(config->strategies[at].script, path) != 0)
        at++;
    return at;
}

bool find_strategy(const char *wanted, char ret[FIND_PATH_MAX])
{
    char name[FIND_PATH_MAX];

    if (strpbrk(wanted, "./")) {
        (void)find_shared(wanted, ret);
        return true;
    }
    snprintf(name, sizeof(name), "strategies/%s.lua", wanted);
    return find_shared(name, ret);
}
