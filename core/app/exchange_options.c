#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/exchange.h"

#define HELP                                                                                      \
    "moongate-exchange: a Coinbase Advanced of your own, on 127.0.0.1\n"                          \
    "\n"                                                                                          \
    "  scripts/make-certs DIR\n"                                                                  \
    "  moongate-exchange --port 8443 --cert DIR/server.pem --key DIR/server.key \\\n"             \
    "                    --keys DIR/public-keys.json [--tape FILE.csv.gz]\n"                      \
    "\n"                                                                                          \
    "REST is at https://127.0.0.1:PORT/api/v3/brokerage, the WebSocket at wss://127.0.0.1:PORT/\n"\
    "(market and user channels alike). Products: BTC, ETH, SOL and XRP as CDE perpetual-style\n"  \
    "futures and as INTX perpetuals. SIGTERM writes the state and ends with 0.\n"                 \
    "\n"                                                                                          \
    "  --port N            to listen on; 0 takes a free one (default 0)\n"                        \
    "  --port-file FILE    writes the port there once it listens\n"                               \
    "  --cert FILE         server certificate, PEM\n"                                             \
    "  --key FILE          its private key, PEM\n"                                                \
    "  --keys FILE         public API keys, JSON: {\"keys\":[{\"name\",\"public_key\"}]}\n"       \
    "  --tape FILE         recorded BTC market, CSV or CSV.gz; else a seeded one\n"               \
    "  --seed N            of the seeded markets and funding (default 1)\n"                       \
    "  --speed X           of all markets, 1 is real time (default 1)\n"                          \
    "  --state FILE        orders, fills, positions and cash live there across restarts\n"        \
    "  --cash-usd X        starting cash for CDE (default 100000)\n"                              \
    "  --cash-usdc X       starting cash for INTX (default 100000)\n"                             \
    "  --fee-maker X       fraction of the notional (default 0.0002)\n"                           \
    "  --fee-taker X       fraction of the notional (default 0.0005)\n"                           \
    "  --rate N            private requests a second and key, 0 for no limit (default 30)\n"      \
    "  --rate-public N     public requests a second (default 10)\n"                               \
    "  --visible-ms N      a new order cannot be read for so long (default 0)\n"                  \
    "  --session WORD      calendar: CDE closes Fridays 17-18 New York (default); open; closed\n" \
    "  --faults FILE       what is to go wrong, a rule a line; see docs/exchange.md\n" \
    "  --control PATH      a 0600 unix socket that takes such rules while it runs; its client\n" \
    "                      is `moongate-exchange fault --help`\n" \
    "  --reject-replay     a token's nonce is good once\n"                                        \
    "  --intraday-hours N  opted in to intraday margin, which holds so long (default 0: not)\n"   \
    "  --help              this\n"

enum option_id {
    OPT_PORT = 256, OPT_PORT_FILE, OPT_CERT, OPT_KEY, OPT_KEYS, OPT_TAPE, OPT_SEED, OPT_SPEED,
    OPT_STATE, OPT_CASH_USD, OPT_CASH_USDC, OPT_FEE_MAKER, OPT_FEE_TAKER, OPT_RATE,
    OPT_RATE_PUBLIC, OPT_VISIBLE, OPT_SESSION, OPT_FAULTS, OPT_CONTROL, OPT_REPLAY, OPT_INTRADAY,
    OPT_HELP
};

static const struct option OPTIONS[] = {
    {"port", required_argument, NULL, OPT_PORT},
    {"port-file", required_argument, NULL, OPT_PORT_FILE},
    {"cert", required_argument, NULL, OPT_CERT},
    {"key", required_argument, NULL, OPT_KEY},
    {"keys", required_argument, NULL, OPT_KEYS},
    {"tape", required_argument, NULL, OPT_TAPE},
    {"seed", required_argument, NULL, OPT_SEED},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"state", required_argument, NULL, OPT_STATE},
    {"cash-usd", required_argument, NULL, OPT_CASH_USD},
    {"cash-usdc", required_argument, NULL, OPT_CASH_USDC},
    {"fee-maker", required_argument, NULL, OPT_FEE_MAKER},
    {"fee-taker", required_argument, NULL, OPT_FEE_TAKER},
    {"rate", required_argument, NULL, OPT_RATE},
    {"rate-public", required_argument, NULL, OPT_RATE_PUBLIC},
    {"visible-ms", required_argument, NULL, OPT_VISIBLE},
    {"session", required_argument, NULL, OPT_SESSION},
    {"faults", required_argument, NULL, OPT_FAULTS},
    {"control", required_argument, NULL, OPT_CONTROL},
    {"reject-replay", no_argument, NULL, OPT_REPLAY},
    {"intraday-hours", required_argument, NULL, OPT_INTRADAY},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int read_number(const char *name, const char *text, uint64_t maximum, uint64_t *ret,
                       struct err *err)
{
    uint64_t value = 0;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value) || value > maximum)
            return err_set(err, "--%s '%s': a whole number from 0 to %llu is wanted", name, text,
                           (unsigned long long)maximum);
    }
    if (!*text)
        return err_set(err, "--%s: a number is wanted", name);
    *ret = value;
    return 0;
}

