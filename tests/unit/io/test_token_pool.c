#include <string.h>

#include "io/token_pool.h"
#include "suites.h"

#define SEED "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
/* The public half of the seed above: base64 of 32 bytes. */
#define PUBLIC "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="

enum { NOW_S = 1790000000, COUNT = 4 };

static struct sign_key *key;
static struct token_pool *pool;
static int path;

static int make(void **state)
{
    (void)state;
    struct err err;
    key = sign_key_parse("key-name", SEED, strlen(SEED), &err);
    pool = key ? token_pool_create(key, "api.example") : NULL;
    path = pool ? token_pool_add(pool, "POST", "/api/v3/brokerage/orders", COUNT) : -1;
    return pool ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    token_pool_destroy(pool);
    sign_key_destroy(key);
    return 0;
}

static void mint_all(int64_t wall_s)
{
    for (int i = 0; i < COUNT; i++)
        token_pool_mint(pool, wall_s, 1);
}

static void tokens_say_what_they_are_for(void **state)
{
    (void)state;
    char token[JWT_MAX];
    struct jwt_claims claims;
    struct err err;
    assert_int_equal(token_pool_take(pool, path, NOW_S, token, &err), 0);
    assert_int_equal(sign_jwt_verify(token, strlen(token), PUBLIC, NOW_S, 0, &claims, &err), 0);
    assert_string_equal(claims.uri, "POST api.example/api/v3/brokerage/orders");
    assert_string_equal(claims.sub, "key-name");
    assert_int_equal(claims.exp, NOW_S + JWT_LIFE_S);
    assert_int_equal(token_pool_sign(pool, "GET", "/a/b?cursor=c", NOW_S, token, &err), 0);
    assert_int_equal(sign_jwt_verify(token, strlen(token), PUBLIC, NOW_S, 0, &claims, &err), 0);
    assert_string_equal(claims.uri, "GET api.example/a/b"); /* without the query */
    assert_int_equal(token_pool_sign(pool, NULL, NULL, NOW_S, token, &err), 0);
    assert_int_equal(sign_jwt_peek(token, strlen(token), &claims, &err), 0);
    assert_string_equal(claims.uri, "");
}

static void each_token_is_used_once(void **state)
{
    (void)state;
    char tokens[COUNT + 2][JWT_MAX];
    struct err err;
    mint_all(NOW_S);
    assert_false(token_pool_mint(pool, NOW_S, 1));
    for (int i = 0; i < COUNT + 2; i++) {
        assert_int_equal(token_pool_take(pool, path, NOW_S, tokens[i], &err), 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(tokens[i], tokens[j]);
    }
    assert_int_equal(token_pool_counters(pool)->minted_ahead, COUNT);
    assert_int_equal(token_pool_counters(pool)->minted_at_once, 2);
    assert_int_equal(token_pool_counters(pool)->used, COUNT + 2);
}

static void minting_is_bounded_and_says_when_more_is_missing(void **state)
{
    (void)state;
    for (int i = 1; i < COUNT; i++)
        assert_true(token_pool_mint(pool, NOW_S, 1));
    assert_false(token_pool_mint(pool, NOW_S, 1));
    assert_int_equal(token_pool_counters(pool)->minted_ahead, COUNT);
}

/* F67 | unit | a token near its end | never used, another is made */
static void an_old_token_is_never_given(void **state)
{
    (void)state;
    char token[JWT_MAX];
    struct jwt_claims claims;
    struct err err;
    static const int64_t later[] = {TOKEN_FRESH_S + 1, 3600, -1, -3600}; /* and a clock set back */
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        mint_all(NOW_S);
        uint64_t at_once = token_pool_counters(pool)->minted_at_once;
        assert_int_equal(token_pool_take(pool, path, NOW_S + later[i], token, &err), 0);
        assert_int_equal(token_pool_counters(pool)->minted_at_once, at_once + 1);
        assert_int_equal(sign_jwt_peek(token, strlen(token), &claims, &err), 0);
        assert_int_equal(claims.nbf, NOW_S + later[i]);
    }
}

static void tokens_are_renewed_before_they_age(void **state)
{
    (void)state;
    char token[JWT_MAX];
    struct jwt_claims claims;
    struct err err;
    mint_all(NOW_S);
    assert_false(token_pool_mint(pool, NOW_S + TOKEN_FRESH_S / 2, COUNT));
    assert_false(token_pool_mint(pool, NOW_S + TOKEN_FRESH_S - 5, COUNT));
    assert_int_equal(token_pool_counters(pool)->minted_ahead, 2 * COUNT);
    assert_int_equal(token_pool_counters(pool)->discarded, COUNT);
    assert_int_equal(token_pool_take(pool, path, NOW_S + TOKEN_FRESH_S + 5, token, &err), 0);
    assert_int_equal(sign_jwt_peek(token, strlen(token), &claims, &err), 0);
    assert_int_equal(claims.nbf, NOW_S + TOKEN_FRESH_S - 5);
}

/* F66 | unit | the clock steps by an hour, forward or back | what was made before is thrown away */
static void tokens_do_not_outlive_a_step_of_the_clock(void **state)
{
    static const int64_t STEPS_S[] = {-3600, -1, 3600, TOKEN_FRESH_S + 1};
    (void)state;
    char token[JWT_MAX];
    struct jwt_claims claims;
    struct err err;
    for (size_t i = 0; i < sizeof STEPS_S / sizeof *STEPS_S; i++) {
        mint_all(NOW_S);
        assert_int_equal(token_pool_take(pool, path, NOW_S + STEPS_S[i], token, &err), 0);
        assert_int_equal(sign_jwt_peek(token, strlen(token), &claims, &err), 0);
        assert_int_equal(claims.nbf, NOW_S + STEPS_S[i]);
    }
}

static void a_path_too_long_is_refused(void **state)
{
    (void)state;
    char token[JWT_MAX], long_path[1000];
    struct err err;
    memset(long_path, 'x', sizeof long_path);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    assert_int_equal(token_pool_sign(pool, "GET", long_path, NOW_S, token, &err), -1);
}

int suite_token_pool(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tokens_say_what_they_are_for, make, end),
        cmocka_unit_test_setup_teardown(each_token_is_used_once, make, end),
        cmocka_unit_test_setup_teardown(minting_is_bounded_and_says_when_more_is_missing, make,
                                        end),
        cmocka_unit_test_setup_teardown(an_old_token_is_never_given, make, end),
        cmocka_unit_test_setup_teardown(tokens_are_renewed_before_they_age, make, end),
        cmocka_unit_test_setup_teardown(tokens_do_not_outlive_a_step_of_the_clock, make, end),
        cmocka_unit_test_setup_teardown(a_path_too_long_is_refused, make, end),
    };
    return cmocka_run_group_tests_name("token pool", tests, NULL, NULL);
}
