#include "io/token_pool.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "io/secret.h"

struct token {
    char text[JWT_MAX];
    int64_t minted_s;
    bool there;
};

struct token_path {
    char method[8], path[256];
    uint32_t count;
    struct token tokens[TOKENS_PER_PATH_MAX];
};

struct token_pool {
    struct sign_key *key; /* borrowed */
    char host[160];
    struct token_path paths[TOKEN_PATHS_MAX];
    int path_count;
    struct token_pool_counters counters;
};

struct token_pool *token_pool_create(struct sign_key *key, const char *host)
{
    struct token_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->key = key;
    CHECK(text_copy(pool->host, sizeof pool->host, host, strlen(host)));
    return pool;
}

void token_pool_destroy(struct token_pool *pool)
{
    if (!pool)
        return;
    sodium_memzero(pool, sizeof *pool);
    free(pool);
}

int token_pool_add(struct token_pool *pool, const char *method, const char *path, uint32_t count)
{
    CHECK(pool->path_count < TOKEN_PATHS_MAX && count <= TOKENS_PER_PATH_MAX);
    struct token_path *added = &pool->paths[pool->path_count];
    CHECK(text_copy(added->method, sizeof added->method, method, strlen(method)));
    CHECK(text_copy(added->path, sizeof added->path, path, strlen(path)));
    added->count = count;
    return pool->path_count++;
}

int token_pool_sign(struct token_pool *pool, const char *method, const char *path, int64_t wall_s,
                    char ret_token[JWT_MAX], struct err *err)
{
    char uri[512];
    unsigned char nonce[NONCE_BYTES];
    size_t path_length = method ? strcspn(path, "?") : 0;
    if (method && snprintf(uri, sizeof uri, "%s %s%.*s", method, pool->host, (int)path_length,
                           path) >= (int)sizeof uri)
        return err_set(err, "the path of %zu bytes is too long to be signed", path_length);
    if (secret_random(nonce, sizeof nonce, err) < 0)
        return -1;
    return sign_jwt(pool->key, method ? uri : NULL, wall_s, nonce, ret_token, JWT_MAX, err) < 0
               ? err_wrap(err, "token for %s", method ? path : "the stream")
               : 0;
}

/* A clock that was set back makes a token look younger than 0: it goes too. */
static bool is_fresh(const struct token *token, int64_t wall_s)
{
    int64_t age_s = wall_s - token->minted_s;
    return token->there && age_s >= 0 && age_s <= TOKEN_FRESH_S;
}

static void discard(struct token_pool *pool, struct token *token)
{
    if (token->there)
        pool->counters.discarded++;
    sodium_memzero(token, sizeof *token);
}

/* Two thirds of the fresh time: replaced while idle, so that taking seldom meets an old one. */
static bool wants_minting(const struct token *token, int64_t wall_s)
{
    return !is_fresh(token, wall_s) || wall_s - token->minted_s > TOKEN_FRESH_S * 2 / 3;
}

bool token_pool_mint(struct token_pool *pool, int64_t wall_s, uint32_t most)
{
    for (int p = 0; p < pool->path_count; p++) {
        struct token_path *path = &pool->paths[p];
        for (uint32_t i = 0; i < path->count; i++) {
            struct token *token = &path->tokens[i];
            if (!wants_minting(token, wall_s))
                continue;
            if (most-- == 0)
                return true;
            discard(pool, token);
            /* A failure leaves the place empty: taking signs again and tells its caller why. */
            if (token_pool_sign(pool, path->method, path->path, wall_s, token->text, NULL) < 0)
                return false;
            token->minted_s = wall_s;
            token->there = true;
            pool->counters.minted_ahead++;
        }
    }
    return false;
}

/* The oldest that is still fresh goes first, so that fewer die of age. */
static struct token *oldest_fresh(struct token_path *path, int64_t wall_s)
{
    struct token *found = NULL;
    for (uint32_t i = 0; i < path->count; i++)
        if (is_fresh(&path->tokens[i], wall_s) &&
            (!found || path->tokens[i].minted_s < found->minted_s))
            found = &path->tokens[i];
    return found;
}

int token_pool_take(struct token_pool *pool, int path, int64_t wall_s, char ret_token[JWT_MAX],
                    struct err *err)
{
    CHECK(path >= 0 && path < pool->path_count);
    struct token_path *from = &pool->paths[path];
    struct token *token = oldest_fresh(from, wall_s);
    pool->counters.used++;
    if (token) {
        memcpy(ret_token, token->text, sizeof token->text);
        sodium_memzero(token, sizeof *token);
        return 0;
    }
    pool->counters.minted_at_once++;
    return token_pool_sign(pool, from->method, from->path, wall_s, ret_token, err);
}

const struct token_pool_counters *token_pool_counters(const struct token_pool *pool)
{
    return &pool->counters;
}
