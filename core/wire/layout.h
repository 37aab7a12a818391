#pragma once
/* Structs <-> compact bytes and -> text, by one table per struct: a new member is one line.
 *
 *     static const struct layout_field SKEW[] = {FIELD(event_skew, skew_ns), ...};
 *     static const struct layout SKEW_LAYOUT = LAYOUT(event_skew, SKEW);
 *     layout_encode(&SKEW_LAYOUT, &event->skew, buf);
 *     layout_decode(&SKEW_LAYOUT, &bytes, &event->skew);     false: bytes.failed is set
 *     layout_print(&SKEW_LAYOUT, &event->skew, buf);         skew_ns=12 known=1
 *
 * Integers are variable-length, signed ones zigzag; text is its length and its bytes. Padding is
 * never written, so equal values give equal bytes: what replay compares. Encoding trusts the
 * struct, decoding trusts nothing: choices, indexes and lengths are in range or it fails. */
#include <stddef.h>

#include "base/buf.h"
#include "model/approved_order.h"
#include "model/intent.h"

enum layout_type { LAYOUT_INT, LAYOUT_UINT, LAYOUT_BOOL, LAYOUT_CHOICE, LAYOUT_TEXT, LAYOUT_BYTES,
                   LAYOUT_ID, LAYOUT_DECIMAL, LAYOUT_MONEY, LAYOUT_PRODUCT, LAYOUT_ACTOR,
                   LAYOUT_PART };

struct layout;
struct layout_field {
    const char *name;
    enum layout_type type;
    uint32_t offset, size;
    uint32_t values;                     /* CHOICE: how many there are */
    const char *(*text)(unsigned value); /* CHOICE: NULL prints the number */
    const struct layout *part;           /* PART */
};
struct layout { const struct layout_field *fields; uint32_t count, size; };

#define LAYOUT_PLACE(owner, member)                                                               \
    .offset = offsetof(struct owner, member), .size = sizeof(((struct owner *)0)->member)
#define LAYOUT_TYPE(expression)                                                                   \
    _Generic((expression),                                                                        \
        bool: LAYOUT_BOOL, uint8_t: LAYOUT_UINT, uint16_t: LAYOUT_UINT, uint32_t: LAYOUT_UINT,    \
        uint64_t: LAYOUT_UINT, int32_t: LAYOUT_INT, int64_t: LAYOUT_INT, char *: LAYOUT_TEXT,     \
        struct venue_id: LAYOUT_TEXT, struct client_id: LAYOUT_ID, struct price: LAYOUT_DECIMAL,  \
        struct size: LAYOUT_DECIMAL, struct ratio: LAYOUT_DECIMAL, struct money: LAYOUT_MONEY,    \
        struct approved_order: LAYOUT_BYTES)

/* The type is the member's own, but for what C takes for plain numbers. */
#define FIELD(owner, member)                                                                      \
    {.name = #member, .type = LAYOUT_TYPE(((struct owner *)0)->member), LAYOUT_PLACE(owner, member)}
#define CHOICE(owner, member, last, function)                                                     \
    {.name = #member, .type = LAYOUT_CHOICE, .values = (unsigned)(last) + 1, .text = function,    \
     LAYOUT_PLACE(owner, member)}
#define PRODUCT(owner, member)                                                                    \
    {.name = #member, .type = LAYOUT_PRODUCT, LAYOUT_PLACE(owner, member)}
#define ACTOR(owner, member) {.name = #member, .type = LAYOUT_ACTOR, LAYOUT_PLACE(owner, member)}
#define PART(owner, member, layout)                                                               \
    {.name = #member, .type = LAYOUT_PART, .part = layout, LAYOUT_PLACE(owner, member)}
#define LAYOUT(owner, table)                                                                      \
    {table, sizeof(table) / sizeof((table)[0]), sizeof(struct owner)}

/* Bytes being read; after the first that do not fit `failed` is set and all that is read is 0. */
struct bytes_in { const unsigned char *at, *end; bool failed; };
uint64_t bytes_take_uint(struct bytes_in *in);
int64_t bytes_take_int(struct bytes_in *in);
const void *bytes_take(struct bytes_in *in, size_t length); /* NULL: there are not so many */
void bytes_put_uint(struct buf *buf, uint64_t value);
void bytes_put_int(struct buf *buf, int64_t value);

void layout_encode(const struct layout *layout, const void *from, struct buf *ret);
/* *ret is the caller's to zero before: padding and members of no table stay as they are. */
bool layout_decode(const struct layout *layout, struct bytes_in *in, void *ret);
void layout_print(const struct layout *layout, const void *from, struct buf *ret);
