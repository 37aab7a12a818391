#include "lab/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool option_count(const char *text, uint64_t most, uint64_t *ret)
{
    char *end;

    *ret = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && *ret <= most;
}

bool option_time(const char *text, int64_t *ret_ns)
{
    static const char MIDNIGHT[] = "T00:00:00Z";
    char whole[64];
    int length = snprintf(whole, sizeof(whole), "%s%s", text,
                          strlen(text) == strlen("2024-08-08") ? MIDNIGHT : "");

    return length < (int)sizeof(whole) && text_parse_time(whole, (size_t)length, ret_ns);
}

int option_wrong(const char *verb, const char *name, const char *value, const char *wants)
{
    fprintf(stderr, "moongate %s: --%s wants %s, not '%s'; see moongate %s --help\n", verb, name,
            wants, value, verb);
    return 2;
}

int option_unknown(const char *verb, const char *word)
{
    fprintf(stderr, "moongate %s: '%s' is no option of it, lacks its value, or is a word too many; "
                    "see moongate %s --help\n", verb, word, verb);
    return 2;
}

int option_usage(const char *verb, const char *what)
{
    fprintf(stderr, "moongate %s: %s; see moongate %s --help\n", verb, what, verb);
    return 2;
}
