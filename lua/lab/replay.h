#pragma once
/* `moongate replay DIR`: a recorded run once more. The events enter a new engine in the turns they
 * came in, the scripts are shown the same frames in the same order, and whatever comes out is held
 * against the recording to the byte; the first difference ends it.
 *
 *     replay_reader.c   files -> entries          replay.c          turns, the engine, its ports
 *     replay_scripts.c  generations of scripts    replay_main.c     options, words, exit code
 */
#include "base/buf.h"
#include "base/err.h"
#include "engine/turn.h"
#include "lab/jail.h"
#include "runner/script.h"
#include "wire/bundle.h"
#include "wire/command_rec.h"
#include "wire/event_rec.h"
#include "wire/recording.h"

enum { REPLAY_PATH_MAX = 1024, REPLAY_TEXT_MAX = 1 << 20, REPLAY_LOST_MAX = 16 };

/* ---- replay_reader.c */

struct replay_reader {
    char run[REPLAY_PATH_MAX];
    int chunk_fd;
    uint32_t chunk;
    uint64_t offset;            /* of the next block in its chunk */
    struct recording_unpacker *unpacker;
    struct buf packed, block;
    struct bytes_in at;         /* in the block */
    char note[256];             /* how it ended; "" while it has not */
};
/* `path` is a run, or the folder of runs: then the newest of them. */
int replay_reader_open(struct replay_reader *reader, const char *path, struct err *err);
void replay_reader_close(struct replay_reader *reader);
/* 1; 0 at the end or a torn tail, and `note` says which; -1: damaged before its end. The entry is
 * valid until the next call. */
int replay_reader_next(struct replay_reader *reader, struct entry *ret, struct err *err);

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
};

struct replay_counts { uint64_t turns, events, intents, verdicts, commands, records, generations; };

struct replay_turn {            /* a whole one, read ahead */
    bool begun;                 /* false: what came before the first */
    uint64_t number;
    struct stamp at;
    struct buf bytes;           /* of its entries */
    struct replay_entry { enum entry_kind kind; size_t offset, length; } *entries; /* owned */
    uint32_t count, capacity;
    uint32_t next[ENTRY_END + 1]; /* by kind: where to look for the next one */
};

struct replay {
    const char *jailed;         /* path of moongate-runner; NULL: scripts run in here */
    uint64_t until;
    struct replay_reader reader;
    struct replay_turn turn;
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
