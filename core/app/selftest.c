#include "app/selftest.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config_keys.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "sim/venue_sim_product.h"
#include "wire/bundle.h"
#include "wire/json_write.h"

enum { ROWS_MAX = 1024, CONTROLS = 29, FILE_MAX = 1024 * 1024, ORDER_TEXT = TRIED_MAX + 128 };

static const char UNTRADED[] = "no strategy may trade this product";
enum outcome_of { TRIPPED, DEAD, OFF };
struct row {
    const struct probe *probe;
    enum outcome_of outcome;
    char key[128], value[DECIMAL_TEXT_MAX], inside[ORDER_TEXT], outside[ORDER_TEXT];
    struct verdict told;      /* of the one outside */
    char note[128];
};

struct selftest {
    struct config config;
    struct engine_settings settings;
    struct row rows[ROWS_MAX];
    uint32_t count;
    char hash[17];            /* of the config's bytes */
    int64_t wall_ns;
};

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate selftest -c FILE [--json]\n\n"
            "Trips every control of the gate on a copy of the config: for each setting an order\n"
            "or a figure just inside the limit, and the next one, judged by the gate that\n"
            "trades. The inputs are made up, the products are those of the simulated venue. It\n"
            "connects nowhere and reads no key.\n"
            "  -c, --config FILE   the config\n"
            "      --json          for machines\n\n"
            "A setting that nothing trips is dead: another limit always speaks first, or it is\n"
            "beyond what can happen. The table is signed off with the config's hash and the date\n"
            "when none is; keep it with the config.\n\n"
            "Exit: 0 every control can be tripped, 1 a setting is dead, 2 the config is wrong.\n");
    return out == stdout ? 0 : 2;
}

/* --- one probe --- */

static void describe(const struct trial *trial, char ret[ORDER_TEXT])
{
    const struct intent *intent = &trial->intent;
    char size[DECIMAL_TEXT_MAX], price[DECIMAL_TEXT_MAX];

    size_format(intent->size, size);
    price_format(intent->price, price);
    if (trial->cancel)
        snprintf(ret, ORDER_TEXT, "a cancel; %s", trial->tried);
    else
        snprintf(ret, ORDER_TEXT, "%s %s at %s%s%s", side_text(intent->side), size, price,
                 *trial->tried ? "; " : "", trial->tried);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), of_end = strlen(end);

    return length >= of_end && strcmp(text + length - of_end, end) == 0;
}

static bool is_named(const struct probe *probe, const char *key, const struct verdict *verdict)
{
    static const int scopes[] = {SCOPE_ACCOUNT, SCOPE_STRATEGY, SCOPE_PRODUCT};

    if (verdict->code != probe->code)
        return false;
    if (probe->scope == PROBE_SCENARIO)
        return strncmp(verdict->config_key, key, strlen(verdict->config_key)) == 0;
    if (!*probe->says)
        return true;
    if (!ends_with(verdict->config_key, probe->says))
        return false;
    return strchr(probe->says, '.') != probe->says || !probe->key ||
           !ends_with(probe->says, probe->key) || (int)verdict->scope == scopes[probe->scope];
}

static void ask(const struct probe *probe, struct trial *trial, bool outside, struct verdict *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->code = REFUSED_FULL; /* until it is judged */
    if (probe->drill) {
        probe->drill(trial, outside, ret);
    } else {
        probe->set(trial, outside);
        trial_judge(trial, ret);
    }
}

static void judge(struct row *row, const struct probe *probe, struct trial *trials[2])
{
    struct verdict inside, outside;
    bool same;

    ask(probe, trials[0], false, &inside);
    ask(probe, trials[1], true, &outside);
    row->told = outside;
    describe(trials[0], row->inside);
    describe(trials[1], row->outside);
    same = outside.code == probe->code && outside.limit.e18 != 0 &&
           inside.code == REFUSED_NOT;
    row->outcome = (is_named(probe, row->key, &outside) || same) &&
                   !is_named(probe, row->key, &inside) ? TRIPPED : DEAD;
    if (row->outcome == TRIPPED && inside.code != REFUSED_NOT)
        snprintf(row->note, sizeof(row->note), "%s refuses sooner",
                 *inside.config_key ? inside.config_key : refusal_text(inside.code));
    else if (row->outcome == TRIPPED && !is_named(probe, row->key, &outside))
        snprintf(row->note, sizeof(row->note), "%s is as tight", outside.config_key);
}

/* --- where its value stands --- */

static void take_value(struct row *row, const struct config_section *section, const char *name,
                       const void *values)
{
    const char *key = row->probe->key ? row->probe->key : row->probe->says;

    snprintf(row->key, sizeof(row->key), "%s.%s%s%s", section->name, name ? name : "",
             name ? "." : "", *key == '.' ? key + 1 : *key ? key : "health");
    for (uint32_t i = 0; row->probe->key && i < section->count; i++)
        if (strcmp(section->keys[i].name, row->probe->key) == 0 &&
            section->keys[i].kind != KEY_NESTED)
            config_value_text(&section->keys[i], values, row->value);
}

