#pragma once
/* `moongate replay DIR`: a recorded run once more. The events enter a new engine in the turns they
 * came in, the scripts are shown the same frames in the same order, and whatever comes out is held
 * against the recording to the byte; the first difference ends it.
 *
 *     replay.c          the engine, its ports     replay_scripts.c  generations of scripts
 *     replay_main.c     options, words, exit code
 */
#include "base/buf.h"
#include "base/err.h"
#include "engine/turn.h"
#include "io/recording_reader.h"
#include "io/store_bulk.h"
#include "lab/jail.h"
#include "runner/script.h"
#include "wire/bundle.h"
#include "wire/command_rec.h"
#include "wire/event_rec.h"

enum { REPLAY_PATH_MAX = RECORDING_PATH_MAX, REPLAY_TEXT_MAX = 1 << 20, REPLAY_LOST_MAX = 16 };

/* ---- what is told to a script, from when the engine makes it until the script is shown it */

struct told {
    struct told *next;
    enum script_frame_kind kind;
    bool more;
    uint64_t key;               /* number of a view or notice, request of a question */
    size_t length;
    _Alignas(SCRIPT_ALIGN) unsigned char payload[];
};
struct told_list { struct told *first, *last; };

/* One generation of one script. */
struct player {
    struct player *next;
    struct replay *replay;
    actor_index runner;
    uint32_t generation;
    char hash[17], name[NAME_MAX_BYTES]; /* name: of the config's section */
    struct buf bundle_bytes;
    struct bundle bundle;       /* into bundle_bytes */
    struct script *script;      /* owned; or, jailed: */
    struct lab_jail *jail;      /* owned */
    struct told_list waiting;   /* shown to it, and not handled as far as the recording tells */
    struct told *handled;       /* the last one: the input of what it says */
    struct buf said;            /* not yet met in the recording: u32 length, bytes, ... */
    size_t said_at;
    bool interrupted, lost, over;
    bool went;                  /* it was told to go: until another is, it trades */
};

struct replay_counts { uint64_t turns, events, intents, verdicts, commands, records, generations; };

struct replay {
    const char *jailed;         /* path of moongate-runner; NULL: scripts run in here */
    uint64_t until;
    struct store_bulk *journal; /* borrowed: all rows, restored and replayed; NULL: nowhere */
    struct recording_reader reader;
    struct recording_turn turn;
    struct engine *engine;
    struct turn engine_turn;
    struct event_rec_room *room;
    struct told_list made[MAX_RUNNERS];
    struct player *players;     /* owned, newest first */
    char bundle_hash[17];       /* the last one met: of the process that starts next */
    struct buf bundle;
    bool settled;               /* the settings were met */
    struct replay_counts counts;
    bool diverged;
    struct buf divergence;      /* what, then both sides and the inputs, a line each */
    struct buf lost;            /* generations whose rest is not compared, a line each */
};

/* ---- replay.c */

/* 0: identical to the end, 1: diverged, -1: err. `tick` is called after each turn; NULL is fine. */
int replay_run(struct replay *replay, const char *path, void (*tick)(const struct replay *),
               struct err *err);
void replay_fini(struct replay *replay);
/* The first one counts. Printed later; the inputs are this turn's events or `input`. */
void replay_diverge(struct replay *replay, const char *what, const struct buf *recorded,
                    const struct buf *replayed, const struct buf *input);

/* ---- replay_scripts.c: each -1 with err when the recording contradicts itself */

void replay_made(struct replay *replay, const struct command *command);
int replay_bundle(struct replay *replay, const struct entry *entry, struct err *err);
int replay_frame(struct replay *replay, const struct entry *entry, struct err *err);
int replay_interrupt(struct replay *replay, const struct entry *entry, struct err *err);
void replay_scripts_fini(struct replay *replay);
