/* Signatures: CDP tokens and both legacy HMAC forms. */
#include "wire/sign.h"

#include <inttypes.h>
#include <mbedtls/ecdsa.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/json_write.h"
#include "wire/sign_private.h"

/* Blinding alone hangs on this: the signature is the same whatever it gives. */
static int random_blinding(void *context, unsigned char *out, size_t length)
{
    (void)context;
    randombytes_buf(out, length);
    return 0;
}

int sign_es256(struct sign_key *key, const void *bytes, size_t length,
               unsigned char out[SIGNATURE_BYTES])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    mbedtls_mpi r, s;
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    crypto_hash_sha256(hash, bytes, length);
    /* One keypair and this call cost 320 us; mbedtls_pk_sign costs 700. */
    int failed = mbedtls_ecdsa_sign_det_ext(&key->ec.grp, &r, &s, &key->ec.d, hash, sizeof hash,
                                            MBEDTLS_MD_SHA256, random_blinding, NULL);
    failed = failed || mbedtls_mpi_write_binary(&r, out, SIGNATURE_BYTES / 2) ||
             mbedtls_mpi_write_binary(&s, out + SIGNATURE_BYTES / 2, SIGNATURE_BYTES / 2);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
    return failed ? -1 : 0;
}

static void write_header(const struct sign_key *key, const unsigned char nonce[NONCE_BYTES],
                         struct buf *out)
{
    char hex[2 * NONCE_BYTES + 1];
    struct json_writer json;
    text_hex(nonce, NONCE_BYTES, hex);
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "alg", key->kind == KEY_ES256 ? "ES256" : "EdDSA");
    json_put_text(&json, "typ", "JWT");
    json_put_text(&json, "kid", key->name);
    json_put_text(&json, "nonce", hex);
    json_close_object(&json);
}

static void write_claims(const struct sign_key *key, const char *uri, int64_t wall_s,
                         struct buf *out)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "sub", key->name);
    json_put_text(&json, "iss", "cdp");
    json_put_int(&json, "nbf", wall_s);
    json_put_int(&json, "exp", wall_s + JWT_LIFE_S);
    if (uri)
        json_put_bytes(&json, "uri", uri, strcspn(uri, "?"));
    json_close_object(&json);
}

/* Appends one part of the token; false when it does not fit. */
static bool append_part(char *out, size_t capacity, size_t *length, const void *bytes, size_t size)
{
    size_t written = text_base64url(bytes, size, out + *length, capacity - *length);
    *length += written;
    return written > 0;
}

static int sign_token(struct sign_key *key, const struct buf *header, const struct buf *claims,
                      char *out, size_t capacity, struct err *err)
{
    size_t length = 0;
    unsigned char signature[SIGNATURE_BYTES];
    bool fits = append_part(out, capacity, &length, header->data, header->length);
    if (fits && length + 1 < capacity)
        out[length++] = '.';
    fits = fits && append_part(out, capacity, &length, claims->data, claims->length);
    if (!fits)
        return err_set(err, "a token longer than its buffer of %zu bytes", capacity);
    int failed = key->kind == KEY_ES256
                     ? sign_es256(key, out, length, signature)
                     : crypto_sign_detached(signature, NULL, (const unsigned char *)out, length,
                                            key->ed25519);
    if (failed)
        return err_set(err, "the crypto library failed to sign");
    if (length + 1 < capacity)
        out[length++] = '.';
    if (!append_part(out, capacity, &length, signature, sizeof signature))
        return err_set(err, "a token longer than its buffer of %zu bytes", capacity);
    return (int)length;
}

int sign_jwt(struct sign_key *key, const char *uri, int64_t wall_s,
             const unsigned char nonce[NONCE_BYTES], char *out, size_t capacity, struct err *err)
{
    if (key->kind != KEY_ES256 && key->kind != KEY_ED25519)
        return err_set(err, "key '%s' is an HMAC key: it signs no tokens", key->name);
    struct buf header, claims;
    buf_init(&header, JWT_MAX);
    buf_init(&claims, JWT_MAX);
    write_header(key, nonce, &header);
    write_claims(key, uri, wall_s, &claims);
    int result;
    if (header.failed || claims.failed)
        result = err_set(err, "a token longer than %d bytes, or no memory", JWT_MAX);
    else
        result = sign_token(key, &header, &claims, out, capacity, err);
    buf_fini(&header);
    buf_fini(&claims);
    if (result < 0 && capacity > 0)
        out[0] = '\0';
    return result;
}

struct piece { const void *bytes; size_t length; };

static void hmac_sha256(const struct sign_key *key, const struct piece *pieces, size_t count,
                        unsigned char out[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key->secret, key->secret_length);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, pieces[i].bytes, pieces[i].length);
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}

static int write_mac(const struct sign_key *key, const struct piece *pieces, size_t count,
                     char out[SIGNATURE_TEXT_MAX], struct err *err)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    if (key->kind != KEY_HMAC_HEX && key->kind != KEY_HMAC_BASE64)
        return err_set(err, "key '%s' signs tokens: it is no HMAC key", key->name);
    hmac_sha256(key, pieces, count, mac);
    if (key->kind == KEY_HMAC_HEX)
        text_hex(mac, sizeof mac, out);
    else
        sodium_bin2base64(out, SIGNATURE_TEXT_MAX, mac, sizeof mac,
                          sodium_base64_VARIANT_ORIGINAL);
    return 0;
}

static struct piece piece_of(const char *text)
{
    return (struct piece){text, strlen(text)};
}

static struct piece seconds_of(int64_t wall_s, char out[24])
{
    int length = snprintf(out, 24, "%" PRId64, wall_s);
    return (struct piece){out, (size_t)length};
}

int sign_hmac(struct sign_key *key, int64_t wall_s, const char *method, const char *path,
              const char *body, size_t body_length, char out[SIGNATURE_TEXT_MAX], struct err *err)
{
    char seconds[24];
    struct piece pieces[] = {seconds_of(wall_s, seconds), piece_of(method), piece_of(path),
                             {body, body ? body_length : 0}};
    /* The legacy Advanced form signs the path alone, Exchange the query with it. */
    if (key->kind == KEY_HMAC_HEX)
        pieces[2].length = strcspn(path, "?");
    return write_mac(key, pieces, 4, out, err);
}

int sign_hmac_websocket(struct sign_key *key, int64_t wall_s, const char *channel,
                        const char *product_ids, char out[SIGNATURE_TEXT_MAX], struct err *err)
{
    if (key->kind == KEY_HMAC_BASE64)
        return sign_hmac(key, wall_s, "GET", "/users/self/verify", NULL, 0, out, err);
    char seconds[24];
    struct piece pieces[] = {seconds_of(wall_s, seconds), piece_of(channel), piece_of(product_ids)};
    return write_mac(key, pieces, 3, out, err);
}
