/* Tokens read back: what the venue does with ours, for the loopback exchange and the tests. */
#include <mbedtls/ecdsa.h>
#include <mbedtls/pk.h>
#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "wire/json_read.h"
#include "wire/sign_private.h"

struct token {
    const char *text;
    size_t signed_length; /* header and claims with the dot between */
    unsigned char signature[SIGNATURE_BYTES];
    bool es256;
    char iss[32];
};

static bool decode_part(const char *text, size_t length, void *out, size_t capacity,
                        size_t *ret_length)
{
    return sodium_base642bin(out, capacity, text, length, NULL, ret_length, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

static bool read_text(struct json_reader *json, char *out, size_t capacity)
{
    struct json_text text;
    return json_read_string(json, &text) &&
           (json_text_copy(text, out, capacity) || json_fail(json, "a text that is too long"));
}

static bool read_seconds(struct json_reader *json, int64_t *ret)
{
    struct json_text text;
    return json_read_number(json, &text) &&
           (json_text_int64(text, ret) || json_fail(json, "a time that is no whole number"));
}

static int read_header(const char *bytes, size_t length, struct token *token,
                       struct jwt_claims *ret, struct err *err)
{
    struct json_reader json;
    struct json_text key;
    char alg[16] = "";
    json_init(&json, bytes, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "alg"))
                read_text(&json, alg, sizeof alg);
            else if (json_text_equal(key, "kid"))
                read_text(&json, ret->kid, sizeof ret->kid);
            else if (json_text_equal(key, "nonce"))
                read_text(&json, ret->nonce, sizeof ret->nonce);
        }
    if (json_finish(&json, err) < 0)
        return err_wrap(err, "the token's header");
    token->es256 = strcmp(alg, "ES256") == 0;
    if (!token->es256 && strcmp(alg, "EdDSA") != 0)
        return err_set(err, "the token's alg is neither ES256 nor EdDSA");
    return ret->kid[0] ? 0 : err_set(err, "the token names no key (kid)");
}

/* `uris`: the newer form, a list of one. */
static bool read_uris(struct json_reader *json, char *out, size_t capacity)
{
    if (!json_enter_array(json))
        return false;
    for (int count = 0; json_next_item(json); count++)
        if (count > 0 || !read_text(json, out, capacity))
            return json_fail(json, "more than one uri");
    return !json->failure;
}

static int read_claims(const char *bytes, size_t length, struct token *token,
                       struct jwt_claims *ret, struct err *err)
{
    struct json_reader json;
    struct json_text key;
    json_init(&json, bytes, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "sub"))
                read_text(&json, ret->sub, sizeof ret->sub);
            else if (json_text_equal(key, "iss"))
                read_text(&json, token->iss, sizeof token->iss);
            else if (json_text_equal(key, "uri"))
                read_text(&json, ret->uri, sizeof ret->uri);
            else if (json_text_equal(key, "uris"))
                read_uris(&json, ret->uri, sizeof ret->uri);
            else if (json_text_equal(key, "nbf"))
                read_seconds(&json, &ret->nbf);
            else if (json_text_equal(key, "exp"))
                read_seconds(&json, &ret->exp);
        }
    return json_finish(&json, err) < 0 ? err_wrap(err, "the token's claims") : 0;
}

static int read_token(const char *text, size_t length, struct token *token,
                      struct jwt_claims *ret, struct err *err)
{
    char bytes[JWT_MAX];
    size_t decoded;
    *ret = (struct jwt_claims){0};
    *token = (struct token){.text = text};
    if (length >= 2 * JWT_MAX)
        return err_set(err, "a token of %zu bytes; at most %d", length, 2 * JWT_MAX);
    const char *end = text + length, *dot = memchr(text, '.', length);
    const char *second = dot ? memchr(dot + 1, '.', (size_t)(end - dot - 1)) : NULL;
    if (!second)
        return err_set(err, "a token has three parts between dots");
    token->signed_length = (size_t)(second - text);
    if (!decode_part(text, (size_t)(dot - text), bytes, sizeof bytes, &decoded))
        return err_set(err, "the token's header is not base64url");
    if (read_header(bytes, decoded, token, ret, err) < 0)
        return -1;
    if (!decode_part(dot + 1, (size_t)(second - dot - 1), bytes, sizeof bytes, &decoded))
        return err_set(err, "the token's claims are not base64url");
    if (read_claims(bytes, decoded, token, ret, err) < 0)
        return -1;
    if (!decode_part(second + 1, (size_t)(end - second - 1), token->signature, SIGNATURE_BYTES,
                     &decoded) ||
        decoded != SIGNATURE_BYTES)
        return err_set(err, "the token's signature is not 64 bytes in base64url");
    return 0;
}

