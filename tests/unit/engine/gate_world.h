#pragma once
/* A world in which a small order passes every control, and one word for each thing that can be
 * different in it: what the rows of tests/tables/gate.txt are written in. */
#include "engine/gate.h"

struct world {
    struct engine_settings settings;
    struct intent intent;
    struct gate_input in; /* points into this world */
};

/* BTC-cde: contracts of 0.01, tick 5, bid 60000, ask 60005, mark 60002.5, flat, strategy 0 asks to
 * buy 0.05 at 60000. */
void world_init(struct world *world);
/* `buy 0.05 @ 60000`, `sell 0.1 market`, `sell 0.1 stop down at 59000 @ 58900`, `sell 0.1 bracket
 * at 59000 @ 61000`, after an optional `operator`, with `post reduce ioc fok gtd till 2000` behind;
 * words are separated by blanks. Unreadable text fails the test. */
void world_order(struct world *world, const char *text);
/* `max_order_size=0.1 account=halted skew_known=no`: assignments, or `-` for none. */
void world_set(struct world *world, const char *text);
/* The names of everything that must be above zero, for tests that spoil each in turn. */
uint32_t world_limit_count(void);
const char *world_limit_name(uint32_t index);
