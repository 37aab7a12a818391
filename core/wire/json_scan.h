#pragma once
/* The one scan that both the reader and the book's fast path live on. Private to wire. */
#include <stdint.h>
#include <string.h>

/* The first byte at or behind `at` that cannot stand in plain text: '"', '\', a control character,
 * or one above ASCII. Eight at a time: each term has its high bit set in the bytes it looks for,
 * and the lowest one set is always right (a borrow can only spoil those above a true hit). */
static inline const char *json_find_special(const char *at, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
        uint64_t hit = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
                       ((word - ones * 0x20) & ~word) | word;
        hit &= highs;
        if (hit)
            return at + (__builtin_ctzll(hit) >> 3);
        at += 8;
    }
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
           *at != '\\')
        at++;
    return at;
}
