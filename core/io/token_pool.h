#pragma once
/* Tokens for the order paths, signed ahead while the loop is idle: an ES256 signature costs 320 us
 * and an order must not wait for one. Each is used once, and never when older than TOKEN_FRESH_S.
 *
 *     pool = token_pool_create(key, "api.coinbase.com");
 *     path = token_pool_add(pool, "POST", "/api/v3/brokerage/orders", 4);
 *     token_pool_mint(pool, wall_s, 1);                  when idle; true: more is missing
 *     token_pool_take(pool, path, wall_s, jwt, &err);    from the pool, else signed on the spot */
#include <stdbool.h>

#include "wire/sign.h"

enum { TOKEN_PATHS_MAX = 4, TOKENS_PER_PATH_MAX = 32, TOKEN_FRESH_S = 90 };

struct token_pool;
struct token_pool_counters { uint64_t minted_ahead, minted_at_once, used, discarded; };

/* `key` borrowed. `host` as tokens name it. NULL: no memory. */
struct token_pool *token_pool_create(struct sign_key *key, const char *host);
void token_pool_destroy(struct token_pool *pool); /* wipes; NULL is fine */
/* Returns the path's number. `path` is without query. More than TOKEN_PATHS_MAX is a bug. */
int token_pool_add(struct token_pool *pool, const char *method, const char *path, uint32_t count);
/* Signs at most `most` missing or aging tokens; true: more are missing. */
bool token_pool_mint(struct token_pool *pool, int64_t wall_s, uint32_t most);
/* 0, or -1 when signing failed. The token leaves the pool and is wiped there. */
int token_pool_take(struct token_pool *pool, int path, int64_t wall_s, char ret_token[JWT_MAX],
                    struct err *err);
/* A token for any other request: signed now. `method` NULL: a WebSocket token. */
int token_pool_sign(struct token_pool *pool, const char *method, const char *path, int64_t wall_s,
                    char ret_token[JWT_MAX], struct err *err);
const struct token_pool_counters *token_pool_counters(const struct token_pool *pool);
