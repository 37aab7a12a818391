#include "model/client_id.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

/* Byte by byte, most significant first:
 *
 *     0-3 owner | 4-5 boot 39..24 | 6 version 4, boot 23..20 | 7 boot 19..12
 *     8 variant 10, boot 11..6 | 9 boot 5..0, two spare zero bits | 10-15 sequence
 */
enum { VERSION = 0x40, VARIANT = 0x80, DASHED = 36 };

struct client_id client_id_make(uint32_t owner_tag, uint64_t boot_random, uint64_t sequence)
{
    struct client_id id;
    uint64_t boot = boot_random;
    CHECK(boot >> 40 == 0 && sequence >> 48 == 0);
    for (int i = 0; i < 4; i++)
        id.bytes[i] = (uint8_t)(owner_tag >> (24 - 8 * i));
    id.bytes[4] = (uint8_t)(boot >> 32);
    id.bytes[5] = (uint8_t)(boot >> 24);
    id.bytes[6] = (uint8_t)(VERSION | (boot >> 20 & 0x0f));
    id.bytes[7] = (uint8_t)(boot >> 12);
    id.bytes[8] = (uint8_t)(VARIANT | (boot >> 6 & 0x3f));
    id.bytes[9] = (uint8_t)((boot & 0x3f) << 2);
    for (int i = 0; i < 6; i++)
        id.bytes[10 + i] = (uint8_t)(sequence >> (40 - 8 * i));
    return id;
}

uint32_t client_id_owner(struct client_id id)
{
    return (uint32_t)id.bytes[0] << 24 | (uint32_t)id.bytes[1] << 16 |
           (uint32_t)id.bytes[2] << 8 | id.bytes[3];
}

uint64_t client_id_boot(struct client_id id)
{
    return (uint64_t)id.bytes[4] << 32 | (uint64_t)id.bytes[5] << 24 |
           (uint64_t)(id.bytes[6] & 0x0f) << 20 | (uint64_t)id.bytes[7] << 12 |
           (uint64_t)(id.bytes[8] & 0x3f) << 6 | id.bytes[9] >> 2;
}

uint64_t client_id_sequence(struct client_id id)
{
    uint64_t sequence = 0;
    for (int i = 10; i < 16; i++)
        sequence = sequence << 8 | id.bytes[i];
    return sequence;
}

static bool dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void client_id_format(struct client_id id, char out[CLIENT_ID_TEXT])
{
    for (int i = 0; i < 16; i++) {
        char digits[3];
        if (dash_before(i))
            *out++ = '-';
        text_hex(&id.bytes[i], 1, digits);
        *out++ = digits[0];
        *out++ = digits[1];
    }
    *out = '\0';
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool client_id_parse(const char *text, size_t length, struct client_id *ret)
{
    struct client_id id;
    if (length != DASHED)
        return false;
    for (int i = 0; i < 16; i++) {
        int high, low;
        if (dash_before(i) && *text++ != '-')
            return false;
        high = hex_value(*text++);
        low = hex_value(*text++);
        if (high < 0 || low < 0)
            return false;
        id.bytes[i] = (uint8_t)(high << 4 | low);
    }
    if ((id.bytes[6] & 0xf0) != VERSION || (id.bytes[8] & 0xc0) != VARIANT)
        return false;
    *ret = id;
    return true;
}

bool client_id_equal(struct client_id a, struct client_id b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}
