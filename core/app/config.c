/* Reads a file by the tables of config_keys.c and says everything that is wrong with it. */
#include "app/config.h"

#include <errno.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/config_keys.h"
#include "app/config_params.h"
#include "base/text.h"

enum { CONFIG_FILE_MAX = 1024 * 1024 };
static const int64_t EXIT_PRICE_AGE_NS = 60000000000; /* where the config says nothing */

struct reader {
    const char *path;
    struct config_problems *problems;
};

void config_problem(struct config_problems *problems, const char *path, int line,
                    const char *format, ...)
{
    char *text;
    int used;
    va_list arguments;

    if (problems->count++ >= CONFIG_PROBLEMS_MAX)
        return;
    text = problems->text[problems->count - 1];
    used = line > 0 ? snprintf(text, CONFIG_TEXT_MAX, "%s:%d: ", path, line)
                    : snprintf(text, CONFIG_TEXT_MAX, "%s: ", path);
    if (used < 0 || used >= CONFIG_TEXT_MAX)
        used = 0;
    va_start(arguments, format);
    vsnprintf(text + used, CONFIG_TEXT_MAX - (size_t)used, format, arguments);
    va_end(arguments);
}

int config_print_problems(const struct config_problems *problems, void *file)
{
    for (uint32_t i = 0; i < problems->count && i < CONFIG_PROBLEMS_MAX; i++)
        fprintf(file, "%s\n", problems->text[i]);
    if (problems->count > CONFIG_PROBLEMS_MAX)
        fprintf(file, "and %u more\n", problems->count - CONFIG_PROBLEMS_MAX);
    return 2;
}

#define PROBLEM(reader, setting, ...)                                                             \
    config_problem((reader)->problems, (reader)->path, (int)config_setting_source_line(setting), \
                   __VA_ARGS__)

/* --- one value --- */

static void read_text(struct reader *reader, const config_setting_t *setting,
                      const struct config_key *key, char *out)
{
    const char *text = config_setting_get_string(setting);

    if (!text || !*text)
        PROBLEM(reader, setting, "%s: text in quotes is wanted", key->name);
    else if (!text_copy(out, key->bytes, text, strlen(text)))
        PROBLEM(reader, setting, "%s: at most %zu bytes are kept", key->name, key->bytes - 1);
}

static void read_decimal(struct reader *reader, const config_setting_t *setting,
                         const struct config_key *key, void *out)
{
    const char *text = config_setting_get_string(setting);
    struct size e9;
    struct money money;
    bool is_money = key->kind == KEY_MONEY;

    if (!text) {
        PROBLEM(reader, setting, "%s: write it as text, \"0.5\", so that it is exact", key->name);
        return;
    }
    if (is_money ? !money_parse(text, strlen(text), &money) : !size_parse(text, strlen(text), &e9))
        PROBLEM(reader, setting, "%s: '%s' is not a decimal of at most %d places", key->name, text,
                is_money ? 18 : 9);
    else if (is_money ? money.e18 <= 0 : e9.e9 <= 0)
        PROBLEM(reader, setting, "%s: '%s' must be above 0; there is no \"unlimited\"", key->name,
                text);
    else
        memcpy(out, is_money ? (void *)&money : (void *)&e9, key->bytes);
}

static void store_whole(enum key_kind_of kind, long long value, void *out)
{
    uint32_t count = (uint32_t)value;
    uint16_t port = (uint16_t)value;
    int64_t ns = (int64_t)value * 1000000;

    if (kind == KEY_PORT)
        memcpy(out, &port, sizeof(port));
    else if (kind == KEY_MS)
        memcpy(out, &ns, sizeof(ns));
    else
        memcpy(out, &count, sizeof(count));
}

static void read_whole(struct reader *reader, const config_setting_t *setting,
                       const struct config_key *key, void *out)
{
    int type = config_setting_type(setting);
    long long value = config_setting_get_int64(setting);
    long long least = key->kind == KEY_NUMBER ? 0 : 1;
    long long most = key->kind == KEY_PORT ? 65535 : 2000000000;

    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
        PROBLEM(reader, setting, "%s: a whole number is wanted, without quotes", key->name);
    else if (value < least || value > most)
        PROBLEM(reader, setting, "%s: %lld is outside %lld to %lld", key->name, value, least, most);
    else
        store_whole(key->kind, value, out);
}

