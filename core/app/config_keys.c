#include "app/config_keys.h"

#include <stdio.h>
#include <string.h>

#include "model/limit_list.h"

static const char *const environments[] = {"loopback", "sandbox", "production", NULL};
static const char *const apis[] = {"advanced", "exchange", NULL};
static const char *const profiles[] = {"cde", "intx", NULL};
static const char *const deaths[] = {"keep", "cancel", "cancel_and_flatten", NULL};
static const char *const external_fills[] = {"alarm", "freeze", NULL};
#define STAGE_TEXT(symbol, text, meaning) text,
static const char *const stages[] = {STAGE_LIST(STAGE_TEXT) NULL};
static const char *const var_modes[] = {"off", "on", NULL};
static const char *const unknown_own[] = {"cancel", "adopt", NULL};

#define AT(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define TEXT(type, name, member, required, meaning) \
    {name, KEY_TEXT, required, AT(type, member), NULL, meaning}
#define PATH(type, name, member, required, meaning) \
    {name, KEY_PATH, required, AT(type, member), NULL, meaning}
#define ROW(type, name, kind, member, required, meaning) \
    {name, kind, required, AT(type, member), NULL, meaning}
#define CHOICE(type, name, member, required, choices, meaning) \
    {name, KEY_CHOICE, required, AT(type, member), choices, meaning}
#define NESTED(name, required, meaning) {name, KEY_NESTED, required, 0, 0, NULL, meaning}
#define SECTION(variable, title, rows) \
    const struct config_section variable = {title, rows, sizeof(rows) / sizeof(rows[0])}

