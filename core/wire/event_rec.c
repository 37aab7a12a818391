#include "wire/event_rec.h"

#include <string.h>

#include "base/check.h"

enum { PRINTED_ITEMS = 8 };

/* Enums are read from memory as unsigned: gcc gives them that type. */
#define NAMED_BY(name, function, type)                                                            \
    const char *name(unsigned value) { return function((enum type)value); }
NAMED_BY(rec_side_text, side_text, side)
NAMED_BY(rec_order_state_text, order_state_text, order_state)
NAMED_BY(rec_refusal_text, refusal_text, refusal)
NAMED_BY(rec_liquidity_text, liquidity_text, liquidity)
static NAMED_BY(type_text, order_type_text, order_type)
static NAMED_BY(tif_text, time_in_force_text, time_in_force)
static NAMED_BY(stop_text, stop_direction_text, stop_direction)
static NAMED_BY(cause_text, health_cause_text, health_cause)
static NAMED_BY(profile_text, venue_profile_text, venue_profile)

/* ---- shared parts */

static const struct layout_field TERMS[] = {
    FIELD(protect_terms, stop),
    FIELD(protect_terms, trail),
    FIELD(protect_terms, after_ns),
};
const struct layout terms_layout = LAYOUT(protect_terms, TERMS);

static const struct layout_field INTENT[] = {
    CHOICE(intent, kind, INTENT_KIND_COUNT - 1, NULL),
    PRODUCT(intent, product),
    CHOICE(intent, side, SIDE_UNKNOWN, rec_side_text),
    CHOICE(intent, type, ORDER_TYPE_OTHER, type_text),
    CHOICE(intent, tif, TIF_OTHER, tif_text),
    FIELD(intent, post_only),
    FIELD(intent, reduce_only),
    FIELD(intent, price),
    FIELD(intent, size),
    FIELD(intent, ref),
    FIELD(intent, caused_ns),
    PART(intent, protect, &terms_layout),
    FIELD(intent, stop_price),
    CHOICE(intent, stop, STOP_DOWN, stop_text),
    FIELD(intent, expires_wall_ns),
    FIELD(intent, target),
};
const struct layout intent_layout = LAYOUT(intent, INTENT);

static const struct layout_field CANDLE[] = {
    FIELD(candle, start_ns), FIELD(candle, length_ns), FIELD(candle, open), FIELD(candle, high),
    FIELD(candle, low), FIELD(candle, close), FIELD(candle, volume), FIELD(candle, trades),
};
const struct layout candle_layout = LAYOUT(candle, CANDLE);

static const struct layout_field LEVEL[] = {
    FIELD(level, price), FIELD(level, size), CHOICE(level, side, SIDE_UNKNOWN, rec_side_text),
};
const struct layout level_layout = LAYOUT(level, LEVEL);

static const struct layout_field TRADE[] = {
    FIELD(trade, price),
    FIELD(trade, size),
    CHOICE(trade, aggressor, SIDE_UNKNOWN, rec_side_text),
    FIELD(trade, trade_id),
    FIELD(trade, venue_ns),
};
const struct layout trade_layout = LAYOUT(trade, TRADE);

static const struct layout_field INSTRUMENT[] = {
    FIELD(instrument, product_id),
    FIELD(instrument, asset),
    CHOICE(instrument, profile, PROFILE_INTX, profile_text),
    FIELD(instrument, contract_size),
    FIELD(instrument, tick),
    FIELD(instrument, step),
    FIELD(instrument, size_min),
    FIELD(instrument, size_max),
    FIELD(instrument, quote_min),
    FIELD(instrument, trading_disabled),
    FIELD(instrument, cancel_only),
    FIELD(instrument, limit_only),
    FIELD(instrument, post_only),
    FIELD(instrument, view_only),
    FIELD(instrument, session_open),
    FIELD(instrument, venue_reduce_only),
    FIELD(instrument, funding_rate),
    FIELD(instrument, funding_time_ns),
    FIELD(instrument, funding_interval_ns),
    FIELD(instrument, mark),
    FIELD(instrument, index),
    FIELD(instrument, funding_unknown),
    FIELD(instrument, margin_long),
    FIELD(instrument, margin_short),
    FIELD(instrument, overnight_long),
    FIELD(instrument, overnight_short),
};
static const struct layout INSTRUMENT_LAYOUT = LAYOUT(instrument, INSTRUMENT);

/* ---- one table per kind */

