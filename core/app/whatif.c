#include "app/whatif.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/venue_sim_product.h"

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate whatif --limits FILE [--rows N] [--json] RUN\n\n"
            "Judges each order that a recorded run's strategies asked for again, under the limits\n"
            "of another config, and lists those whose answer changes: by strategy, control and\n"
            "limit, with what the orders that would have been refused came to in the run. Each is\n"
            "judged on what was true when it was asked for; what would have followed from another\n"
            "answer is not pursued. Scripts are not run; it connects nowhere and reads no key.\n"
            "RUN is a run's folder, or the folder of runs: then the newest.\n"
            "  -l, --limits FILE   the config with the other limits\n"
            "  -n, --rows N        orders listed one by one (20)\n"
            "      --json          for machines, with every row\n\n"
            "Exit: 0 no answer changes, 1 some do, 2 the command line, the config or the\n"
            "recording is wrong.\n");
    return out == stdout ? 0 : 2;
}

void whatif_note(struct whatif *whatif, const char *format, ...)
{
    va_list arguments;

    if (whatif->note_count == WHATIF_NOTES_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(whatif->notes[whatif->note_count++], sizeof(whatif->notes[0]), format, arguments);
    va_end(arguments);
}

/* --- the other limits, in the run's indices --- */

static int index_of(const struct catalog *catalog, const struct instrument *spec)
{
    for (int i = 0; i < catalog->count; i++)
        if (strcmp(catalog->items[i].asset, spec->asset) == 0 &&
            catalog->items[i].profile == spec->profile)
            return i;
    return -1;
}

static void take_products(struct whatif *whatif, const struct engine_settings *read)
{
    memset(whatif->other.product_limits, 0, sizeof(whatif->other.product_limits));
    for (int i = 0; i < whatif->run.catalog.count; i++) {
        const struct instrument *spec = &whatif->run.catalog.items[i];
        int at = index_of(&read->catalog, spec);
        if (at >= 0)
            whatif->other.product_limits[i] = read->product_limits[at];
        else
            whatif_note(whatif, "the config has no %s-%s: all its orders are refused", spec->asset,
                        venue_profile_text(spec->profile));
    }
}

static uint32_t products_of(const struct whatif *whatif, const struct engine_settings *read,
                            uint32_t products)
{
    uint32_t mask = 0;

    for (int i = 0; i < whatif->run.catalog.count; i++) {
        int at = index_of(&read->catalog, &whatif->run.catalog.items[i]);
        if (at >= 0 && products >> at & 1)
            mask |= 1u << i;
    }
    return mask;
}

static void take_strategies(struct whatif *whatif, const struct engine_settings *read)
{
    for (int i = 0; i < whatif->run.strategy_count; i++) {
        struct strategy_settings *other = &whatif->other.strategies[i];
        int at = 0;
        while (at < read->strategy_count &&
               strcmp(read->strategies[at].name, whatif->run.strategies[i].name) != 0)
            at++;
        if (at < read->strategy_count) {
            *other = read->strategies[at];
            other->products = products_of(whatif, read, other->products);
        } else {
            *other = whatif->run.strategies[i];
            other->products = 0;
            whatif_note(whatif, "the config has no strategy '%s': all its orders are refused",
                        other->name);
        }
    }
}

/* Returns were sampled as the run wanted; what they are held against is the other config's. */
static void take_risk(struct whatif *whatif, const struct engine_settings *read)
{
    struct var_settings *var = &whatif->other.var;

    *var = whatif->run.var;
    if (whatif->run.var.mode != VAR_ON) {
        if (read->var.mode == VAR_ON)
            whatif_note(whatif, "control 28 was off in the run: it is not judged");
        return;
    }
    var->mode = read->var.mode;
    var->max_var = read->var.max_var;
    var->scenario_count = read->var.scenario_count;
    for (uint32_t k = 0; k < var->scenario_count; k++) {
        var->scenarios[k] = read->var.scenarios[k];
        for (int i = 0; i < whatif->run.catalog.count; i++) {
            int at = index_of(&read->catalog, &whatif->run.catalog.items[i]);
            var->scenarios[k].shocks[i].e9 = at < 0 ? 0 : read->var.scenarios[k].shocks[at].e9;
        }
    }
}

static void note_windows(struct whatif *whatif)
{
    const struct engine_settings *run = &whatif->run, *other = &whatif->other;

    if (run->message_window_ns != other->message_window_ns)
        whatif_note(whatif, "orders are counted in the run's message_window_ms");
    if (run->volatility_sample_ns != other->volatility_sample_ns)
        whatif_note(whatif, "volatility is sampled as the run's volatility_sample_ms says");
    for (int i = 0; i < run->strategy_count; i++)
        if (run->strategies[i].fires_window_ns != other->strategies[i].fires_window_ns)
            whatif_note(whatif, "%s: fires are counted in the run's fires_window_ms",
                        run->strategies[i].name);
}

/* The run's, and those of the simulated venue that it did not have: the config may name them. */
static void all_products(const struct catalog *run, struct catalog *ret)
{
    struct instrument spec;

    *ret = *run;
    for (int i = 0; i < VENUE_PRODUCTS && ret->count < MAX_PRODUCTS; i++) {
        venue_product_describe(&venue_products[i], &spec);
        if (index_of(run, &spec) < 0)
            ret->items[ret->count++] = spec;
    }
}

int whatif_take_limits(struct whatif *whatif, struct err *err)
{
    struct engine_settings read;
    struct catalog products;

    all_products(&whatif->run.catalog, &products);
    if (config_engine_settings(&whatif->config, &products, &read, err) < 0)
        return err_wrap(err, "%s", whatif->config.path);
    whatif->other = read;
    whatif->other.strategy_count = whatif->run.strategy_count;
    take_products(whatif, &read);
    take_strategies(whatif, &read);
    take_risk(whatif, &read);
    note_windows(whatif);
    return 0;
}

/* --- the verb --- */

static int judge_run(struct whatif *whatif, uint32_t rows, bool as_json)
{
    struct err err = {""};
    int code = 2;

    if (whatif_run(whatif, &err) < 0)
        fprintf(stderr, "moongate whatif: %s\n", err.text);
    else {
        if (as_json)
            whatif_print_json(whatif);
        else
            whatif_print(whatif, rows);
        code = whatif->counts.to_refused + whatif->counts.to_passed > 0;
    }
    return code;
}

static int whatif_file(const char *limits, const char *run, uint32_t rows, bool as_json)
{
    struct whatif *whatif = calloc(1, sizeof(*whatif));
    struct config_problems *problems = calloc(1, sizeof(*problems));
    int code = 2;

    if (!whatif || !problems) {
        fprintf(stderr, "moongate whatif: no memory\n");
    } else if (config_load(limits, &whatif->config, problems) < 0) {
        config_print_problems(problems, stderr);
    } else {
        whatif->path = run;
        code = judge_run(whatif, rows, as_json);
    }
    if (whatif) {
        engine_destroy(whatif->engine);
        recording_turn_fini(&whatif->turn);
        recording_reader_close(&whatif->reader);
        config_fini(&whatif->config);
        free(whatif->rows);
    }
    free(problems);
    free(whatif);
    return code;
}

static bool parse_rows(const char *text, uint32_t *ret)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *ret = value < WHATIF_ROWS_MAX ? (uint32_t)value : WHATIF_ROWS_MAX;
    return *text >= '0' && *text <= '9' && *end == '\0';
}

int whatif_main(int argc, char **argv)
{
    static const struct option options[] = {{"limits", required_argument, NULL, 'l'},
                                            {"rows", required_argument, NULL, 'n'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *limits = NULL;
    uint32_t rows = 20;
    bool as_json = false;
    int option;

    while ((option = getopt_long(argc, argv, "l:n:h", options, NULL)) != -1) {
        switch (option) {
        case 'l': limits = optarg; break;
        case 'n':
            if (!parse_rows(optarg, &rows))
                return usage(stderr);
            break;
        case 'j': as_json = true; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (!limits || optind + 1 != argc)
        return usage(stderr);
    return whatif_file(limits, argv[optind], rows, as_json);
}