static void read_bool(struct reader *reader, const config_setting_t *setting,
                      const struct config_key *key, bool *out)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        PROBLEM(reader, setting, "%s: true or false is wanted", key->name);
    else
        *out = config_setting_get_bool(setting);
}

static void read_choice(struct reader *reader, const config_setting_t *setting,
                        const struct config_key *key, void *out)
{
    const char *text = config_setting_get_string(setting);
    char all[96] = "";

    for (uint32_t i = 0; key->choices[i]; i++) {
        if (text && strcmp(text, key->choices[i]) == 0) {
            memcpy(out, &i, sizeof(i));
            return;
        }
        size_t used = strlen(all);
        snprintf(all + used, sizeof(all) - used, "%s\"%s\"", i ? ", " : "", key->choices[i]);
    }
    PROBLEM(reader, setting, "%s: '%s' is none of %s", key->name, text ? text : "(not text)", all);
}

static void read_value(struct reader *reader, const config_setting_t *setting,
                       const struct config_key *key, void *section)
{
    void *out = (char *)section + key->offset;

    switch (key->kind) {
    case KEY_TEXT: case KEY_PATH: read_text(reader, setting, key, out); break;
    case KEY_SIZE: case KEY_MONEY: case KEY_RATIO:
        read_decimal(reader, setting, key, out);
        break;
    case KEY_COUNT: case KEY_NUMBER: case KEY_PORT: case KEY_MS:
        read_whole(reader, setting, key, out);
        break;
    case KEY_BOOL: read_bool(reader, setting, key, out); break;
    case KEY_CHOICE: read_choice(reader, setting, key, out); break;
    case KEY_NESTED: break;
    }
}

/* --- one section --- */

static const struct config_key *find_key(const struct config_section *section, const char *name)
{
    for (uint32_t i = 0; i < section->count; i++)
        if (strcmp(section->keys[i].name, name) == 0)
            return &section->keys[i];
    return NULL;
}

static void unknown_key(struct reader *reader, const config_setting_t *setting,
                        const struct config_section *section)
{
    const char *name = config_setting_name(setting);
    const char *nearest = section->keys[0].name;

    for (uint32_t i = 1; i < section->count; i++)
        if (text_distance(name, section->keys[i].name) < text_distance(name, nearest))
            nearest = section->keys[i].name;
    if (text_distance(name, nearest) <= 3)
        PROBLEM(reader, setting, "unknown key '%s'; did you mean '%s'?", name, nearest);
    else
        PROBLEM(reader, setting, "unknown key '%s' in %s; `moongate check --keys` lists them", name,
                *section->name ? section->name : "the file");
}

static void read_section(struct reader *reader, const config_setting_t *group,
                         const struct config_section *section, void *out)
{
    if (!config_setting_is_group(group)) {
        PROBLEM(reader, group, "%s: a group { ... } is wanted", section->name);
        return;
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const struct config_key *key = find_key(section, config_setting_name(setting));
        if (key)
            read_value(reader, setting, key, out);
        else
            unknown_key(reader, setting, section);
    }
    for (uint32_t i = 0; i < section->count; i++)
        if (section->keys[i].required &&
            !config_setting_get_member(group, section->keys[i].name))
            PROBLEM(reader, group, "%s%s%s is not set: %s", section->name,
                    *section->name ? "." : "", section->keys[i].name, section->keys[i].meaning);
}

static void read_group(struct reader *reader, const config_setting_t *root, const char *name,
                       const struct config_section *section, struct config *out)
{
    const config_setting_t *group = config_setting_get_member(root, name);

    if (group)
        read_section(reader, group, section, out);
}

/* --- market --- */

static void read_bands(struct reader *reader, const config_setting_t *list, struct config *out)
{
    struct ratio *bands = out->account.view_bands;

    if (config_setting_length(list) != VIEW_BANDS) {
        PROBLEM(reader, list, "view_bands: exactly %d widths are wanted", VIEW_BANDS);
        return;
    }
    for (int i = 0; i < VIEW_BANDS; i++) {
        const config_setting_t *item = config_setting_get_elem(list, (unsigned)i);
        const struct config_key key = {"view_bands", KEY_RATIO, true, 0, sizeof(bands[0])};
        read_decimal(reader, item, &key, &bands[i]);
        if (i > 0 && bands[i].e9 <= bands[i - 1].e9)
            PROBLEM(reader, item, "view_bands: widths ascend");
    }
}

