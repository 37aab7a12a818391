/* Market data of others from any bytes: what is told is sound and in the order of time, whatever
 * stands between; and what a backtest makes of the same bytes is made or refused. */
#include "base/check.h"
#include "sim/market_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

struct seen { int64_t last_ns; uint64_t rows, bad; };

static void see(struct seen *seen, int64_t at_ns)
{
    CHECK(at_ns >= 0 && at_ns >= seen->last_ns);
    seen->last_ns = at_ns;
    seen->rows++;
}

static void on_row(void *context, const struct market_row *row)
{
    see(context, row->at_ns);
    CHECK(row->price.e9 > 0 && row->size.e9 >= 0 && row->side <= SIDE_SELL);
}

static void on_bar(void *context, const struct market_bar *bar)
{
    see(context, bar->start_ns);
    CHECK(bar->low.e9 > 0 && bar->low.e9 <= bar->open.e9 && bar->low.e9 <= bar->close.e9);
    CHECK(bar->high.e9 >= bar->open.e9 && bar->high.e9 >= bar->close.e9 && bar->volume.e9 >= 0);
}

static void on_trade(void *context, const struct trade *trade)
{
    see(context, trade->venue_ns);
    CHECK(trade->price.e9 > 0 && trade->size.e9 > 0);
}

static bool on_bad(void *context, const char *words)
{
    CHECK(words[0] != '\0');
    ((struct seen *)context)->bad++;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    const struct instrument spec = {.product_id = "BTC", .profile = PROFILE_INTX,
                                    .contract_size = {DECIMAL_ONE}, .tick = {DECIMAL_ONE / 10},
                                    .step = {DECIMAL_ONE / 10000}};
    struct seen seen = {.last_ns = -1};
    const struct market_csv_sink sink = {&seen, on_row, on_bar, on_trade, on_bad};
    enum market_csv_kind kind;
    int64_t last_ns = -1;
    struct err err = {""};
    int result = market_csv_walk("fuzz", data, length, &last_ns, &sink, &kind, &err);
    CHECK(last_ns == seen.last_ns && (result == 0 || err.text[0] != '\0'));
    CHECK(kind != MARKET_CSV_UNKNOWN || seen.rows + seen.bad == 0);
    market_data_destroy(market_data_read("fuzz", data, length, &spec, &err));
    return 0;
}
