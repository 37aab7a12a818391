/* The recorded market moves: each batch, or point of a path, reaches the venue's book at its time
 * and the host after the feed's latency. */
#include <string.h>

#include "lab/backtest_private.h"

/* Without what was left behind. */
static struct fill_book *raw_book(const struct backtest_market *market)
{
    return &market->run->venue.markets[market->product].book;
}

static int64_t batch_time(const struct backtest_market *market, uint32_t index)
{
    return market->data->bars.count > 0 ? market->data->bars.items[index].start_ns
                                        : market->data->batches[index].at_ns;
}

/* The first batch or bar at or after a time. */
static uint32_t seek(const struct backtest_market *market, uint32_t count, int64_t at_ns)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (batch_time(market, middle) < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool backtest_market_open(struct backtest_market *market, int64_t from_ns, int64_t to_ns)
{
    const struct market_data *data = market->data;
    uint32_t count = data->bars.count > 0 ? data->bars.count : data->count;

    market->next = seek(market, count, from_ns);
    market->end = seek(market, count, to_ns);
    /* The first batch is the book as it was then: shown whole, on connect. */
    if (data->depth && market->next == 0)
        market->next = 1;
    raw_book(market)->blind = !data->depth;
    return market->next < market->end;
}

void backtest_market_survey(struct backtest_market *market, int64_t bearable_ns)
{
    const struct market_data *data = market->data;

    for (uint32_t i = market->next; i < market->end; i++) {
        int64_t silence_ns = i > market->next ? batch_time(market, i) - batch_time(market, i - 1)
                                              : 0;
        market->gaps += silence_ns > bearable_ns;
        market->gap_ns = silence_ns > market->gap_ns ? silence_ns : market->gap_ns;
        market->crossed += data->bars.count == 0 && data->batches[i].crossed;
    }
}

/* A source's rows are not told apart by batch: its part of them. */
uint64_t backtest_market_rows(const struct backtest_market *market)
{
    const struct market_data *data = market->data;
    uint32_t all = data->bars.count > 0 ? data->bars.count : data->count;

    return data->rows * (market->end - market->next) / all;
}

int64_t backtest_market_end_ns(const struct backtest_market *market)
{
    const struct market_data *data = market->data;

    return batch_time(market, market->end - 1) + (data->bars.count > 0 ? data->bars.length_ns : 1);
}

int64_t backtest_market_next_ns(const struct backtest_market *market)
{
    if (market->point < market->points_count)
        return market->points[market->point].at_ns;
    return market->next < market->end ? batch_time(market, market->next) : INT64_MAX;
}

struct fill_book *backtest_market_book(struct backtest_market *market)
{
    const struct market_data *data = market->data;

    for (; data->depth && market->applied < market->next; market->applied++) {
        const struct market_batch *batch = &data->batches[market->applied];
        for (uint32_t i = 0; i < batch->levels; i++)
            fill_book_level(raw_book(market), &data->levels[batch->level + i]);
    }
    return raw_book(market);
}

/* --- what the host hears --- */

static void tell(struct backtest *run, const struct event *event)
{
    if (run->options->feed_ns > 0)
        mail_post_event(&run->venue.mail, event, run->lab->now.wall_ns + run->options->feed_ns);
    else
        lab_push(run->lab, event);
}

static void tell_book(struct backtest_market *market, bool snapshot, const struct level *levels,
                      uint32_t count)
{
    struct event event = {.kind = EVENT_BOOK,
                          .book = {.product = market->product, .snapshot = snapshot,
                                   .venue_ns = market->run->lab->now.wall_ns, .levels = levels,
                                   .count = count}};

    tell(market->run, &event);
}

static void tell_trades(struct backtest_market *market, const struct trade *trades,
                        uint32_t count)
{
    struct event event = {.kind = EVENT_TRADES,
                          .trades = {.product = market->product, .trades = trades,
                                     .count = count}};

    tell(market->run, &event);
}

static void show(void *context, struct lab *lab, product_index product)
{
    static struct level levels[MAX_MESSAGE_LEVELS];
    struct backtest *run = context;
    struct fill_book *book = backtest_market_book(&run->markets[product]);
    uint32_t count = 0;

    run->lab = lab;
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        const struct venue_ladder *ladder = &book->sides[side];
        uint32_t most = MAX_BOOK_LEVELS, from = ladder->count > most ? ladder->count - most : 0;
        for (uint32_t i = from; i < ladder->count; i++)
            levels[count++] = (struct level){{ladder->levels[i].price_e9},
                                             {ladder->levels[i].base_e9}, (enum side)side};
    }
    if (count > 0)
        tell_book(&run->markets[product], true, levels, count);
    backtest_venue_tell_spec(&run->markets[product]);
}

/* --- what the venue sees --- */

static void venue_trade(struct backtest_market *market, const struct trade *trade)
{
    backtest_series_trade(market, trade->price, trade->size);
    fill_venue_trade(&market->run->venue, market->product, trade, market->run->lab->now.wall_ns);
}