static void read_candles(struct reader *reader, const config_setting_t *list, struct config *out)
{
    int count = config_setting_length(list);

    if (count < 1 || count > MAX_CANDLE_LENGTHS) {
        PROBLEM(reader, list, "candles: one to %d lengths are wanted", MAX_CANDLE_LENGTHS);
        return;
    }
    for (int i = 0; i < count; i++) {
        const struct config_key key = {"candles", KEY_COUNT, true};
        uint32_t seconds = 0;
        read_whole(reader, config_setting_get_elem(list, (unsigned)i), &key, &seconds);
        out->account.candle_lengths_ns[i] = (int64_t)seconds * 1000000000;
    }
    out->account.candle_length_count = (uint8_t)count;
}

static void read_market(struct reader *reader, const config_setting_t *root, struct config *out)
{
    const config_setting_t *market = config_setting_get_member(root, "market");
    const config_setting_t *list;

    if (!market)
        return;
    read_section(reader, market, &config_market, out);
    if (config_setting_is_group(market) &&
        (list = config_setting_get_member(market, "view_bands")))
        read_bands(reader, list, out);
    if (config_setting_is_group(market) && (list = config_setting_get_member(market, "candles")))
        read_candles(reader, list, out);
}

static void read_stamps(struct reader *reader, const config_setting_t *root, struct config *out)
{
    const config_setting_t *account = config_setting_get_member(root, "account");
    const config_setting_t *list =
        account && config_setting_is_group(account)
            ? config_setting_get_member(account, "funding_stamps") : NULL;
    int count = list ? config_setting_length(list) : 0;

    if (list && (count < 1 || count > MAX_FUNDING_STAMPS))
        PROBLEM(reader, list, "funding_stamps: one to %d are wanted", MAX_FUNDING_STAMPS);
    for (int i = 0; i < count && i < MAX_FUNDING_STAMPS; i++) {
        const config_setting_t *item = config_setting_get_elem(list, (unsigned)i);
        const struct config_key key = {"funding_stamps", KEY_NUMBER, true};
        uint32_t minutes = 0;
        read_whole(reader, item, &key, &minutes);
        if (minutes >= 24 * 60)
            PROBLEM(reader, item, "funding_stamps: minutes of the UTC day, 0 to 1439");
        out->account.funding_stamps_min[out->account.funding_stamp_count++] = (uint16_t)minutes;
    }
}

/* --- products and scripts --- */

static void read_products(struct reader *reader, const config_setting_t *root, struct config *out)
{
    const config_setting_t *list = config_setting_get_member(root, "products");

    if (!list)
        return;
    if (config_setting_length(list) < 1 || config_setting_length(list) > MAX_PRODUCTS)
        PROBLEM(reader, list, "products: 1 to %d are wanted", MAX_PRODUCTS);
    for (int i = 0; i < config_setting_length(list) && out->product_count < MAX_PRODUCTS; i++) {
        const config_setting_t *item = config_setting_get_elem(list, (unsigned)i);
        struct config_product *product = &out->products[out->product_count++];
        product->limits.sanity_band.e9 = DECIMAL_ONE / 10;
        product->limits.max_exit_price_age_ns = EXIT_PRICE_AGE_NS;
        read_section(reader, item, &config_product_section, product);
        product->line = (int)config_setting_source_line(item);
        for (uint32_t k = 0; k + 1 < out->product_count; k++)
            if (strcmp(out->products[k].asset, product->asset) == 0 &&
                out->products[k].profile == product->profile)
                PROBLEM(reader, item, "%s-%s is configured twice, first on line %d",
                        product->asset, venue_profile_text(product->profile),
                        out->products[k].line);
    }
}

/* --- stress scenarios --- */