static void locate(const struct selftest *test, struct row *row, uint32_t at)
{
    const struct config *config = &test->config;
    char name[NAME_MAX_BYTES];

    switch (row->probe->scope) {
    case PROBE_PRODUCT:
        config_product_name(&config->products[at], name);
        take_value(row, &config_product_section, name, &config->products[at]);
        break;
    case PROBE_STRATEGY:
        take_value(row, &config_strategy_section, config->strategies[at].name,
                   &config->strategies[at]);
        break;
    case PROBE_SCENARIO:
        take_value(row, &config_stress_section, config->account.var.scenarios[at].name,
                   &config->account.var.scenarios[at]);
        break;
    case PROBE_ACCOUNT:
        take_value(row, strcmp(row->probe->says, "risk.max_var") == 0 ? &config_risk
                                                                      : &config_account,
                   NULL, config);
        break;
    }
}

/* --- all of them --- */

/* The first strategy that may trade the product; of none: not to be tried. */
static int strategy_of(const struct selftest *test, uint32_t product)
{
    for (int i = 0; i < test->settings.strategy_count; i++)
        if (test->settings.strategies[i].products >> product & 1)
            return i;
    return -1;
}

static uint32_t product_of(const struct selftest *test, uint32_t strategy)
{
    uint32_t product = 0;

    while (!(test->settings.strategies[strategy].products >> product & 1))
        product++;
    return product;
}

static void try_at(struct selftest *test, const struct probe *probe, uint32_t at)
{
    static struct trial inside, outside;
    struct trial *trials[] = {&inside, &outside};
    struct row *row = &test->rows[test->count];
    uint32_t strategy = probe->scope == PROBE_STRATEGY ? at : 0;
    uint32_t product = probe->scope == PROBE_PRODUCT ? at : product_of(test, strategy);
    int trades = strategy_of(test, product);

    if (test->count == ROWS_MAX)
        return;
    memset(row, 0, sizeof(*row));
    row->probe = probe;
    locate(test, row, at);
    test->count++;
    if (probe->control == 28 && test->settings.var.mode == VAR_OFF) {
        row->outcome = OFF;
        return;
    }
    if (trades < 0) {
        row->outcome = DEAD;
        snprintf(row->note, sizeof(row->note), "%s", UNTRADED);
        return;
    }
    for (int i = 0; i < 2; i++) {
        trial_init(trials[i], &test->settings, (product_index)product,
                   (uint8_t)(probe->scope == PROBE_STRATEGY ? (int)strategy : trades));
        trials[i]->item = probe->scope == PROBE_SCENARIO ? at : 0;
    }
    judge(row, probe, trials);
}

static uint32_t subjects_of(const struct selftest *test, const struct probe *probe)
{
    switch (probe->scope) {
    case PROBE_STRATEGY: return test->settings.strategy_count;
    case PROBE_PRODUCT: return test->settings.catalog.count;
    case PROBE_SCENARIO: return test->settings.var.scenario_count;
    case PROBE_ACCOUNT: break;
    }
    return 1;
}

static void try_all(struct selftest *test)
{
    for (uint32_t i = 0; i < selftest_probe_count; i++)
        for (uint32_t at = 0; at < subjects_of(test, &selftest_probes[i]); at++)
            try_at(test, &selftest_probes[i], at);
}

/* --- the table --- */

static const char *outcome_word(enum outcome_of outcome)
{
    return outcome == TRIPPED ? "tripped" : outcome == OFF ? "off" : "DEAD";
}

static uint32_t count_rows(const struct selftest *test, enum outcome_of outcome)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < test->count; i++)
        count += test->rows[i].outcome == outcome;
    return count;
}

static uint32_t count_untraded(const struct selftest *test)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < test->count; i++)
        count += strcmp(test->rows[i].note, UNTRADED) == 0;
    return count;
}

/* Those of whose settings none is dead, and one tripped at least. */
static uint32_t controls_tripped(const struct selftest *test)
{
    uint32_t tripped = 0, dead = 0, count = 0;

    for (uint32_t i = 0; i < test->count; i++) {
        uint32_t bit = 1u << test->rows[i].probe->control;
        tripped |= test->rows[i].outcome == TRIPPED ? bit : 0;
        dead |= test->rows[i].outcome == DEAD ? bit : 0;
    }
    for (int control = 1; control <= CONTROLS; control++)
        count += (tripped & ~dead) >> control & 1;
    return count;
}

