#pragma once
/* `moongate whatif --limits FILE RUN`: the orders of a recorded run, judged again under other
 * limits. The run goes through a new engine as it was; before each order that a strategy asked for
 * the gate is asked twice, under the limits of the run and under the other ones, with all that was
 * true then. Scripts are not run; what would have followed from another answer is not pursued.
 *
 *     whatif.c          options, the other limits      whatif_run.c   the run, what changes
 *     whatif_print.c    the result */
#include "app/config.h"
#include "engine/engine.h"
#include "io/recording_reader.h"

enum { WHATIF_ROWS_MAX = 1 << 18, WHATIF_NOTES_MAX = 8 };

struct whatif_row {            /* an order whose answer changes */
    bool passed;               /* in the run; it would be refused */
    bool sent;
    actor_index strategy;
    int64_t wall_ns;
    struct intent intent;
    struct verdict verdict;    /* the refusal: of the run, or under the other limits */
    uint32_t fills;
    struct size bought;        /* net of its fills */
    struct money turnover, fees, paid;
};

struct whatif_counts { uint64_t turns, judged, passed, refused, to_refused, to_passed, otherwise,
                       closes; };

struct whatif {
    const char *path;
    struct config config;      /* the other one */
    struct engine_settings run, other; /* as it began; the other one's, in the run's indices */
    struct recording_reader reader;
    struct recording_turn turn;
    struct engine *engine;
    struct whatif_row *rows;   /* owned */
    uint32_t count, capacity;
    bool rows_full;
    struct price marks[MAX_PRODUCTS]; /* the last ones; 0: none */
    struct whatif_counts counts;
    char notes[WHATIF_NOTES_MAX][160];
    uint32_t note_count;
};

void whatif_note(struct whatif *whatif, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The recorded settings were met: `other` from them and the config. -1: err. */
int whatif_take_limits(struct whatif *whatif, struct err *err);
int whatif_run(struct whatif *whatif, struct err *err);
/* What its fills came to at the last marks, fees taken off. false: no mark, or out of range. */
bool whatif_result(const struct whatif *whatif, const struct whatif_row *row, struct money *ret);
void whatif_print(const struct whatif *whatif, uint32_t rows);
void whatif_print_json(const struct whatif *whatif);

int whatif_main(int argc, char **argv);