static const struct layout_field FRAME[] = {
    CHOICE(event_frame, stream, STREAM_COUNT - 1, NULL),
    FIELD(event_frame, sequence),
    FIELD(event_frame, venue_ns),
};
static const struct layout_field LINK[] = {
    CHOICE(event_link, stream, STREAM_COUNT - 1, NULL),
    FIELD(event_link, up),
    FIELD(event_link, reason),
};
static const struct layout_field BOOK[] = { /* its levels follow */
    PRODUCT(event_book, product),
    FIELD(event_book, snapshot),
    FIELD(event_book, venue_ns),
    FIELD(event_book, count),
};
static const struct layout_field TRADES[] = { /* its trades follow */
    PRODUCT(event_trades, product),
    FIELD(event_trades, snapshot),
    FIELD(event_trades, count),
};
static const struct layout_field TICKER[] = {
    PRODUCT(event_ticker, product),
    FIELD(event_ticker, last),
    FIELD(event_ticker, bid),
    FIELD(event_ticker, ask),
};
static const struct layout_field HEARTBEAT[] = {
    CHOICE(event_heartbeat, stream, STREAM_COUNT - 1, NULL),
    FIELD(event_heartbeat, counter),
};
static const struct layout_field VENUE_CANDLE[] = {
    PRODUCT(event_venue_candle, product),
    FIELD(event_venue_candle, snapshot),
    PART(event_venue_candle, candle, &candle_layout),
};
static const struct layout_field INSTRUMENT_READ[] = {
    PRODUCT(event_instrument, product),
    PART(event_instrument, spec, &INSTRUMENT_LAYOUT),
};
static const struct layout_field ORDER_REPORT[] = {
    CHOICE(event_order_report, source, REPORT_REST, NULL),
    FIELD(event_order_report, client_id),
    FIELD(event_order_report, has_client_id),
    FIELD(event_order_report, venue_id),
    PRODUCT(event_order_report, product),
    CHOICE(event_order_report, side, SIDE_UNKNOWN, rec_side_text),
    CHOICE(event_order_report, type, ORDER_TYPE_OTHER, type_text),
    CHOICE(event_order_report, tif, TIF_OTHER, tif_text),
    CHOICE(event_order_report, status, VENUE_STATUS_UNKNOWN, NULL),
    FIELD(event_order_report, size),
    FIELD(event_order_report, filled),
    FIELD(event_order_report, leaves),
    FIELD(event_order_report, limit_price),
    FIELD(event_order_report, average_price),
    FIELD(event_order_report, fees),
    FIELD(event_order_report, created_ns),
    FIELD(event_order_report, reason),
};
static const struct layout_field FILL[] = {
    FIELD(event_fill, trade_id),
    FIELD(event_fill, venue_order_id),
    PRODUCT(event_fill, product),
    CHOICE(event_fill, side, SIDE_UNKNOWN, rec_side_text),
    FIELD(event_fill, price),
    FIELD(event_fill, size),
    FIELD(event_fill, fee),
    CHOICE(event_fill, liquidity, LIQUIDITY_TAKER, rec_liquidity_text),
    CHOICE(event_fill, kind, FILL_OTHER, NULL),
    FIELD(event_fill, venue_ns),
};
static const struct layout_field POSITION[] = {
    PRODUCT(event_position, product),
    FIELD(event_position, size),
    FIELD(event_position, unrealised),
    FIELD(event_position, average_price),
    FIELD(event_position, mark),
};
static const struct layout_field BALANCE[] = {
    FIELD(event_balance, equity),
    FIELD(event_balance, available_margin),
    FIELD(event_balance, initial_margin),
    FIELD(event_balance, funding_pnl),
    FIELD(event_balance, informative_rounded),
    CHOICE(event_balance, profile, PROFILE_INTX, profile_text),
    FIELD(event_balance, buffer_told),
    FIELD(event_balance, liquidation_buffer),
    FIELD(event_balance, liquidation_threshold),
    FIELD(event_balance, intraday.told),
    FIELD(event_balance, intraday.initial),
    FIELD(event_balance, intraday.maintenance),
    FIELD(event_balance, intraday.buying_power),
    FIELD(event_balance, overnight.told),
    FIELD(event_balance, overnight.initial),
    FIELD(event_balance, overnight.maintenance),
    FIELD(event_balance, overnight.buying_power),
    FIELD(event_balance, intraday_until_ns),
};
static const struct layout_field LIST_END[] = {
    CHOICE(event_list_end, kind, LIST_KIND_COUNT - 1, NULL),
    FIELD(event_list_end, request),
    FIELD(event_list_end, complete),
};
static const struct layout_field PLACE_REPLY[] = {
    FIELD(event_place_reply, client_id),
    CHOICE(event_place_reply, outcome, OUTCOME_NOT_SENT, NULL),
    FIELD(event_place_reply, venue_id),
    FIELD(event_place_reply, reason),
};
static const struct layout_field CANCEL_REPLY[] = {
    FIELD(event_cancel_reply, client_id),
    FIELD(event_cancel_reply, venue_id),
    CHOICE(event_cancel_reply, outcome, OUTCOME_NOT_SENT, NULL),
    FIELD(event_cancel_reply, reason),
};
static const struct layout_field INTENT_SAID[] = {
    ACTOR(event_intent, runner),
    FIELD(event_intent, generation),
    PART(event_intent, intent, &intent_layout),
};
static const struct layout_field VERDICT[] = {
    ACTOR(event_verdict, runner),   FIELD(event_verdict, generation),
    FIELD(event_verdict, request),  FIELD(event_verdict, allow),
    FIELD(event_verdict, reason),   FIELD(event_verdict, most),
};
static const struct layout_field MANIFEST[] = {
    FIELD(manifest, no_open),       FIELD(manifest, no_short),
    FIELD(manifest, products),      FIELD(manifest, max_order_size),
    FIELD(manifest, max_position),  FIELD(manifest, max_messages),
    FIELD(manifest, max_working_orders), FIELD(manifest, max_timers),
};
static const struct layout MANIFEST_LAYOUT = LAYOUT(manifest, MANIFEST);
static const struct layout_field RUNNER[] = {
    ACTOR(event_runner, runner),    FIELD(event_runner, generation),
    CHOICE(event_runner, state, RUNNER_DEAD, NULL),
    FIELD(event_runner, hash),      FIELD(event_runner, reason),
    PART(event_runner, manifest, &MANIFEST_LAYOUT),
};
static const struct layout_field CREDIT[] = {
    ACTOR(event_credit, runner),
    FIELD(event_credit, generation),
};
static const struct layout_field TIMER_SET[] = {
    ACTOR(event_timer_set, runner),
    FIELD(event_timer_set, generation),
    FIELD(event_timer_set, id),
    FIELD(event_timer_set, delay_ns),
};
static const struct layout_field OPERATOR[] = {
    CHOICE(event_operator, verb, OPERATOR_VERB_COUNT - 1, NULL),
    FIELD(event_operator, token),
    CHOICE(event_operator, target, TARGET_PRODUCT, NULL),
    FIELD(event_operator, index),
    FIELD(event_operator, reason),
    FIELD(event_operator, id),
    FIELD(event_operator, cancel),
    FIELD(event_operator, value),
    FIELD(event_operator, for_ns),
    FIELD(event_operator, uid),
};
static const struct layout_field SKEW[] = {
    FIELD(event_skew, skew_ns),
    FIELD(event_skew, known),
};
static const struct layout_field JOURNAL[] = {
    FIELD(event_journal, dead),
    FIELD(event_journal, reason),
};
static const struct layout_field HEALTH[] = {
    CHOICE(event_health, cause, HEALTH_CAUSE_COUNT - 1, cause_text),
    FIELD(event_health, on),
    PRODUCT(event_health, product),
    FIELD(event_health, text),
};