int sign_jwt_peek(const char *text, size_t length, struct jwt_claims *ret, struct err *err)
{
    struct token token;
    return read_token(text, length, &token, ret, err);
}

static int check_ecdsa(const struct token *token, mbedtls_pk_context *pk, struct err *err)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    mbedtls_mpi r, s;
    if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_ECKEY ||
        mbedtls_pk_ec(*pk)->grp.id != MBEDTLS_ECP_DP_SECP256R1)
        return err_set(err, "the public key is not of P-256");
    mbedtls_ecp_keypair *ec = mbedtls_pk_ec(*pk);
    crypto_hash_sha256(hash, (const unsigned char *)token->text, token->signed_length);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    int failed = mbedtls_mpi_read_binary(&r, token->signature, SIGNATURE_BYTES / 2) ||
                 mbedtls_mpi_read_binary(&s, token->signature + SIGNATURE_BYTES / 2,
                                         SIGNATURE_BYTES / 2) ||
                 mbedtls_ecdsa_verify(&ec->grp, hash, sizeof hash, &ec->Q, &r, &s);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
    return failed ? err_set(err, "the token's signature is wrong") : 0;
}

static int check_es256(const struct token *token, const char *public_key, struct err *err)
{
    mbedtls_pk_context pk;
    mbedtls_pk_init(&pk);
    int result;
    if (mbedtls_pk_parse_public_key(&pk, (const unsigned char *)public_key,
                                    strlen(public_key) + 1) != 0)
        result = err_set(err, "the public key is not a PEM that an ES256 token is checked with");
    else
        result = check_ecdsa(token, &pk, err);
    mbedtls_pk_free(&pk);
    return result;
}

static int check_ed25519(const struct token *token, const char *public_key, struct err *err)
{
    unsigned char key[ED25519_PUBLIC];
    size_t length;
    if (!sign_base64(public_key, strlen(public_key), sodium_base64_VARIANT_ORIGINAL, key,
                     sizeof key, &length) ||
        length != sizeof key)
        return err_set(err, "the public key is not the base64 of 32 bytes that an EdDSA token is "
                            "checked with");
    if (crypto_sign_verify_detached(token->signature, (const unsigned char *)token->text,
                                    token->signed_length, key) != 0)
        return err_set(err, "the token's signature is wrong");
    return 0;
}

static int check_claims(const struct token *token, const struct jwt_claims *claims, int64_t wall_s,
                        int64_t skew_s, struct err *err)
{
    if (strcmp(token->iss, "cdp") != 0 && strcmp(token->iss, "coinbase-cloud") != 0)
        return err_set(err, "the token's iss is not cdp");
    if (strcmp(claims->sub, claims->kid) != 0)
        return err_set(err, "the token's sub and kid differ");
    /* Bounded first, so that the sums below cannot overflow. */
    if (claims->nbf <= 0 || claims->exp <= 0 || claims->exp - claims->nbf > JWT_LIFE_S)
        return err_set(err, "the token's life (nbf to exp) is not within %d s", JWT_LIFE_S);
    if (claims->nbf > wall_s + skew_s)
        return err_set(err, "the token is not valid yet: look at the clock");
    if (claims->exp <= wall_s - skew_s)
        return err_set(err, "the token has expired");
    return 0;
}

int sign_jwt_verify(const char *text, size_t length, const char *public_key, int64_t wall_s,
                    int64_t skew_s, struct jwt_claims *ret, struct err *err)
{
    struct token token;
    if (sodium_init() < 0)
        return err_set(err, "the crypto library did not start");
    if (read_token(text, length, &token, ret, err) < 0)
        return -1;
    if ((token.es256 ? check_es256 : check_ed25519)(&token, public_key, err) < 0)
        return -1;
    return check_claims(&token, ret, wall_s, skew_s, err);
}
