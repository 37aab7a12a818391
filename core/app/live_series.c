/* series.csv beside the journal, a row per minute and product, for curves: the columns of a
 * backtest's (docs/backtest.md). Trades are not gathered here, so open to volume stay empty, as
 * does the equity until the venue has told it. */
#include <stdio.h>

#include "app/live_private.h"
#include "base/log.h"
#include "engine/snapshot.h"
#include "io/appender.h"
#include "io/clock_os.h"

/* A year of four products; then it begins anew, with the old one beside it. */
static const uint64_t SERIES_BYTES_MAX = 256ull << 20;
static const int64_t MINUTE_NS = 60000000000;
static const char HEAD[] = "time_ns,product,open,high,low,close,volume,mark,position,equity,"
                           "realised,unrealised,fees,funding\n";

static void put_row(struct live *live, const struct product_row *row,
                    const struct account_row *account, int64_t minute_ns)
{
    char mark[DECIMAL_TEXT_MAX], position[DECIMAL_TEXT_MAX], equity[DECIMAL_TEXT_MAX] = "";
    char realised[DECIMAL_TEXT_MAX], unrealised[DECIMAL_TEXT_MAX], fees[DECIMAL_TEXT_MAX];
    char funding[DECIMAL_TEXT_MAX], line[512];
    int length;

    price_format(row->mark, mark);
    size_format(row->position, position);
    if (account->balance_known)
        money_format(account->equity, equity);
    money_format(row->realised, realised);
    money_format(row->unrealised, unrealised);
    money_format(row->fees, fees);
    money_format(row->funding, funding);
    length = snprintf(line, sizeof(line), "%lld,%s,,,,,,%s,%s,%s,%s,%s,%s,%s\n",
                      (long long)minute_ns, row->product_id, row->mark.e9 > 0 ? mark : "",
                      position, equity, realised, unrealised, fees, funding);
    if (length > 0 && length < (int)sizeof(line))
        (void)appender_put(live->series, line, (size_t)length);
}

static void put_minute(struct live *live, int64_t minute_ns)
{
    struct account_row account;
    struct product_row row;

    snapshot_account(live->engine, &account);
    for (product_index i = 0; snapshot_product(live->engine, i, &row); i++)
        put_row(live, &row, &account, minute_ns);
}

static void on_minute(void *context)
{
    struct live *live = context;
    int64_t wall_ns = clock_os_now().wall_ns, minute_ns = wall_ns - wall_ns % MINUTE_NS;

    put_minute(live, minute_ns - MINUTE_NS);
    loop_timer_set(live->series_timer, minute_ns + MINUTE_NS - wall_ns);
}

int live_series_start(struct live *live, struct err *err)
{
    char path[CONFIG_TEXT_MAX + 16];
    int64_t wall_ns = clock_os_now().wall_ns;

    snprintf(path, sizeof(path), "%s/series.csv", live->config.state_dir);
    live->series = appender_open(path, HEAD, SERIES_BYTES_MAX, err);
    live->series_timer = loop_timer_create(live->loop, on_minute, live);
    if (!live->series)
        return -1;
    if (!live->series_timer)
        return err_set(err, "no memory");
    loop_timer_set(live->series_timer, MINUTE_NS - wall_ns % MINUTE_NS);
    return 0;
}

/* The last minute is told as far as it went. */
void live_series_stop(struct live *live)
{
    int64_t wall_ns = clock_os_now().wall_ns;

    if (live->series)
        put_minute(live, wall_ns - wall_ns % MINUTE_NS);
    loop_timer_destroy(live->series_timer);
    appender_close(live->series);
}
