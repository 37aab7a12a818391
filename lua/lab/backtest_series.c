/* series.csv: what each minute brought, a row per product; docs/backtest.md lists the columns. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lab/backtest_private.h"

static const int64_t MINUTE_NS = 60000000000;
static const char HEAD[] = "time_ns,product,open,high,low,close,volume,mark,position,equity,"
                           "realised,unrealised,fees,funding\n";

int backtest_series_open(struct backtest *run, struct err *err)
{
    char path[CONFIG_TEXT_MAX];

    run->minutes.next_ns = run->start_ns - run->start_ns % MINUTE_NS + MINUTE_NS;
    if (!run->options->out)
        return 0;
    snprintf(path, sizeof(path), "%s/series.csv", run->options->out);
    run->minutes.file = fopen(path, "wxe");
    if (!run->minutes.file)
        return err_set(err, "%s: %s", path, strerror(errno));
    fputs(HEAD, run->minutes.file);
    return 0;
}

void backtest_series_trade(struct backtest_market *market, struct price price, struct size size)
{
    if (market->volume.e9 == 0)
        market->open = market->high = market->low = price;
    market->high = price.e9 > market->high.e9 ? price : market->high;
    market->low = price.e9 < market->low.e9 ? price : market->low;
    market->close = price;
    market->volume.e9 += size.e9;
}

static void put_price(FILE *file, struct price value)
{
    char text[DECIMAL_TEXT_MAX];

    price_format(value, text);
    fprintf(file, ",%s", text);
}

static void put_size(FILE *file, struct size value)
{
    put_price(file, (struct price){value.e9}); /* the same digits */
}

static void put_money(FILE *file, struct money value)
{
    char text[DECIMAL_TEXT_MAX];

    money_format(value, text);
    fprintf(file, ",%s", text);
}

static void put_row(struct backtest *run, struct backtest_market *market, struct money equity)
{
    FILE *file = run->minutes.file;
    struct product_row row;

    if (!snapshot_product(run->lab->engine, market->product, &row))
        return;
    fprintf(file, "%lld,%s", (long long)(run->minutes.next_ns - MINUTE_NS), row.product_id);
    put_price(file, market->open);
    put_price(file, market->high);
    put_price(file, market->low);
    put_price(file, market->close);
    put_size(file, market->volume);
    put_price(file, row.mark);
    put_size(file, row.position);
    put_money(file, equity);
    put_money(file, row.realised);
    put_money(file, row.unrealised);
    put_money(file, row.fees);
    put_money(file, row.funding);
    fputc('\n', file);
}

void backtest_series_minute(struct backtest *run)
{
    struct money equity = {0};

    if (run->minutes.file)
        equity = fill_venue_equity(&run->venue);
    for (product_index i = 0; i < run->count; i++) {
        struct backtest_market *market = &run->markets[i];
        if (run->minutes.file)
            put_row(run, market, equity);
        market->open = market->high = market->low = market->close;
        market->volume.e9 = 0;
    }
    run->minutes.next_ns += MINUTE_NS;
}

int backtest_series_close(struct backtest *run, struct err *err)
{
    FILE *file = run->minutes.file;
    bool failed;

    run->minutes.file = NULL;
    if (!file)
        return 0;
    failed = ferror(file) != 0;
    failed |= fclose(file) != 0;
    return failed ? err_set(err, "%s/series.csv could not be written whole", run->options->out)
                  : 0;
}
