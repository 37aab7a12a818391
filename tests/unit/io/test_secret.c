#define _GNU_SOURCE /* memmem */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/secret.h"
#include "suites.h"

/* Made for this test alone: 32 bytes of seed, and a recognisable word for texts that are wrong. */
#define SEED "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define WORD "TOPSECRETKEYMATERIAL"

static char directory[] = "/tmp/moongate-secret-XXXXXX", path[128];

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/key.json", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static void write_key(const char *text, size_t length, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static struct sign_key *load(const char *text, enum api_mode mode, struct err *err)
{
    err->text[0] = '\0';
    write_key(text, strlen(text), 0600);
    return secret_load_key(path, mode, err);
}

static void good_keys_load(void **state)
{
    (void)state;
    struct err err;
    struct sign_key *key = load("{\"name\":\"organizations/o/apiKeys/k\",\"privateKey\":\"" SEED
                                "\",\"createdAt\":1}", API_ADVANCED, &err);
    assert_non_null(key);
    assert_int_equal(sign_key_kind(key), KEY_ED25519);
    assert_string_equal(sign_key_name(key), "organizations/o/apiKeys/k");
    sign_key_destroy(key);
    key = load("{\"id\":\"bare-id\",\"privateKey\":\"" SEED "\"}", API_ADVANCED, &err);
    assert_string_equal(sign_key_name(key), "bare-id");
    sign_key_destroy(key);
    key = load("{\"name\":\"n\",\"secret\":\"abc\",\"kind\":\"hmac-hex\"}", API_ADVANCED, &err);
    assert_int_equal(sign_key_kind(key), KEY_HMAC_HEX);
    sign_key_destroy(key);
    key = load("{\"name\":\"n\",\"secret\":\"YWJj\",\"passphrase\":\"p\",\"kind\":\"hmac-base64\"}",
               API_EXCHANGE, &err);
    assert_int_equal(sign_key_kind(key), KEY_HMAC_BASE64);
    sign_key_destroy(key);
}

static void is_refused(const char *text, enum api_mode mode, const char *words)
{
    struct err err;
    assert_null(load(text, mode, &err));
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, words));
    assert_null(strstr(err.text, WORD));
    assert_null(strstr(err.text, SEED));
    for (size_t i = 0; i + 8 <= strlen(WORD); i++) /* no part of it either */
        assert_null(memmem(err.text, strlen(err.text), WORD + i, 8));
}

static void bad_keys_are_refused_without_a_byte_of_theirs(void **state)
{
    (void)state;
    is_refused("", API_ADVANCED, "not the JSON");
    is_refused(WORD, API_ADVANCED, "not the JSON");
    is_refused("{\"name\":\"n\",\"privateKey\":\"" WORD, API_ADVANCED, "not the JSON");
    is_refused("{\"name\":\"n\",\"privateKey\":" WORD "}", API_ADVANCED, "not the JSON");
    is_refused("{\"name\":\"n\",\"privateKey\":\"" WORD "\\q\"}", API_ADVANCED, "not the JSON");
    is_refused("{\"name\":\"n\",\"privateKey\":\"" WORD "\"}", API_ADVANCED, "key");
    is_refused("{\"name\":\"n\",\"privateKey\":\"-----BEGIN EC PRIVATE KEY-----\\n" WORD
               "\\n-----END EC PRIVATE KEY-----\"}", API_ADVANCED, "key");
    is_refused("{\"privateKey\":\"" WORD "\"}", API_ADVANCED, "neither");
    is_refused("{\"name\":\"n\"}", API_ADVANCED, "privateKey");
    is_refused("{\"name\":\"n\",\"secret\":\"" WORD "\",\"kind\":\"rsa\"}", API_ADVANCED, "kind");
    is_refused("{\"name\":\"n\",\"kind\":\"hmac-hex\"}", API_ADVANCED, "secret");
    is_refused("{\"name\":\"n\",\"secret\":\"" WORD "\",\"kind\":\"hmac-hex\"}", API_EXCHANGE,
               "do not sign");
    is_refused("{\"name\":\"n\",\"secret\":\"" WORD "\",\"kind\":\"hmac-base64\"}", API_ADVANCED,
               "do not sign");
    is_refused("{\"name\":\"n\",\"privateKey\":\"" WORD "\"}", API_EXCHANGE, "hmac-base64");
}

