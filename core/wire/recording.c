#include "wire/recording.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/check.h"
#include "model/command.h"
#include "model/settings.h"
#include "wire/event_rec.h"
#include "wire/journal_rec.h"
#include "wire/script_proto.h"

/* ---- entries */

const char *entry_kind_text(enum entry_kind kind)
{
    static const char *const TEXTS[] = {
        [ENTRY_HEAD] = "head",       [ENTRY_CONFIG] = "config",   [ENTRY_SETTINGS] = "settings",
        [ENTRY_ROW] = "row",         [ENTRY_TURN] = "turn",       [ENTRY_EVENT] = "event",
        [ENTRY_RECORD] = "record",   [ENTRY_COMMIT] = "commit",   [ENTRY_COMMAND] = "command",
        [ENTRY_BUNDLE] = "bundle",   [ENTRY_FRAME] = "frame",     [ENTRY_INTERRUPT] = "interrupt",
        [ENTRY_END] = "end",         [ENTRY_RAW] = "raw",
    };
    return (unsigned)kind < sizeof TEXTS / sizeof TEXTS[0] && TEXTS[kind] ? TEXTS[kind] : "unknown";
}

size_t recording_begin(struct buf *block, enum entry_kind kind)
{
    unsigned char head[RECORDING_ENTRY_HEAD] = {(unsigned char)kind};
    size_t began = block->length;
    buf_put(block, head, sizeof head);
    return began;
}

void recording_end(struct buf *block, size_t began)
{
    uint32_t length = (uint32_t)(block->length - began - RECORDING_ENTRY_HEAD);
    if (!block->failed)
        memcpy(block->data + began + 1, &length, sizeof length);
}

int recording_next(struct bytes_in *block, struct entry *ret, struct err *err)
{
    uint32_t length;
    if (block->at == block->end)
        return 0;
    const unsigned char *head = bytes_take(block, RECORDING_ENTRY_HEAD);
    if (!head)
        return err_set(err, "an entry's head is cut short");
    memcpy(&length, head + 1, sizeof length);
    *ret = (struct entry){(enum entry_kind)head[0], bytes_take(block, length), length};
    if (!ret->bytes || ret->kind < ENTRY_HEAD || ret->kind >= ENTRY_KIND_END)
        return err_set(err, "an entry of kind %u and %u bytes is none", head[0], length);
    return 1;
}

/* ---- the head */

static void put_shapes(struct buf *ret)
{
    static const uint32_t shapes[] = {
        sizeof(struct event), sizeof(struct command), sizeof(struct record), sizeof(struct view),
        sizeof(struct notice), sizeof(struct engine_settings), sizeof(struct script_start)};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        bytes_put_uint(ret, shapes[i]);
}

void recording_put_head(const char *version, struct buf *ret)
{
    bytes_put_uint(ret, strlen(version));
    buf_puts(ret, version);
    put_shapes(ret);
}

int recording_check_head(const struct entry *entry, struct err *err)
{
    struct bytes_in in = {entry->bytes, entry->bytes + entry->length, false};
    uint64_t length = bytes_take_uint(&in);
    const char *version = length < 64 ? bytes_take(&in, length) : NULL;
    struct buf ours;
    buf_init(&ours, 256);
    put_shapes(&ours);
    bool same = version && (size_t)(in.end - in.at) == ours.length &&
                memcmp(in.at, ours.data, ours.length) == 0;
    buf_fini(&ours);
    if (!version)
        return err_set(err, "the recording's head is damaged");
    if (!same)
        return err_set(err, "recorded by moongate %.*s of another build, whose structs differ: "
                            "replay it with that one", (int)length, version);
    return 0;
}

/* ---- turns and records */

int recording_read_settings(const struct entry *entry, struct engine_settings *ret,
                            struct err *err)
{
    if (entry->length != sizeof(*ret))
        return err_set(err, "the recording's settings are of another build");
    memcpy(ret, entry->bytes, sizeof(*ret));
    if (ret->catalog.count > MAX_PRODUCTS || ret->strategy_count > MAX_STRATEGIES ||
        ret->rule_count > MAX_RULES || ret->message_window_ns <= 0 ||
        ret->candle_length_count > MAX_CANDLE_LENGTHS)
        return err_set(err, "the recording's settings are damaged");
    return 0;
}

