#pragma once
/* The config file: libconfig syntax, read by the core alone, once, at start. Money, sizes, ratios
 * and prices are text, so that they are exact; times are whole milliseconds. Every key and its
 * meaning stand in one table (config_keys.c), which the reader, `moongate check --keys` and the
 * docs share.
 *
 *     struct config config; struct config_problems problems;
 *     if (config_load("my.conf", &config, &problems) < 0)  print problems: all of them, with lines
 *     config_engine_settings(&config, &discovered, &settings, &err);   once products are known
 *     config_fini(&config);
 *
 * An unknown, doubled, misspelt, missing or impossible value is a problem with file and line; there
 * is no default for a limit. */
#include "base/err.h"
#include "model/settings.h"
#include "wire/sign.h"

enum { CONFIG_TEXT_MAX = 256, CONFIG_PARAMS_MAX = 8192, CONFIG_PROBLEMS_MAX = 64 };

enum environment { ENVIRONMENT_LOOPBACK, ENVIRONMENT_SANDBOX, ENVIRONMENT_PRODUCTION };

struct config_script {
    char name[NAME_MAX_BYTES];
    char script[CONFIG_TEXT_MAX];
    char *params;               /* owned: one JSON object, keys sorted */
    char products[MAX_PRODUCTS][NAME_MAX_BYTES]; /* "BTC-cde" */
    uint32_t product_count;
    struct strategy_settings settings; /* but for its name and products */
    int line;
};

struct config_product {
    char asset[ASSET_MAX];
    enum venue_profile profile;
    struct product_limits limits;
    int line;
};

enum { CONFIG_VAR_OFF, CONFIG_VAR_ON };

struct config {
    char path[CONFIG_TEXT_MAX];
    enum environment environment;
    enum api_mode api;
    char state_dir[CONFIG_TEXT_MAX], socket[CONFIG_TEXT_MAX], owner[NAME_MAX_BYTES];
    struct {
        char host[128], market_host[128], user_host[128];
        uint16_t port, market_port, user_port;
        char ca_file[CONFIG_TEXT_MAX], key_file[CONFIG_TEXT_MAX];
        uint32_t connections;
        int64_t max_spec_age_ns;
        bool intraday_margin;
    } venue;
    struct {
        char program[CONFIG_TEXT_MAX], library[CONFIG_TEXT_MAX];
        uint32_t memory_max_mib, max_restarts, max_intents_per_s;
        int64_t soft_deadline_ns, hard_deadline_ns;
        bool sched_idle;
        uint32_t cpu;           /* one more than the CPU's number; 0: not pinned */
    } runners;
    bool keep_awake;            /* no CPU may halt while the daemon runs */
    struct {
        char dir[CONFIG_TEXT_MAX]; /* "": nothing is recorded */
        uint32_t max_mib, keep_days;
        bool raw;
    } recording;
    struct {
        char key_file[CONFIG_TEXT_MAX]; /* "": no section, so no watcher */
        int64_t after_ns, check_every_ns;
    } watch;
    struct {
        struct money cash;      /* 0: no section, so orders go to the venue */
        struct ratio fee_maker, fee_taker;
        int64_t order_ns, answer_ns;
    } paper;
    uint32_t var;               /* CONFIG_VAR_OFF or _ON; read_choice's, as the key is required */
    struct engine_settings account; /* the account's and the market's part is filled in */
    struct config_product products[MAX_PRODUCTS];
    uint32_t product_count;
    struct config_script strategies[MAX_STRATEGIES], rules[MAX_RULES];
    uint32_t strategy_count, rule_count;
};

struct config_problems {
    char text[CONFIG_PROBLEMS_MAX][CONFIG_TEXT_MAX]; /* "my.conf:12: ..." */
    uint32_t count;   /* may exceed CONFIG_PROBLEMS_MAX: more were found than kept */
};
void config_problem(struct config_problems *problems, const char *path, int line,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A line each; returns the exit code for it, 2. */
int config_print_problems(const struct config_problems *problems, void *file /* FILE* */);

/* 0, or -1 with at least one problem. *ret is safe to hand to config_fini either way. */
int config_load(const char *path, struct config *ret, struct config_problems *ret_problems);
void config_fini(struct config *config);

/* The engine's settings, with the catalog cut down to the configured products in config order.
 * -1: a configured product was not discovered (err names what was), or a limit is below its
 * smallest order. */
int config_engine_settings(const struct config *config, const struct catalog *discovered,
                           struct engine_settings *ret, struct err *err);
/* The distinct assets of the configured products; returns how many. */
uint32_t config_assets(const struct config *config, char ret_assets[MAX_PRODUCTS][ASSET_MAX]);

const char *environment_text(enum environment environment);
bool config_is_paper(const struct config *config);
/* What a state directory belongs to: "production", "paper of production". Static. */
const char *config_identity(const struct config *config);
/* Every key with its kind and meaning, grouped by section: for `check --keys` and the docs. */
void config_print_keys(void *file /* FILE* */);