static void a_file_that_others_can_read_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0660, 0644, 0700, 0610};
    static const char text[] = "{\"name\":\"n\",\"privateKey\":\"" SEED "\"}";
    struct err err;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        write_key(text, sizeof text - 1, modes[i]);
        assert_null(secret_load_key(path, API_ADVANCED, &err));
        assert_non_null(strstr(err.text, "chmod 600"));
    }
    write_key(text, sizeof text - 1, 0400);
    struct sign_key *key = secret_load_key(path, API_ADVANCED, &err);
    assert_non_null(key);
    sign_key_destroy(key);
}

static void a_file_of_somebody_else_is_refused(void **state)
{
    (void)state;
    struct err err;
    if (geteuid() != 0)
        skip(); /* only root can give a file away */
    write_key("{}", 2, 0600);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_null(secret_load_key(path, API_ADVANCED, &err));
    assert_non_null(strstr(err.text, "belongs to user 12345"));
}

static void what_is_no_regular_file_is_refused(void **state)
{
    (void)state;
    struct err err;
    char real[160];
    assert_null(secret_load_key(directory, API_ADVANCED, &err));
    assert_null(secret_load_key("/dev/zero", API_ADVANCED, &err));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(secret_load_key(path, API_ADVANCED, &err)); /* and does not hang */
    assert_non_null(strstr(err.text, "regular"));
    write_key("{}", 2, 0600);
    snprintf(real, sizeof real, "%s.real", path);
    assert_int_equal(rename(path, real), 0);
    assert_int_equal(symlink(real, path), 0);
    assert_null(secret_load_key(path, API_ADVANCED, &err));
    assert_non_null(strstr(err.text, "symbolic link"));
    unlink(real);
    unlink(path);
    assert_null(secret_load_key(path, API_ADVANCED, &err));
}

static void a_file_past_the_bound_is_refused(void **state)
{
    (void)state;
    struct err err;
    static char text[SECRET_FILE_MAX + 1];
    memset(text, ' ', sizeof text);
    write_key(text, sizeof text, 0600);
    assert_null(secret_load_key(path, API_ADVANCED, &err));
    assert_non_null(strstr(err.text, "more than"));
}

static void a_hardened_process_dumps_nothing(void **state)
{
    (void)state;
    pid_t child = fork(); /* the rest of the tests want to stay debuggable */
    if (child == 0) {
        struct rlimit limit;
        struct err err;
        bool good = secret_harden_process(&err) == 0 && getrlimit(RLIMIT_CORE, &limit) == 0 &&
                    limit.rlim_cur == 0 && limit.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0;
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void random_bytes_differ(void **state)
{
    (void)state;
    unsigned char a[NONCE_BYTES] = {0}, b[NONCE_BYTES] = {0};
    struct err err;
    assert_int_equal(secret_random(a, sizeof a, &err), 0);
    assert_int_equal(secret_random(b, sizeof b, &err), 0);
    assert_memory_not_equal(a, b, sizeof a);
}

int suite_secret(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_keys_load),
        cmocka_unit_test(bad_keys_are_refused_without_a_byte_of_theirs),
        cmocka_unit_test(a_file_that_others_can_read_is_refused),
        cmocka_unit_test(a_file_of_somebody_else_is_refused),
        cmocka_unit_test(what_is_no_regular_file_is_refused),
        cmocka_unit_test(a_file_past_the_bound_is_refused),
        cmocka_unit_test(a_hardened_process_dumps_nothing),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests_name("secret", tests, make_directory, remove_directory);
}
