#include "lab/new.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "lab/find.h"

enum { TEMPLATE_BYTES_MAX = 64 * 1024, PIECES = 3 };

static const struct kind { const char *name, *folder; } kinds[] = {
    {"strategy", "strategies"}, {"rule", "risk_rules"}};
/* What follows the kind in the template's name, and the name in the file's. */
static const struct { const char *end, *before; } pieces[PIECES] = {
    {".lua", ""}, {"_spec.lua", ""}, {".md", "docs/"}};

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate new strategy NAME\n"
            "       moongate new rule NAME\n\n"
            "Writes a script that trades (or judges), a spec that passes, and a page to fill in:\n"
            "strategies/NAME.lua, strategies/NAME_spec.lua, docs/strategies/NAME.md. Nothing is\n"
            "overwritten. NAME is a module's name: small letters, digits, '_', a letter first.\n\n"
            "  moongate new strategy my_idea && moongate test strategies/my_idea.lua\n");
    return out == stdout ? 0 : 2;
}

/* Names also stand in configs, journals and `require`, and in Lua patterns of specs. */
static int check_name(const char *name, struct err *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    size_t length = strlen(name), good = strspn(name, allowed);

    if (length == 0 || length >= NAME_MAX_BYTES)
        return err_set(err, "a name has 1 to %d letters, '%s' has %zu", NAME_MAX_BYTES - 1, name,
                       length);
    if (good < length)
        return err_set(err, "'%s': there is a '%c' in it; a name is of small letters, digits, '_'",
                       name, name[good]);
    if (name[0] < 'a' || name[0] > 'z')
        return err_set(err, "'%s': a name begins with a letter", name);
    if (length > 5 && strcmp(name + length - 5, "_spec") == 0)
        return err_set(err, "'%s': what ends with _spec is a spec", name);
    return 0;
}

static int read_template(const struct kind *kind, int piece, char text[TEMPLATE_BYTES_MAX],
                         struct err *err)
{
    char path[FIND_PATH_MAX], shared[96];
    FILE *file;
    size_t length;

    snprintf(shared, sizeof(shared), "lua/lab/new/%s%s.in", kind->name, pieces[piece].end);
    file = find_shared(shared, path) ? fopen(path, "rb") : NULL;
    if (!file)
        return err_set(err, "the template %s is not to be found", shared);
    length = fread(text, 1, TEMPLATE_BYTES_MAX - 1, file);
    text[length] = '\0';
    fclose(file);
    return 0;
}

/* NAME and PATH, which stand in templates in capitals, become what they are. */
static void fill(const char *text, const char *name, const char *path, struct buf *ret)
{
    while (*text) {
        bool is_name = strncmp(text, "NAME", 4) == 0, is_path = strncmp(text, "PATH", 4) == 0;
        if (is_name || is_path)
            buf_puts(ret, is_name ? name : path);
        else
            buf_put(ret, text, 1);
        text += is_name || is_path ? 4 : 1;
    }
}

/* Folders of a path that is ours, so not hostile; one that is there is fine. */
static void make_folders(const char *path)
{
    char folder[FIND_PATH_MAX];

    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
        (void)mkdir(folder, 0777);
    }
}

static int write_new(const char *path, const struct buf *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool written;

    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    written = write(fd, text->data, text->length) == (ssize_t)text->length;
    return close(fd) == 0 && written ? 0 : err_set(err, "%s could not be written whole", path);
}

static void path_of(const struct kind *kind, int piece, const char *name, char ret[FIND_PATH_MAX])
{
    snprintf(ret, FIND_PATH_MAX, "%s%s/%s%s", pieces[piece].before, kind->folder, name,
             pieces[piece].end);
}

static int write_piece(const struct kind *kind, int piece, const char *name, struct err *err)
{
    static char template[TEMPLATE_BYTES_MAX];
    char path[FIND_PATH_MAX], script[FIND_PATH_MAX];
    struct buf text;
    int status;

    if (read_template(kind, piece, template, err) < 0)
        return -1;
    path_of(kind, piece, name, path);
    path_of(kind, 0, name, script);
    buf_init(&text, 2 * TEMPLATE_BYTES_MAX);
    fill(template, name, script, &text);
    make_folders(path);
    status = write_new(path, &text, err);
    if (status == 0)
        printf("%s\n", path);
    buf_fini(&text);
    return status;
}

/* All of it or nothing: what is there is somebody's work. */
static int check_free(const struct kind *kind, const char *name, struct err *err)
{
    char path[FIND_PATH_MAX];

    for (int i = 0; i < PIECES; i++) {
        path_of(kind, i, name, path);
        if (access(path, F_OK) == 0)
            return err_set(err, "%s is there already, and nothing is overwritten; take another "
                                "name", path);
    }
    return 0;
}

static int write_all(const struct kind *kind, const char *name, struct err *err)
{
    if (check_name(name, err) < 0 || check_free(kind, name, err) < 0)
        return -1;
    for (int i = 0; i < PIECES; i++)
        if (write_piece(kind, i, name, err) < 0)
            return -1;
    return 0;
}

int new_main(int argc, char **argv)
{
    const struct kind *kind = NULL;
    struct err err = {""};

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return usage(stdout);
    for (int i = 0; argc == 3 && i < 2; i++)
        if (strcmp(argv[1], kinds[i].name) == 0)
            kind = &kinds[i];
    if (!kind)
        return usage(stderr);
    if (write_all(kind, argv[2], &err) < 0) {
        fprintf(stderr, "moongate new: %s\n", err.text);
        return 2;
    }
    printf("\nmoongate test %s/%s.lua\n", kind->folder, argv[2]);
    return 0;
}
