#pragma once
/* Keys and signatures: CDP JWT with ES256 or EdDSA, and both legacy HMAC forms. Pure: time and
 * nonce are arguments. Key material is wiped on destroy and appears in no error text.
 *
 *     key = sign_key_parse(name, secret, secret_length, &err);
 *     sign_jwt(key, "GET api.coinbase.com/api/v3/brokerage/orders", wall_s, nonce, jwt, cap, &err);
 */
#include "base/err.h"
#include "model/types.h"

enum api_mode { API_ADVANCED, API_EXCHANGE };   /* perpetuals exist in API_ADVANCED alone */
enum key_kind { KEY_ES256, KEY_ED25519, KEY_HMAC_HEX, KEY_HMAC_BASE64 };
enum { JWT_MAX = 1024, JWT_LIFE_S = 120, NONCE_BYTES = 16, SIGNATURE_TEXT_MAX = 128 };

struct sign_key;

/* Takes SEC1/PKCS8 PEM (literal \n un-escaped), base64 Ed25519 of 64, 32 or 48 bytes. For HMAC
 * keys use sign_key_hmac. NULL with err set: says what the text looks like, never the text. The
 * caller wipes its own copy of the secret. */
struct sign_key *sign_key_parse(const char *name, const char *secret, size_t secret_length,
                                struct err *err);
struct sign_key *sign_key_hmac(enum key_kind kind, const char *name, const char *secret,
                               size_t secret_length, const char *passphrase, struct err *err);
void sign_key_destroy(struct sign_key *key); /* wipes; NULL is fine */
enum key_kind sign_key_kind(const struct sign_key *key);
const char *sign_key_name(const struct sign_key *key);
const char *sign_key_passphrase(const struct sign_key *key); /* "" but for KEY_HMAC_BASE64 */

/* `uri` is "METHOD host/path" without scheme and query; NULL for a WebSocket token.
 * Returns the token's length, or -1. */
int sign_jwt(struct sign_key *key, const char *uri, int64_t wall_s,
             const unsigned char nonce[NONCE_BYTES], char *out, size_t capacity, struct err *err);

/* CB-ACCESS-SIGN: lower-case hex (legacy Advanced, path without query) or base64 (Exchange, path
 * with query), by the key's kind. */
int sign_hmac(struct sign_key *key, int64_t wall_s, const char *method, const char *path,
              const char *body, size_t body_length, char out[SIGNATURE_TEXT_MAX], struct err *err);
/* The legacy WebSocket form: timestamp + channel + comma-joined ids. */
int sign_hmac_websocket(struct sign_key *key, int64_t wall_s, const char *channel,
                        const char *product_ids, char out[SIGNATURE_TEXT_MAX], struct err *err);

/* For the loopback exchange: verifies compact JWS against a public key (PEM of P-256 SPKI, or
 * base64 of 32 raw Ed25519 bytes); 0 when signature, header and times hold, else -1. `ret_kid` and
 * `ret_uri` are copied out ("" when absent). */
struct jwt_claims { char kid[128], sub[128], uri[512], nonce[80]; int64_t nbf, exp; };
int sign_jwt_verify(const char *token, size_t length, const char *public_key, int64_t wall_s,
                    int64_t skew_s, struct jwt_claims *ret, struct err *err);
/* Reads the claims without trusting them: to find which key to verify with. */
int sign_jwt_peek(const char *token, size_t length, struct jwt_claims *ret, struct err *err);
