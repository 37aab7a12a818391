#pragma once
/* The daemon's JSON for people: tables where rows are alike, an indented list elsewhere. What comes
 * from the venue or a script is printed with control characters blanked. */
#include <stdio.h>

#include "wire/control_proto.h"

/* -1: the result is not what the verb's table expects. */
int ctl_print_result(FILE *out, enum control_verb verb, const struct control_reply *reply,
                     struct err *err);
/* All journal rows that name `id`, and those that name the order by its other id. */
int ctl_print_story(FILE *out, const char *directory, const char *id, struct err *err);
