#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/json_read.h"

/* Everything that ever holds a byte of the key, in one locked piece that is wiped as one. */
struct secret {
    char file[SECRET_FILE_MAX + 1];
    size_t file_length;
    char name[256], id[256], private_key[SECRET_FILE_MAX], secret[1024], passphrase[256], kind[16];
    struct json_reader json;
};

int secret_harden_process(struct err *err)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0)
        return err_set(err, "core dumps cannot be turned off: %s", strerror(errno));
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return err_set(err, "the process cannot be made undumpable: %s", strerror(errno));
    return 0;
}

int secret_random(void *bytes, size_t length, struct err *err)
{
    unsigned char *at = bytes;
    while (length > 0) {
        ssize_t got = getrandom(at, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(err, "the kernel gives no random bytes: %s", strerror(errno));
        at += got;
        length -= (size_t)got;
    }
    return 0;
}

static int check_file(int fd, const char *path, struct err *err)
{
    struct stat file;
    if (fstat(fd, &file) < 0)
        return err_set(err, "key file %s: %s", path, strerror(errno));
    if (!S_ISREG(file.st_mode))
        return err_set(err, "key file %s is not a regular file", path);
    if (file.st_uid != geteuid() && file.st_uid != 0)
        return err_set(err, "key file %s belongs to user %u, not to us (%u): chown it", path,
                       (unsigned)file.st_uid, (unsigned)geteuid());
    if (file.st_mode & 0177)
        return err_set(err, "key file %s has mode %04o, wider than 0600: chmod 600 %s", path,
                       (unsigned)file.st_mode & 07777, path);
    if (file.st_size > SECRET_FILE_MAX)
        return err_set(err, "key file %s holds more than %d bytes", path, SECRET_FILE_MAX);
    return 0;
}

static int read_whole(int fd, const char *path, struct secret *secret, struct err *err)
{
    while (secret->file_length < sizeof secret->file) {
        ssize_t got = read(fd, secret->file + secret->file_length,
                           sizeof secret->file - secret->file_length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, "key file %s: %s", path, strerror(errno));
        if (got == 0)
            return 0;
        secret->file_length += (size_t)got;
    }
    return err_set(err, "key file %s holds more than %d bytes", path, SECRET_FILE_MAX);
}

/* O_NONBLOCK: opening a FIFO that was put in the file's place must not hang the start. */
static int read_file(const char *path, struct secret *secret, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno == ELOOP
                   ? err_set(err, "key file %s is a symbolic link: name the file itself", path)
                   : err_set(err, "key file %s: %s", path, strerror(errno));
    int result = check_file(fd, path, err);
    if (result == 0)
        result = read_whole(fd, path, secret, err);
    close(fd);
    return result;
}

struct field { const char *key; char *out; size_t capacity; };

/* What a field holds is never repeated in the error: it may be the key in the wrong place. */
static bool read_field(struct json_reader *json, struct json_text key, const struct field *fields,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct json_text value;
        if (!json_text_equal(key, fields[i].key))
            continue;
        if (!json_read_string(json, &value))
            return false;
        return json_text_copy(value, fields[i].out, fields[i].capacity) ||
               json_fail(json, "a value is too long");
    }
    return true;
}

static int parse_file(struct secret *secret, const char *path, struct err *err)
{
    const struct field fields[] = {
        {"name", secret->name, sizeof secret->name},
        {"id", secret->id, sizeof secret->id},
        {"privateKey", secret->private_key, sizeof secret->private_key},
        {"secret", secret->secret, sizeof secret->secret},
        {"passphrase", secret->passphrase, sizeof secret->passphrase},
        {"kind", secret->kind, sizeof secret->kind},
    };
    struct json_text key;
    json_init(&secret->json, secret->file, secret->file_length);
    if (json_enter_object(&secret->json))
        while (json_next_key(&secret->json, &key))
            if (!read_field(&secret->json, key, fields, sizeof fields / sizeof fields[0]))
                break;
    if (json_finish(&secret->json, err) < 0)
        return err_wrap(err, "key file %s is not the JSON that Coinbase hands out", path);
    if (!secret->name[0])
        memcpy(secret->name, secret->id, sizeof secret->name);
    if (!secret->name[0])
        return err_set(err, "key file %s has neither \"name\" nor \"id\"", path);
    return 0;
}

static struct sign_key *make_hmac(const struct secret *secret, enum api_mode mode,
                                  const char *path, struct err *err)
{
    bool hex = strcmp(secret->kind, "hmac-hex") == 0;
    if (!hex && strcmp(secret->kind, "hmac-base64") != 0) {
        err_set(err, "key file %s: \"kind\" must be hmac-hex or hmac-base64", path);
        return NULL;
    }
    if (!secret->secret[0]) {
        err_set(err, "key file %s has no \"secret\"", path);
        return NULL;
    }
    if (hex != (mode == API_ADVANCED)) {
        err_set(err, "key file %s: %s keys do not sign for the %s API", path, secret->kind,
                mode == API_ADVANCED ? "advanced" : "exchange");
        return NULL;
    }
    return sign_key_hmac(hex ? KEY_HMAC_HEX : KEY_HMAC_BASE64, secret->name, secret->secret,
                         strlen(secret->secret), hex ? NULL : secret->passphrase, err);
}

static struct sign_key *make_key(const struct secret *secret, enum api_mode mode, const char *path,
                                 struct err *err)
{
    struct sign_key *key = NULL;
    if (secret->kind[0]) {
        key = make_hmac(secret, mode, path, err);
    } else if (!secret->private_key[0]) {
        err_set(err, "key file %s has no \"privateKey\"", path);
    } else if (mode == API_EXCHANGE) {
        err_set(err, "key file %s: the exchange API wants a key of kind hmac-base64", path);
    } else {
        key = sign_key_parse(secret->name, secret->private_key, strlen(secret->private_key), err);
        if (!key)
            err_wrap(err, "key file %s", path);
    }
    return key;
}

struct sign_key *secret_load_key(const char *path, enum api_mode mode, struct err *err)
{
    struct sign_key *key = NULL;
    if (sodium_init() < 0) {
        err_set(err, "libsodium does not start");
        return NULL;
    }
    /* sodium_malloc locks, guards the edges and wipes in sodium_free. */
    struct secret *secret = sodium_malloc(sizeof *secret);
    if (!secret) {
        err_set(err, "no memory for the key");
        return NULL;
    }
    memset(secret, 0, sizeof *secret);
    if (read_file(path, secret, err) == 0 && parse_file(secret, path, err) == 0)
        key = make_key(secret, mode, path, err);
    sodium_free(secret);
    return key;
}