static int read_ratio(const char *name, const char *text, struct ratio *ret, struct err *err)
{
    if (!ratio_parse(text, strlen(text), ret))
        return err_set(err, "--%s '%s': a decimal such as 0.0005 is wanted", name, text);
    return 0;
}

static int read_cash(const char *name, const char *text, struct money *ret, struct err *err)
{
    if (!money_parse(text, strlen(text), ret) || ret->e18 < 0)
        return err_set(err, "--%s '%s': an amount such as 100000 is wanted", name, text);
    return 0;
}

static int read_session(const char *text, enum venue_session *ret, struct err *err)
{
    static const char *const WORDS[] = {"calendar", "open", "closed"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, WORDS[i]) == 0) {
            *ret = (enum venue_session)i;
            return 0;
        }
    return err_set(err, "--session '%s': calendar, open or closed is wanted", text);
}

static int read_small(const char *name, uint64_t maximum, uint32_t *ret, struct err *err)
{
    uint64_t number = 0;
    if (read_number(name, optarg, maximum, &number, err) < 0)
        return -1;
    *ret = (uint32_t)number;
    return 0;
}

static int take_number_option(int option, struct exchange_options *ret, struct err *err)
{
    uint32_t number = 0;
    switch (option) {
    case OPT_PORT:
        if (read_small("port", 65535, &number, err) < 0)
            return -1;
        ret->port = (int)number;
        return 0;
    case OPT_SEED:
        return read_number("seed", optarg, UINT64_MAX, &ret->seed, err);
    case OPT_SPEED:
        return read_ratio("speed", optarg, &ret->speed, err);
    case OPT_CASH_USD:
        return read_cash("cash-usd", optarg, &ret->cash_usd, err);
    case OPT_CASH_USDC:
        return read_cash("cash-usdc", optarg, &ret->cash_usdc, err);
    case OPT_FEE_MAKER:
        return read_ratio("fee-maker", optarg, &ret->fee_maker, err);
    case OPT_FEE_TAKER:
        return read_ratio("fee-taker", optarg, &ret->fee_taker, err);
    case OPT_RATE:
        return read_small("rate", 1000000, &ret->rate_private, err);
    case OPT_RATE_PUBLIC:
        return read_small("rate-public", 1000000, &ret->rate_public, err);
    case OPT_VISIBLE:
        if (read_small("visible-ms", 60000, &number, err) < 0)
            return -1;
        ret->visible_delay_ns = (int64_t)number * 1000000;
        return 0;
    case OPT_INTRADAY:
        if (read_small("intraday-hours", 24, &number, err) < 0)
            return -1;
        ret->intraday_ns = (int64_t)number * 3600000000000;
        return 0;
    default:
        return err_set(err, "an unknown option; see --help");
    }
}

static int take_option(int option, struct exchange_options *ret, struct err *err)
{
    switch (option) {
    case OPT_PORT_FILE: ret->port_file = optarg; return 0;
    case OPT_CERT: ret->cert_file = optarg; return 0;
    case OPT_KEY: ret->key_file = optarg; return 0;
    case OPT_KEYS: ret->keys_file = optarg; return 0;
    case OPT_TAPE: ret->tape_file = optarg; return 0;
    case OPT_STATE: ret->state_file = optarg; return 0;
    case OPT_SESSION: return read_session(optarg, &ret->session, err);
    case OPT_FAULTS: ret->faults_file = optarg; return 0;
    case OPT_CONTROL: ret->control_path = optarg; return 0;
    case OPT_REPLAY: ret->reject_replay = true; return 0;
    default: return take_number_option(option, ret, err);
    }
}

int exchange_options_read(int argc, char **argv, struct exchange_options *ret, struct err *err)
{
    const __int128 cash = (__int128)100000 * DECIMAL_ONE * DECIMAL_ONE;
    int option;
    *ret = (struct exchange_options){
        .seed = 1, .speed = {DECIMAL_ONE}, .fee_maker = {200000}, .fee_taker = {500000},
        .cash_usd = {cash}, .cash_usdc = {cash}, .rate_private = 30, .rate_public = 10};
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", OPTIONS, NULL)) != -1) {
        if (option == OPT_HELP) {
            fputs(HELP, stdout);
            return 1;
        }
        if (option == '?' || option == ':')
            return err_set(err, option == '?' ? "%s: no such option; see --help"
                                              : "%s needs a value; see --help",
                           argv[optind - 1]);
        if (take_option(option, ret, err) < 0)
            return -1;
    }
    if (optind < argc)
        return err_set(err, "'%s': options only; see --help", argv[optind]);
    if (!ret->cert_file || !ret->key_file || !ret->keys_file)
        return err_set(err, "--cert, --key and --keys are needed: scripts/make-certs DIR makes "
                       "them; see --help");
    return 0;
}
