#pragma once
/* Growable bytes that were told their maximum. Past it, or without memory, `failed` is set and
 * stays set, further writes do nothing, and the caller checks once at the end. */
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* owned; NUL-terminated once something was put */
    size_t length, capacity, maximum;
    bool failed;
};

void buf_init(struct buf *buf, size_t maximum);
void buf_fini(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */
void buf_put(struct buf *buf, const void *bytes, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
