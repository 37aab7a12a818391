#include "app/check.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config_keys.h"
#include "wire/json_write.h"

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate check -c FILE [--json]\n"
            "       moongate check --keys\n\n"
            "Reads a config as the daemon would and says everything that is wrong with it, each\n"
            "with file and line, then the limits in force. It connects nowhere and reads no key.\n"
            "  -c, --config FILE   the config\n"
            "      --keys          every key with its kind and meaning\n"
            "      --json          for machines\n\n"
            "Exit: 0 nothing is wrong, 2 something is.\n");
    return out == stdout ? 0 : 2;
}

/* A missing file on this machine is no fault of the config: it is said, and passes. */
static void note_missing(const char *key, const char *path)
{
    if (access(path, R_OK) != 0)
        printf("note: %s: '%s' cannot be read on this machine\n", key, path);
}

/* The daemon refuses a key that others can read; better to hear it here first. */
static void note_key_file(const char *path)
{
    struct stat is;

    note_missing("venue.key_file", path);
    if (stat(path, &is) == 0 && (is.st_mode & 0177))
        printf("note: venue.key_file: '%s' has mode %04o, `run` wants 0600: chmod 600 %s\n", path,
               (unsigned)is.st_mode & 07777, path);
}

/* --- limits in force, by the table of keys, under the names that a refusal gives --- */

static bool is_limit(const struct config_key *key)
{
    return key->kind >= KEY_SIZE && key->kind <= KEY_CHOICE && key->kind != KEY_PORT;
}

static void print_section(const struct config_section *section, const char *name,
                          const void *values)
{
    char path[128], value[DECIMAL_TEXT_MAX];

    for (uint32_t i = 0; i < section->count; i++) {
        if (!is_limit(&section->keys[i]))
            continue;
        snprintf(path, sizeof(path), "%s.%s%s%s", section->name, name ? name : "",
                 name ? "." : "", section->keys[i].name);
        config_value_text(&section->keys[i], values, value);
        printf("  %-42s %10s  %s\n", path, value, section->keys[i].meaning);
    }
}

static void print_limits(const struct config *config)
{
    char name[NAME_MAX_BYTES];

    printf("limits in force, environment %s\n", environment_text(config->environment));
    print_section(&config_account, NULL, config);
    for (uint32_t i = 0; i < config->product_count; i++) {
        config_product_name(&config->products[i], name);
        print_section(&config_product_section, name, &config->products[i]);
    }
    for (uint32_t i = 0; i < config->strategy_count; i++)
        print_section(&config_strategy_section, config->strategies[i].name,
                      &config->strategies[i]);
    print_section(&config_runners, NULL, config);
}

static int print_report(const struct config *config, const struct config_problems *problems)
{
    for (uint32_t i = 0; i < problems->count && i < CONFIG_PROBLEMS_MAX; i++)
        fprintf(stderr, "%s\n", problems->text[i]);
    if (problems->count > 0) {
        fprintf(stderr, "%u problem%s\n", problems->count, problems->count > 1 ? "s" : "");
        return 2;
    }
    print_limits(config);
    if (!config_is_paper(config))
        note_key_file(config->venue.key_file);
    note_missing("venue.ca_file", config->venue.ca_file);
    for (uint32_t i = 0; i < config->strategy_count; i++)
        note_missing(config->strategies[i].name, config->strategies[i].script);
    for (uint32_t i = 0; i < config->rule_count; i++)
        note_missing(config->rules[i].name, config->rules[i].script);
    printf("%s: fine\n", config->path);
    return 0;
}

static void put_limits(struct json_writer *json, const struct config_section *section,
                       const void *values)
{
    char text[DECIMAL_TEXT_MAX];

    for (uint32_t i = 0; i < section->count; i++) {
        const struct config_key *key = &section->keys[i];
        const void *at = (const char *)values + key->offset;
        if (!is_limit(key))
            continue;
        config_value_text(key, values, text);
        if (key->kind == KEY_COUNT || key->kind == KEY_NUMBER || key->kind == KEY_MS)
            json_put_int(json, key->name, config_value_whole(key, values));
        else if (key->kind == KEY_BOOL)
            json_put_bool(json, key->name, *(const bool *)at);
        else
            json_put_text(json, key->name, text);
    }
}

static void put_named(struct json_writer *json, const char *name,
                      const struct config_section *section, const void *values)
{
    json_open_object_at(json, name);
    put_limits(json, section, values);
    json_close_object(json);
}

static void put_config(struct json_writer *json, const struct config *config)
{
    char name[NAME_MAX_BYTES];

    json_put_text(json, "environment", environment_text(config->environment));
    put_named(json, "account", &config_account, config);
    json_open_object_at(json, "products");
    for (uint32_t i = 0; i < config->product_count; i++) {
        config_product_name(&config->products[i], name);
        put_named(json, name, &config_product_section, &config->products[i]);
    }
    json_close_object(json);
    json_open_object_at(json, "strategies");
    for (uint32_t i = 0; i < config->strategy_count; i++)
        put_named(json, config->strategies[i].name, &config_strategy_section,
                  &config->strategies[i]);
    json_close_object(json);
}

static int print_json(const struct config *config, const struct config_problems *problems)
{
    struct json_writer json;
    struct buf buf;

    buf_init(&buf, 256 * 1024);
    json_write_init(&json, &buf);
    json_open_object(&json);
    json_put_bool(&json, "fine", problems->count == 0);
    json_open_array_at(&json, "problems");
    for (uint32_t i = 0; i < problems->count && i < CONFIG_PROBLEMS_MAX; i++)
        json_put_text(&json, NULL, problems->text[i]);
    json_close_array(&json);
    if (problems->count == 0)
        put_config(&json, config);
    json_close_object(&json);
    puts(buf.data);
    buf_fini(&buf);
    return problems->count == 0 ? 0 : 2;
}

static int check_file(const char *path, bool as_json)
{
    struct config *config = calloc(1, sizeof(*config));
    struct config_problems *problems = calloc(1, sizeof(*problems));
    int code = 2;

    if (config && problems) {
        config_load(path, config, problems);
        code = as_json ? print_json(config, problems) : print_report(config, problems);
        config_fini(config);
    }
    free(problems);
    free(config);
    return code;
}

int check_main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"keys", no_argument, NULL, 'k'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *path = NULL;
    bool as_json = false;
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': path = optarg; break;
        case 'k': config_print_keys(stdout); return 0;
        case 'j': as_json = true; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (!path || optind < argc)
        return usage(stderr);
    return check_file(path, as_json);
}
