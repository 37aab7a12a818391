/* The venue of a backtest: sim/fill_venue.h over the recorded market, with funding at a rate that
 * the options name. */
#include <string.h>

#include "base/check.h"
#include "lab/backtest_private.h"
#include "sim/order_asked.h"

static bool push(void *context, const struct event *event)
{
    lab_push(((struct backtest *)context)->lab, event);
    return true;
}

static struct fill_book *book(void *context, product_index product)
{
    return backtest_market_book(&((struct backtest *)context)->markets[product]);
}

void backtest_venue_open(struct backtest *run, const struct engine_settings *settings)
{
    const struct backtest_options *options = run->options;
    struct fill_venue_config config = {
        .name = "backtest", .catalog = settings->catalog, .cash = options->cash,
        .rates = {options->fee_maker, options->fee_taker},
        .order_ns = options->order_ns, .answer_ns = options->answer_ns,
    };

    for (product_index i = 0; i < settings->catalog.count; i++)
        config.initial_margin[i] = instrument_margin_rate(
            &settings->catalog.items[i], SIDE_UNKNOWN, false,
            settings->product_limits[i].initial_margin);
    fill_venue_init(&run->venue, &config, &(struct fill_venue_port){run, push, book});
}

void backtest_venue_tell_spec(struct backtest_market *market)
{
    struct backtest *run = market->run;
    struct event event = {
        .kind = EVENT_INSTRUMENT,
        .instrument = {.product = market->product,
                       .spec = run->venue.config.catalog.items[market->product]}};

    event.instrument.spec.funding_rate = run->options->funding_rate;
    event.instrument.spec.funding_time_ns = market->funding_ns;
    lab_push(run->lab, &event);
}

void backtest_venue_command(struct backtest *run, const struct command *command)
{
    int64_t now_ns = run->lab->now.wall_ns;
    struct fill_order order;

    if (command->kind == COMMAND_PLACE) {
        CHECK(order_asked(run->lab->engine, command->place.id, &order));
        fill_venue_place(&run->venue, &order, now_ns);
    } else if (command->kind == COMMAND_CANCEL) {
        fill_venue_cancel(&run->venue, &command->cancel, now_ns);
    } else if (command->kind == COMMAND_LIST) {
        fill_venue_list(&run->venue, &command->list, now_ns);
    }
}

void backtest_venue_left(struct backtest *run, product_index product, struct backtest_left *ret)
{
    const struct backtest_market *market = &run->markets[product];
    struct fill_venue *venue = &run->venue;

    *ret = (struct backtest_left){.position = venue->markets[product].position,
                                  .working = fill_venue_working(venue, product),
                                  .gaps = market->gaps, .crossed = market->crossed,
                                  .gap_ns = market->gap_ns};
    if (ret->position.e9 != 0) /* else a book may be built here that nobody has needed so far */
        ret->mark = fill_venue_mark(venue, product);
    memcpy(ret->product_id, venue->config.catalog.items[product].product_id,
           sizeof(ret->product_id));
}

static void put_mark(struct backtest *run, struct record_mark mark)
{
    struct record record = {.kind = RECORD_MARK, .at = run->lab->now, .mark = mark};
    struct journal_port journal = store_bulk_port(run->journal);

    (void)journal.commit(journal.context, &record, 1); /* its close tells what went wrong */
}

void backtest_venue_mark_end(struct backtest *run)
{
    struct fill_venue *venue = &run->venue;

    if (!run->journal)
        return;
    for (product_index i = 0; i < run->count; i++) {
        struct record_mark mark = {.product = i};
        if (venue->markets[i].position.e9 == 0)
            continue;
        mark.mark = fill_venue_mark(venue, i);
        memcpy(mark.product_id, venue->config.catalog.items[i].product_id, sizeof(mark.product_id));
        put_mark(run, mark);
    }
    put_mark(run, (struct record_mark){.product = NO_PRODUCT, .equity_known = true,
                                       .equity = fill_venue_equity(venue)});
}

/* A stamp pays on what is held then; the specification then names the next one. */
static void fund(struct backtest_market *market)
{
    struct fill_venue *venue = &market->run->venue;
    product_index product = market->product;

    fill_venue_fund(venue, product, venue->markets[product].position,
                    fill_venue_mark(venue, product), market->run->options->funding_rate);
    market->funding_ns += venue->config.catalog.items[product].funding_interval_ns;
    backtest_venue_tell_spec(market);
}

void backtest_venue_work(struct backtest *run, int64_t now_ns)
{
    for (product_index i = 0; i < run->count; i++)
        while (run->markets[i].funding_ns <= now_ns)
            fund(&run->markets[i]);
    fill_venue_work(&run->venue, now_ns);
}

int64_t backtest_venue_next_ns(const struct backtest *run)
{
    int64_t next_ns = fill_venue_next_ns(&run->venue);

    for (product_index i = 0; i < run->count; i++)
        if (run->markets[i].funding_ns < next_ns)
            next_ns = run->markets[i].funding_ns;
    return next_ns;
}
