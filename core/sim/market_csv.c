#include "sim/market_csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "sim/csv.h"

enum column { TIME, OPEN, HIGH, LOW, CLOSE, VOLUME, NOTIONAL, PRICE, SIZE, SIDE, COLUMNS };
enum { TEXT_TIME = 0, ROWS_MAX = 50 * 1000 * 1000 };

static const struct { const char *name; enum column column; int64_t unit_ns; } NAMES[] = {
    {"time_ns", TIME, 1}, {"time_us", TIME, 1000}, {"time_ms", TIME, 1000000},
    {"time_s", TIME, 1000000000}, {"start_s", TIME, 1000000000},
    {"timestamp", TIME, 1000000000}, {"time", TIME, TEXT_TIME},
    {"open", OPEN, 0}, {"high", HIGH, 0}, {"low", LOW, 0}, {"close", CLOSE, 0},
    {"volume", VOLUME, 0}, {"notional_usd", NOTIONAL, 0},
    {"price", PRICE, 0}, {"size", SIZE, 0}, {"side", SIDE, 0},
};
enum { NAMED = sizeof NAMES / sizeof NAMES[0], TAPE_WIDTH = 5 };

struct reader {
    int at[COLUMNS];          /* -1: not there */
    int64_t unit_ns, last_ns;
    bool headed, tape, candles;
    struct price last;        /* of the trade before */
    enum side last_side;
    struct market_bars bars;  /* owned until taken over */
    struct trade *trades;     /* owned */
    uint32_t count, capacity;
    const struct market_csv_sink *sink; /* borrowed: where rows go instead; NULL: they are kept */
};

static bool has(const struct reader *reader, enum column column)
{
    return reader->at[column] >= 0;
}

static int take_header(struct reader *reader, const struct csv_line *line, struct err *err)
{
    memset(reader->at, -1, sizeof reader->at);
    for (uint32_t i = 0; i < line->count; i++)
        for (int name = 0; name < NAMED; name++)
            if (csv_is(line->fields[i], NAMES[name].name)) {
                reader->at[NAMES[name].column] = (int)i;
                if (NAMES[name].column == TIME)
                    reader->unit_ns = NAMES[name].unit_ns;
            }
    reader->candles = has(reader, OPEN) && has(reader, HIGH) && has(reader, LOW) &&
                      has(reader, CLOSE) && (has(reader, VOLUME) || has(reader, NOTIONAL));
    reader->headed = has(reader, TIME) &&
                     (reader->candles || (has(reader, PRICE) && has(reader, SIZE)));
    if (reader->headed)
        return 0;
    return csv_refuse(line, err, "the columns must be a tape's (recv_ns,kind,side,price,size), "
                   "a candle's (time_s,open,high,low,close,volume) or a trade's "
                   "(time_ns,price,size,side); name them in the first line");
}

static int take_time(struct reader *reader, const struct csv_line *line, int64_t *ret,
                     struct err *err)
{
    struct csv_field field = line->fields[reader->at[TIME]];
    bool good = reader->unit_ns == TEXT_TIME
                    ? text_parse_time(field.text, field.length, ret)
                    : csv_int64(field, ret) && !__builtin_mul_overflow(*ret, reader->unit_ns, ret);
    if (!good)
        return csv_refuse(line, err, "'%.*s' is no time: whole Unix time in the unit of the "
                          "column's name, or 2024-08-08T23:54:00Z under `time`",
                          (int)field.length, field.text);
    if (*ret < reader->last_ns)
        return csv_refuse(line, err, "time runs backwards; sort the file by time");
    return 0;
}

static int take_number(const struct reader *reader, const struct csv_line *line,
                       enum column column, const char *what, int64_t *ret, struct err *err)
{
    struct csv_field field = line->fields[reader->at[column]];
    struct money value;
    struct price rounded;
    bool informative = false;
    /* Other people's files carry digits that no tick has: rounded, as nothing is booked by them. */
    if (!money_parse_informative(field.text, field.length, &value, &informative) ||
        value.e18 < 0 ||
        !money_div_size(value, (struct size){DECIMAL_ONE}, ROUND_HALF_EVEN, &rounded) ||
        (rounded.e9 == 0 && column != VOLUME && column != NOTIONAL))
        return csv_refuse(line, err, "%s '%.*s' is not a positive decimal; correct the line or "
                          "take it out", what, (int)field.length, field.text);
    *ret = rounded.e9;
    return 0;
}

