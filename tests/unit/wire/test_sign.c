/* Keys and signatures. The keys were made by openssl for these tests and open nothing. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "suites.h"
#include "wire/sign.h"
#include "wire/sign_private.h"

static const char SEC1[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIMIsHbJux0EwVBAHCXKzxWYPqA49mlA4qh0nOR5649wToAoGCCqGSM49\n"
    "AwEHoUQDQgAEA87a+ZhSkiArVB/qO2faETu1yd1ny1TOyjY/na45sJni6DhA2v3B\n"
    "3r6AP30mYuGb0MWAmoxVQTMV9csqdOrmkg==\n"
    "-----END EC PRIVATE KEY-----\n";
static const char PARAMETERS[] =
    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
static const char PKCS8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwiwdsm7HQTBUEAcJ\n"
    "crPFZg+oDj2aUDiqHSc5Hnrj3BOhRANCAAQDztr5mFKSICtUH+o7Z9oRO7XJ3WfL\n"
    "VM7KNj+drjmwmeLoOEDa/cHevoA/fSZi4ZvQxYCajFVBMxX1yyp06uaS\n"
    "-----END PRIVATE KEY-----\n";
static const char P256_PUBLIC[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEA87a+ZhSkiArVB/qO2faETu1yd1n\n"
    "y1TOyjY/na45sJni6DhA2v3B3r6AP30mYuGb0MWAmoxVQTMV9csqdOrmkg==\n"
    "-----END PUBLIC KEY-----\n";
static const char P384[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MIGkAgEBBDCdy2j63XP9VzlxPcO+cDnDA6c+gRk19HbxFF3uPbeKgar/dCHy2Yqu\n"
    "i2lbdcnV+QqgBwYFK4EEACKhZANiAARoIFRaMQRkZCKdBv3eLAXximMoJ5d+Ld3z\n"
    "En45fwgpZz5LiNO1RQFdoRJSp9QsBibg4dO2c522r4pDn8oDhg2XIcesDUZnk6bm\n"
    "/yysea3tdDDqqYMr86vrFEZLJ2msVP8=\n"
    "-----END EC PRIVATE KEY-----\n";
static const char ED_PEM[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINOGqqSIza2m0ZuNEDt4QWg5JUMzBA744kD1AKwksC2n\n"
    "-----END PRIVATE KEY-----\n";
static const char ED_PKCS8[] = "MC4CAQAwBQYDK2VwBCIEINOGqqSIza2m0ZuNEDt4QWg5JUMzBA744kD1AKwksC2n";
static const char ED_SEED[] = "04aqpIjNrabRm40QO3hBaDklQzMEDvjiQPUArCSwLac=";
static const char ED_PUBLIC[] = "apJsQBYOUNq14gAkkDhMs2dBiUyG4RxCZ6lYeYTq3Cg=";

static const unsigned char NONCE[NONCE_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                 8, 9, 10, 11, 12, 13, 14, 255};
static const int64_t NOW = 1790000000;
static const char NAME[] = "organizations/0a1b/apiKeys/2c3d";
static const char URI[] = "GET api.coinbase.com/api/v3/brokerage/orders";

static struct err err;

static struct sign_key *parse(const char *secret)
{
    err.text[0] = '\0';
    return sign_key_parse(NAME, secret, strlen(secret), &err);
}

/* The 64 bytes that the portal hands out: seed, then public key. */
static void ed_64(char out[128])
{
    unsigned char bytes[64];
    size_t length;
    assert_int_equal(sodium_base642bin(bytes, 32, ED_SEED, strlen(ED_SEED), NULL, &length, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    assert_int_equal(sodium_base642bin(bytes + 32, 32, ED_PUBLIC, strlen(ED_PUBLIC), NULL, &length,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    sodium_bin2base64(out, 128, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
}

static void with_literal_breaks(const char *pem, char *out)
{
    for (; *pem; pem++) {
        if (*pem == '\n') {
            *out++ = '\\';
            *out++ = 'n';
        } else {
            *out++ = *pem;
        }
    }
    *out = '\0';
}

/* Signs a token with `secret` and takes it to `public_key`. */
static void signs_for(const char *secret, const char *public_key, enum key_kind kind)
{
    struct sign_key *key = parse(secret);
    struct jwt_claims claims;
    char token[JWT_MAX];
    if (!key)
        fail_msg("%s", err.text);
    assert_int_equal(sign_key_kind(key), kind);
    assert_string_equal(sign_key_name(key), NAME);
    int length = sign_jwt(key, URI, NOW, NONCE, token, sizeof token, &err);
    assert_true(length > 0 && strlen(token) == (size_t)length);
    if (sign_jwt_verify(token, (size_t)length, public_key, NOW, 5, &claims, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(claims.kid, NAME);
    assert_string_equal(claims.sub, NAME);
    assert_string_equal(claims.uri, URI);
    assert_string_equal(claims.nonce, "000102030405060708090a0b0c0d0eff");
    assert_int_equal(claims.nbf, NOW);
    assert_int_equal(claims.exp, NOW + JWT_LIFE_S);
    sign_key_destroy(key);
}

static void every_encoding_of_p256_signs(void **state)
{
    (void)state;
    char literal[1024], both[1200];
    with_literal_breaks(SEC1, literal);
    snprintf(both, sizeof both, "%s%s", PARAMETERS, SEC1);
    signs_for(SEC1, P256_PUBLIC, KEY_ES256);
    signs_for(PKCS8, P256_PUBLIC, KEY_ES256);
    signs_for(literal, P256_PUBLIC, KEY_ES256);
    signs_for(both, P256_PUBLIC, KEY_ES256);
    snprintf(both, sizeof both, "  \"%s\"\n", literal);
    signs_for(both, P256_PUBLIC, KEY_ES256);
}

static void every_encoding_of_ed25519_signs(void **state)
{
    (void)state;
    char whole[128], broken[160], literal[512];
    ed_64(whole);
    signs_for(whole, ED_PUBLIC, KEY_ED25519);
    signs_for(ED_SEED, ED_PUBLIC, KEY_ED25519);
    signs_for(ED_PKCS8, ED_PUBLIC, KEY_ED25519);
    signs_for(ED_PEM, ED_PUBLIC, KEY_ED25519);
    with_literal_breaks(ED_PEM, literal);
    signs_for(literal, ED_PUBLIC, KEY_ED25519);
    snprintf(broken, sizeof broken, " %.40s\n%s\n", whole, whole + 40);
    signs_for(broken, ED_PUBLIC, KEY_ED25519);
}

struct refusal_case { const char *secret, *words; };

static void other_texts_are_refused_without_showing_them(void **state)
{
    (void)state;
    char wrong[128], cut[1024];
    ed_64(wrong);
    wrong[60] = wrong[60] == 'A' ? 'B' : 'A';
    snprintf(cut, sizeof cut, "%.120s", SEC1);
    const struct refusal_case cases[] = {
        {wrong, "second half does not belong to its first"},
        {P384, "P-256 alone"},
        {"", "empty"},
        {" \n", "empty"},
        {"c2hvcnQ=", "base64 of 5 bytes"},
        {"hunter2-hunter2!", "16 characters that are neither PEM nor"},
        {cut, "cannot be read"},
        {P256_PUBLIC, "a public key"},
        {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nhunter2\n-----END ENCRYPTED PRIVATE KEY-----\n",
         "encrypted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(parse(cases[i].secret));
        if (!strstr(err.text, cases[i].words))
            fail_msg("'%s' does not say '%s'", err.text, cases[i].words);
        /* No eight characters of the secret, wherever they stand, are in the words. */
        for (const char *at = cases[i].secret; strlen(at) >= 8; at++) {
            char piece[9] = "";
            memcpy(piece, at, 8);
            if (!strstr(SEC1, piece) || at > cases[i].secret + 32)
                assert_null(strstr(err.text, piece));
        }
    }
    assert_null(sign_key_parse("", SEC1, strlen(SEC1), &err));
    assert_null(sign_key_parse(NAME, "a\0b", 3, &err));
    sign_key_destroy(NULL);
}

/* RFC 6979 A.2.5: P-256, SHA-256, message "sample". */
static void es256_is_deterministic_and_raw(void **state)
{
    (void)state;
    static const char SCALAR[] = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
    static const char WANTED[] =
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    unsigned char signature[SIGNATURE_BYTES];
    char hex[2 * SIGNATURE_BYTES + 1];
    struct sign_key *key = parse(SEC1);
    assert_non_null(key);
    assert_int_equal(mbedtls_mpi_read_string(&key->ec.d, 16, SCALAR), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sign_es256(key, "sample", 6, signature), 0);
        sodium_bin2hex(hex, sizeof hex, signature, sizeof signature);
        assert_string_equal(hex, WANTED);
    }
    sign_key_destroy(key);
}

static void a_websocket_token_has_no_uri_and_a_query_is_cut(void **state)
{
    (void)state;
    struct sign_key *key = parse(ED_SEED);
    struct jwt_claims claims;
    char token[JWT_MAX];
    int length = sign_jwt(key, NULL, NOW, NONCE, token, sizeof token, &err);
    assert_true(length > 0);
    assert_int_equal(sign_jwt_verify(token, (size_t)length, ED_PUBLIC, NOW, 0, &claims, &err), 0);
    assert_string_equal(claims.uri, "");
    length = sign_jwt(key, "GET h/p?limit=5", NOW, NONCE, token, sizeof token, &err);
    assert_int_equal(sign_jwt_peek(token, (size_t)length, &claims, &err), 0);
    assert_string_equal(claims.uri, "GET h/p");
    for (size_t capacity = 1; capacity <= (size_t)length; capacity += 7)
        assert_int_equal(sign_jwt(key, "GET h/p", NOW, NONCE, token, capacity, &err), -1);
    sign_key_destroy(key);
}

/* F67 | unit | tokens early, late, of another key or path | refused */
static void a_token_that_is_not_right_is_refused(void **state)
{
    (void)state;
    struct sign_key *key = parse(SEC1);
    struct jwt_claims claims;
    char token[JWT_MAX];
    size_t length = (size_t)sign_jwt(key, URI, NOW, NONCE, token, sizeof token, &err);
    sign_key_destroy(key);
    assert_int_equal(sign_jwt_verify(token, length, P256_PUBLIC, NOW - 5, 5, &claims, &err), 0);
    assert_int_equal(sign_jwt_verify(token, length, P256_PUBLIC, NOW - 6, 5, &claims, &err), -1);
    assert_non_null(strstr(err.text, "not valid yet"));
    assert_int_equal(sign_jwt_verify(token, length, P256_PUBLIC, NOW + 119, 0, &claims, &err), 0);
    assert_int_equal(sign_jwt_verify(token, length, P256_PUBLIC, NOW + 120, 0, &claims, &err), -1);
    assert_non_null(strstr(err.text, "expired"));
    assert_int_equal(sign_jwt_verify(token, length, ED_PUBLIC, NOW, 0, &claims, &err), -1);
    assert_int_equal(sign_jwt_verify(token, length - 3, P256_PUBLIC, NOW, 0, &claims, &err), -1);
    /* Any one character changed makes it another token; the last one of each part has bits that
     * mean nothing, but those are held to be 0. */
    for (size_t i = 0; i < length; i += 5) {
        char kept = token[i];
        token[i] = kept == 'A' ? 'B' : 'A';
        assert_int_equal(sign_jwt_verify(token, length, P256_PUBLIC, NOW, 0, &claims, &err), -1);
        token[i] = kept;
    }
    assert_int_equal(sign_jwt_verify(token, length, P256_PUBLIC, NOW, 0, &claims, &err), 0);
}

static void part(struct buf *out, const char *json)
{
    char text[512];
    sodium_bin2base64(text, sizeof text, (const unsigned char *)json, strlen(json),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buf_puts(out, text);
    buf_puts(out, ".");
}

/* A token signed by hand with the Ed25519 key, so that it may say what ours never would. */
static int verify_made(const char *header, const char *claims, struct jwt_claims *ret)
{
    struct sign_key *key = parse(ED_SEED);
    struct buf token;
    unsigned char signature[64];
    char text[128];
    buf_init(&token, 2048);
    part(&token, header);
    part(&token, claims);
    crypto_sign_detached(signature, NULL, (const unsigned char *)token.data, token.length - 1,
                         key->ed25519);
    sodium_bin2base64(text, sizeof text, signature, 64, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buf_puts(&token, text);
    int result = sign_jwt_verify(token.data, token.length, ED_PUBLIC, NOW, 0, ret, &err);
    buf_fini(&token);
    sign_key_destroy(key);
    return result;
}

static void the_claims_are_held_to_what_the_venue_asks(void **state)
{
    (void)state;
    static const char HEAD[] = "{\"alg\":\"EdDSA\",\"kid\":\"k\"}";
    static const struct { const char *header, *claims; bool taken; } CASES[] = {
        {HEAD, "{\"sub\":\"k\",\"iss\":\"cdp\",\"nbf\":1790000000,\"exp\":1790000120}", true},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"coinbase-cloud\",\"nbf\":1790000000,"
               "\"exp\":1790000060}", true},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"cdp\",\"nbf\":1790000000,\"exp\":1790000060,"
               "\"uris\":[\"GET a/b\"]}", true},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"cdp\",\"nbf\":1790000000,\"exp\":1790000060,"
               "\"uris\":[\"a\",\"b\"]}", false},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"evil\",\"nbf\":1790000000,\"exp\":1790000120}", false},
        {HEAD, "{\"sub\":\"z\",\"iss\":\"cdp\",\"nbf\":1790000000,\"exp\":1790000120}", false},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"cdp\",\"nbf\":1790000000,\"exp\":1790000121}", false},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"cdp\",\"nbf\":1,\"exp\":9223372036854775807}", false},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"cdp\",\"exp\":1790000120}", false},
        {HEAD, "{\"sub\":\"k\",\"iss\":\"cdp\",\"nbf\":\"now\",\"exp\":1790000120}", false},
        {"{\"alg\":\"none\",\"kid\":\"k\"}", "{}", false},
        {"{\"alg\":\"HS256\",\"kid\":\"k\"}", "{}", false},
        {"{\"alg\":\"EdDSA\"}", "{}", false},
        {"[]", "{}", false},
        {HEAD, "nonsense", false},
    };
    struct jwt_claims claims;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int result = verify_made(CASES[i].header, CASES[i].claims, &claims);
        if ((result == 0) != CASES[i].taken)
            fail_msg("case %zu: %d", i, result);
    }
    assert_int_equal(sign_jwt_peek("a.b", 3, &claims, &err), -1);
    assert_int_equal(sign_jwt_peek("", 0, &claims, &err), -1);
}

static void hmac_matches_openssl(void **state)
{
    (void)state;
    char out[SIGNATURE_TEXT_MAX];
    struct sign_key *hex = sign_key_hmac(KEY_HMAC_HEX, "k", "legacy-secret\n", 14, NULL, &err);
    struct sign_key *base =
        sign_key_hmac(KEY_HMAC_BASE64, "k", "c2VjcmV0LWtleQ==", 16, "pass", &err);
    assert_non_null(hex);
    assert_non_null(base);
    assert_string_equal(sign_key_passphrase(base), "pass");
    assert_int_equal(sign_hmac(hex, 1700000000, "POST", "/api/v3/brokerage/orders?x=1",
                               "{\"a\":1}", 7, out, &err),
                     0);
    assert_string_equal(out, "efa994ad79dec4c13a96b89d46f9b7d5ce706cb1df8046dfee8da12506b16966");
    assert_int_equal(sign_hmac(base, 1700000000, "GET", "/orders?a=b", NULL, 0, out, &err), 0);
    assert_string_equal(out, "53gH3InMPp4clzKxvexY+vOV6+wEzh9xgdaxhlFsYBY=");
    assert_int_equal(sign_hmac_websocket(hex, 1700000000, "level2", "BTC-USD,ETH-USD", out, &err),
                     0);
    assert_string_equal(out, "8f3c3b037bc2fcbd81bfa4ce5d8deae5d3cc0a2502b0d1cd0d091a6838e01a08");
    assert_int_equal(sign_hmac_websocket(base, 1700000000, "level2", "BTC-USD", out, &err), 0);
    assert_string_equal(out, "vIFoIU1Y1fGuW5L3KfjPbnkrUMRBRgQNXdrX7yCegDE=");
    sign_key_destroy(hex);
    sign_key_destroy(base);
}

static void kinds_do_not_sign_for_each_other(void **state)
{
    (void)state;
    char out[JWT_MAX];
    struct sign_key *hmac = sign_key_hmac(KEY_HMAC_HEX, "k", "s", 1, NULL, &err);
    struct sign_key *jwt = parse(ED_SEED);
    assert_int_equal(sign_jwt(hmac, URI, NOW, NONCE, out, sizeof out, &err), -1);
    assert_int_equal(sign_hmac(jwt, NOW, "GET", "/", NULL, 0, out, &err), -1);
    assert_null(sign_key_hmac(KEY_HMAC_BASE64, "k", "!not base64!", 12, "p", &err));
    assert_null(strstr(err.text, "!not"));
    assert_null(sign_key_hmac(KEY_HMAC_HEX, "k", "", 0, NULL, &err));
    assert_null(sign_key_hmac(KEY_ES256, "k", "s", 1, NULL, &err));
    sign_key_destroy(hmac);
    sign_key_destroy(jwt);
}

int suite_sign(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_of_p256_signs),
        cmocka_unit_test(every_encoding_of_ed25519_signs),
        cmocka_unit_test(other_texts_are_refused_without_showing_them),
        cmocka_unit_test(es256_is_deterministic_and_raw),
        cmocka_unit_test(a_websocket_token_has_no_uri_and_a_query_is_cut),
        cmocka_unit_test(a_token_that_is_not_right_is_refused),
        cmocka_unit_test(the_claims_are_held_to_what_the_venue_asks),
        cmocka_unit_test(hmac_matches_openssl),
        cmocka_unit_test(kinds_do_not_sign_for_each_other),
    };
    return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