static void read_shock(struct reader *reader, const config_setting_t *item,
                       const struct config *config, struct stress_scenario *scenario)
{
    const char *asset = config_setting_name(item), *text = config_setting_get_string(item);
    struct ratio shock;
    bool found = false;

    if (!text || !ratio_parse(text, strlen(text), &shock) || shock.e9 <= -DECIMAL_ONE ||
        shock.e9 > 4 * (int64_t)DECIMAL_ONE) {
        PROBLEM(reader, item, "shocks.%s: text above \"-1\", up to \"4\": \"-0.2\" is 20 %% down",
                asset);
        return;
    }
    for (uint32_t i = 0; i < config->product_count; i++)
        if (strcmp(config->products[i].asset, asset) == 0) {
            scenario->shocks[i] = shock;
            found = true;
        }
    if (!found)
        PROBLEM(reader, item, "shocks: no product of asset '%s' is configured", asset);
}

static void read_shocks(struct reader *reader, const config_setting_t *item,
                        const struct config *config, struct stress_scenario *scenario)
{
    const config_setting_t *shocks =
        config_setting_is_group(item) ? config_setting_get_member(item, "shocks") : NULL;

    if (!shocks)
        return;
    if (!config_setting_is_group(shocks)) {
        PROBLEM(reader, shocks, "shocks: a group { ... } is wanted");
        return;
    }
    for (int i = 0; i < config_setting_length(shocks); i++)
        read_shock(reader, config_setting_get_elem(shocks, (unsigned)i), config, scenario);
    for (uint32_t i = 0; i < config->product_count; i++)
        if (!config_setting_get_member(shocks, config->products[i].asset))
            PROBLEM(reader, shocks, "shocks: %s is missing; \"0\" if its price stays",
                    config->products[i].asset);
}

static void read_stress(struct reader *reader, const config_setting_t *root, struct config *out)
{
    const config_setting_t *list = config_setting_get_member(root, "stress");
    struct var_settings *var = &out->account.var;
    int count = list ? config_setting_length(list) : 0;

    if (list && (count < 1 || count > MAX_SCENARIOS))
        PROBLEM(reader, list, "stress: one to %d scenarios are wanted", MAX_SCENARIOS);
    for (int i = 0; i < count && i < MAX_SCENARIOS; i++) {
        const config_setting_t *item = config_setting_get_elem(list, (unsigned)i);
        struct stress_scenario *scenario = &var->scenarios[var->scenario_count++];
        read_section(reader, item, &config_stress_section, scenario);
        read_shocks(reader, item, out, scenario);
    }
}

static void read_script_products(struct reader *reader, const config_setting_t *item,
                                 struct config_script *script)
{
    const config_setting_t *list = config_setting_get_member(item, "products");

    for (int i = 0; list && i < config_setting_length(list); i++) {
        const char *text = config_setting_get_string_elem(list, i);
        if (script->product_count == MAX_PRODUCTS || !text)
            PROBLEM(reader, list, "products: up to %d names like \"BTC-cde\"", MAX_PRODUCTS);
        else
            text_copy(script->products[script->product_count++], NAME_MAX_BYTES, text,
                      strlen(text));
    }
    if (list && script->product_count == 0)
        PROBLEM(reader, list, "products: a strategy without products cannot trade");
}

static void read_script(struct reader *reader, const config_setting_t *item,
                        const struct config_section *section, struct config_script *script)
{
    const config_setting_t *params;
    struct err err = {""};

    read_section(reader, item, section, script);
    script->line = (int)config_setting_source_line(item);
    if (!config_setting_is_group(item))
        return;
    read_script_products(reader, item, script);
    params = config_setting_get_member(item, "params");
    script->params = config_params_json(params, &err);
    if (!script->params)
        PROBLEM(reader, params ? params : item, "params: %s", err.text);
}

static void read_scripts(struct reader *reader, const config_setting_t *root, const char *name,
                         const struct config_section *section, struct config_script *out,
                         uint32_t most, uint32_t *ret_count)
{
    const config_setting_t *list = config_setting_get_member(root, name);

    for (int i = 0; list && i < config_setting_length(list); i++) {
        if (*ret_count == most) {
            PROBLEM(reader, list, "%s: at most %u", name, most);
            return;
        }
        read_script(reader, config_setting_get_elem(list, (unsigned)i), section,
                    &out[(*ret_count)++]);
    }
}

