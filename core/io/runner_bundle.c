#define _GNU_SOURCE /* memfd_create */
#include "io/runner_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/bundle.h"
#include "wire/json_read.h"

enum { MODULE_NAME_MAX = 64, PATH_TEXT_MAX = 1024 };

/* One file of a bundle while it is put together. */
struct source {
    char name[MODULE_NAME_MAX];  /* what it is in the bundle */
    char path[PATH_TEXT_MAX];    /* for messages */
    char *text;                  /* owned */
    size_t length;
};

struct gathering {
    const struct runner_sources *sources;
    struct source files[BUNDLE_ENTRIES_MAX];
    uint32_t count;
    size_t bytes;
};

static ssize_t read_all(int fd, char *out, size_t length)
{
    size_t got = 0;
    while (got < length) {
        ssize_t n = read(fd, out + got, length - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

/* 1: read, 0: there is no such file, -1: err. Only plain files, so that a pipe put in a script's
 * place cannot hold up the loop. */
static int read_file(const char *path, size_t most, char **ret_text, size_t *ret_length,
                     struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0)
        return err_set(err, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat told;
    char *text = NULL;
    ssize_t got = -1;
    if (fstat(fd, &told) < 0 || !S_ISREG(told.st_mode))
        err_set(err, "%s: is not a plain file", path);
    else if ((uint64_t)told.st_size > most)
        err_set(err, "%s: %lld bytes; a bundle holds %d together", path, (long long)told.st_size,
                BUNDLE_BYTES_MAX);
    else if (!(text = malloc((size_t)told.st_size + 1)))
        err_set(err, "%s: no memory for %lld bytes", path, (long long)told.st_size);
    else if ((got = read_all(fd, text, (size_t)told.st_size)) < 0)
        err_set(err, "%s: cannot be read: %s", path, strerror(errno));
    close(fd);
    if (got < 0) {
        free(text);
        return -1;
    }
    *ret_text = text;
    *ret_length = (size_t)got;
    return 1;
}

static struct source *add_source(struct gathering *all, const char *name, size_t length,
                                 const char *where, struct err *err)
{
    if (all->count == BUNDLE_ENTRIES_MAX) {
        err_set(err, "%s: more than %d modules in one bundle", where, BUNDLE_ENTRIES_MAX - 2);
        return NULL;
    }
    struct source *source = &all->files[all->count];
    memset(source, 0, sizeof *source);
    if (!text_copy(source->name, sizeof source->name, name, length)) {
        err_set(err, "%s: the name is longer than %d bytes", where, MODULE_NAME_MAX - 1);
        return NULL;
    }
    all->count++;
    return source;
}

static int load(struct gathering *all, struct source *source, struct err *err)
{
    int found = read_file(source->path, BUNDLE_BYTES_MAX - all->bytes, &source->text,
                          &source->length, err);
    if (found > 0)
        all->bytes += source->length + sizeof source->name + 8;
    if (found > 0 && all->bytes > BUNDLE_BYTES_MAX)
        return err_set(err, "%s: the bundle is larger than %d bytes with it", source->path,
                       BUNDLE_BYTES_MAX);
    return found;
}

static bool is_module_name(const char *name, size_t length)
{
    if (length == 0 || name[0] == '.' || name[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '-';
        if (!plain && !(c == '.' && name[i - 1] != '.'))
            return false;
    }
    return true;
}

static bool module_path(char out[PATH_TEXT_MAX], const char *folder, const char *name)
{
    int length = snprintf(out, PATH_TEXT_MAX, "%s/%s.lua", folder, name);
    if (length < 0 || length >= PATH_TEXT_MAX)
        return false;
    size_t at = (size_t)length - 4 - strlen(name);
    for (char *dot = out + at; dot < out + length - 4; dot++)
        if (*dot == '.')
            *dot = '/';
    return true;
}

static void folder_of(const char *path, char out[PATH_TEXT_MAX])
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        text_copy(out, PATH_TEXT_MAX, ".", 1);
    else
        text_copy(out, PATH_TEXT_MAX, path, slash == path ? 1 : (size_t)(slash - path));
}

static bool is_gathered(const struct gathering *all, const char *name, size_t length)
{
    for (uint32_t i = 2; i < all->count; i++)
        if (text_equal(name, length, all->files[i].name))
            return true;
    return false;
}

static int add_module(struct gathering *all, const char *name, size_t length, const char *where,
                      struct err *err)
{
    char beside[PATH_TEXT_MAX];
    if (!is_module_name(name, length))
        return err_set(err, "%s: require '%.*s': a module's name is words joined by dots", where,
                       (int)(length < 64 ? length : 64), name);
    struct source *source = add_source(all, name, length, where, err);
    if (!source)
        return -1;
    folder_of(all->sources->script_path, beside);
    const char *folders[] = {all->sources->lib_directory, beside};
    for (int i = 0; i < 2; i++) {
        if (!folders[i] || !module_path(source->path, folders[i], source->name))
            continue;
        int found = load(all, source, err);
        if (found < 0)
            return err_wrap(err, "%s", where);
        if (found > 0)
            return 0;
    }
    return err_set(err, "%s: require '%s': no such module in %s or %s", where, source->name,
                   folders[0] ? folders[0] : "(no library)", beside);
}

/* What this file requires is put at the end of the list, which the caller walks: so everything is
 * found once, in an order that depends on the texts alone. */
static int add_required(struct gathering *all, uint32_t index, struct err *err)
{
    const struct source *file = &all->files[index];
    struct lua_scan scan = {file->text, file->text + file->length, 1};
    const char *name;
    size_t length;
    int line;
    while (runner_scan_require(&scan, &name, &length, &line)) {
        char where[PATH_TEXT_MAX + 16];
        snprintf(where, sizeof where, "%s:%d", file->path, line);
        if (!is_gathered(all, name, length) && add_module(all, name, length, where, err) < 0)
            return -1;
    }
    return 0;
}

static int add_script(struct gathering *all, struct err *err)
{
    const char *path = all->sources->script_path;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct source *source = add_source(all, name, strlen(name), path, err);
    if (!source)
        return -1;
    if (!text_copy(source->path, sizeof source->path, path, strlen(path)))
        return err_set(err, "%.64s...: the path is too long", path);
    int found = load(all, source, err);
    return found == 0 ? err_set(err, "%s: there is no such file", path) : found;
}

static int check_params(const struct source *params, struct err *err)
{
    struct json_reader *json = malloc(sizeof *json);
    if (!json)
        return err_set(err, "no memory to read parameters");
    json_init(json, params->text, params->length);
    bool is_object = json_peek(json) == JSON_OBJECT;
    json_skip_value(json);
    int checked = json_finish(json, err);
    free(json);
    if (checked < 0)
        return err_wrap(err, "%s", params->path);
    return is_object ? 0 : err_set(err, "%s: parameters are one JSON object", params->path);
}

static int add_params(struct gathering *all, struct err *err)
{
    const struct runner_sources *sources = all->sources;
    struct source *params = add_source(all, "params.json", 11, "params.json", err);
    if (!params)
        return -1;
    const char *path = sources->params_path ? sources->params_path : "parameters";
    if (!text_copy(params->path, sizeof params->path, path, strlen(path)))
        return err_set(err, "%.64s...: the path is too long", path);
    if (sources->params_path) {
        int found = load(all, params, err);
        if (found <= 0)
            return found < 0 ? -1 : err_set(err, "%s: there is no such file", path);
    } else {
        const char *text = sources->params_json ? sources->params_json : "{}";
        params->length = strlen(text);
        params->text = strdup(text);
        all->bytes += params->length;
        if (!params->text || all->bytes > BUNDLE_BYTES_MAX)
            return err_set(err, "%s: larger than a bundle may be", path);
    }
    return check_params(params, err);
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno != EINTR)
            return -1;
        bytes += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int seal(const struct buf *bytes, struct err *err)
{
    int fd = memfd_create("moongate-bundle", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && write_all(fd, bytes->data, bytes->length) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        return fd;
    err_set(err, "the bundle cannot be sealed: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static int pack(const struct gathering *all, struct runner_image *ret, struct err *err)
{
    struct bundle bundle = {.count = all->count};
    struct buf bytes;
    for (uint32_t i = 0; i < all->count; i++)
        bundle.entries[i] = (struct bundle_entry){
            all->files[i].name, all->files[i].text, (uint32_t)strlen(all->files[i].name),
            (uint32_t)all->files[i].length};
    buf_init(&bytes, BUNDLE_BYTES_MAX);
    bundle_encode(&bundle, &bytes);
    if (bytes.failed) {
        buf_fini(&bytes);
        return err_set(err, "%s: the bundle is larger than %d bytes", all->sources->script_path,
                       BUNDLE_BYTES_MAX);
    }
    bundle_hash(bytes.data, bytes.length, ret->hash);
    ret->memfd = seal(&bytes, err);
    buf_fini(&bytes);
    return ret->memfd < 0 ? -1 : 0;
}

int runner_image_read(struct runner_image *ret, const struct runner_sources *sources,
                      struct err *err)
{
    struct gathering *all = calloc(1, sizeof *all);
    ret->memfd = -1;
    if (!all)
        return err_set(err, "%s: no memory to read it", sources->script_path);
    all->sources = sources;
    int result = add_script(all, err) < 0 || add_params(all, err) < 0 ? -1 : 0;
    for (uint32_t i = 0; result == 0 && i < all->count; i++)
        if (i != 1)
            result = add_required(all, i, err);
    if (result == 0)
        result = pack(all, ret, err);
    for (uint32_t i = 0; i < all->count; i++)
        free(all->files[i].text);
    free(all);
    return result;
}

void runner_image_drop(struct runner_image *image)
{
    if (image->memfd >= 0)
        close(image->memfd);
    image->memfd = -1;
    image->hash[0] = '\0';
}
