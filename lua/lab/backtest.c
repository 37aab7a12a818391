/* One run from end to end: config, data and lab put together, played, and told. */
#include "lab/backtest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/backtest_private.h"
#include "lab/catalog.h"
#include "lab/find_config.h"
#include "lab/params.h"
#include "lab/sweep_space.h"
#include "wire/event_rec.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

enum { STEPS = 200,                      /* of progress */
       PARAMS_MAX = 65536,
       SELDOM = 10 };                    /* bars between two looks at what cannot differ here */
static const int64_t MONO_BEGIN_NS = 1000000000;

struct backtest_options backtest_defaults(void)
{
    return (struct backtest_options){
        .to_ns = INT64_MAX, .seed = 1, .order_ns = 20000000, .answer_ns = 20000000,
        .fee_maker = {200000}, .fee_taker = {500000},
        .cash = {(__int128)100000 * DECIMAL_ONE * DECIMAL_ONE},
    };
}

/* --- the config, cut down to what is run --- */

static void keep_strategy(struct config *config, uint32_t at)
{
    struct config_script kept = config->strategies[at];

    config->strategies[at].params = NULL;
    for (uint32_t i = 0; i < config->strategy_count; i++)
        free(config->strategies[i].params);
    config->strategies[0] = kept;
    config->strategy_count = 1;
}

/* A name or a script of the config, or any other script under the limits of its first section. */
static int choose_strategy(struct backtest *run, struct err *err)
{
    struct config *config = &run->config;
    const char *wanted = run->options->strategy;
    uint32_t at = wanted ? find_config_strategy(config, wanted) : 0;
    struct config_script *script = &config->strategies[0];
    char path[FIND_PATH_MAX];

    if (!wanted)
        return 0;
    if (at < config->strategy_count) {
        keep_strategy(config, at);
        return 0;
    }
    if (!find_strategy(wanted, path))
        return err_set(err, "%s has no strategy '%s', and there is no strategies/%s.lua; name a "
                       "section, or the path of a script", config->path, wanted, wanted);
    keep_strategy(config, 0);
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    if (!text_copy(script->script, sizeof(script->script), path, strlen(path)))
        return err_set(err, "%s: the path is too long", path);
    text_copy(script->name, sizeof(script->name), base, strcspn(base, "."));
    free(script->params);
    script->params = strdup("{}");
    CHECK(script->params != NULL);
    return 0;
}

static const char *library_of(const struct backtest *run)
{
    return run->options->library ? run->options->library : run->config.runners.library;
}

static void put_param(struct json_reader *from, struct json_text key, bool plain,
                      struct json_writer *to)
{
    char name[SWEEP_NAME_MAX], number[SWEEP_VALUE_MAX];
    bool quote = json_peek(from) == JSON_NUMBER && !plain;
    const char *value = from->at;
    struct json_text text;

    if (!json_text_copy(key, name, sizeof(name)))
        json_fail(from, "too long a name");
    json_put_key(to, name);
    if (!quote && json_skip_value(from))
        json_put_raw(to, NULL, value, (size_t)(from->at - value));
    else if (quote && json_read_number(from, &text) && json_text_copy(text, number, sizeof(number)))
        json_put_text(to, NULL, number);
}

/* Numbers are text where the script declares a decimal, as people write them in a command line. One
 * that it does not declare is a slip that a result would hide; a script that does not load says
 * why later, and better. */