void recording_put_turn(uint64_t number, struct stamp at, struct buf *ret)
{
    bytes_put_uint(ret, number);
    bytes_put_int(ret, at.mono_ns);
    bytes_put_int(ret, at.wall_ns);
}

int recording_read_turn(const struct entry *entry, uint64_t *ret_number, struct stamp *ret_at,
                        struct err *err)
{
    struct bytes_in in = {entry->bytes, entry->bytes + entry->length, false};
    *ret_number = bytes_take_uint(&in);
    ret_at->mono_ns = bytes_take_int(&in);
    ret_at->wall_ns = bytes_take_int(&in);
    return in.failed || in.at != in.end ? err_set(err, "a turn's head is damaged") : 0;
}

void recording_put_raw(const struct recording_raw *raw, struct buf *ret)
{
    bytes_put_uint(ret, raw->stream);
    bytes_put_uint(ret, raw->alone);
    bytes_put_int(ret, raw->readable_ns);
    bytes_put_uint(ret, raw->rest);
    buf_put(ret, raw->text, raw->length);
}

int recording_read_raw(const struct entry *entry, struct recording_raw *ret, struct err *err)
{
    struct bytes_in in = {entry->bytes, entry->bytes + entry->length, false};
    ret->stream = (enum stream)bytes_take_uint(&in);
    ret->alone = bytes_take_uint(&in) == 1;
    ret->readable_ns = bytes_take_int(&in);
    ret->rest = bytes_take_uint(&in);
    ret->text = (const char *)in.at;
    ret->length = (size_t)(in.end - in.at);
    return in.failed || ret->stream >= STREAM_COUNT || ret->rest > MAX_WS_MESSAGE
               ? err_set(err, "a recorded frame is damaged") : 0;
}

int recording_check_host(const struct entry *entry, struct err *err)
{
    struct recording_raw raw;
    if (recording_read_raw(entry, &raw, err) < 0)
        return -1;
    return raw.alone ? err_set(err, "a recording of the market alone, as `moongate record` makes: "
                                    "there is no host in it; play it with backtest -d") : 0;
}

void recording_put_record(const struct record *record, struct buf *ret)
{
    buf_printf(ret, "%s %lld %lld ", record_kind_text(record->kind),
               (long long)record->at.mono_ns, (long long)record->at.wall_ns);
    journal_rec_encode(record, ret);
}

static bool take_number(const char **at, const char *end, int64_t *ret)
{
    bool negative = *at < end && **at == '-';
    const char *digits = *at + negative;
    int64_t value = 0;
    for (*at = digits; *at < end && **at >= '0' && **at <= '9'; ++*at)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, **at - '0', &value))
            return false;
    *ret = negative ? -value : value;
    return *at > digits && *at < end && *(*at)++ == ' ';
}

int recording_read_record(const struct entry *entry, struct record *ret, struct err *err)
{
    const char *kind = (const char *)entry->bytes, *end = kind + entry->length;
    const char *at = memchr(kind, ' ', entry->length);
    size_t length = at ? (size_t)(at++ - kind) : 0;
    struct stamp stamp;
    if (!length || !take_number(&at, end, &stamp.mono_ns) || !take_number(&at, end, &stamp.wall_ns))
        return err_set(err, "a record has no kind or no stamp");
    return journal_rec_decode(kind, length, stamp, at, (size_t)(end - at), ret, err);
}

/* ---- blocks */

/* Level 1: half the size of nothing at all costs a quarter of the default's time. */
enum { PACK_LEVEL = 1 };

struct recording_packer { z_stream stream; };
struct recording_unpacker { z_stream stream; };

static void put_head(unsigned char *head, uint32_t packed, uint32_t plain, uint32_t crc)
{
    memcpy(head, &packed, 4);
    memcpy(head + 4, &plain, 4);
    memcpy(head + 8, &crc, 4);
}

