#pragma once
/* Requests that the venue knows to be ours: signed with whatever kind of key there is, and queued.
 *
 *     signer_host(host, port, name);  tokens = token_pool_create(key, name);
 *     signer_submit(&(struct signer){key, tokens, http}, &request, token_path, wall_s, done, me,
 *                   &err);
 */
#include "io/http.h"
#include "io/token_pool.h"
#include "wire/coinbase_errors.h"

enum { SIGNER_HOST_MAX = 160 };

struct signer {
    struct sign_key *key;      /* all borrowed; NULL: nothing can be sent */
    struct token_pool *tokens; /* NULL with a KEY_HMAC_HEX */
    struct http *http;
};

/* The host as tokens name it: with its port unless that is 443. */
void signer_host(const char *host, uint16_t port, char out[SIGNER_HOST_MAX]);
/* `token_path` of the pool, or -1: signed on the spot. -1: nothing left. */
int signer_submit(const struct signer *signer, struct http_request *request, int token_path,
                  int64_t wall_s, http_done *done, void *context, struct err *err);
/* What a reply means, and (-1) what it says when it is not a whole HTTP 200. */
enum coinbase_error signer_error(const struct http_result *result);
int signer_check(const struct http_result *result, struct err *err);
