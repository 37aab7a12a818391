#pragma once
/* A daemon without a venue: engine, turn, journal, hold, operator and loop are the real ones. What
 * `moongate ctl` and the like print is read from a child process while this loop turns. */
#include "app/operator.h"
#include "engine/turn.h"
#include "io/hold.h"

struct daemon {
    char directory[64], socket[100];
    struct engine_settings settings;
    struct loop *loop;
    struct loop_timer *tick;
    struct event_queue *queue;
    struct engine *engine;
    struct store *store;
    struct loop_fd *news;
    struct hold *hold;
    struct operator *operator;
    struct turn turn;
    unsigned halts, stops;
    bool frozen;           /* no turn is run, until a halt comes in */
    bool lists_fail;       /* the venue gives none */
    bool lists_wait;       /* nor says that it does not */
};

enum { OUTPUT_MAX = 256 * 1024 };
struct output { int code; char text[OUTPUT_MAX]; }; /* both streams, as they came */

void daemon_start(struct daemon *daemon, size_t queue_bytes);
/* Again, over the same directory. */
void daemon_restart(struct daemon *daemon);
void daemon_stop(struct daemon *daemon);    /* keeps the directory */
void daemon_remove(struct daemon *daemon);
void daemon_pass(struct daemon *daemon);

/* Runs `verb(argc, argv)` in a child; words end with NULL, words[0] is the verb's name. */
void daemon_run(struct daemon *daemon, int (*verb)(int, char **), const char *const *words,
                struct output *ret);
/* Until `done` says so, then a signal ends the child. */
void daemon_watch(struct daemon *daemon, int (*verb)(int, char **), const char *const *words,
                  bool (*done)(const char *text), struct output *ret);