static int read_params(const struct backtest *run, struct buf *ret, struct err *err)
{
    const char *over = run->options->params;
    struct json_writer to;
    struct json_reader from;
    struct json_text key;
    struct buf declared;
    struct err ignored;
    struct catalog products = {.count = 0};
    char name[SWEEP_NAME_MAX] = "";
    int status = 0;

    for (uint32_t i = 0; i < run->config.strategies[0].product_count; i++)
        (void)lab_catalog_add_named(&products, run->config.strategies[0].products[i], &ignored);
    buf_init(&declared, 1 << 20);
    bool loads = params_declared(run->config.strategies[0].script, library_of(run), &products,
                                 &declared, &ignored) == 0;
    json_write_init(&to, ret);
    json_open_object(&to);
    json_init(&from, over, strlen(over));
    if (json_enter_object(&from))
        while (status == 0 && json_next_key(&from, &key)) {
            bool plain = true;
            json_text_excerpt(key, name, sizeof(name));
            status = sweep_space_find(name, declared.data, declared.length, &plain, err);
            status = loads ? status : 0;
            put_param(&from, key, plain, &to);
        }
    json_close_object(&to);
    buf_fini(&declared);
    if (status == 0 && json_finish(&from, err) < 0)
        status = err_wrap(err, "params: a JSON object is wanted, {\"fast\":5}");
    return status;
}

/* A later member of the same name is the one that counts when the script's params are read. */
static int lay_params(struct backtest *run, struct err *err)
{
    struct buf over;
    int status = 0;

    buf_init(&over, PARAMS_MAX);
    if (run->options->params)
        status = read_params(run, &over, err);
    for (uint32_t i = 0; status == 0 && over.length > 2 && i < run->config.strategy_count; i++) {
        char **params = &run->config.strategies[i].params;
        size_t old = strlen(*params);
        char *both = malloc(old + over.length + 1);
        CHECK(both != NULL && old >= 2);
        memcpy(both, *params, old - 1);
        both[old - 1] = ',';
        memcpy(both + old - (old == 2), over.data + 1, over.length); /* with the end of the text */
        free(*params);
        *params = both;
    }
    buf_fini(&over);
    return status;
}

static bool product_is(const struct config_product *product, const char *name)
{
    size_t length = strlen(product->asset);

    return strncmp(name, product->asset, length) == 0 && name[length] == '-' &&
           strcmp(name + length + 1, venue_profile_text(product->profile)) == 0;
}

static void drop_product(struct config *config, uint32_t at)
{
    struct var_settings *var = &config->account.var;
    uint32_t after = --config->product_count - at;

    for (uint32_t i = 0; i < config->strategy_count; i++) {
        struct config_script *script = &config->strategies[i];
        for (uint32_t k = 0; k < script->product_count; k++)
            if (product_is(&config->products[at], script->products[k])) {
                memmove(script->products[k], script->products[k + 1],
                        (--script->product_count - k) * sizeof(script->products[0]));
                break;
            }
    }
    memmove(&config->products[at], &config->products[at + 1], after * sizeof(config->products[0]));
    for (uint32_t i = 0; i < var->scenario_count; i++)
        memmove(&var->scenarios[i].shocks[at], &var->scenarios[i].shocks[at + 1],
                after * sizeof(struct ratio));
}

/* The source of a product; NULL: there is none. */
static const struct backtest_source *source_of(const struct backtest *run,
                                               const struct config_product *product)
{
    const struct backtest_options *options = run->options;

    for (uint32_t i = 0; i < options->data_count; i++) {
        const char *name = options->data[i].product;
        if (!name && run->config.strategies[0].product_count > 0)
            name = run->config.strategies[0].products[0];
        if (name && product_is(product, name))
            return &options->data[i];
    }
    return NULL;
}

static int choose_products(struct backtest *run, struct err *err)
{
    struct config *config = &run->config;
    char names[256] = "";

    for (uint32_t i = 0; i < config->product_count; i++)
        snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s-%s", i > 0 ? ", " : "",
                 config->products[i].asset, venue_profile_text(config->products[i].profile));
    for (uint32_t i = config->product_count; i-- > 0;)
        if (!source_of(run, &config->products[i]))
            drop_product(config, i);
    if (config->product_count < run->options->data_count || config->product_count == 0)
        return err_set(err, "data is wanted for products of %s (%s), each once: -d BTC-cde=FILE",
                       config->path, names);
    for (uint32_t i = 0; i < config->strategy_count; i++)
        if (config->strategies[i].product_count == 0)
            return err_set(err, "strategy %s trades no product that there is data for",
                           config->strategies[i].name);
    return 0;
}

