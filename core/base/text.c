#include "base/text.h"

#include <string.h>

#include "base/check.h"

bool text_copy(char *out, size_t capacity, const char *text, size_t length)
{
    CHECK(capacity > 0);
    size_t taken = length < capacity ? length : capacity - 1;
    if (taken > 0)
        memcpy(out, text, taken);
    out[taken] = '\0';
    return taken == length;
}

bool text_equal(const char *text, size_t length, const char *literal)
{
    return strlen(literal) == length && (length == 0 || memcmp(text, literal, length) == 0);
}

static unsigned least_of(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

unsigned text_distance(const char *a, const char *b)
{
    enum { LOOKED_AT = 64 };
    /* One row of Levenshtein's table: row[j] is the distance of a's first i to b's first j. */
    unsigned row[LOOKED_AT + 1];
    size_t a_length = strnlen(a, LOOKED_AT), b_length = strnlen(b, LOOKED_AT);
    for (size_t j = 0; j <= b_length; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least_of(row[j] + 1, row[j - 1] + 1, changed);
        }
    }
    return row[b_length];
}

void text_hex(const void *bytes, size_t length, char *out)
{
    const unsigned char *in = bytes;
    for (size_t i = 0; i < length; i++) {
        *out++ = "0123456789abcdef"[in[i] >> 4];
        *out++ = "0123456789abcdef"[in[i] & 15];
    }
    *out = '\0';
}

size_t text_base64url(const void *bytes, size_t length, char *out, size_t capacity)
{
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *in = bytes;
    size_t rest = length % 3, written = 0, total = length / 3 * 4 + (rest ? rest + 1 : 0);
    if (capacity <= total)
        return 0;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned group = (unsigned)in[i] << 16;
        group |= left > 1 ? (unsigned)in[i + 1] << 8 : 0;
        group |= left > 2 ? in[i + 2] : 0;
        for (int shift = 18; shift >= 0 && written < total; shift -= 6)
            out[written++] = ALPHABET[group >> shift & 63];
    }
    out[written] = '\0';
    return written;
}

/* How many bytes follow this lead byte, or -1. */
static int utf8_tail(unsigned char lead)
{
    if (lead < 0x80)
        return 0;
    if (lead >= 0xc2 && lead < 0xe0)
        return 1;
    if (lead >= 0xe0 && lead < 0xf0)
        return 2;
    return lead >= 0xf0 && lead < 0xf5 ? 3 : -1;
}

/* Overlong forms, surrogates and what lies past U+10FFFF all show in the second byte. */
static bool utf8_second_valid(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xe0: return second >= 0xa0 && second < 0xc0;
    case 0xed: return second >= 0x80 && second < 0xa0;
    case 0xf0: return second >= 0x90 && second < 0xc0;
    case 0xf4: return second >= 0x80 && second < 0x90;
    default: return second >= 0x80 && second < 0xc0;
    }
}

bool text_utf8_valid(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        unsigned char lead = (unsigned char)text[i++];
        int tail = utf8_tail(lead);
        if (tail < 0 || (size_t)tail > length - i)
            return false;
        if (tail > 0 && !utf8_second_valid(lead, (unsigned char)text[i]))
            return false;
        for (int k = 1; k < tail; k++)
            if (((unsigned char)text[i + (size_t)k] & 0xc0) != 0x80)
                return false;
        i += (size_t)tail;
    }
    return true;
}