static int take_volume(const struct reader *reader, const struct csv_line *line,
                       struct market_bar *bar, struct err *err)
{
    int64_t notional_e9;
    if (has(reader, VOLUME))
        return take_number(reader, line, VOLUME, "volume", &bar->volume.e9, err);
    if (take_number(reader, line, NOTIONAL, "notional_usd", &notional_e9, err) < 0)
        return -1;
    struct money notional = {(__int128)notional_e9 * DECIMAL_ONE};
    if (!money_div_price(notional, bar->close, ROUND_HALF_EVEN, &bar->volume))
        return csv_refuse(line, err, "the volume is out of range; is it in base coin?");
    return 0;
}

static void keep_bar(struct reader *reader, const struct market_bar *bar)
{
    struct market_bars *bars = &reader->bars;
    int64_t length_ns = bar->start_ns - reader->last_ns;
    if (bars->count > 0 && (bars->length_ns == 0 || length_ns < bars->length_ns))
        bars->length_ns = length_ns;
    if (bars->count == bars->capacity) {
        bars->capacity = bars->capacity ? 2 * bars->capacity : 4096;
        bars->items = realloc(bars->items, bars->capacity * sizeof *bars->items);
        CHECK(bars->items);
    }
    bars->items[bars->count++] = *bar;
}

static int take_bar(struct reader *reader, const struct csv_line *line, struct err *err)
{
    struct market_bar bar;
    if (take_time(reader, line, &bar.start_ns, err) < 0 ||
        take_number(reader, line, OPEN, "open", &bar.open.e9, err) < 0 ||
        take_number(reader, line, HIGH, "high", &bar.high.e9, err) < 0 ||
        take_number(reader, line, LOW, "low", &bar.low.e9, err) < 0 ||
        take_number(reader, line, CLOSE, "close", &bar.close.e9, err) < 0 ||
        take_volume(reader, line, &bar, err) < 0)
        return -1;
    if (bar.low.e9 > bar.open.e9 || bar.low.e9 > bar.close.e9 || bar.high.e9 < bar.open.e9 ||
        bar.high.e9 < bar.close.e9)
        return csv_refuse(line, err, "open and close must lie between low and high; are the "
                          "columns named as they stand?");
    if (bar.start_ns == reader->last_ns)
        return csv_refuse(line, err, "a second bar that starts at this time; keep one of them");
    if (reader->sink)
        reader->sink->bar(reader->sink->context, &bar);
    else
        keep_bar(reader, &bar);
    reader->last_ns = bar.start_ns;
    return 0;
}

static int take_side(struct reader *reader, const struct csv_line *line, struct trade *trade,
                     struct err *err)
{
    if (!has(reader, SIDE)) {
        trade->aggressor = trade->price.e9 == reader->last.e9 ? reader->last_side
                           : trade->price.e9 > reader->last.e9 ? SIDE_BUY : SIDE_SELL;
        return 0;
    }
    struct csv_field field = line->fields[reader->at[SIDE]];
    if (csv_is(field, "buy") || csv_is(field, "B") || csv_is(field, "BUY"))
        trade->aggressor = SIDE_BUY;
    else if (csv_is(field, "sell") || csv_is(field, "S") || csv_is(field, "SELL"))
        trade->aggressor = SIDE_SELL;
    else
        return csv_refuse(line, err, "side '%.*s' is neither buy nor sell (who took); correct "
                          "it, or leave the whole column out", (int)field.length, field.text);
    return 0;
}

static void keep_trade(struct reader *reader, const struct trade *trade)
{
    if (reader->count == reader->capacity) {
        reader->capacity = reader->capacity ? 2 * reader->capacity : 4096;
        reader->trades = realloc(reader->trades, reader->capacity * sizeof *reader->trades);
        CHECK(reader->trades);
    }
    reader->trades[reader->count++] = *trade;
}

