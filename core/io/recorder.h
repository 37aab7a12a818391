#pragma once
/* The recording of a run: every event that enters the engine, in drain order, with the turn and its
 * stamp, what came out, and each frame to and from the scripts; `moongate replay` runs it again.
 *
 *     recorder = recorder_open(&(struct recorder_config){.directory = "rec", ...}, &err);
 *     recorder_settings(recorder, &settings);
 *     recorder_row(recorder, &record);                 each one the engine is restored from
 *     turn.clock = recorder_clock(recorder, clock_os_port());     and source, journal and sink
 *     loop_fd_create(loop, recorder_fd(recorder), on_news, ...);  on_news: recorder_poll(recorder)
 *     recorder_close(recorder);
 *
 * The loop's thread copies what passes into memory and nothing more; a helper that owns no state
 * encodes, packs and writes it. Nothing is dropped in silence: when the disk is full, or slower
 * for so long that `waiting_max` bytes have gathered, the recording ends for good with its last
 * whole turn, end.txt says why, on_ended is called once, and trading goes on.
 *
 * Every function takes NULL for the recorder: then nothing is recorded, and a port is the one
 * below. No key is ever seen here: events are decoded, and the config names files. */
#include "base/err.h"
#include "model/ports.h"
#include "model/settings.h"
#include "wire/script_proto.h"

struct recorder;

struct recorder_config {
    const char *directory;   /* made with mode 0700 when missing */
    const char *version;     /* of the program */
    uint64_t max_bytes;      /* of this and earlier runs together, on disk */
    uint32_t keep_days;      /* earlier runs; 0: for ever */
    uint64_t waiting_max;    /* bytes in memory that wait for the disk */
    void *context;
    void (*on_ended)(void *context, const char *reason); /* from recorder_poll, once */
};

/* NULL: the directory is unsafe, in use or full. */
struct recorder *recorder_open(const struct recorder_config *config, struct err *err);
/* Everything that was taken is written, unless the disk had failed. */
void recorder_close(struct recorder *recorder);
const char *recorder_run(const struct recorder *recorder); /* the folder's name */

int recorder_fd(const struct recorder *recorder); /* readable when recorder_poll has news */
void recorder_poll(struct recorder *recorder);

/* Before the first turn: these wait for the disk rather than end the recording. */
void recorder_config_text(struct recorder *recorder, const char *text, size_t length);
void recorder_settings(struct recorder *recorder, const struct engine_settings *settings);
void recorder_row(struct recorder *recorder, const struct record *record);

void recorder_bundle(struct recorder *recorder, const char hash[17], const void *bytes,
                     size_t length);
void recorder_frame(struct recorder *recorder, actor_index runner, bool from_runner,
                    const struct script_head *head, const void *payload);
void recorder_interrupt(struct recorder *recorder, actor_index runner, uint32_t generation);

/* A frame as it came, in the turn under way; `alone` as in wire/recording.h. */
void recorder_raw(struct recorder *recorder, enum stream stream, bool alone, int64_t readable_ns,
                  const char *text, size_t length);

/* Each reading of this clock begins a turn. */
struct clock_port recorder_clock(struct recorder *recorder, struct clock_port below);
struct source_port recorder_source(struct recorder *recorder, struct source_port below);
struct journal_port recorder_journal(struct recorder *recorder, struct journal_port below);
struct sink_port recorder_sink(struct recorder *recorder, struct sink_port below);
