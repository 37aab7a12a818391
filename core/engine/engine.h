#pragma once
/* The mind: events in, commands and records out. No clock, no I/O, no randomness, no floating
 * point, and no allocation after create. The same engine runs live, paper, backtest and simulation.
 *
 *     struct engine *engine = engine_create(&settings);
 *     for each record of the journal: engine_restore(engine, &record);
 *     engine_step(engine, &event);             ... any number of times
 *     records = engine_records(engine, &n);    commit these,
 *     commands = engine_commands(engine, &m);  then send those,
 *     engine_clear(engine);                    and start the next turn
 *
 * turn.h does the last four lines over the ports; nothing else should. */
#include "model/command.h"
#include "model/record.h"
#include "model/settings.h"

struct engine;

struct engine *engine_create(const struct engine_settings *settings); /* copied; NULL: no memory */
void engine_destroy(struct engine *engine);

/* Before the first step. false: the record contradicts what came before (a damaged journal). */
bool engine_restore(struct engine *engine, const struct record *record);

void engine_step(struct engine *engine, const struct event *event);
const struct record *engine_records(const struct engine *engine, uint32_t *ret_count);
/* Also builds the market views that are owed, so that they show the turn's last word. */
const struct command *engine_commands(struct engine *engine, uint32_t *ret_count);
/* The commands have been handed over: INTENDED orders among them count as SENT from here on. */
void engine_clear(struct engine *engine);
/* True while another worst-case event still fits into this turn's records and commands. */
bool engine_has_room(const struct engine *engine);
/* When the engine next wants an EVENT_TICK; INT64_MAX: never. */
int64_t engine_next_deadline_ns(const struct engine *engine);