#define PRODUCT_ROW(member, kind, looser, code, key, meaning)                                      \
    {key, KEY_##kind, true, AT(config_product, limits.member), NULL, meaning},
#define STRATEGY_ROW(member, kind, looser, code, key, meaning)                                     \
    {key, KEY_##kind, true, AT(config_script, settings.member), NULL, meaning},
#define ACCOUNT_ROW(member, kind, looser, code, key, meaning)                                      \
    {key, KEY_##kind, true, AT(config, account.member), NULL, meaning},

static const struct config_key top[] = {
    CHOICE(config, "environment", environment, true, environments,
           "whose money: loopback, sandbox or production; hosts, state and keys of one never mix "
           "with another's"),
    CHOICE(config, "api", api, false, apis, "advanced (default); perpetuals exist nowhere else"),
    PATH(config, "state_dir", state_dir, true, "journal and lock; one daemon, one environment"),
    PATH(config, "socket", socket, false, "operator's socket (default: state_dir/control.sock)"),
    TEXT(config, "owner", owner, true,
         "tag in every client order id: tells our orders from others'"),
    ROW(config, "keep_awake", KEY_BOOL, keep_awake, false,
        "let no CPU halt: power for latency; needs write access to /dev/cpu_dma_latency (false)"),
    NESTED("venue", true, "where the venue is and who we are there"),
    NESTED("account", true, "limits of the account, clocks and cadences"),
    NESTED("market", true, "what strategies see"),
    NESTED("runners", true, "the jail of the scripts"),
    NESTED("recording", false, "everything a run saw and did, for `moongate replay`"),
    NESTED("products", true, "what may be traded, each with its limits"),
    NESTED("strategies", true, "scripts that trade"),
    NESTED("rules", false, "scripts that may refuse what opens"),
    NESTED("risk", false, "control 28: how value at risk is measured, and its limit"),
    NESTED("stress", false, "control 28: named scenarios of shocks, each with a limit of its loss"),
    NESTED("watch", false, "moongate-watch, which cancels a dead host's orders"),
    NESTED("paper", false, "`moongate paper`: no order leaves the host"),
};
SECTION(config_top, "", top);

static const struct config_key venue[] = {
    TEXT(config, "host", venue.host, true, "REST host"),
    ROW(config, "port", KEY_PORT, venue.port, false, "REST port (default 443)"),
    TEXT(config, "market_host", venue.market_host, false, "market data stream (default: host)"),
    ROW(config, "market_port", KEY_PORT, venue.market_port, false, "its port (default: port)"),
    TEXT(config, "user_host", venue.user_host, false, "user stream (default: host)"),
    ROW(config, "user_port", KEY_PORT, venue.user_port, false, "its port (default: port)"),
    PATH(config, "ca_file", venue.ca_file, true, "PEM of the authorities to trust, no others"),
    PATH(config, "key_file", venue.key_file, false,
         "API key file as the venue issues it, mode 0600; wanted, but not for paper"),
    ROW(config, "connections", KEY_COUNT, venue.connections, false, "warm REST connections (4)"),
    ROW(config, "max_spec_age_ms", KEY_MS, venue.max_spec_age_ns, false,
        "nothing opens in a product whose specification was not read for so long (300000)"),
    ROW(config, "intraday_margin", KEY_BOOL, venue.intraday_margin, false,
        "ask with each balance whether intraday margin holds; else overnight rules always do"),
};
SECTION(config_venue, "venue", venue);

static const struct config_key account[] = {
    ACCOUNT_LIMIT_LIST(ACCOUNT_ROW)
    CHOICE(config, "stage", account.stage, true, stages,
           "control 4: observe, demo, canary or production: how large an order may be at all"),
    ROW(config, "staged", KEY_BOOL, account.staged, false,
        "control 4: begin at observe, climb by `ctl promote` (always so off loopback; false)"),
    ROW(config, "promote_after_ms", KEY_MS, account.stage_min_ns, false,
        "control 4: how long a stage has to be watched (3600000)"),
    ROW(config, "promote_after_orders", KEY_COUNT, account.stage_min_orders, false,
        "control 4: how many orders the venue has to have answered in it (20)"),
    ROW(config, "one_operator", KEY_BOOL, account.one_operator, false,
        "a desk of one: who asks for a loosening may confirm it (false: another system user must)"),
    CHOICE(config, "var", var, true, var_modes,
           "control 28: on (sections risk and stress are then wanted), or off in so many words"),
    NESTED("funding_stamps", true, "control 22: minutes of the UTC day, up to 24: [ 1020, 1260 ]"),
    ROW(config, "max_cancels", KEY_COUNT, account.max_cancels, true,
        "control 14: cancels per window, a budget of their own"),
    ROW(config, "stale_after_ms", KEY_MS, account.stale_after_ns, true,
        "a stream silent this long is dead"),
    ROW(config, "fills_poll_ms", KEY_MS, account.fills_poll_ns, true,
        "how often fills are read back over REST"),
    ROW(config, "orders_poll_ms", KEY_MS, account.orders_poll_ns, false,
        "how often orders are (default: fills_poll_ms)"),
    ROW(config, "positions_poll_ms", KEY_MS, account.positions_poll_ns, false,
        "how often positions are compared (default: fills_poll_ms)"),
    ROW(config, "balance_poll_ms", KEY_MS, account.balance_poll_ns, false,
        "how often the balance is read (default: fills_poll_ms)"),
    CHOICE(config, "external_fills", account.external_fills, false, external_fills,
           "fills that are not ours: alarm (default), or freeze: their product reduces only"),
    CHOICE(config, "unknown_own_orders", account.unknown_own_orders, false, unknown_own,
           "orders with our tag that the journal lacks: cancel (default), or adopt: let them work"),
    ROW(config, "rule_deadline_ms", KEY_MS, account.rule_deadline_ns, true,
        "a rule silent this long refuses"),
    ROW(config, "cancel_on_stop", KEY_BOOL, account.cancel_on_stop, true,
        "cancel own orders at SIGTERM; false leaves them working"),
    ROW(config, "processing_bound_ms", KEY_MS, account.processing_bound_ns, false,
        "an order without a word is given up two whole lists after expiry and this (120000)"),
};
SECTION(config_account, "account", account);

static const struct config_key market[] = {
    NESTED("view_bands", true, "three widths for depth, ascending: [\"0.0005\", \"0.001\", ...]"),
    NESTED("candles", true, "lengths of candles in seconds, at most four: [60, 300]"),
};
SECTION(config_market, "market", market);

static const struct config_key runners[] = {
    PATH(config, "program", runners.program, false, "moongate-runner (default: beside moongate)"),
    PATH(config, "library", runners.library, true,
         "folder of the modules `require` finds: lua/lib"),
    ROW(config, "memory_max_mib", KEY_COUNT, runners.memory_max_mib, true, "heap of one script"),
    ROW(config, "soft_deadline_ms", KEY_MS, runners.soft_deadline_ns, true,
        "a callback longer than this is made to raise"),
    ROW(config, "hard_deadline_ms", KEY_MS, runners.hard_deadline_ns, true,
        "a callback longer than this is killed with its process"),
    ROW(config, "max_restarts", KEY_NUMBER, runners.max_restarts, false, "deaths in a row (3)"),
    ROW(config, "max_intents_per_s", KEY_NUMBER, runners.max_intents_per_s, false,
        "intents of one script; past it its runner is ended (1000)"),
    ROW(config, "sched_idle", KEY_BOOL, runners.sched_idle, false, "SCHED_IDLE instead of nice 19"),
    ROW(config, "cpu", KEY_NUMBER, runners.cpu, false, "pin to this CPU, counted from 1; 0: none"),
};
SECTION(config_runners, "runners", runners);

static const struct config_key recording[] = {
    PATH(config, "dir", recording.dir, true, "a folder of its own; each run gets one inside"),
    ROW(config, "max_mib", KEY_COUNT, recording.max_mib, false,
        "all runs together (4096); oldest runs go first, then the recording ends"),
    ROW(config, "keep_days", KEY_NUMBER, recording.keep_days, false,
        "older runs are deleted (7); 0: none is"),
    ROW(config, "raw", KEY_BOOL, recording.raw, false,
        "the streams' frames as they came, too, with their arrival (false)"),
};
SECTION(config_recording, "recording", recording);

static const struct config_key product[] = {
    TEXT(config_product, "asset", asset, true, "BTC, ETH, SOL, XRP: found at the venue by this"),
    CHOICE(config_product, "profile", profile, true, profiles,
           "cde: US perpetual-style future; intx: the older international shape"),
    PRODUCT_LIMIT_LIST(PRODUCT_ROW)
    ROW(config_product, "sanity_band", KEY_RATIO, limits.sanity_band, false,
        "control 5: a mid or trade that jumps further is not used (\"0.1\": 10 %)"),
    ROW(config_product, "max_exit_price_age_ms", KEY_MS, limits.max_exit_price_age_ns, false,
        "while the book is stale, exits are priced from the last good mid for so long (60000)"),
};
SECTION(config_product_section, "products", product);

static const struct config_key strategy[] = {
    TEXT(config_script, "name", name, true, "unique; in logs, the journal and `ctl`"),
    PATH(config_script, "script", script, true, "the Lua file"),
    NESTED("products", true, "what it may trade: [\"BTC-cde\", \"ETH-intx\"]"),
    NESTED("params", false, "its parameters: host.params"),
    STRATEGY_LIMIT_LIST(STRATEGY_ROW)
    CHOICE(config_script, "on_death", settings.on_death, true, deaths,
           "when its runner dies: keep its orders, cancel them, or cancel_and_flatten"),
    ROW(config_script, "resend_unknown", KEY_BOOL, settings.resend_unknown, false,
        "an order the venue never had is sent once more under its id (false: dropped)"),
    ROW(config_script, "never_opens", KEY_BOOL, settings.never_opens, false,
        "it may only reduce, whatever its manifest says"),
    ROW(config_script, "never_short", KEY_BOOL, settings.never_short, false,
        "it is never short on its own account, whatever its manifest says"),
};
SECTION(config_strategy_section, "strategies", strategy);

static const struct config_key rule[] = {
    TEXT(config_script, "name", name, true, "unique among rules and strategies"),
    PATH(config_script, "script", script, true, "the Lua file"),
    NESTED("params", false, "its parameters: host.params"),
};
SECTION(config_rule_section, "rules", rule);

static const struct config_key watch[] = {
    PATH(config, "key_file", watch.key_file, true,
         "the watcher's own API key, mode 0600; it may view and trade"),
    ROW(config, "after_ms", KEY_MS, watch.after_ns, false,
        "a host silent this long is taken for dead or hung (4000)"),
    ROW(config, "check_ms", KEY_MS, watch.check_every_ns, false,
        "how often it sees whether the venue still takes the key (20000)"),
};
SECTION(config_watch, "watch", watch);

static const struct config_key paper[] = {
    ROW(config, "cash", KEY_MONEY, paper.cash, true,
        "what the account begins with, shared equally between the profiles that are traded"),
    ROW(config, "fee_maker", KEY_RATIO, paper.fee_maker, false, "of the notional (\"0.0002\")"),
    ROW(config, "fee_taker", KEY_RATIO, paper.fee_taker, false, "likewise (\"0.0005\")"),
    ROW(config, "order_ms", KEY_MS, paper.order_ns, false, "an order's way to the venue (20)"),
    ROW(config, "answer_ms", KEY_MS, paper.answer_ns, false, "the venue's word's way back (20)"),
};
SECTION(config_paper, "paper", paper);

static const struct config_key risk[] = {
    ROW(config, "candle_ms", KEY_MS, account.var.candle_ns, true,
        "returns are measured over candles of this length"),
    ROW(config, "window", KEY_COUNT, account.var.window, true,
        "returns kept, for historical figures; up to 2000"),
    ROW(config, "warmup", KEY_COUNT, account.var.warmup, true,
        "candles with a trade before a product is known: until then nothing opens"),
    ROW(config, "horizon", KEY_COUNT, account.var.horizon, true,
        "candles that a loss is reckoned over"),
    ROW(config, "lambda", KEY_RATIO, account.var.decay, true,
        "weight of the past in variances: \"0.94\""),
    ROW(config, "max_var", KEY_MONEY, account.var.max_var, true,
        "value at risk at 99 %, the larger of parametric and historical, with the order"),
};
SECTION(config_risk, "risk", risk);

static const struct config_key stress[] = {
    TEXT(stress_scenario, "name", name, true, "in verdicts and `ctl risk`"),
    ROW(stress_scenario, "max_loss", KEY_MONEY, max_loss, true, "with the order"),
    NESTED("shocks", true, "of each asset's price: { BTC = \"-0.2\"; ETH = \"-0.3\"; }"),
};
SECTION(config_stress_section, "stress", stress);

static const char *kind_text(const struct config_key *key)
{
    static const char *const texts[] = {"text", "path", "\"size\"", "\"money\"", "\"ratio\"",
                                        "number > 0", "number", "port", "ms", "true|false",
                                        "choice", "section"};
    return texts[key->kind];
}

void config_print_keys(void *file)
{
    static const struct config_section *const sections[] = {
        &config_top, &config_venue, &config_account, &config_market, &config_runners,
        &config_recording, &config_product_section, &config_strategy_section, &config_rule_section,
        &config_risk, &config_stress_section, &config_watch, &config_paper};

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        fprintf(file, "%s%s\n", i ? "\n" : "", i ? sections[i]->name : "(the file itself)");
        for (uint32_t k = 0; k < sections[i]->count; k++) {
            const struct config_key *key = &sections[i]->keys[k];
            fprintf(file, "  %-23s %-11s %-9s %s\n", key->name, kind_text(key),
                    key->required ? "required" : "optional", key->meaning);
        }
    }
}

int64_t config_value_whole(const struct config_key *key, const void *section)
{
    const void *at = (const char *)section + key->offset;
    uint32_t count;
    int64_t ns;

    if (key->kind == KEY_MS) {
        memcpy(&ns, at, sizeof(ns));
        return ns / 1000000;
    }
    memcpy(&count, at, sizeof(count));
    return count;
}

void config_value_text(const struct config_key *key, const void *section,
                       char ret[DECIMAL_TEXT_MAX])
{
    const void *at = (const char *)section + key->offset;
    struct size e9;
    struct money money;

    if (key->kind == KEY_MONEY) {
        memcpy(&money, at, sizeof(money));
        money_format(money, ret);
    } else if (key->kind == KEY_SIZE || key->kind == KEY_RATIO) {
        memcpy(&e9, at, sizeof(e9));
        size_format(e9, ret);
    } else if (key->kind == KEY_BOOL) {
        snprintf(ret, DECIMAL_TEXT_MAX, "%s", *(const bool *)at ? "true" : "false");
    } else if (key->kind == KEY_CHOICE) {
        snprintf(ret, DECIMAL_TEXT_MAX, "%s", key->choices[config_value_whole(key, section)]);
    } else {
        snprintf(ret, DECIMAL_TEXT_MAX, "%lld", (long long)config_value_whole(key, section));
    }
}

void config_product_name(const struct config_product *of, char ret[NAME_MAX_BYTES])
{
    snprintf(ret, NAME_MAX_BYTES, "%s-%s", of->asset, venue_profile_text(of->profile));
}
