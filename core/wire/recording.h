#pragma once
/* A recording as bytes: entries, packed into blocks, in chunks. Pure; io/recorder.h writes the
 * files, the lab reads them.
 *
 *     chunk:  RECORDING_MAGIC, then blocks; a new zlib stream
 *     block:  u32 packed | u32 plain | u32 crc32 of the packed bytes | packed bytes
 *     entry:  u8 kind | u32 length | bytes                   (whole ones, inside a block)
 *
 * Each block ends with a sync flush, so that a chunk reads to its last whole block; what follows
 * is a torn tail. In the order of entries: the head, the config, the settings, the journal's rows,
 * and then turn after turn
 *
 *     TURN EVENT* (RECORD+ COMMIT)? COMMAND* (FRAME | BUNDLE | INTERRUPT)*
 *
 * A turn is whole when the next one, or END, has begun. */
#include "base/err.h"
#include "model/record.h"
#include "model/settings.h"
#include "wire/layout.h"

#define RECORDING_MAGIC "moongate recording 1\n"
enum { RECORDING_MAGIC_BYTES = sizeof RECORDING_MAGIC - 1, RECORDING_BLOCK_HEAD = 12,
       RECORDING_ENTRY_HEAD = 5,
       /* The largest entry is a bundle (BUNDLE_BYTES_MAX); a block is closed once it is past
        * BLOCK_FULL, and holds at least one entry. */
       RECORDING_BLOCK_FULL = 256 * 1024, RECORDING_BLOCK_MAX = 8 * 1024 * 1024 };

enum entry_kind {
    ENTRY_HEAD = 1,  /* version of the program, and the shapes its structs have */
    ENTRY_CONFIG,    /* the config file's text */
    ENTRY_SETTINGS,  /* struct engine_settings, as it is */
    ENTRY_ROW,       /* a record restored from the journal */
    ENTRY_TURN,      /* number and stamp */
    ENTRY_EVENT,     /* event_rec.h */
    ENTRY_RECORD,    /* committed in this turn */
    ENTRY_COMMIT,    /* what the journal said to them */
    ENTRY_COMMAND,   /* command_rec.h */
    ENTRY_BUNDLE,    /* a script's, with its hash before it */
    ENTRY_FRAME,     /* command_rec.h */
    ENTRY_INTERRUPT, /* a runner missed its soft deadline and was signalled: runner, generation */
    ENTRY_END,       /* the host stopped in order */
    ENTRY_RAW,       /* a frame of a stream as it came, or a piece of a long one */
    ENTRY_KIND_END   /* no kind: one past the last */
};
const char *entry_kind_text(enum entry_kind kind);

struct entry { enum entry_kind kind; const unsigned char *bytes; size_t length; };
/* Returns where the entry began, for recording_end; what is put in between is its bytes. */
size_t recording_begin(struct buf *block, enum entry_kind kind);
void recording_end(struct buf *block, size_t began);
/* 1, 0 at the end, -1: damaged. */
int recording_next(struct bytes_in *block, struct entry *ret, struct err *err);

/* The shapes of what is kept as it is in memory: another build's recording is refused. */
void recording_put_head(const char *version, struct buf *ret);
int recording_check_head(const struct entry *entry, struct err *err);

/* The engine's settings, their bounds checked; of another build, or damaged: -1. */
int recording_read_settings(const struct entry *entry, struct engine_settings *ret,
                            struct err *err);

/* A turn's head, and a record as text: "kind mono_ns wall_ns {...}". */
void recording_put_turn(uint64_t number, struct stamp at, struct buf *ret);
int recording_read_turn(const struct entry *entry, uint64_t *ret_number, struct stamp *ret_at,
                        struct err *err);
void recording_put_record(const struct record *record, struct buf *ret);
int recording_read_record(const struct entry *entry, struct record *ret, struct err *err);

/* `alone`: its events are not recorded besides, who reads it decodes it (`moongate record`). */
struct recording_raw { enum stream stream; bool alone; int64_t readable_ns; const char *text;
                       size_t length, rest; /* rest: bytes of the frame in pieces that follow */ };
enum { RECORDING_RAW_PIECE = 1024 * 1024 };
void recording_put_raw(const struct recording_raw *raw, struct buf *ret);
int recording_read_raw(const struct entry *entry, struct recording_raw *ret, struct err *err);
/* -1: a frame of a recording in which there is no host. */
int recording_check_host(const struct entry *raw, struct err *err);

/* ---- blocks */

struct recording_packer;
struct recording_packer *recording_packer_create(void); /* NULL: no memory */
void recording_packer_destroy(struct recording_packer *packer);
void recording_packer_reset(struct recording_packer *packer); /* a new chunk begins */
/* Appends head and packed bytes. */
void recording_pack(struct recording_packer *packer, const struct buf *block, struct buf *ret);

struct recording_unpacker;
struct recording_unpacker *recording_unpacker_create(void);
void recording_unpacker_destroy(struct recording_unpacker *unpacker);
void recording_unpacker_reset(struct recording_unpacker *unpacker);
/* What the head says of the packed bytes that follow it; -1: no block begins so. */
int recording_block_length(const unsigned char head[RECORDING_BLOCK_HEAD]);
/* Into *ret_block, cleared first. -1: torn or damaged. */
int recording_unpack(struct recording_unpacker *unpacker,
                     const unsigned char head[RECORDING_BLOCK_HEAD], const unsigned char *packed,
                     struct buf *ret_block, struct err *err);