static void settle(struct backtest_market *market)
{
    fill_venue_settle(&market->run->venue, market->product, market->run->lab->now.wall_ns);
}

static void play_batch(struct backtest_market *market)
{
    const struct market_data *data = market->data;
    const struct market_batch *batch = &data->batches[market->next];
    bool live = market->run->venue.live.count > 0;

    if (live)
        backtest_market_book(market);
    for (uint32_t i = 0; i < batch->trades; i++)
        venue_trade(market, &data->trades[batch->trade + i]);
    market->next++;
    if (!data->depth) {
        fill_book_clear(raw_book(market));
        for (uint32_t i = 0; i < batch->levels; i++)
            fill_book_level(raw_book(market), &data->levels[batch->level + i]);
    }
    if (live)
        settle(market);
    /* `peek` is 0, but where a harness that cheats is wanted. */
    if (market->run->options->peek < data->count - market->next)
        batch += market->run->options->peek;
    if (batch->levels > 0)
        tell_book(market, !data->depth, &data->levels[batch->level], batch->levels);
    if (batch->trades > 0)
        tell_trades(market, &data->trades[batch->trade], batch->trades);
}

static void lay_path(const struct backtest_market *market, uint32_t bar,
                     struct market_point ret[MARKET_BAR_POINTS])
{
    const struct market_bars *bars = &market->data->bars;

    market_bar_path(&bars->items[bar], bars->length_ns,
                    fill_venue_lean(&market->run->venue, market->product),
                    &market->run->venue.config.catalog.items[market->product], ret);
}

static void next_bar(struct backtest_market *market)
{
    lay_path(market, market->next++, market->points);
    market->point = 0;
    market->points_count = MARKET_BAR_POINTS;
}

/* What the host is told at a point: that point. With `peek`, the close of a bar to come. */
static struct market_point told_of(const struct backtest_market *market, uint32_t point)
{
    uint32_t peek = market->run->options->peek;
    struct market_point path[MARKET_BAR_POINTS], told = market->points[point];

    if (peek == 0 || peek >= market->data->bars.count - market->next)
        return told;
    lay_path(market, market->next - 1 + peek, path);
    memcpy(told.levels, path[MARKET_BAR_POINTS - 1].levels, sizeof(told.levels));
    told.trade.price = path[MARKET_BAR_POINTS - 1].trade.price;
    return told;
}

/* The order of the extremes is settled when the first is due: by then what was ordered at the last
 * close has arrived. */
static void play_point(struct backtest_market *market)
{
    struct market_point *point = &market->points[market->point], told;

    if (market->point == 1)
        lay_path(market, market->next - 1, market->points);
    point->trade.trade_id = ++market->trade_ids;
    told = told_of(market, market->point++);
    venue_trade(market, &point->trade);
    fill_book_clear(raw_book(market));
    fill_book_level(raw_book(market), &point->levels[0]);
    fill_book_level(raw_book(market), &point->levels[1]);
    settle(market);
    tell_book(market, true, told.levels, 2);
    tell_trades(market, &told.trade, 1);
}

static void play_market(struct backtest_market *market, int64_t now_ns)
{
    while (backtest_market_next_ns(market) <= now_ns) {
        market->run->batches++;
        if (market->data->bars.count == 0)
            play_batch(market);
        else if (market->point == market->points_count)
            next_bar(market);
        else
            play_point(market);
    }
}

/* --- the world's port --- */

static int64_t next_wall_ns(const struct backtest *run)
{
    int64_t next_ns = backtest_venue_next_ns(run);

    if (run->minutes.next_ns < next_ns)
        next_ns = run->minutes.next_ns;
    for (product_index i = 0; i < run->count; i++) {
        int64_t at_ns = backtest_market_next_ns(&run->markets[i]);
        next_ns = at_ns < next_ns ? at_ns : next_ns;
    }
    return next_ns;
}

static int64_t play(void *context, struct lab *lab)
{
    struct backtest *run = context;
    int64_t now_ns = lab->now.wall_ns, next_ns;

    run->lab = lab;
    if (!run->options->drive) /* who drives reads them */
        backtest_drain(run);
    if (now_ns >= run->minutes.next_ns)
        backtest_series_minute(run);
    for (product_index i = 0; i < run->count; i++) {
        raw_book(&run->markets[i])->now_ns = now_ns;
        play_market(&run->markets[i], now_ns);
    }
    backtest_venue_work(run, now_ns);
    next_ns = next_wall_ns(run);
    return next_ns == INT64_MAX ? INT64_MAX : lab->now.mono_ns + next_ns - now_ns;
}

static void command(void *context, struct lab *lab, const struct command *said)
{
    struct backtest *run = context;

    run->lab = lab;
    backtest_venue_command(run, said);
    lab->play_ns = lab->now.mono_ns + next_wall_ns(run) - lab->now.wall_ns;
}

struct lab_world backtest_world(struct backtest *run)
{
    return (struct lab_world){run, show, command, play};
}
