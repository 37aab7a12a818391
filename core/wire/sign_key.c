/* Keys from the texts that people are given for them. Nothing here may repeat a secret: an error
 * says what a text looks like, by its frame and its length. */
#include <mbedtls/pk.h>
#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "wire/sign_private.h"

bool sign_base64(const char *text, size_t length, int variant, unsigned char *out,
                 size_t capacity, size_t *ret_length)
{
    const char *end = NULL;
    return sodium_base642bin(out, capacity, text, length, " \t\r\n", ret_length, &end, variant) ==
               0 &&
           end == text + length;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Into `out` with the two characters \n made a line break, as environment files and JSON copied
 * by hand leave them, and without blanks or quotes around it. Returns its length, 0 when empty. */
static size_t clean_text(const char *text, size_t length, char *out)
{
    size_t written = 0;
    while (length > 0 && (is_blank(*text) || *text == '"'))
        text++, length--;
    while (length > 0 && (is_blank(text[length - 1]) || text[length - 1] == '"'))
        length--;
    for (size_t i = 0; i < length; i++) {
        bool escape = text[i] == '\\' && i + 1 < length;
        if (escape && (text[i + 1] == 'n' || text[i + 1] == 'r'))
            out[written++] = text[++i] == 'n' ? '\n' : '\r';
        else
            out[written++] = text[i];
    }
    out[written] = '\0';
    return written;
}

static struct sign_key *create(enum key_kind kind, const char *name, struct err *err)
{
    if (sodium_init() < 0) {
        err_set(err, "the crypto library found no source of randomness");
        return NULL;
    }
    size_t length = name ? strlen(name) : 0;
    if (length == 0 || length >= KEY_NAME_MAX || !text_utf8_valid(name, length)) {
        err_set(err, "the key's name is %s; it is the text that the portal shows beside the key",
                length == 0 ? "empty" : "longer than 127 bytes, or not UTF-8");
        return NULL;
    }
    struct sign_key *key = sodium_malloc(sizeof *key);
    if (!key) {
        err_set(err, "no locked memory for a key: raise the limit on locked memory");
        return NULL;
    }
    memset(key, 0, sizeof *key);
    key->kind = kind;
    memcpy(key->name, name, length + 1);
    mbedtls_ecp_keypair_init(&key->ec);
    return key;
}

void sign_key_destroy(struct sign_key *key)
{
    if (!key)
        return;
    mbedtls_ecp_keypair_free(&key->ec); /* wipes its big numbers */
    sodium_free(key);
}

enum key_kind sign_key_kind(const struct sign_key *key)
{
    return key->kind;
}

const char *sign_key_name(const struct sign_key *key)
{
    return key->name;
}

const char *sign_key_passphrase(const struct sign_key *key)
{
    return key->passphrase;
}

static int take_seed(struct sign_key *key, const unsigned char seed[ED25519_SEED])
{
    unsigned char public_key[ED25519_PUBLIC];
    key->kind = KEY_ED25519;
    return crypto_sign_seed_keypair(public_key, key->ed25519, seed);
}

/* PKCS8 of Ed25519, whole: SEQUENCE, version 0, OID 1.3.101.112, the seed in two OCTET STRINGs. */
static const unsigned char ED25519_PKCS8[16] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

static int take_ed25519(struct sign_key *key, const unsigned char *bytes, size_t length,
                        struct err *err)
{
    if (length == ED25519_SEED)
        return take_seed(key, bytes);
    if (length == sizeof ED25519_PKCS8 + ED25519_SEED &&
        memcmp(bytes, ED25519_PKCS8, sizeof ED25519_PKCS8) == 0)
        return take_seed(key, bytes + sizeof ED25519_PKCS8);
    if (length != ED25519_SECRET)
        return err_set(err,
                       "base64 of %zu bytes; an Ed25519 key has 64 (seed and public key), 32 "
                       "(seed) or 48 (PKCS8)",
                       length);
    if (take_seed(key, bytes) < 0)
        return -1;
    /* A paste that lost a character in its second half would be a 401 on every request. */
    if (sodium_memcmp(key->ed25519, bytes, ED25519_SECRET) != 0)
        return err_set(err, "an Ed25519 key whose second half does not belong to its first: "
                            "paste it again");
    return 0;
}

static int take_base64(struct sign_key *key, const char *text, size_t length, struct err *err)
{
    unsigned char bytes[128];
    size_t decoded = 0;
    int result;
    if (sign_base64(text, length, sodium_base64_VARIANT_ORIGINAL, bytes, sizeof bytes, &decoded) ||
        sign_base64(text, length, sodium_base64_VARIANT_ORIGINAL_NO_PADDING, bytes, sizeof bytes,
                    &decoded))
        result = take_ed25519(key, bytes, decoded, err);
    else
        result = err_set(err,
                         "%zu characters that are neither PEM nor the base64 of an Ed25519 key",
                         length);
    sodium_memzero(bytes, sizeof bytes);
    return result;
}

/* mbedTLS 2.28 knows no Ed25519, so a PKCS8 frame is looked into first. True when it was one. */
static bool take_pkcs8_ed25519(struct sign_key *key, const char *text)
{
    static const char BEGIN[] = "-----BEGIN PRIVATE KEY-----", END[] = "-----END PRIVATE KEY-----";
    unsigned char bytes[128];
    size_t decoded = 0;
    bool taken = false;
    const char *begin = strstr(text, BEGIN), *end = strstr(text, END);
    if (!begin || !end || end < begin + sizeof BEGIN)
        return false;
    begin += sizeof BEGIN - 1;
    if (sign_base64(begin, (size_t)(end - begin), sodium_base64_VARIANT_ORIGINAL, bytes,
                    sizeof bytes, &decoded) &&
        decoded == sizeof ED25519_PKCS8 + ED25519_SEED)
        taken = take_ed25519(key, bytes, decoded, NULL) == 0;
    sodium_memzero(bytes, sizeof bytes);
    return taken;
}

static int take_ec(struct sign_key *key, mbedtls_pk_context *pk, struct err *err)
{
    if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_ECKEY)
        return err_set(err, "a PEM that is no elliptic-curve key: make an ECDSA or Ed25519 key");
    mbedtls_ecp_keypair *ec = mbedtls_pk_ec(*pk);
    if (ec->grp.id != MBEDTLS_ECP_DP_SECP256R1)
        return err_set(err, "an elliptic-curve key of another curve: ES256 signs with P-256 alone");
    if (mbedtls_ecp_check_privkey(&ec->grp, &ec->d) != 0)
        return err_set(err, "a P-256 key whose number is out of range");
    if (mbedtls_ecp_group_copy(&key->ec.grp, &ec->grp) != 0 ||
        mbedtls_mpi_copy(&key->ec.d, &ec->d) != 0 || mbedtls_ecp_copy(&key->ec.Q, &ec->Q) != 0)
        return err_set(err, "no memory for a key");
    key->kind = KEY_ES256;
    return 0;
}