static int take_trade(struct reader *reader, const struct csv_line *line, struct err *err)
{
    struct trade trade = {.aggressor = SIDE_BUY};
    if (take_time(reader, line, &trade.venue_ns, err) < 0 ||
        take_number(reader, line, PRICE, "price", &trade.price.e9, err) < 0 ||
        take_number(reader, line, SIZE, "size", &trade.size.e9, err) < 0 ||
        take_side(reader, line, &trade, err) < 0)
        return -1;
    reader->last = trade.price;
    reader->last_side = trade.aggressor;
    reader->last_ns = trade.venue_ns;
    if (reader->sink)
        reader->sink->trade(reader->sink->context, &trade);
    else
        keep_trade(reader, &trade);
    return 0;
}

/* Of a tape that is walked; one that is kept is read by tape.c. */
static int take_row(struct reader *reader, const struct csv_line *line, struct err *err)
{
    struct market_row row;
    if (tape_read_row(line, &row, err) < 0)
        return -1;
    if (row.at_ns < reader->last_ns)
        return csv_refuse(line, err, "time runs backwards; sort the file by recv_ns");
    reader->last_ns = row.at_ns;
    reader->sink->row(reader->sink->context, &row);
    return 0;
}

static int take_line(void *context, const struct csv_line *line, struct err *err)
{
    struct reader *reader = context;
    if (!reader->headed) {
        reader->tape = line->count == TAPE_WIDTH && (csv_is(line->fields[0], "recv_ns") ||
                                                     line->fields[1].length == 1);
        if (reader->tape && !reader->sink)
            return -1; /* enough is known: another reads it */
        if (!reader->tape)
            return take_header(reader, line, err);
        reader->headed = true;
        if (csv_is(line->fields[0], "recv_ns"))
            return 0;
    }
    if (reader->tape)
        return take_row(reader, line, err);
    if (reader->count == ROWS_MAX || reader->bars.count == ROWS_MAX)
        return csv_refuse(line, err, "more than %d rows; cut the file by time", ROWS_MAX);
    for (int i = 0; i < COLUMNS; i++)
        if (reader->at[i] >= (int)line->count)
            return csv_refuse(line, err, "only %u columns, the first line names more; is it cut?",
                              line->count);
    return reader->candles ? take_bar(reader, line, err) : take_trade(reader, line, err);
}

static bool pass_on(void *context, const char *words)
{
    const struct reader *reader = context;
    return reader->headed && reader->sink->bad(reader->sink->context, words);
}

int market_csv_walk(const char *name, const void *bytes, size_t length, int64_t *last_ns,
                    const struct market_csv_sink *sink, enum market_csv_kind *ret_kind,
                    struct err *err)
{
    struct reader reader = {.last_ns = *last_ns, .sink = sink};
    int result = csv_read_on(name, bytes, length, take_line, pass_on, &reader, err);
    *last_ns = reader.last_ns;
    *ret_kind = !reader.headed ? MARKET_CSV_UNKNOWN : reader.tape ? MARKET_CSV_TAPE
                : reader.candles ? MARKET_CSV_CANDLES : MARKET_CSV_TRADES;
    return result;
}

static struct market_data *read_tape(const char *name, const void *bytes, size_t length,
                                     const struct instrument *spec, struct err *err)
{
    struct tape *tape = tape_read(name, bytes, length, err);
    struct market_data *data = tape ? market_data_of_tape(tape, spec, err) : NULL;
    tape_destroy(tape);
    return data;
}

struct market_data *market_data_read(const char *name, const void *bytes, size_t length,
                                     const struct instrument *spec, struct err *err)
{
    struct reader reader = {.last_ns = -1};
    struct market_data *data = NULL;
    int result = csv_read(name, bytes, length, take_line, &reader, err);
    if (reader.tape)
        data = read_tape(name, bytes, length, spec, err);
    else if (result == 0 && reader.candles)
        data = market_data_of_bars(&reader.bars, spec, err);
    else if (result == 0)
        data = market_data_of_trades(reader.trades, reader.count, spec, err);
    free(reader.bars.items);
    free(reader.trades);
    if (!data && result == 0)
        err_wrap(err, "%s", name);
    return data;
}
