#include "app/exchange_auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/exchange.h"
#include "base/text.h"
#include "wire/json_read.h"
#include "wire/sign.h"

enum {
    KEYS_MAX = 16,
    KEY_TEXT_MAX = 1024,
    TOKENS_MAX = 256,   /* remembered; each is replaced by one that falls on its place */
    TOKEN_BYTES = 2048,
    NONCES_MAX = 4096,  /* seen; 30 a second for 120 s */
    SKEW_S = 5,
    KEYS_FILE_MAX = 64 * 1024,
};

static const int64_t SECOND_NS = 1000000000;

struct key {
    char name[128], public_key[KEY_TEXT_MAX];
    bool view, trade;
    struct exchange_rate rate;
};

struct known_token { char text[TOKEN_BYTES]; struct jwt_claims claims; uint32_t key; };

struct exchange_keys {
    struct key keys[KEYS_MAX];
    uint32_t count;
    struct known_token *tokens;
    uint64_t nonces[NONCES_MAX]; /* hashes, a ring */
    uint32_t nonce_next;
};

static uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

static void read_permissions(struct json_reader *json, struct key *key)
{
    struct json_text text;
    if (!json_enter_array(json))
        return;
    while (json_next_item(json))
        if (json_read_string(json, &text)) {
            key->view = key->view || json_text_equal(text, "view");
            key->trade = key->trade || json_text_equal(text, "trade");
        }
}

static void read_key(struct json_reader *json, struct key *key)
{
    struct json_text field, text;
    bool told = false;
    if (!json_enter_object(json))
        return;
    while (json_next_key(json, &field)) {
        if (json_text_equal(field, "permissions")) {
            told = true;
            read_permissions(json, key);
        } else if (json_text_equal(field, "name") && json_read_string(json, &text)) {
            if (!json_text_copy(text, key->name, sizeof key->name))
                json_fail(json, "a key name of more than 127 bytes");
        } else if (json_text_equal(field, "public_key") && json_read_string(json, &text)) {
            if (!json_text_copy(text, key->public_key, sizeof key->public_key))
                json_fail(json, "a public key of more than 1023 bytes");
        }
    }
    if (!told)
        key->view = key->trade = true;
    if (!key->name[0] || !key->public_key[0])
        json_fail(json, "a key without name or public_key");
}

static int read_keys(struct exchange_keys *keys, const struct buf *bytes, struct err *err)
{
    struct json_reader json;
    struct json_text field;
    json_init(&json, bytes->data, bytes->length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &field)) {
            if (!json_text_equal(field, "keys") || !json_enter_array(&json))
                continue;
            while (json_next_item(&json)) {
                if (keys->count == KEYS_MAX)
                    json_fail(&json, "more than 16 keys");
                else
                    read_key(&json, &keys->keys[keys->count++]);
            }
        }
    if (json_finish(&json, err) < 0)
        return -1;
    return keys->count ? 0 : err_set(err, "no keys in it: run scripts/make-certs");
}

struct exchange_keys *exchange_keys_load(const char *path, struct err *err)
{
    struct exchange_keys *keys = calloc(1, sizeof *keys);
    struct buf bytes;
    buf_init(&bytes, KEYS_FILE_MAX);
    if (keys)
        keys->tokens = calloc(TOKENS_MAX, sizeof *keys->tokens);
    int result = keys && keys->tokens ? exchange_file_read(path, KEYS_FILE_MAX, &bytes, err)
                                      : err_set(err, "no memory for keys");
    if (result == 0 && read_keys(keys, &bytes, err) < 0)
        result = err_wrap(err, "%s", path);
    buf_fini(&bytes);
    if (result == 0)
        return keys;
    exchange_keys_destroy(keys);
    return NULL;
}

void exchange_keys_destroy(struct exchange_keys *keys)
{
    if (!keys)
        return;
    free(keys->tokens);
    free(keys);
}

