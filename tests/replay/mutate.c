/* A recording with one thing in it altered, whole and with right checksums: replay has to find it.
 *
 *     mutate FROM TO intent         the size of an order that a script asked for, in mid-run
 *     mutate FROM TO book           the price of a level, likewise
 *     mutate FROM TO build          the shapes of its structs: another build has recorded it
 *     mutate FROM TO script A B     A becomes B in the text of every bundle (of the same length) */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "lab/replay.h"

struct mutation {
    const char *kind, *old, *new;
    uint64_t wanted, met;       /* the event to alter is the one so many of its kind before */
    struct event_rec_room *room;
};

static bool is_candidate(const struct mutation *mutation, const struct event *event)
{
    if (strcmp(mutation->kind, "intent") == 0)
        return event->kind == EVENT_INTENT && event->intent.intent.kind == INTENT_PLACE;
    return strcmp(mutation->kind, "book") == 0 && event->kind == EVENT_BOOK &&
           !event->book.snapshot && event->book.count > 0;
}

static void alter(struct mutation *mutation, struct event *event)
{
    if (event->kind == EVENT_BOOK)
        mutation->room->levels[0].price.e9 *= 2; /* past the touch: the book is crossed, or thick */
    else
        event->intent.intent.size.e9 *= 2;
}

/* False: the entry stays as it is. */
static bool alter_event(struct mutation *mutation, const struct entry *entry, struct buf *ret)
{
    struct event event;

    CHECK(event_rec_decode(entry->bytes, entry->length, mutation->room, &event, NULL) == 0);
    if (!is_candidate(mutation, &event) || ++mutation->met != mutation->wanted)
        return false;
    alter(mutation, &event);
    event_rec_encode(&event, ret);
    return true;
}

static bool alter_bundle(struct mutation *mutation, const struct entry *entry, struct buf *ret)
{
    char hash[17], *at;
    size_t length = strlen(mutation->old);

    buf_put(ret, entry->bytes, entry->length);
    at = memmem(ret->data, ret->length, mutation->old, length);
    if (!at)
        return false;
    CHECK(strlen(mutation->new) == length);
    mutation->met++;
    memcpy(at, mutation->new, length);
    bundle_hash(ret->data + 16, ret->length - 16, hash);
    memcpy(ret->data, hash, 16);
    return true;
}

static bool alter_head(struct mutation *mutation, const struct entry *entry, struct buf *ret)
{
    buf_put(ret, entry->bytes, entry->length);
    ret->data[ret->length - 1] ^= 1;
    mutation->met++;
    return true;
}

static void copy_entry(struct mutation *mutation, const struct entry *entry, struct buf *block)
{
    struct buf altered;
    bool is = false;
    size_t began = recording_begin(block, entry->kind);

    buf_init(&altered, RECORDING_BLOCK_MAX);
    if (entry->kind == ENTRY_HEAD && strcmp(mutation->kind, "build") == 0)
        is = alter_head(mutation, entry, &altered);
    if (entry->kind == ENTRY_EVENT)
        is = alter_event(mutation, entry, &altered);
    if (entry->kind == ENTRY_BUNDLE && mutation->old)
        is = alter_bundle(mutation, entry, &altered);
    if (is)
        buf_put(block, altered.data, altered.length);
    else
        buf_put(block, entry->bytes, entry->length);
    recording_end(block, began);
    buf_fini(&altered);
}

static void write_chunk(const char *directory, const struct buf *bytes)
{
    char path[REPLAY_PATH_MAX];
    FILE *file;

    CHECK(mkdir(directory, 0700) == 0 || errno == EEXIST);
    snprintf(path, sizeof(path), "%s/00000001.mgr", directory);
    file = fopen(path, "we");
    CHECK(file && fwrite(bytes->data, 1, bytes->length, file) == bytes->length);
    CHECK(fclose(file) == 0);
}

/* One pass; with `to` NULL it only counts the candidates. */
static void pass(struct mutation *mutation, const char *from, const char *to)
{
    struct recording_packer *packer = recording_packer_create();
    struct recording_reader reader;
    struct entry entry;
    struct buf block, chunk;
    struct err err = {""};

    buf_init(&block, RECORDING_BLOCK_MAX);
    buf_init(&chunk, SIZE_MAX - 1);
    buf_puts(&chunk, RECORDING_MAGIC);
    mutation->met = 0;
    CHECK(packer && recording_reader_open(&reader, from, &err) == 0);
    while (recording_reader_next(&reader, &entry, &err) == 1) {
        copy_entry(mutation, &entry, &block);
        if (block.length < RECORDING_BLOCK_FULL)
            continue;
        recording_pack(packer, &block, &chunk);
        buf_clear(&block);
    }
    recording_pack(packer, &block, &chunk);
    CHECK(!block.failed && !chunk.failed);
    if (to)
        write_chunk(to, &chunk);
    recording_reader_close(&reader);
    recording_packer_destroy(packer);
    buf_fini(&block);
    buf_fini(&chunk);
}

int main(int argc, char **argv)
{
    static struct event_rec_room room;
    struct mutation mutation = {.room = &room};

    if (argc != 4 && argc != 6) {
        fprintf(stderr, "usage: mutate FROM TO intent|book|build|script [OLD NEW]\n");
        return 2;
    }
    mutation.kind = argv[3];
    mutation.old = argc == 6 ? argv[4] : NULL;
    mutation.new = argc == 6 ? argv[5] : NULL;
    pass(&mutation, argv[1], NULL);
    mutation.wanted = mutation.met / 2 + 1;
    if (mutation.met == 0) {
        fprintf(stderr, "mutate: nothing to alter\n");
        return 1;
    }
    pass(&mutation, argv[1], argv[2]);
    return 0;
}
