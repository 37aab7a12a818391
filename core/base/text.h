#pragma once
/* Bounded text without surprises. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies at most capacity-1 bytes and always terminates; false when something was cut. */
bool text_copy(char *out, size_t capacity, const char *text, size_t length);
bool text_equal(const char *text, size_t length, const char *literal); /* NUL-terminated literal */
/* Edits between two words, for "did you mean"; at most 64 bytes of each are looked at. */
unsigned text_distance(const char *a, const char *b);
void text_hex(const void *bytes, size_t length, char *out /* 2*length+1 */);
/* Unpadded base64url; returns the length written without the NUL it ends with, 0 when `capacity`
 * is too small for both. */
size_t text_base64url(const void *bytes, size_t length, char *out, size_t capacity);
bool text_utf8_valid(const char *text, size_t length);
/* RFC 3339 UTC ("Z" or "+00:00") with 0-9 fractional digits <-> Unix nanoseconds. A leap second
 * and a year outside 1677..2262 refuse. */
bool text_parse_time(const char *text, size_t length, int64_t *ret_ns);
size_t text_format_time(int64_t unix_ns, char out[40]); /* microseconds, ends in Z */