static void print_row(const struct row *row)
{
    printf("%2u %-22s %s%s%s: %s", row->probe->control, row->probe->name, row->key,
           *row->value ? " = " : "", row->value, outcome_word(row->outcome));
    if (*row->outside)
        printf(" (%s)", refusal_text(row->told.code));
    if (row->outcome == DEAD && *row->told.config_key)
        printf(" by %s", row->told.config_key);
    printf("%s%s\n", *row->note ? ", " : "", row->note);
    if (*row->inside)
        printf("     inside:  %s\n     outside: %s\n", row->inside, row->outside);
}

static void print_table(const struct selftest *test)
{
    uint32_t dead = count_rows(test, DEAD);
    char when[40];

    for (uint32_t i = 0; i < test->count; i++)
        print_row(&test->rows[i]);
    text_format_time(test->wall_ns, when);
    printf("\n%u of %d controls tripped, %u settings and states tried, %u dead%s\n",
           controls_tripped(test), CONTROLS, test->count, dead,
           test->settings.var.mode == VAR_OFF ? "; control 28 is off in the config" : "");
    if (count_untraded(test) > 0)
        printf("%u of the dead are of products that no strategy may trade: give them one, or take "
               "the products out\n", count_untraded(test));
    printf("%s: %s, sha256 %s, %s, moongate %s\n", dead ? "NOT signed off" : "signed off",
           test->config.path, test->hash, when, MOONGATE_VERSION);
}

static void put_row(struct json_writer *json, const struct row *row)
{
    json_open_object(json);
    json_put_uint(json, "control", row->probe->control);
    json_put_text(json, "name", row->probe->name);
    json_put_text(json, "key", row->key);
    json_put_text(json, "value", row->value);
    json_put_text(json, "outcome", outcome_word(row->outcome));
    json_put_text(json, "inside", row->inside);
    json_put_text(json, "outside", row->outside);
    json_put_text(json, "refusal", *row->outside ? refusal_text(row->told.code) : "");
    json_put_text(json, "refused_by", row->told.config_key);
    json_put_text(json, "note", row->note);
    json_close_object(json);
}

static void print_json(const struct selftest *test)
{
    struct json_writer json;
    struct buf text;

    buf_init(&text, 4 * FILE_MAX);
    json_write_init(&json, &text);
    json_open_object(&json);
    json_put_bool(&json, "signed_off", count_rows(test, DEAD) == 0);
    json_put_text(&json, "config", test->config.path);
    json_put_text(&json, "sha256", test->hash);
    json_put_time(&json, "at", test->wall_ns);
    json_put_text(&json, "version", MOONGATE_VERSION);
    json_put_uint(&json, "controls_tripped", controls_tripped(test));
    json_put_uint(&json, "dead", count_rows(test, DEAD));
    json_open_array_at(&json, "rows");
    for (uint32_t i = 0; i < test->count; i++)
        put_row(&json, &test->rows[i]);
    json_close_array(&json);
    json_close_object(&json);
    puts(text.data);
    buf_fini(&text);
}

/* --- before --- */

static int hash_file(const char *path, char ret[17], struct err *err)
{
    FILE *file = fopen(path, "re");
    char *bytes = malloc(FILE_MAX);
    size_t length;

    if (!file || !bytes) {
        if (file)
            fclose(file);
        free(bytes);
        return err_set(err, "%s: cannot be read again", path);
    }
    length = fread(bytes, 1, FILE_MAX, file);
    bundle_hash(bytes, length, ret);
    fclose(file);
    free(bytes);
    return 0;
}

static int prepare(struct selftest *test, struct err *err)
{
    struct catalog catalog = {.count = 0};

    for (int i = 0; i < VENUE_PRODUCTS; i++)
        venue_product_describe(&venue_products[i], &catalog.items[catalog.count++]);
    test->wall_ns = clock_os_now().wall_ns;
    if (hash_file(test->config.path, test->hash, err) < 0)
        return -1;
    return config_engine_settings(&test->config, &catalog, &test->settings, err);
}

static int selftest_file(const char *path, bool as_json)
{
    struct selftest *test = calloc(1, sizeof(*test));
    struct config_problems *problems = calloc(1, sizeof(*problems));
    struct err err = {""};
    int code = 2;

    if (!test || !problems) {
        fprintf(stderr, "moongate selftest: no memory\n");
    } else if (config_load(path, &test->config, problems) < 0) {
        config_print_problems(problems, stderr);
    } else if (prepare(test, &err) < 0) {
        fprintf(stderr, "moongate selftest: %s\n", err.text);
    } else {
        try_all(test);
        (as_json ? print_json : print_table)(test);
        code = count_rows(test, DEAD) > 0;
    }
    if (test)
        config_fini(&test->config);
    free(problems);
    free(test);
    return code;
}

int selftest_main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *path = NULL;
    bool as_json = false;
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c': path = optarg; break;
        case 'j': as_json = true; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (!path || optind < argc)
        return usage(stderr);
    return selftest_file(path, as_json);
}