#define SHAPE(member, owner, table)                                                               \
    do {                                                                                          \
        static const struct layout layout = LAYOUT(owner, table);                                 \
        *ret_at = (size_t)offsetof(struct event, member);                                         \
        return &layout;                                                                           \
    } while (0)

const struct layout *event_rec_layout(enum event_kind kind, size_t *ret_at)
{
    static const struct layout nothing = {NULL, 0, 0};
    *ret_at = 0;
    switch (kind) {
    case EVENT_FRAME: SHAPE(frame, event_frame, FRAME);
    case EVENT_LINK: SHAPE(link, event_link, LINK);
    case EVENT_BOOK: SHAPE(book, event_book, BOOK);
    case EVENT_TRADES: SHAPE(trades, event_trades, TRADES);
    case EVENT_TICKER: SHAPE(ticker, event_ticker, TICKER);
    case EVENT_HEARTBEAT: SHAPE(heartbeat, event_heartbeat, HEARTBEAT);
    case EVENT_VENUE_CANDLE: SHAPE(venue_candle, event_venue_candle, VENUE_CANDLE);
    case EVENT_INSTRUMENT: SHAPE(instrument, event_instrument, INSTRUMENT_READ);
    case EVENT_ORDER_REPORT: SHAPE(order, event_order_report, ORDER_REPORT);
    case EVENT_FILL: SHAPE(fill, event_fill, FILL);
    case EVENT_POSITION: SHAPE(position, event_position, POSITION);
    case EVENT_BALANCE: SHAPE(balance, event_balance, BALANCE);
    case EVENT_LIST_END: SHAPE(list_end, event_list_end, LIST_END);
    case EVENT_PLACE_REPLY: SHAPE(place_reply, event_place_reply, PLACE_REPLY);
    case EVENT_CANCEL_REPLY: SHAPE(cancel_reply, event_cancel_reply, CANCEL_REPLY);
    case EVENT_INTENT: SHAPE(intent, event_intent, INTENT_SAID);
    case EVENT_VERDICT: SHAPE(verdict, event_verdict, VERDICT);
    case EVENT_RUNNER: SHAPE(runner, event_runner, RUNNER);
    case EVENT_CREDIT: SHAPE(credit, event_credit, CREDIT);
    case EVENT_TIMER_SET: SHAPE(timer_set, event_timer_set, TIMER_SET);
    case EVENT_OPERATOR: SHAPE(operator, event_operator, OPERATOR);
    case EVENT_SKEW: SHAPE(skew, event_skew, SKEW);
    case EVENT_JOURNAL: SHAPE(journal, event_journal, JOURNAL);
    case EVENT_HEALTH: SHAPE(health, event_health, HEALTH);
    case EVENT_TICK: return &nothing;
    }
    return NULL;
}