/* --- the lab --- */

static void read_script(const struct config_script *from, struct lab_script *ret, uint32_t products,
                        uint64_t seed)
{
    *ret = (struct lab_script){.path = from->script, .name = from->name, .params = from->params,
                               .products = products, .seed = seed};
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A candle shorter than a bar would show the model of the bar and not the market. */
static void drop_candles(struct engine_settings *settings, int64_t length_ns)
{
    uint8_t kept = 0;

    for (uint8_t i = 0; i < settings->candle_length_count; i++)
        if (settings->candle_lengths_ns[i] >= length_ns)
            settings->candle_lengths_ns[kept++] = settings->candle_lengths_ns[i];
    settings->candle_length_count = kept;
}

/* Bars tell nothing for their length: what waits for news of the market waits that long, and the
 * lists that look after lost messages, of which there are none here, are read once a bar. */
static void stretch(struct lab_config *lab, int64_t length_ns)
{
    struct engine_settings *settings = &lab->settings;
    settings->fills_poll_ns = most(settings->fills_poll_ns, length_ns);
    settings->balance_poll_ns = most(settings->balance_poll_ns, length_ns);
    settings->orders_poll_ns = most(settings->orders_poll_ns, SELDOM * length_ns);
    settings->positions_poll_ns = most(settings->positions_poll_ns, SELDOM * length_ns);
    settings->stale_after_ns = most(settings->stale_after_ns, 3 * length_ns);
    settings->volatility_sample_ns = most(settings->volatility_sample_ns, length_ns);
    for (product_index i = 0; i < settings->catalog.count; i++) {
        struct product_limits *limits = &settings->product_limits[i];
        limits->max_book_age_ns = most(limits->max_book_age_ns, length_ns);
        limits->max_mark_age_ns = most(limits->max_mark_age_ns, length_ns);
    }
    lab->beat_ns = most(lab->beat_ns, length_ns);
    drop_candles(settings, length_ns);
}

static int read_settings(struct backtest *run, struct lab_config *lab, struct err *err)
{
    const struct backtest_options *options = run->options;
    struct config *config = &run->config;
    struct catalog catalog = {.count = 0};

    for (int i = 0; i < VENUE_PRODUCTS; i++)
        if (lab_catalog_add(&catalog, venue_products[i].id, err) < 0)
            return -1;
    if (config_engine_settings(config, &catalog, &lab->settings, err) < 0)
        return -1;
    lab->settings.boot_random = options->seed & 0xffffffffff; /* 40 bits */
    lab->library = library_of(run);
    lab->memory_max = (uint64_t)config->runners.memory_max_mib << 20;
    lab->jailed = options->jailed;
    lab->script_count = (uint8_t)config->strategy_count;
    lab->rule_count = (uint8_t)config->rule_count;
    for (uint32_t i = 0; i < config->strategy_count; i++)
        read_script(&config->strategies[i], &lab->scripts[i], lab->settings.strategies[i].products,
                    options->seed + i);
    for (uint32_t i = 0; i < config->rule_count; i++)
        read_script(&config->rules[i], &lab->rules[i], (1u << lab->settings.catalog.count) - 1,
                    options->seed + MAX_STRATEGIES + i);
    lab->world = backtest_world(run);
    backtest_venue_open(run, &lab->settings);
    return 0;
}

static int say_span(const char *path, const struct market_data *data, struct err *err)
{
    char from[40], to[40];

    text_format_time(data->start_ns, from);
    text_format_time(data->end_ns, to);
    return err_set(err, "%s: nothing between --from and --to: it holds %s to %s", path, from, to);
}

static int read_market(struct backtest *run, struct lab_config *lab, product_index product,
                       struct err *err)
{
    const struct backtest_source *source = source_of(run, &run->config.products[product]);
    const struct instrument *spec = &lab->settings.catalog.items[product];
    struct backtest_market *market = &run->markets[product];

    *market = (struct backtest_market){.run = run, .product = product};
    run->count++;
    market->data = backtest_data_read(source->path, spec, err);
    if (!market->data)
        return -1;
    if (run->options->shuffle_from_ns > 0)
        market_data_shuffle(market->data, run->options->shuffle_from_ns, run->options->seed);
    if (!backtest_market_open(market, run->options->from_ns, run->options->to_ns))
        return say_span(source->path, market->data, err);
    if (market->data->bars.count > 0)
        stretch(lab, market->data->bars.length_ns);
    backtest_market_survey(market, lab->settings.stale_after_ns);
    run->rows += backtest_market_rows(market);
    return 0;
}

static int read_markets(struct backtest *run, struct lab_config *lab, struct err *err)
{
    run->start_ns = INT64_MAX;
    for (product_index i = 0; i < lab->settings.catalog.count; i++) {
        struct backtest_market *market = &run->markets[i];
        if (read_market(run, lab, i, err) < 0)
            return -1;
        if (backtest_market_next_ns(market) < run->start_ns)
            run->start_ns = backtest_market_next_ns(market);
        run->end_ns = most(run->end_ns, backtest_market_end_ns(market));
    }
    for (product_index i = 0; i < run->count; i++) {
        int64_t interval_ns = lab->settings.catalog.items[i].funding_interval_ns;
        run->markets[i].funding_ns =
            interval_ns > 0 ? run->start_ns - run->start_ns % interval_ns + interval_ns
                            : INT64_MAX;
    }
    return 0;
}

static int open_out(struct backtest *run, struct lab_config *lab, struct err *err)
{
    const char *out = run->options->out;

    if (out && mkdir(out, 0700) < 0 && errno != EEXIST)
        return err_set(err, "%s: %s", out, strerror(errno));
    if (out) {
        run->journal = store_bulk_open(out, "backtest", err);
        if (!run->journal)
            return -1;
        lab->journal = store_bulk_port(run->journal);
    }
    return backtest_series_open(run, err);
}

static int open_run(struct backtest *run, struct err *err)
{
    struct lab_config *lab = calloc(1, sizeof(*lab));
    int result = -1;

    CHECK(lab != NULL);
    if (find_config(run->options->config, &run->config, err) == 0 &&
        choose_strategy(run, err) == 0 && choose_products(run, err) == 0 &&
        lay_params(run, err) == 0 && read_settings(run, lab, err) == 0 &&
        read_markets(run, lab, err) == 0 && open_out(run, lab, err) == 0) {
        lab->start = (struct stamp){MONO_BEGIN_NS, run->start_ns};
        run->lab = lab_create(lab, err);
        result = run->lab ? 0 : -1;
    }
    free(lab);
    return result;
}

/* --- the run --- */

static void keep_decision(struct backtest *run, const struct lab_intent *kept)
{
    struct event event = {.kind = EVENT_INTENT, .intent = {.runner = kept->runner,
                                                           .intent = kept->intent}};

    buf_printf(run->options->decisions, "%lld ", (long long)kept->at.wall_ns);
    event_rec_print(&event, run->options->decisions);
    buf_puts(run->options->decisions, "\n");
}

void backtest_drain(struct backtest *run)
{
    struct lab *lab = run->lab;
    const struct lab_log *logs = lab->logs.items;
    const struct command_alert *alerts = lab->alerts.items;

    for (uint32_t i = 0; i < lab->logs.count; i++) {
        run->faults += logs[i].fault;
        if (run->options->log)
            run->options->log(run->options->context, lab->runners[logs[i].runner].name,
                              logs[i].level, logs[i].text);
        free(logs[i].text);
    }
    for (uint32_t i = 0; run->options->log && i < lab->alerts.count; i++)
        run->options->log(run->options->context, "host", 'w', alerts[i].text);
    for (uint32_t i = 0; run->options->decisions && i < lab->intents.count; i++)
        keep_decision(run, &((const struct lab_intent *)lab->intents.items)[i]);
    if (lab->alerts.count > 0)
        run->last_alert = alerts[lab->alerts.count - 1];
    run->intents += lab->intents.count;
    run->alerts += lab->alerts.count;
    lab->logs.count = lab->intents.count = lab->refusals.count = lab->alerts.count = 0;
}

static int play(struct backtest *run, struct err *err)
{
    int64_t whole_ns = run->end_ns - run->start_ns, done_ns = 0;
    const struct backtest_options *options = run->options;

    if (options->drive && options->drive(options->context, run->lab, whole_ns, err) < 0)
        return -1;
    for (int i = 1; i <= STEPS && !options->drive; i++) {
        int64_t until_ns = (int64_t)((__int128)whole_ns * i / STEPS);
        if (lab_advance(run->lab, until_ns - done_ns, err) < 0)
            return -1;
        done_ns = until_ns;
        if (options->tick)
            options->tick(options->context, done_ns, whole_ns);
    }
    backtest_drain(run);
    backtest_series_minute(run);
    backtest_venue_mark_end(run);
    return 0;
}

static void read_result(struct backtest *run, struct backtest_result *ret)
{
    const struct lab_runner *first = &run->lab->runners[0];

    memcpy(ret->strategy, first->name, sizeof(ret->strategy));
    memcpy(ret->hash, first->hash, sizeof(ret->hash));
    ret->start_ns = run->start_ns;
    ret->end_ns = run->end_ns;
    ret->rows = run->rows;
    ret->batches = run->batches;
    ret->turns = run->lab->turn.number;
    ret->orders = run->venue.orders.count;
    ret->fills = run->venue.fills.count;
    ret->intents = run->intents;
    ret->alerts = run->alerts;
    ret->faults = run->faults;
    ret->last_alert = run->last_alert;
    snapshot_account(run->lab->engine, &ret->account);
    snapshot_counters(run->lab->engine, &ret->counters);
    ret->equity = fill_venue_equity(&run->venue);
    ret->start_equity = run->options->cash;
    ret->position = run->venue.markets[0].position;
    ret->product_count = run->count;
    for (product_index i = 0; i < run->count; i++)
        backtest_venue_left(run, i, &ret->left[i]);
}

static int close_run(struct backtest *run, struct err *err)
{
    int result = backtest_series_close(run, err);

    if (store_bulk_close(run->journal, err) < 0)
        result = -1;
    lab_destroy(run->lab);
    for (product_index i = 0; i < run->count; i++)
        market_data_destroy(run->markets[i].data);
    fill_venue_fini(&run->venue);
    config_fini(&run->config);
    free(run);
    return result;
}

/* Of this process alone: what else the machine does is no property of a run. */
static int64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int backtest_run(const struct backtest_options *options, struct backtest_result *ret,
                 struct err *err)
{
    struct backtest *run = calloc(1, sizeof(*run));
    struct err late = {""};
    int64_t began_ns = clock_ns(), opened_ns = 0;
    int result = -1;

    CHECK(run != NULL);
    run->options = options;
    memset(ret, 0, sizeof(*ret));
    if (open_run(run, err) == 0) {
        opened_ns = clock_ns();
        result = play(run, err);
    }
    if (result == 0) {
        read_result(run, ret);
        ret->open_ns = opened_ns - began_ns;
        ret->play_ns = clock_ns() - opened_ns;
    }
    if (close_run(run, &late) < 0 && result == 0)
        result = err_set(err, "%s", late.text);
    return result;
}