struct recording_packer *recording_packer_create(void)
{
    struct recording_packer *packer = calloc(1, sizeof *packer);
    if (packer && deflateInit(&packer->stream, PACK_LEVEL) == Z_OK)
        return packer;
    free(packer);
    return NULL;
}

void recording_packer_destroy(struct recording_packer *packer)
{
    if (!packer)
        return;
    deflateEnd(&packer->stream);
    free(packer);
}

void recording_packer_reset(struct recording_packer *packer)
{
    deflateReset(&packer->stream);
}

void recording_pack(struct recording_packer *packer, const struct buf *block, struct buf *ret)
{
    z_stream *stream = &packer->stream;
    unsigned char head[RECORDING_BLOCK_HEAD] = {0}, piece[16384];
    size_t began = ret->length;
    buf_put(ret, head, sizeof head);
    stream->next_in = (unsigned char *)block->data;
    stream->avail_in = (uInt)block->length;
    do {
        stream->next_out = piece;
        stream->avail_out = sizeof piece;
        CHECK(deflate(stream, Z_SYNC_FLUSH) != Z_STREAM_ERROR);
        buf_put(ret, piece, sizeof piece - stream->avail_out);
    } while (stream->avail_out == 0);
    if (ret->failed)
        return;
    size_t packed = ret->length - began - sizeof head;
    unsigned char *bytes = (unsigned char *)ret->data + began;
    put_head(bytes, (uint32_t)packed, (uint32_t)block->length,
             (uint32_t)crc32(0, bytes + sizeof head, (uInt)packed));
}

struct recording_unpacker *recording_unpacker_create(void)
{
    struct recording_unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (unpacker && inflateInit(&unpacker->stream) == Z_OK)
        return unpacker;
    free(unpacker);
    return NULL;
}

void recording_unpacker_destroy(struct recording_unpacker *unpacker)
{
    if (!unpacker)
        return;
    inflateEnd(&unpacker->stream);
    free(unpacker);
}

void recording_unpacker_reset(struct recording_unpacker *unpacker)
{
    inflateReset(&unpacker->stream);
}

static uint32_t head_at(const unsigned char *head, size_t at)
{
    uint32_t value;
    memcpy(&value, head + at, sizeof value);
    return value;
}

int recording_block_length(const unsigned char head[RECORDING_BLOCK_HEAD])
{
    uint32_t packed = head_at(head, 0), plain = head_at(head, 4);
    return packed == 0 || packed > RECORDING_BLOCK_MAX || plain > RECORDING_BLOCK_MAX
               ? -1 : (int)packed;
}

static int inflate_all(z_stream *stream, struct buf *ret)
{
    unsigned char piece[16384];
    int code;
    do {
        stream->next_out = piece;
        stream->avail_out = sizeof piece;
        code = inflate(stream, Z_SYNC_FLUSH);
        buf_put(ret, piece, sizeof piece - stream->avail_out);
    } while (code == Z_OK && !ret->failed && (stream->avail_in > 0 || stream->avail_out == 0));
    return (code == Z_OK || code == Z_BUF_ERROR) && !ret->failed && stream->avail_in == 0 ? 0 : -1;
}

int recording_unpack(struct recording_unpacker *unpacker,
                     const unsigned char head[RECORDING_BLOCK_HEAD], const unsigned char *packed,
                     struct buf *ret_block, struct err *err)
{
    int length = recording_block_length(head);
    z_stream *stream = &unpacker->stream;
    buf_clear(ret_block);
    if (length < 0 || crc32(0, packed, (uInt)length) != head_at(head, 8))
        return err_set(err, "a block's checksum is wrong");
    stream->next_in = (unsigned char *)(uintptr_t)packed;
    stream->avail_in = (uInt)length;
    if (inflate_all(stream, ret_block) < 0 || ret_block->length != head_at(head, 4))
        return err_set(err, "a block does not unpack to what its head says");
    return 0;
}