/* ---- both ways */

void event_rec_encode(const struct event *event, struct buf *ret)
{
    size_t at;
    const struct layout *layout = event_rec_layout(event->kind, &at);
    CHECK(layout);
    bytes_put_uint(ret, event->kind);
    layout_encode(layout, (const char *)event + at, ret);
    for (uint32_t i = 0; event->kind == EVENT_BOOK && i < event->book.count; i++)
        layout_encode(&level_layout, &event->book.levels[i], ret);
    for (uint32_t i = 0; event->kind == EVENT_TRADES && i < event->trades.count; i++)
        layout_encode(&trade_layout, &event->trades.trades[i], ret);
}

static void decode_levels(struct bytes_in *in, struct event_rec_room *room, struct event_book *ret)
{
    in->failed |= ret->count > MAX_MESSAGE_LEVELS;
    if (!in->failed)
        memset(room->levels, 0, ret->count * sizeof room->levels[0]);
    for (uint32_t i = 0; i < ret->count && !in->failed; i++)
        layout_decode(&level_layout, in, &room->levels[i]);
    ret->levels = ret->count ? room->levels : NULL;
}

static void decode_trades(struct bytes_in *in, struct event_rec_room *room,
                          struct event_trades *ret)
{
    in->failed |= ret->count > MAX_MESSAGE_TRADES;
    if (!in->failed)
        memset(room->trades, 0, ret->count * sizeof room->trades[0]);
    for (uint32_t i = 0; i < ret->count && !in->failed; i++)
        layout_decode(&trade_layout, in, &room->trades[i]);
    ret->trades = ret->count ? room->trades : NULL;
}

int event_rec_decode(const void *bytes, size_t length, struct event_rec_room *room,
                     struct event *ret, struct err *err)
{
    struct bytes_in in = {bytes, (const unsigned char *)bytes + length, false};
    uint64_t kind = bytes_take_uint(&in);
    size_t at;
    const struct layout *layout =
        kind <= UINT8_MAX ? event_rec_layout((enum event_kind)kind, &at) : NULL;
    if (!layout)
        return err_set(err, "event of the unknown kind %llu", (unsigned long long)kind);
    memset(ret, 0, sizeof *ret);
    ret->kind = (enum event_kind)kind;
    layout_decode(layout, &in, (char *)ret + at);
    if (ret->kind == EVENT_BOOK)
        decode_levels(&in, room, &ret->book);
    if (ret->kind == EVENT_TRADES)
        decode_trades(&in, room, &ret->trades);
    if (in.failed || in.at != in.end)
        return err_set(err, "%s event: %s", event_kind_text(ret->kind),
                       in.failed ? "cut short, or a value out of range" : "bytes left over");
    return 0;
}

/* ---- print */

static void print_items(const struct layout *layout, const void *items, uint32_t count,
                        struct buf *ret)
{
    for (uint32_t i = 0; i < count && i < PRINTED_ITEMS; i++) {
        buf_puts(ret, " {");
        layout_print(layout, (const char *)items + (size_t)i * layout->size, ret);
        buf_puts(ret, "}");
    }
    if (count > PRINTED_ITEMS)
        buf_puts(ret, " ...");
}

void event_rec_print(const struct event *event, struct buf *ret)
{
    size_t at;
    const struct layout *layout = event_rec_layout(event->kind, &at);
    CHECK(layout);
    buf_printf(ret, "%s ", event_kind_text(event->kind));
    layout_print(layout, (const char *)event + at, ret);
    if (event->kind == EVENT_BOOK)
        print_items(&level_layout, event->book.levels, event->book.count, ret);
    if (event->kind == EVENT_TRADES)
        print_items(&trade_layout, event->trades.trades, event->trades.count, ret);
}
