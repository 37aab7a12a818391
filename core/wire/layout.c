#include "wire/layout.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "model/client_id.h"

enum { VARINT_MAX = 19 }; /* 128 bits, seven a byte */
typedef unsigned __int128 wide;

/* ---- numbers */

static void put_wide(struct buf *buf, wide value)
{
    unsigned char bytes[VARINT_MAX];
    size_t count = 0;
    while (value >= 0x80) {
        bytes[count++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    bytes[count++] = (unsigned char)value;
    buf_put(buf, bytes, count);
}

static wide take_wide(struct bytes_in *in, unsigned bits)
{
    wide value = 0;
    for (unsigned shift = 0; shift < bits; shift += 7) {
        if (in->failed || in->at == in->end)
            break;
        wide seven = *in->at & 0x7f;
        if (bits - shift < 7 && seven >> (bits - shift))
            break;
        value |= seven << shift;
        if (!(*in->at++ & 0x80))
            return value;
    }
    in->failed = true;
    return 0;
}

void bytes_put_uint(struct buf *buf, uint64_t value)
{
    put_wide(buf, value);
}

uint64_t bytes_take_uint(struct bytes_in *in)
{
    return (uint64_t)take_wide(in, 64);
}

void bytes_put_int(struct buf *buf, int64_t value)
{
    bytes_put_uint(buf, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

int64_t bytes_take_int(struct bytes_in *in)
{
    uint64_t zigzag = bytes_take_uint(in);
    return (int64_t)(zigzag >> 1 ^ -(zigzag & 1));
}

const void *bytes_take(struct bytes_in *in, size_t length)
{
    const void *at = in->at;
    if (in->failed || (size_t)(in->end - in->at) < length) {
        in->failed = true;
        return NULL;
    }
    in->at += length;
    return at;
}

static uint64_t load(const void *at, uint32_t size)
{
    uint64_t value = 0;
    CHECK(size <= sizeof value);
    memcpy(&value, at, size); /* little-endian: the low bytes come first */
    return value;
}

static int64_t load_signed(const void *at, uint32_t size)
{
    unsigned unused = 64 - 8 * size;
    return (int64_t)(load(at, size) << unused) >> unused;
}

/* ---- encode */

static void encode_text(const char *text, uint32_t size, struct buf *ret)
{
    size_t length = strnlen(text, size - 1);
    bytes_put_uint(ret, length);
    buf_put(ret, text, length);
}

static void encode_money(const void *at, struct buf *ret)
{
    struct money money;
    memcpy(&money, at, sizeof money);
    put_wide(ret, (wide)money.e18 << 1 ^ (wide)(money.e18 >> 127));
}

static void encode_field(const struct layout_field *field, const void *at, struct buf *ret)
{
    switch (field->type) {
    case LAYOUT_INT: case LAYOUT_DECIMAL: bytes_put_int(ret, load_signed(at, field->size)); break;
    case LAYOUT_UINT: case LAYOUT_BOOL: case LAYOUT_CHOICE: case LAYOUT_PRODUCT:
    case LAYOUT_ACTOR: bytes_put_uint(ret, load(at, field->size)); break;
    case LAYOUT_TEXT: encode_text(at, field->size, ret); break;
    case LAYOUT_BYTES: case LAYOUT_ID: buf_put(ret, at, field->size); break;
    case LAYOUT_MONEY: encode_money(at, ret); break;
    case LAYOUT_PART: layout_encode(field->part, at, ret); break;
    }
}

void layout_encode(const struct layout *layout, const void *from, struct buf *ret)
{
    for (uint32_t i = 0; i < layout->count; i++)
        encode_field(&layout->fields[i], (const char *)from + layout->fields[i].offset, ret);
}

/* ---- decode */

static bool is_in_range(const struct layout_field *field, uint64_t value)
{
    switch (field->type) {
    case LAYOUT_BOOL: return value <= 1;
    case LAYOUT_CHOICE: return value < field->values;
    case LAYOUT_PRODUCT: return value < MAX_PRODUCTS || value == NO_PRODUCT;
    case LAYOUT_ACTOR:
        return value < MAX_RUNNERS || value == ACTOR_OPERATOR || value == ACTOR_EXTERNAL;
    default: return field->size == 8 || value >> (8 * field->size) == 0;
    }
}

static void decode_uint(const struct layout_field *field, struct bytes_in *in, void *at)
{
    uint64_t value = bytes_take_uint(in);
    in->failed |= !is_in_range(field, value);
    memcpy(at, &value, field->size);
}

static void decode_int(const struct layout_field *field, struct bytes_in *in, void *at)
{
    int64_t value = bytes_take_int(in);
    in->failed |= load_signed(&value, field->size) != value;
    memcpy(at, &value, field->size);
}

static void decode_text(const struct layout_field *field, struct bytes_in *in, char *at)
{
    uint64_t length = bytes_take_uint(in);
    const void *text = length < field->size ? bytes_take(in, length) : NULL;
    in->failed |= text == NULL || memchr(text, '\0', length) != NULL;
    if (in->failed)
        return;
    memcpy(at, text, length);
    at[length] = '\0';
}

static void decode_bytes(const struct layout_field *field, struct bytes_in *in, void *at)
{
    const void *bytes = bytes_take(in, field->size);
    if (bytes)
        memcpy(at, bytes, field->size);
}

static void decode_money(struct bytes_in *in, void *at)
{
    wide zigzag = take_wide(in, 128);
    struct money money = {(__int128)(zigzag >> 1 ^ -(zigzag & 1))};
    memcpy(at, &money, sizeof money);
}

static void decode_field(const struct layout_field *field, struct bytes_in *in, void *at)
{
    switch (field->type) {
    case LAYOUT_INT: case LAYOUT_DECIMAL: decode_int(field, in, at); break;
    case LAYOUT_UINT: case LAYOUT_BOOL: case LAYOUT_CHOICE: case LAYOUT_PRODUCT:
    case LAYOUT_ACTOR: decode_uint(field, in, at); break;
    case LAYOUT_TEXT: decode_text(field, in, at); break;
    case LAYOUT_BYTES: case LAYOUT_ID: decode_bytes(field, in, at); break;
    case LAYOUT_MONEY: decode_money(in, at); break;
    case LAYOUT_PART: layout_decode(field->part, in, at); break;
    }
}

bool layout_decode(const struct layout *layout, struct bytes_in *in, void *ret)
{
    for (uint32_t i = 0; i < layout->count && !in->failed; i++)
        decode_field(&layout->fields[i], in, (char *)ret + layout->fields[i].offset);
    return !in->failed;
}

/* ---- print */

static void print_hex(const void *at, uint32_t size, struct buf *ret)
{
    char text[2 * 128 + 1];
    CHECK(size <= 128);
    text_hex(at, size, text);
    buf_puts(ret, text);
}

/* A line each, whatever a venue or a script put into it. */
static void print_text(const char *text, uint32_t size, struct buf *ret)
{
    size_t length = strnlen(text, size - 1);
    buf_puts(ret, "'");
    for (size_t i = 0; i < length; i++)
        buf_put(ret, (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? "?" : text + i, 1);
    buf_puts(ret, "'");
}

static void print_id(const void *at, struct buf *ret)
{
    char text[CLIENT_ID_TEXT];
    struct client_id id;
    memcpy(&id, at, sizeof id);
    client_id_format(id, text);
    buf_puts(ret, text);
}

static void print_decimal(const struct layout_field *field, const void *at, struct buf *ret)
{
    char text[DECIMAL_TEXT_MAX];
    struct money money;
    if (field->type == LAYOUT_MONEY) {
        memcpy(&money, at, sizeof money);
        money_format(money, text);
    } else {
        price_format((struct price){load_signed(at, field->size)}, text);
    }
    buf_puts(ret, text);
}

static void print_field(const struct layout_field *field, const void *at, struct buf *ret)
{
    switch (field->type) {
    case LAYOUT_INT: buf_printf(ret, "%lld", (long long)load_signed(at, field->size)); break;
    case LAYOUT_CHOICE:
        if (field->text) {
            buf_puts(ret, field->text((unsigned)load(at, field->size)));
            break;
        }
        buf_printf(ret, "%llu", (unsigned long long)load(at, field->size));
        break;
    case LAYOUT_UINT: case LAYOUT_BOOL: case LAYOUT_PRODUCT: case LAYOUT_ACTOR:
        buf_printf(ret, "%llu", (unsigned long long)load(at, field->size));
        break;
    case LAYOUT_TEXT: print_text(at, field->size, ret); break;
    case LAYOUT_BYTES: print_hex(at, field->size, ret); break;
    case LAYOUT_ID: print_id(at, ret); break;
    case LAYOUT_DECIMAL: case LAYOUT_MONEY: print_decimal(field, at, ret); break;
    case LAYOUT_PART:
        buf_puts(ret, "{");
        layout_print(field->part, at, ret);
        buf_puts(ret, "}");
        break;
    }
}

void layout_print(const struct layout *layout, const void *from, struct buf *ret)
{
    for (uint32_t i = 0; i < layout->count; i++) {
        const struct layout_field *field = &layout->fields[i];
        buf_printf(ret, "%s%s=", i ? " " : "", field->name);
        print_field(field, (const char *)from + field->offset, ret);
    }
}
