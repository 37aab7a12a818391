#include <string.h>

#include "suites.h"
#include "wire/recording.h"

enum { BLOCKS = 6 };

static void put_block(struct buf *block, int number)
{
    buf_clear(block);
    for (int i = 0; i < 5 + number * 20; i++) {
        size_t began = recording_begin(block, ENTRY_TURN);
        recording_put_turn((uint64_t)(1000 * number + i), (struct stamp){i, -i}, block);
        recording_end(block, began);
    }
}

static void check_block(const struct buf *block, int number)
{
    struct bytes_in in = {(const unsigned char *)block->data,
                          (const unsigned char *)block->data + block->length, false};
    struct entry entry;
    struct stamp at;
    uint64_t turn;
    int count = 0;
    for (; recording_next(&in, &entry, NULL) == 1; count++) {
        assert_int_equal(entry.kind, ENTRY_TURN);
        assert_int_equal(recording_read_turn(&entry, &turn, &at, NULL), 0);
        assert_int_equal(turn, 1000 * number + count);
        assert_int_equal(at.mono_ns, count);
        assert_int_equal(at.wall_ns, -count);
    }
    assert_false(in.failed);
    assert_int_equal(count, 5 + number * 20);
}

static size_t pack_all(struct buf *chunk, size_t ret_ends[BLOCKS])
{
    struct recording_packer *packer = recording_packer_create();
    struct buf block;
    assert_non_null(packer);
    buf_init(&block, RECORDING_BLOCK_MAX);
    buf_init(chunk, 1 << 24);
    for (int i = 0; i < BLOCKS; i++) {
        put_block(&block, i);
        recording_pack(packer, &block, chunk);
        ret_ends[i] = chunk->length;
    }
    assert_false(chunk->failed);
    buf_fini(&block);
    recording_packer_destroy(packer);
    return chunk->length;
}

/* How many blocks are whole, each of them as it was packed. */
static int unpack_all(const struct buf *chunk, size_t length)
{
    struct recording_unpacker *unpacker = recording_unpacker_create();
    const unsigned char *at = (const unsigned char *)chunk->data, *end = at + length;
    struct buf block;
    int blocks = 0;
    assert_non_null(unpacker);
    buf_init(&block, RECORDING_BLOCK_MAX);
    while (end - at >= RECORDING_BLOCK_HEAD) {
        int packed = recording_block_length(at);
        if (packed < 0 || end - at - RECORDING_BLOCK_HEAD < packed ||
            recording_unpack(unpacker, at, at + RECORDING_BLOCK_HEAD, &block, NULL) < 0)
            break;
        check_block(&block, blocks++);
        at += RECORDING_BLOCK_HEAD + packed;
    }
    buf_fini(&block);
    recording_unpacker_destroy(unpacker);
    return blocks;
}

static void blocks_come_back(void **state)
{
    size_t ends[BLOCKS];
    struct buf chunk;
    (void)state;
    assert_int_equal(unpack_all(&chunk, pack_all(&chunk, ends)), BLOCKS);
    buf_fini(&chunk);
}

static int whole_before(const size_t ends[BLOCKS], size_t at)
{
    int whole = 0;
    while (whole < BLOCKS && ends[whole] <= at)
        whole++;
    return whole;
}

/* F64 | unit | a recording cut at each byte, and with each byte flipped | read to its last whole
 *     block, which is exact */
static void a_torn_chunk_is_read_to_its_last_whole_block(void **state)
{
    size_t ends[BLOCKS], length;
    struct buf chunk;
    (void)state;
    length = pack_all(&chunk, ends);
    for (size_t at = 0; at < length; at += 5) {
        assert_int_equal(unpack_all(&chunk, at), whole_before(ends, at));
        chunk.data[at] ^= 0x10;
        assert_int_equal(unpack_all(&chunk, length), whole_before(ends, at));
        chunk.data[at] ^= 0x10;
    }
    buf_fini(&chunk);
}

static void entries_that_are_none_are_refused(void **state)
{
    static const unsigned char cases[][8] = {
        {ENTRY_TURN, 9, 0, 0, 0}, {0, 1, 0, 0, 0}, {ENTRY_KIND_END, 1, 0, 0, 0},
        {ENTRY_TURN, 255, 255, 255, 255}};
    struct entry entry;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes_in in = {cases[i], cases[i] + sizeof cases[i], false};
        struct bytes_in cut = {cases[i], cases[i] + 3, false};
        assert_int_equal(recording_next(&in, &entry, NULL), -1);
        assert_int_equal(recording_next(&cut, &entry, NULL), -1);
    }
}

static struct entry entry_of(const struct buf *bytes, enum entry_kind kind)
{
    return (struct entry){kind, (const unsigned char *)bytes->data, bytes->length};
}

static void a_record_comes_back(void **state)
{
    struct record record, again;
    struct buf text;
    (void)state;
    memset(&record, 0, sizeof record);
    record.kind = RECORD_BOOT;
    record.at = (struct stamp){INT64_MIN + 1, INT64_MAX};
    record.boot.owner_tag = 7;
    buf_init(&text, 1 << 16);
    recording_put_record(&record, &text);
    struct entry entry = entry_of(&text, ENTRY_RECORD);
    assert_int_equal(recording_read_record(&entry, &again, NULL), 0);
    assert_memory_equal(&record, &again, sizeof record);
    for (entry.length = 0; entry.length < text.length; entry.length++)
        assert_int_equal(recording_read_record(&entry, &again, NULL), -1);
    buf_fini(&text);
}

static void another_build_is_refused(void **state)
{
    struct err err = {""};
    struct buf head;
    (void)state;
    buf_init(&head, 1024);
    recording_put_head("1.2.3", &head);
    struct entry entry = entry_of(&head, ENTRY_HEAD);
    assert_int_equal(recording_check_head(&entry, &err), 0);
    head.data[head.length - 1] ^= 1;
    assert_int_equal(recording_check_head(&entry, &err), -1);
    assert_non_null(strstr(err.text, "1.2.3"));
    entry.length = 3;
    assert_int_equal(recording_check_head(&entry, &err), -1);
    buf_fini(&head);
}

static void a_frame_comes_back_as_it_was(void **state)
{
    struct recording_raw raw = {STREAM_MARKET, true, 77, "{\"channel\":1}", 13, 5}, got;
    struct buf bytes;
    struct err err;
    (void)state;
    buf_init(&bytes, 256);
    recording_put_raw(&raw, &bytes);
    struct entry entry = entry_of(&bytes, ENTRY_RAW);
    assert_int_equal(recording_read_raw(&entry, &got, &err), 0);
    assert_int_equal(got.stream, STREAM_MARKET);
    assert_true(got.alone);
    assert_int_equal(got.readable_ns, 77);
    assert_int_equal(got.rest, 5);
    assert_int_equal(got.length, 13);
    assert_memory_equal(got.text, raw.text, 13);
    assert_int_equal(recording_check_host(&entry, &err), -1);
    entry.length = 2;
    assert_int_equal(recording_read_raw(&entry, &got, &err), -1);
    bytes.data[0] = 9;
    assert_int_equal(recording_check_host(&entry, &err), -1);
    buf_fini(&bytes);
}

int suite_recording(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_come_back),
        cmocka_unit_test(a_torn_chunk_is_read_to_its_last_whole_block),
        cmocka_unit_test(a_frame_comes_back_as_it_was),
        cmocka_unit_test(entries_that_are_none_are_refused),
        cmocka_unit_test(a_record_comes_back),
        cmocka_unit_test(another_build_is_refused),
    };
    return cmocka_run_group_tests_name("recording", tests, NULL, NULL);
}