static void read_all(struct reader *reader, const config_setting_t *root, struct config *out)
{
    read_section(reader, root, &config_top, out);
    read_group(reader, root, "venue", &config_venue, out);
    read_group(reader, root, "account", &config_account, out);
    read_group(reader, root, "runners", &config_runners, out);
    read_group(reader, root, "recording", &config_recording, out);
    read_group(reader, root, "watch", &config_watch, out);
    read_group(reader, root, "paper", &config_paper, out);
    read_group(reader, root, "risk", &config_risk, out);
    read_stamps(reader, root, out);
    read_market(reader, root, out);
    read_products(reader, root, out);
    read_stress(reader, root, out);
    read_scripts(reader, root, "strategies", &config_strategy_section, out->strategies,
                 MAX_STRATEGIES, &out->strategy_count);
    read_scripts(reader, root, "rules", &config_rule_section, out->rules, MAX_RULES,
                 &out->rule_count);
}

static void set_defaults(struct config *config)
{
    config->venue.port = 443;
    config->venue.connections = 4;
    config->venue.max_spec_age_ns = 300000000000;
    config->runners.max_restarts = 3;
    config->runners.max_intents_per_s = 1000;
    config->recording.max_mib = 4096;
    config->recording.keep_days = 7;
    config->watch.after_ns = 4000 * (int64_t)1000000;
    config->watch.check_every_ns = 20000 * (int64_t)1000000;
    config->paper.fee_maker.e9 = 200000;
    config->paper.fee_taker.e9 = 500000;
    config->paper.order_ns = config->paper.answer_ns = 20000000;
}

/* libconfig ends the whole process on what it cannot read, a directory for one. */
static FILE *open_regular(const char *path, struct config_problems *problems)
{
    struct stat is;
    FILE *file = fopen(path, "re");

    if (!file || fstat(fileno(file), &is) < 0) {
        config_problem(problems, path, 0, "cannot be read: %s", strerror(errno));
    } else if (!S_ISREG(is.st_mode) || is.st_size > CONFIG_FILE_MAX) {
        config_problem(problems, path, 0, "a plain file of at most %d bytes is wanted",
                       CONFIG_FILE_MAX);
    } else {
        return file;
    }
    if (file)
        fclose(file);
    return NULL;
}

/* One file says it all: what is included would be read without its name in the problems, and could
 * be changed behind the back of whoever checked this one. */
static bool refuse_includes(FILE *file, const char *path, struct config_problems *problems)
{
    char line[CONFIG_TEXT_MAX];
    int number = 1;
    bool begins = true, found = false;

    while (fgets(line, sizeof(line), file)) {
        const char *at = line + strspn(line, " \t");
        if (begins && strncmp(at, "@include", 8) == 0) {
            config_problem(problems, path, number, "@include: one file holds the whole config");
            found = true;
        }
        begins = strchr(line, '\n') != NULL;
        number += begins;
    }
    rewind(file);
    return found;
}

static void read_file(struct reader *reader, FILE *from, struct config *ret)
{
    config_t file;

    config_init(&file);
    if (!config_read(&file, from)) {
        config_problem(reader->problems, reader->path, config_error_line(&file), "%s%s",
                       config_error_text(&file),
                       strcmp(config_error_text(&file), "duplicate setting name") == 0
                           ? ": this key stands twice in its group"
                           : " (libconfig syntax: key = value;)");
    } else {
        read_all(reader, config_root_setting(&file), ret);
        config_check(ret, &file, reader->problems);
    }
    config_destroy(&file);
}

int config_load(const char *path, struct config *ret, struct config_problems *ret_problems)
{
    struct reader reader = {path, ret_problems};
    FILE *from;

    memset(ret, 0, sizeof(*ret));
    memset(ret_problems, 0, sizeof(*ret_problems));
    text_copy(ret->path, sizeof(ret->path), path, strlen(path));
    set_defaults(ret);
    from = open_regular(path, ret_problems);
    if (!from)
        return -1;
    if (!refuse_includes(from, path, ret_problems))
        read_file(&reader, from, ret);
    fclose(from);
    return ret_problems->count == 0 ? 0 : -1;
}

void config_fini(struct config *config)
{
    for (uint32_t i = 0; i < config->strategy_count; i++)
        free(config->strategies[i].params);
    for (uint32_t i = 0; i < config->rule_count; i++)
        free(config->rules[i].params);
    memset(config, 0, sizeof(*config));
}
