#pragma once
/* The files of a recording: DIRECTORY/run-2026-11-21T08-23-00.123456Z/00000001.mgr and so on, and
 * end.txt, whose one line says how the recording ended. That file has its size from the start, so
 * that a full disk can still be told of. The directory is locked: one daemon records into it.
 *
 * What earlier runs left is deleted, oldest run first, when it is older than keep_days or all
 * together is larger than max_bytes; a run is deleted whole, as its middle cannot be replayed. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/buf.h"

enum { RECORDER_PATH_MAX = 512, RECORDER_CHUNK_BYTES = 64 * 1024 * 1024,
       RECORDER_END_BYTES = 256 };

#define RECORDER_RUN_PREFIX "run-"
#define RECORDER_CHUNK_SUFFIX ".mgr"
#define RECORDER_FIRST_CHUNK "00000001" RECORDER_CHUNK_SUFFIX
#define RECORDER_END_FILE "end.txt"
#define RECORDER_ENDED "ended in order by its host"

struct recorder_files {
    char run[64];
    int directory_fd, run_fd, chunk_fd, end_fd; /* owned; -1: none */
    uint32_t chunk;
    uint64_t chunk_bytes, run_bytes, max_bytes;
    uint32_t keep_days;
};

int recorder_files_open(struct recorder_files *files, const char *directory, uint64_t max_bytes,
                        uint32_t keep_days, int64_t wall_ns, struct err *err);
bool recorder_files_wants_chunk(const struct recorder_files *files);
int recorder_files_begin_chunk(struct recorder_files *files, int64_t wall_ns, struct err *err);
/* One block, whole: what a full disk took of it is cut off again. */
int recorder_files_write(struct recorder_files *files, const struct buf *block, struct err *err);
void recorder_files_end(struct recorder_files *files, const char *how);
void recorder_files_close(struct recorder_files *files);
