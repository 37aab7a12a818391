#pragma once
/* A recorded run, read back: its entries, or turn by turn.
 *
 *     struct recording_turn turn = {0};
 *     recording_reader_open(&reader, "rec", &err);
 *     while (recording_reader_turn(&reader, &turn, &err) > 0)      the first: what stands before
 *         while (recording_turn_next(&turn, ENTRY_EVENT, &entry))  the turns; begun is false
 *             ...
 *     recording_turn_fini(&turn);
 *     recording_reader_close(&reader); */
#include "base/buf.h"
#include "wire/recording.h"

enum { RECORDING_PATH_MAX = 1024 };

struct recording_reader {
    char run[RECORDING_PATH_MAX];
    int chunk_fd;
    uint32_t chunk;
    uint64_t offset;            /* of the next block in its chunk */
    struct recording_unpacker *unpacker;
    struct buf packed, block;
    struct bytes_in at;         /* in the block */
    char note[256];             /* how it ended; "" while it has not */
};
/* `path` is a run, or the folder of runs: then the newest of them. */
int recording_reader_open(struct recording_reader *reader, const char *path, struct err *err);
void recording_reader_close(struct recording_reader *reader);
/* 1; 0 at the end or a torn tail, and `note` says which; -1: damaged before its end. The entry is
 * valid until the next call. */
int recording_reader_next(struct recording_reader *reader, struct entry *ret, struct err *err);

struct recording_piece { enum entry_kind kind; size_t offset, length; };
struct recording_turn {         /* a whole one, read ahead */
    bool begun;                 /* false: what came before the first */
    uint64_t number;
    struct stamp at;
    struct buf bytes;           /* of its entries */
    struct recording_piece *entries; /* owned */
    uint32_t count, capacity;
    uint32_t next[ENTRY_KIND_END]; /* by kind: where to look for the next one */
    bool follows, ended;        /* a next one was met; there is none */
    uint64_t next_number;
    struct stamp next_at;
};
/* 1: a whole turn is there; 0: none is any more; -1 as above. */
int recording_reader_turn(struct recording_reader *reader, struct recording_turn *turn,
                          struct err *err);
struct entry recording_turn_at(const struct recording_turn *turn, uint32_t at);
/* The next one of this kind in the turn. */
bool recording_turn_next(struct recording_turn *turn, enum entry_kind kind, struct entry *ret);
void recording_turn_fini(struct recording_turn *turn);