static int take_pem(struct sign_key *key, const char *text, size_t length, struct err *err)
{
    if (strstr(text, "-----BEGIN PUBLIC KEY-----"))
        return err_set(err, "a public key; the private one signs");
    if (strstr(text, "ENCRYPTED"))
        return err_set(err, "an encrypted PEM; give the key without a password");
    if (take_pkcs8_ed25519(key, text))
        return 0;
    mbedtls_pk_context pk;
    mbedtls_pk_init(&pk);
    int result;
    if (mbedtls_pk_parse_key(&pk, (const unsigned char *)text, length + 1, NULL, 0) != 0)
        result = err_set(err, "a PEM of %zu characters that cannot be read: cut short, or its "
                              "line breaks are lost",
                         length);
    else
        result = take_ec(key, &pk, err);
    mbedtls_pk_free(&pk);
    return result;
}

struct sign_key *sign_key_parse(const char *name, const char *secret, size_t secret_length,
                                struct err *err)
{
    struct sign_key *key = create(KEY_ES256, name, err);
    if (!key)
        return NULL;
    char text[KEY_TEXT_MAX];
    int result = -1;
    if (secret_length >= sizeof text) {
        err_set(err, "%zu characters; no key is longer than %d", secret_length, KEY_TEXT_MAX);
    } else if (memchr(secret, 0, secret_length)) {
        err_set(err, "a secret with a NUL byte inside: not a text file");
    } else {
        size_t length = clean_text(secret, secret_length, text);
        if (length == 0)
            err_set(err, "an empty secret");
        else if (strstr(text, "-----BEGIN"))
            result = take_pem(key, text, length, err);
        else
            result = take_base64(key, text, length, err);
    }
    sodium_memzero(text, sizeof text);
    if (result == 0)
        return key;
    err_wrap(err, "key '%s'", key->name);
    sign_key_destroy(key);
    return NULL;
}

static int take_hmac(struct sign_key *key, const char *text, size_t length, struct err *err)
{
    if (length == 0)
        return err_set(err, "an empty secret");
    if (key->kind == KEY_HMAC_HEX) {
        if (length > sizeof key->secret)
            return err_set(err, "a secret of %zu characters; at most %d", length, KEY_SECRET_MAX);
        memcpy(key->secret, text, length);
        key->secret_length = length;
        return 0;
    }
    if (!sign_base64(text, length, sodium_base64_VARIANT_ORIGINAL, key->secret,
                     sizeof key->secret, &key->secret_length) ||
        key->secret_length == 0)
        return err_set(err, "a secret of %zu characters that is not base64, as Exchange keys are",
                       length);
    return 0;
}

struct sign_key *sign_key_hmac(enum key_kind kind, const char *name, const char *secret,
                               size_t secret_length, const char *passphrase, struct err *err)
{
    if (kind != KEY_HMAC_HEX && kind != KEY_HMAC_BASE64) {
        err_set(err, "not a kind of HMAC key");
        return NULL;
    }
    struct sign_key *key = create(kind, name, err);
    if (!key)
        return NULL;
    char text[KEY_TEXT_MAX];
    int result = -1;
    if (secret_length >= sizeof text || memchr(secret, 0, secret_length))
        err_set(err, "a secret that is too long, or holds a NUL byte");
    else
        result = take_hmac(key, text, clean_text(secret, secret_length, text), err);
    if (result == 0 && passphrase &&
        !text_copy(key->passphrase, sizeof key->passphrase, passphrase, strlen(passphrase)))
        result = err_set(err, "a passphrase longer than 127 bytes");
    sodium_memzero(text, sizeof text);
    if (result == 0)
        return key;
    err_wrap(err, "key '%s'", key->name);
    sign_key_destroy(key);
    return NULL;
}
