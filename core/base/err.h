#pragma once
/* A failure's story, told outside in. The innermost caller sets it, each layer may wrap it:
 *
 *     if (!price_parse(text, &price))
 *         return err_set(err, "price '%s' is not a decimal", text);
 *     ...
 *     if (config_read_product(p, err) < 0)
 *         return err_wrap(err, "%s:%d: product %s", file, line, name);
 *
 * gives `moongate.conf:12: product btc: price 'x' is not a decimal`. Inner layers never log;
 * the edge prints the text once. */
#include <stddef.h>

struct err {
    char text[512];
};

/* Both return -1 so that a caller can `return err_set(...)`. `err` may be NULL. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
int err_wrap(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
