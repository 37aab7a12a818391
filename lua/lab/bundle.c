/* A script with everything it requires, from files: `require "a.b"` names lua/lib/a/b.lua, else
 * a/b.lua beside the script. Only literal names are found, and only those are in the bundle. */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/lab.h"

enum { MODULE_NAME_MAX = 64, PATH_LENGTH_MAX = 512 };

struct reading {
    struct bundle bundle;         /* texts and module names are owned here */
    char names[BUNDLE_ENTRIES_MAX][MODULE_NAME_MAX];
    const char *library;
    char beside[PATH_LENGTH_MAX]; /* the script's folder, with its slash */
    struct err *err;
};

static char *read_file(const char *path, uint32_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(BUNDLE_BYTES_MAX) : NULL;

    if (text) {
        *ret_length = (uint32_t)fread(text, 1, BUNDLE_BYTES_MAX, file);
        if (ferror(file) || *ret_length == BUNDLE_BYTES_MAX) {
            free(text);
            text = NULL;
        }
    }
    if (file)
        fclose(file);
    return text;
}

static void module_path(char *path, const char *folder, const char *name)
{
    size_t folder_length = strlen(folder);

    snprintf(path, PATH_LENGTH_MAX, "%s%s%s.lua", folder,
             folder_length && folder[folder_length - 1] != '/' ? "/" : "", name);
    for (char *at = path + folder_length; at < path + strlen(path) - 4; at++)
        if (*at == '.')
            *at = '/';
}

static bool has_module(const struct reading *reading, const char *name)
{
    for (uint32_t i = 2; i < reading->bundle.count; i++)
        if (strcmp(reading->names[i], name) == 0)
            return true;
    return false;
}

static int add_module(struct reading *reading, const char *name)
{
    char path[PATH_LENGTH_MAX];
    struct bundle_entry *entry = &reading->bundle.entries[reading->bundle.count];
    char *text;

    if (has_module(reading, name))
        return 0;
    if (reading->bundle.count == BUNDLE_ENTRIES_MAX)
        return err_set(reading->err, "more than %d modules", BUNDLE_ENTRIES_MAX - 2);
    module_path(path, reading->library, name);
    text = read_file(path, &entry->text_length);
    if (!text) {
        module_path(path, reading->beside, name);
        text = read_file(path, &entry->text_length);
    }
    if (!text)
        return err_set(reading->err, "module '%s' is neither in %s nor at %s", name,
                       reading->library, path);
    text_copy(reading->names[reading->bundle.count], MODULE_NAME_MAX, name, strlen(name));
    entry->name = reading->names[reading->bundle.count++];
    entry->name_length = (uint32_t)strlen(name);
    entry->text = text;
    return 0;
}

/* The name in `require "name"`, `require 'name'` or `require("name")`, or false. */
static bool required_name(const char *at, const char *end, char name[MODULE_NAME_MAX])
{
    size_t length = 0;
    char quote;

    while (at < end && strchr(" \t\n(", *at))
        at++;
    if (at >= end || (*at != '"' && *at != '\''))
        return false;
    for (quote = *at++; at < end && *at != quote && length < MODULE_NAME_MAX - 1; at++)
        name[length++] = *at;
    name[length] = '\0';
    return at < end && *at == quote && length > 0 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") ==
               length;
}

/* A word of its own, on a line that has no comment before it. */
static bool is_code(const char *text, const char *at)
{
    const char *line = at;

    if (at > text && (at[-1] == '.' || at[-1] == '_' || (at[-1] >= 'a' && at[-1] <= 'z')))
        return false;
    while (line > text && line[-1] != '\n')
        line--;
    return memmem(line, (size_t)(at - line), "--", 2) == NULL;
}

static int add_required(struct reading *reading, const struct bundle_entry *entry)
{
    const char *at = entry->text, *end = entry->text + entry->text_length;
    char name[MODULE_NAME_MAX];

    while ((at = memmem(at, (size_t)(end - at), "require", 7))) {
        bool code = is_code(entry->text, at);
        at += 7;
        if (code && required_name(at, end, name) && add_module(reading, name) < 0)
            return -1;
    }
    return 0;
}

static int add_script(struct reading *reading, const struct lab_script *script)
{
    struct bundle *bundle = &reading->bundle;
    const char *slash = script->path ? strrchr(script->path, '/') : NULL;
    const char *name = script->path ? (slash ? slash + 1 : script->path) : "script.lua";
    char *text = NULL;
    uint32_t length = 0;

    if (script->text) {
        length = (uint32_t)strlen(script->text);
        text = strdup(script->text);
    } else if (script->path) {
        text = read_file(script->path, &length);
    }
    if (!text)
        return err_set(reading->err, "script %s cannot be read", script->path ? script->path : "");
    if (slash)
        text_copy(reading->beside, sizeof(reading->beside), script->path,
                  (size_t)(slash + 1 - script->path));
    text_copy(reading->names[0], MODULE_NAME_MAX, name, strlen(name));
    const char *params = script->params ? script->params : "{}";
    bundle->entries[0] = (struct bundle_entry){reading->names[0], text,
                                               (uint32_t)strlen(reading->names[0]), length};
    bundle->entries[1] = (struct bundle_entry){"params.json", params, 11, (uint32_t)strlen(params)};
    bundle->count = 2;
    return 0;
}

static void free_texts(const struct bundle *bundle)
{
    for (uint32_t i = 0; i < bundle->count; i++)
        if (i != 1)
            free((void *)(uintptr_t)bundle->entries[i].text);
}

int lab_bundle_read(const struct lab_script *script, const char *library, struct buf *ret_bytes,
                    struct bundle *ret, struct err *err)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    int status;

    CHECK(reading != NULL);
    reading->library = library;
    reading->err = err;
    buf_init(ret_bytes, BUNDLE_BYTES_MAX);
    status = add_script(reading, script);
    for (uint32_t i = 0; status == 0 && i < reading->bundle.count; i++)
        if (i != 1)
            status = add_required(reading, &reading->bundle.entries[i]);
    if (status == 0) {
        bundle_encode(&reading->bundle, ret_bytes);
        status = ret_bytes->failed ? err_set(err, "the bundle is larger than %d bytes",
                                             BUNDLE_BYTES_MAX)
                                   : bundle_decode(ret_bytes->data, ret_bytes->length, ret, err);
    }
    free_texts(&reading->bundle);
    free(reading);
    return status;
}
