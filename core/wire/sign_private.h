#pragma once
/* Inside a signing key. For wire/sign*.c alone. It lives in sodium_malloc memory: guarded, kept
 * out of swap and core dumps where the system lets us, and wiped when it is freed. */
#include <mbedtls/ecp.h>

#include "wire/sign.h"

enum {
    KEY_NAME_MAX = 128,   /* organizations/UUID/apiKeys/UUID is 95 */
    KEY_SECRET_MAX = 512, /* HMAC secrets are 32 to 88 characters */
    KEY_TEXT_MAX = 8192,  /* a PEM of P-256 is 300 bytes */
    ED25519_SEED = 32, ED25519_PUBLIC = 32, ED25519_SECRET = 64, SIGNATURE_BYTES = 64
};

struct sign_key {
    enum key_kind kind;
    char name[KEY_NAME_MAX];
    char passphrase[KEY_NAME_MAX];
    mbedtls_ecp_keypair ec;                /* KEY_ES256 */
    unsigned char ed25519[ED25519_SECRET]; /* KEY_ED25519: seed, then public key */
    unsigned char secret[KEY_SECRET_MAX];  /* HMAC: as it is fed to the hash */
    size_t secret_length;
};

/* sodium_base642bin, strict about what follows, with blanks inside ignored. */
bool sign_base64(const char *text, size_t length, int variant, unsigned char *out,
                 size_t capacity, size_t *ret_length);
/* r||s of the SHA-256 of the bytes; blinding is random, the signature is not (RFC 6979). */
int sign_es256(struct sign_key *key, const void *bytes, size_t length,
               unsigned char out[SIGNATURE_BYTES]);
