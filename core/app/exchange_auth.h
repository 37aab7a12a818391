#pragma once
/* Who asks, and may they: CDP tokens checked against public keys from a file
 *
 *     {"keys": [{"name": "organizations/.../apiKeys/...", "public_key": "-----BEGIN PUBLIC ...",
 *                "permissions": ["view", "trade"]}]}
 *
 * `public_key` is a P-256 SPKI PEM or the base64 of 32 Ed25519 bytes; without `permissions` a key
 * may view and trade. A verified token is remembered until it expires, because a P-256 check
 * costs a millisecond and clients use one token for many requests of the same method and path. */
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct exchange_keys;

enum exchange_scope { SCOPE_PUBLIC, SCOPE_VIEW, SCOPE_TRADE };
enum exchange_access { ACCESS_GRANTED, ACCESS_UNKNOWN, ACCESS_FORBIDDEN };

struct exchange_keys *exchange_keys_load(const char *path, struct err *err);
void exchange_keys_destroy(struct exchange_keys *keys); /* NULL is fine */

/* `authorization` is the header's value. `host` is the Host header; a token may name it with or
 * without its port. *ret_key is the key's index, for its rate limit. */
enum exchange_access exchange_auth_rest(struct exchange_keys *keys, const char *authorization,
                                        const char *method, const char *host, const char *path,
                                        enum exchange_scope scope, bool reject_replay,
                                        int64_t wall_ns, uint32_t *ret_key, struct err *err);
/* A WebSocket token carries no uri. */
bool exchange_auth_socket(struct exchange_keys *keys, const char *jwt, bool reject_replay,
                          int64_t wall_ns, struct err *err);
bool exchange_key_may_trade(const struct exchange_keys *keys, uint32_t key);

/* A window of one second per key. Fills what the x-ratelimit headers say; false: too many. */
struct exchange_rate { int64_t window_s; uint32_t used; };
struct exchange_rate *exchange_key_rate(struct exchange_keys *keys, uint32_t key);
bool exchange_rate_take(struct exchange_rate *rate, uint32_t limit, int64_t wall_ns,
                        uint32_t *ret_remaining);
