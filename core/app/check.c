#include "app/check.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config.h"
#include "wire/json_write.h"

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate check -c FILE [--json]\n"
            "       moongate check --keys\n\n"
            "Reads a config as the daemon would and says everything that is wrong with it, each with\n"
            "file and line, then the limits in force. It connects nowhere and reads no key.\n"
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

static void print_limits(const struct config *config)
{
    char size[DECIMAL_TEXT_MAX], value[DECIMAL_TEXT_MAX], collar[DECIMAL_TEXT_MAX];
    char position[DECIMAL_TEXT_MAX], working[DECIMAL_TEXT_MAX];

    printf("%-10s %12s %14s %8s %12s %8s %14s\n", "product", "order size", "order value", "collar",
           "position", "working", "working value");
    for (uint32_t i = 0; i < config->product_count; i++) {
        const struct config_product *product = &config->products[i];
        const struct product_limits *limits = &product->limits;
        size_format(limits->max_order_size, size);
        money_format(limits->max_order_value, value);
        ratio_format(limits->price_collar, collar);
        size_format(limits->max_position, position);
        money_format(limits->max_working_value, working);
        printf("%s-%-*s %12s %14s %8s %12s %8u %14s\n", product->asset,
               9 - (int)sizeof("BTC") + 1, venue_profile_text(product->profile), size, value,
               collar, position, limits->max_working_orders, working);
    }
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
    note_missing("venue.key_file", config->venue.key_file);
    note_missing("venue.ca_file", config->venue.ca_file);
    for (uint32_t i = 0; i < config->strategy_count; i++)
        note_missing(config->strategies[i].name, config->strategies[i].script);
    for (uint32_t i = 0; i < config->rule_count; i++)
        note_missing(config->rules[i].name, config->rules[i].script);
    printf("%s: fine\n", config->path);
    return 0;
}

static void put_product(struct json_writer *json, const struct config_product *product)
{
    json_open_object(json);
    json_put_text(json, "asset", product->asset);
    json_put_text(json, "profile", venue_profile_text(product->profile));
    json_put_size(json, "max_order_size", product->limits.max_order_size);
    json_put_money(json, "max_order_value", product->limits.max_order_value);
    json_put_ratio(json, "price_collar", product->limits.price_collar);
    json_put_size(json, "max_position", product->limits.max_position);
    json_put_uint(json, "max_working_orders", product->limits.max_working_orders);
    json_put_money(json, "max_working_value", product->limits.max_working_value);
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
    json_open_array_at(&json, "products");
    for (uint32_t i = 0; i < config->product_count && problems->count == 0; i++)
        put_product(&json, &config->products[i]);
    json_close_array(&json);
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
