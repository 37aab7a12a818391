/* Any bytes as a token or as a key's text: no token made without the key is taken, and what is
 * wrong with a key is told without a piece of it. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "wire/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static const char PUBLIC[] = "apJsQBYOUNq14gAkkDhMs2dBiUyG4RxCZ6lYeYTq3Cg=";

static void check_claims(const struct jwt_claims *claims)
{
    CHECK(memchr(claims->kid, 0, sizeof claims->kid) && memchr(claims->sub, 0, sizeof claims->sub));
    CHECK(memchr(claims->uri, 0, sizeof claims->uri));
    CHECK(memchr(claims->nonce, 0, sizeof claims->nonce));
}

static void try_token(const char *text, size_t length)
{
    struct jwt_claims claims;
    struct err err;
    sign_jwt_peek(text, length, &claims, &err);
    check_claims(&claims);
    CHECK(sign_jwt_verify(text, length, PUBLIC, 1790000000, 1000000000, &claims, &err) < 0);
    check_claims(&claims);
}

static void try_key(const char *text, size_t length)
{
    static const unsigned char NONCE[NONCE_BYTES];
    char token[JWT_MAX];
    struct err err = {""};
    struct sign_key *key = sign_key_parse("name", text, length, &err);
    if (key) {
        CHECK(sign_jwt(key, "GET h/p", 1790000000, NONCE, token, sizeof token, &err) > 0);
    } else {
        CHECK(err.text[0] != '\0');
    }
    sign_key_destroy(key);
    key = sign_key_hmac(KEY_HMAC_BASE64, "name", text, length, "pass", &err);
    if (key)
        CHECK(sign_hmac(key, 1, "GET", "/", NULL, 0, token, &err) == 0);
    sign_key_destroy(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    try_token((const char *)data, length);
    try_key((const char *)data, length);
    return 0;
}
