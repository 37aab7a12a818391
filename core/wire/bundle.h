#pragma once
/* A script with everything it may require: read and hashed by the core, sealed in a memfd, and all
 * that `require` serves from. Layout: a head, then entries of name, length and text.
 *
 *     "MGB1" | u32 count | per entry: u32 name_length | u32 text_length | name | text
 *
 * Entry 0 is the script itself ("ma_cross.lua"), entry 1 its parameters as one JSON object
 * ("params.json", "{}" when none), the rest the modules by require name ("moongate.series"). */
#include "base/buf.h"
#include "base/err.h"
#include <stdint.h>

enum { BUNDLE_ENTRIES_MAX = 64, BUNDLE_BYTES_MAX = 4 * 1024 * 1024 };

struct bundle_entry { const char *name, *text; uint32_t name_length, text_length; };
struct bundle {
    struct bundle_entry entries[BUNDLE_ENTRIES_MAX]; /* point into the bytes */
    uint32_t count;
};

void bundle_encode(const struct bundle *bundle, struct buf *ret_bytes);
/* Checks every length; texts are not NUL-terminated. -1: damaged. */
int bundle_decode(const void *bytes, size_t length, struct bundle *ret, struct err *err);
/* First 16 hex digits of SHA-256 of the bytes: what people see as the version. */
void bundle_hash(const void *bytes, size_t length, char ret_hex[17]);