static const struct known_token *verify(struct exchange_keys *keys, const char *token,
                                        int64_t wall_s, struct err *err)
{
    struct jwt_claims claims;
    uint32_t index = 0;
    size_t length = strlen(token);
    struct known_token *known = &keys->tokens[hash_text(token) % TOKENS_MAX];
    if (length == 0 || length >= TOKEN_BYTES) {
        err_set(err, "no token, or one of %zu bytes", length);
        return NULL;
    }
    if (strcmp(known->text, token) == 0) {
        if (known->claims.exp > wall_s)
            return known;
        err_set(err, "the token has expired");
        return NULL;
    }
    if (sign_jwt_peek(token, length, &claims, err) < 0)
        return NULL;
    while (index < keys->count && strcmp(keys->keys[index].name, claims.kid) != 0)
        index++;
    if (index == keys->count) {
        err_set(err, "the token's key is not known here");
        return NULL;
    }
    if (sign_jwt_verify(token, length, keys->keys[index].public_key, wall_s, SKEW_S, &claims,
                        err) < 0)
        return NULL;
    text_copy(known->text, sizeof known->text, token, length);
    known->claims = claims;
    known->key = index;
    return known;
}

/* Remembers the nonce; true when it was seen before. */
static bool is_replay(struct exchange_keys *keys, const char *nonce)
{
    uint64_t hash = hash_text(nonce);
    for (uint32_t i = 0; i < NONCES_MAX; i++)
        if (keys->nonces[i] == hash)
            return true;
    keys->nonces[keys->nonce_next++ % NONCES_MAX] = hash;
    return false;
}

/* "METHOD host/path", the host with its port or without. */
static bool uri_matches(const char *uri, const char *method, const char *host, const char *path)
{
    char wanted[512];
    const char *colon = strchr(host, ':');
    int bare = colon ? (int)(colon - host) : (int)strlen(host);
    int length = snprintf(wanted, sizeof wanted, "%s %s%s", method, host, path);
    if (length > 0 && (size_t)length < sizeof wanted && strcmp(uri, wanted) == 0)
        return true;
    length = snprintf(wanted, sizeof wanted, "%s %.*s%s", method, bare, host, path);
    return length > 0 && (size_t)length < sizeof wanted && strcmp(uri, wanted) == 0;
}

enum exchange_access exchange_auth_rest(struct exchange_keys *keys, const char *authorization,
                                        const char *method, const char *host, const char *path,
                                        enum exchange_scope scope, bool reject_replay,
                                        int64_t wall_ns, uint32_t *ret_key, struct err *err)
{
    if (strncmp(authorization, "Bearer ", 7) != 0) {
        err_set(err, "no bearer token");
        return ACCESS_UNKNOWN;
    }
    const struct known_token *known = verify(keys, authorization + 7, wall_ns / SECOND_NS, err);
    if (!known)
        return ACCESS_UNKNOWN;
    if (!uri_matches(known->claims.uri, method, host, path)) {
        err_set(err, "the token is for '%s'", known->claims.uri);
        return ACCESS_UNKNOWN;
    }
    if (reject_replay && is_replay(keys, known->claims.nonce)) {
        err_set(err, "the token's nonce was used before");
        return ACCESS_UNKNOWN;
    }
    *ret_key = known->key;
    const struct key *key = &keys->keys[known->key];
    bool allowed = scope == SCOPE_TRADE ? key->trade : key->view;
    return allowed ? ACCESS_GRANTED : ACCESS_FORBIDDEN;
}

bool exchange_auth_socket(struct exchange_keys *keys, const char *jwt, bool reject_replay,
                          int64_t wall_ns, struct err *err)
{
    const struct known_token *known = verify(keys, jwt, wall_ns / SECOND_NS, err);
    if (!known)
        return false;
    if (known->claims.uri[0])
        return err_set(err, "a WebSocket token carries no uri") == 0;
    return !reject_replay || !is_replay(keys, known->claims.nonce);
}

bool exchange_key_may_trade(const struct exchange_keys *keys, uint32_t key)
{
    return keys->keys[key].trade;
}

struct exchange_rate *exchange_key_rate(struct exchange_keys *keys, uint32_t key)
{
    return &keys->keys[key].rate;
}

bool exchange_rate_take(struct exchange_rate *rate, uint32_t limit, int64_t wall_ns,
                        uint32_t *ret_remaining)
{
    if (rate->window_s != wall_ns / SECOND_NS)
        *rate = (struct exchange_rate){.window_s = wall_ns / SECOND_NS};
    bool allowed = limit == 0 || rate->used < limit;
    rate->used += allowed;
    *ret_remaining = limit > rate->used ? limit - rate->used : 0;
    return allowed;
}
