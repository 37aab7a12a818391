#pragma once
/* What a sweep tries: for each parameter the values that it may take, and of their combinations
 * all (a grid) or so many (drawn from a seed, none twice). Pure, exact, and the same everywhere.
 *
 *     sweep_space_add(&space, "fast=5:30:5", declared, declared_length, &err);
 *     sweep_space_add(&space, "side=both,long", declared, declared_length, &err);
 *     sweep_space_draw(&space, 0, 1, &err);              0: all of them
 *     for (i < space.point_count) sweep_space_value(&space, i, parameter, text);
 *
 * `declared` is what `moongate params SCRIPT --json` says: a name that the script does not declare,
 * a value of another type or outside its range is an error. A name alone takes the declared range:
 * each whole number, or ten steps from end to end. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

enum { SWEEP_PARAMS_MAX = 16, SWEEP_NAME_MAX = 32, SWEEP_VALUE_MAX = 48, SWEEP_VALUES_MAX = 1000,
       SWEEP_POINTS_MAX = 100000 };

struct sweep_param {
    char name[SWEEP_NAME_MAX];
    bool plain;                      /* written bare in JSON, not as text */
    bool wanted;                     /* the script declares no default */
    uint32_t count;
    char (*values)[SWEEP_VALUE_MAX]; /* owned */
};

struct sweep_space {
    struct sweep_param params[SWEEP_PARAMS_MAX];
    uint32_t param_count, point_count;
    uint64_t *points;                /* owned: combinations, the first parameter fastest */
};

void sweep_space_fini(struct sweep_space *space); /* zeroed is fine */
/* Is a parameter written bare in JSON? -1: the script declares none of that name. */
int sweep_space_find(const char *name, const char *declared, size_t declared_length,
                     bool *ret_plain, struct err *err);
int sweep_space_add(struct sweep_space *space, const char *text, const char *declared,
                    size_t declared_length, struct err *err);
uint64_t sweep_space_size(const struct sweep_space *space); /* UINT64_MAX: more than that */
int sweep_space_draw(struct sweep_space *space, uint32_t count, uint64_t seed, struct err *err);
const char *sweep_space_value(const struct sweep_space *space, uint32_t point, uint32_t param);
