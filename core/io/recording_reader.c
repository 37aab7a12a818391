#define _GNU_SOURCE
#include "io/recording_reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "io/recorder_files.h"

static int is_run(const struct dirent *entry)
{
    return strncmp(entry->d_name, RECORDER_RUN_PREFIX, strlen(RECORDER_RUN_PREFIX)) == 0;
}

static int open_chunk(const struct recording_reader *reader, uint32_t number)
{
    char path[RECORDING_PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/%08u.mgr", reader->run, number);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Names begin with the time: the last one is the newest. */
static int find_run(struct recording_reader *reader, const char *path, struct err *err)
{
    struct dirent **runs = NULL;
    int count, length;

    text_copy(reader->run, sizeof(reader->run), path, strlen(path));
    reader->chunk_fd = open_chunk(reader, 1);
    if (reader->chunk_fd >= 0)
        return 0;
    count = scandir(path, &runs, is_run, alphasort);
    length = count > 0 ? snprintf(reader->run, sizeof(reader->run), "%s/%s", path,
                                  runs[count - 1]->d_name) : 0;
    for (int i = 0; i < count; i++)
        free(runs[i]);
    free(runs);
    if (length > 0 && length < (int)sizeof(reader->run))
        reader->chunk_fd = open_chunk(reader, 1);
    return reader->chunk_fd >= 0 ? 0 : err_set(err, "%s: no recording there (no 00000001.mgr, no "
                                                    "%s* with one): %s", path, RECORDER_RUN_PREFIX,
                                               strerror(errno));
}

static bool read_bytes(struct recording_reader *reader, void *out, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t got = pread(reader->chunk_fd, (char *)out + done, length - done,
                            (off_t)(reader->offset + done));
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    reader->offset += length;
    return true;
}

static int begin_chunk(struct recording_reader *reader, struct err *err)
{
    char magic[RECORDING_MAGIC_BYTES];

    reader->offset = 0;
    recording_unpacker_reset(reader->unpacker);
    if (!read_bytes(reader, magic, sizeof(magic)))
        return 0;
    if (memcmp(magic, RECORDING_MAGIC, sizeof(magic)) != 0)
        return err_set(err, "%s: chunk %u is no recording of this version", reader->run,
                       reader->chunk);
    return 0;
}

int recording_reader_open(struct recording_reader *reader, const char *path, struct err *err)
{
    *reader = (struct recording_reader){.chunk_fd = -1, .chunk = 1};
    buf_init(&reader->packed, RECORDING_BLOCK_MAX);
    buf_init(&reader->block, RECORDING_BLOCK_MAX);
    reader->unpacker = recording_unpacker_create();
    if (!reader->unpacker)
        return err_set(err, "no memory");
    if (find_run(reader, path, err) < 0)
        return -1;
    return begin_chunk(reader, err);
}

void recording_reader_close(struct recording_reader *reader)
{
    if (!reader->unpacker)
        return;
    recording_unpacker_destroy(reader->unpacker);
    buf_fini(&reader->packed);
    buf_fini(&reader->block);
    if (reader->chunk_fd >= 0)
        close(reader->chunk_fd);
}

/* How its host says that it ended: one line of end.txt. */
static void note_end(struct recording_reader *reader, bool torn)
{
    char path[RECORDING_PATH_MAX + 16], line[160] = "";
    FILE *file;

    snprintf(path, sizeof(path), "%s/end.txt", reader->run);
    file = fopen(path, "re");
    if (file && fgets(line, sizeof(line), file))
        line[strcspn(line, "\n")] = '\0';
    if (file)
        fclose(file);
    snprintf(reader->note, sizeof(reader->note), "%s%s",
             *line ? line : "no end.txt says how it ended", torn ? "; its tail is torn" : "");
}

/* 1: one is in `block`. */
static int read_block(struct recording_reader *reader)
{
    unsigned char head[RECORDING_BLOCK_HEAD];
    static char piece[65536];
    int left;

    if (!read_bytes(reader, head, sizeof(head)))
        return 0;
    left = recording_block_length(head);
    buf_clear(&reader->packed);
    while (left > 0) {
        size_t part = (size_t)left < sizeof(piece) ? (size_t)left : sizeof(piece);
        if (!read_bytes(reader, piece, part))
            return 0;
        buf_put(&reader->packed, piece, part);
        left -= (int)part;
    }
    if (left < 0 || recording_unpack(reader->unpacker, head,
                                     (const unsigned char *)reader->packed.data, &reader->block,
                                     NULL) < 0)
        return 0;
    reader->at = (struct bytes_in){(const unsigned char *)reader->block.data,
                                   (const unsigned char *)reader->block.data +
                                       reader->block.length, false};
    return 1;
}

/* The end, or the next chunk, when this one has no further whole block. */
static int next_chunk(struct recording_reader *reader, uint64_t whole, struct err *err)
{
    bool torn = lseek(reader->chunk_fd, 0, SEEK_END) != (off_t)whole;
    int next = open_chunk(reader, reader->chunk + 1);

    if (next < 0) {
        note_end(reader, torn);
        if (torn && strncmp(reader->note, RECORDER_ENDED, strlen(RECORDER_ENDED)) == 0)
            return err_set(err, "%s: chunk %u is damaged at byte %llu: its host wrote it whole",
                           reader->run, reader->chunk, (unsigned long long)whole);
        return 0;
    }
    close(reader->chunk_fd);
    reader->chunk_fd = next;
    reader->chunk++;
    if (torn)
        return err_set(err, "%s: chunk %u is damaged at byte %llu, and others follow it",
                       reader->run, reader->chunk - 1, (unsigned long long)whole);
    return begin_chunk(reader, err) < 0 ? -1 : 1;
}

int recording_reader_next(struct recording_reader *reader, struct entry *ret, struct err *err)
{
    while (reader->at.at == reader->at.end) {
        uint64_t whole = reader->offset;
        int more;
        if (read_block(reader))
            continue;
        more = next_chunk(reader, whole, err);
        if (more <= 0)
            return more;
    }
    return recording_next(&reader->at, ret, err);
}

/* --- turns --- */

void recording_turn_fini(struct recording_turn *turn)
{
    buf_fini(&turn->bytes);
    free(turn->entries);
}

static void add_entry(struct recording_turn *turn, const struct entry *entry)
{
    if (turn->count == turn->capacity) {
        turn->capacity = turn->capacity ? 2 * turn->capacity : 64;
        turn->entries = realloc(turn->entries, turn->capacity * sizeof(*turn->entries));
        CHECK(turn->entries != NULL);
    }
    turn->entries[turn->count++] = (struct recording_piece){entry->kind, turn->bytes.length,
                                                            entry->length};
    buf_put(&turn->bytes, entry->bytes, entry->length);
    CHECK(!turn->bytes.failed);
}

static void begin_turn(struct recording_turn *turn)
{
    turn->begun = turn->follows;
    turn->number = turn->next_number;
    turn->at = turn->next_at;
    turn->count = 0;
    buf_clear(&turn->bytes);
    memset(turn->next, 0, sizeof(turn->next));
}

int recording_reader_turn(struct recording_reader *reader, struct recording_turn *turn,
                          struct err *err)
{
    struct entry entry;
    int more;

    if (turn->bytes.maximum == 0)
        buf_init(&turn->bytes, SIZE_MAX - 1);
    begin_turn(turn);
    while ((more = recording_reader_next(reader, &entry, err)) > 0) {
        if (turn->ended)
            continue; /* how it ended is said behind the last entry */
        if (entry.kind == ENTRY_TURN) {
            turn->follows = true;
            return recording_read_turn(&entry, &turn->next_number, &turn->next_at, err) < 0 ? -1
                                                                                            : 1;
        }
        turn->ended = entry.kind == ENTRY_END;
        if (turn->ended)
            return 1;
        add_entry(turn, &entry);
    }
    return more;
}

struct entry recording_turn_at(const struct recording_turn *turn, uint32_t at)
{
    const struct recording_piece *piece = &turn->entries[at];

    return (struct entry){piece->kind, (const unsigned char *)turn->bytes.data + piece->offset,
                          piece->length};
}

bool recording_turn_next(struct recording_turn *turn, enum entry_kind kind, struct entry *ret)
{
    for (uint32_t at = turn->next[kind]; at < turn->count; at++)
        if (turn->entries[at].kind == kind) {
            turn->next[kind] = at + 1;
            *ret = recording_turn_at(turn, at);
            return true;
        }
    turn->next[kind] = turn->count;
    return false;
}
