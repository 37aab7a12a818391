#include "app/decode_print.h"

#include "model/client_id.h"

static const char *pick(const char *const *names, size_t count, int index)
{
    return index >= 0 && (size_t)index < count ? names[index] : "unknown";
}
#define PICK(names, index) pick(names, sizeof(names) / sizeof *(names), (int)(index))

const char *decode_outcome_text(enum outcome outcome)
{
    static const char *const NAMES[] = {"accepted", "refused", "unknown", "not_sent"};
    return PICK(NAMES, outcome);
}

static const char *status_text(enum venue_status status)
{
    static const char *const NAMES[] = {"pending", "open", "filled", "cancelled", "expired",
                                        "failed", "queued", "cancel_queued", "edit_queued"};
    return PICK(NAMES, status);
}

static const char *source_text(enum report_source source)
{
    static const char *const NAMES[] = {"user_snapshot", "user_update", "rest"};
    return PICK(NAMES, source);
}

static const char *fill_kind_text(enum fill_kind kind)
{
    static const char *const NAMES[] = {"trade", "reversal", "correction", "other"};
    return PICK(NAMES, kind);
}

static void put_told(struct json_writer *json, const char *key, const char *text)
{
    if (text[0] != '\0')
        json_put_text(json, key, text);
}

static void put_product(struct json_writer *json, const struct catalog *catalog,
                        product_index product)
{
    if (product < catalog->count)
        json_put_text(json, "product", catalog->items[product].product_id);
    else
        json_put_null(json, "product");
}

static void put_price_told(struct json_writer *json, const char *key, struct price price)
{
    if (price.e9 != 0)
        json_put_price(json, key, price);
}

static void put_time_told(struct json_writer *json, const char *key, int64_t ns)
{
    if (ns != 0)
        json_put_time(json, key, ns);
}

/* [side, price, size]: a book has thousands, so they are kept short. */
static void print_book(struct json_writer *json, const struct event_book *book)
{
    json_put_bool(json, "snapshot", book->snapshot);
    put_time_told(json, "time", book->venue_ns);
    json_open_array_at(json, "levels");
    for (uint32_t i = 0; i < book->count; i++) {
        json_open_array(json);
        json_put_text(json, NULL, book->levels[i].side == SIDE_BUY ? "bid" : "ask");
        json_put_price(json, NULL, book->levels[i].price);
        json_put_size(json, NULL, book->levels[i].size);
        json_close_array(json);
    }
    json_close_array(json);
}

static void print_trades(struct json_writer *json, const struct event_trades *trades)
{
    json_put_bool(json, "snapshot", trades->snapshot);
    json_open_array_at(json, "trades");
    for (uint32_t i = 0; i < trades->count; i++) {
        const struct trade *trade = &trades->trades[i];
        json_open_object(json);
        json_put_uint(json, "id", trade->trade_id);
        json_put_time(json, "time", trade->venue_ns);
        json_put_text(json, "aggressor", side_text(trade->aggressor));
        json_put_price(json, "price", trade->price);
        json_put_size(json, "size", trade->size);
        json_close_object(json);
    }
    json_close_array(json);
}

static void print_candle(struct json_writer *json, const struct event_venue_candle *event)
{
    const struct candle *candle = &event->candle;
    json_put_bool(json, "snapshot", event->snapshot);
    json_put_time(json, "start", candle->start_ns);
    json_put_price(json, "open", candle->open);
    json_put_price(json, "high", candle->high);
    json_put_price(json, "low", candle->low);
    json_put_price(json, "close", candle->close);
    json_put_size(json, "volume", candle->volume);
}

static void print_order(struct json_writer *json, const struct event_order_report *order)
{
    char id[CLIENT_ID_TEXT];
    json_put_text(json, "source", source_text(order->source));
    json_put_text(json, "order", order->venue_id.text);
    if (order->has_client_id) {
        client_id_format(order->client_id, id);
        json_put_text(json, "client_order", id);
    }
    json_put_text(json, "status", status_text(order->status));
    json_put_text(json, "side", side_text(order->side));
    json_put_text(json, "type", order_type_text(order->type));
    json_put_text(json, "time_in_force", time_in_force_text(order->tif));
    if (order->size.e9 != 0)
        json_put_size(json, "size", order->size);
    json_put_size(json, "filled", order->filled);
    json_put_size(json, "leaves", order->leaves);
    put_price_told(json, "limit_price", order->limit_price);
    put_price_told(json, "average_price", order->average_price);
    json_put_money(json, "fees", order->fees);
    put_time_told(json, "created", order->created_ns);
    put_told(json, "reason", order->reason);
}

static void print_fill(struct json_writer *json, const struct event_fill *fill)
{
    json_put_text(json, "trade", fill->trade_id.text);
    json_put_text(json, "order", fill->venue_order_id.text);
    json_put_text(json, "kind", fill_kind_text(fill->kind));
    json_put_text(json, "side", side_text(fill->side));
    json_put_price(json, "price", fill->price);
    json_put_size(json, "size", fill->size);
    json_put_money(json, "fee", fill->fee);
    json_put_text(json, "liquidity", liquidity_text(fill->liquidity));
    put_time_told(json, "time", fill->venue_ns);
}

static void print_position(struct json_writer *json, const struct event_position *position)
{
    json_put_size(json, "size", position->size);
    put_price_told(json, "average_price", position->average_price);
    json_put_money(json, "unrealised", position->unrealised);
}

static void print_window(struct json_writer *json, const char *key,
                         const struct margin_window *window)
{
    if (!window->told)
        return;
    json_open_object_at(json, key);
    json_put_money(json, "initial", window->initial);
    json_put_money(json, "maintenance", window->maintenance);
    json_put_money(json, "buying_power", window->buying_power);
    json_close_object(json);
}

static void print_balance(struct json_writer *json, const struct event_balance *balance)
{
    json_put_money(json, "equity", balance->equity);
    json_put_money(json, "available_margin", balance->available_margin);
    json_put_money(json, "initial_margin", balance->initial_margin);
    json_put_money(json, "funding_pnl", balance->funding_pnl);
    if (balance->buffer_told) {
        json_put_money(json, "liquidation_buffer", balance->liquidation_buffer);
        json_put_money(json, "liquidation_threshold", balance->liquidation_threshold);
    }
    print_window(json, "intraday", &balance->intraday);
    print_window(json, "overnight", &balance->overnight);
    if (balance->intraday_until_ns > 0)
        json_put_time(json, "intraday_until", balance->intraday_until_ns);
    if (balance->informative_rounded)
        json_put_bool(json, "rounded", true);
}

static void print_cancel(struct json_writer *json, const struct event_cancel_reply *reply)
{
    json_put_text(json, "order", reply->venue_id.text);
    json_put_text(json, "outcome", decode_outcome_text(reply->outcome));
    put_told(json, "reason", reply->reason);
}

static void print_ticker(struct json_writer *json, const struct event_ticker *ticker)
{
    put_price_told(json, "last", ticker->last);
    put_price_told(json, "bid", ticker->bid);
    put_price_told(json, "ask", ticker->ask);
}

void decode_print_event(struct json_writer *json, const struct catalog *catalog,
                        const struct event *event)
{
    json_open_object(json);
    json_put_text(json, "event", event_kind_text(event->kind));
    switch (event->kind) {
    case EVENT_LINK:
        json_put_bool(json, "up", event->link.up);
        put_told(json, "reason", event->link.reason);
        break;
    case EVENT_BOOK:
        put_product(json, catalog, event->book.product);
        print_book(json, &event->book);
        break;
    case EVENT_TRADES:
        put_product(json, catalog, event->trades.product);
        print_trades(json, &event->trades);
        break;
    case EVENT_TICKER:
        put_product(json, catalog, event->ticker.product);
        print_ticker(json, &event->ticker);
        break;
    case EVENT_HEARTBEAT: json_put_uint(json, "counter", event->heartbeat.counter); break;
    case EVENT_VENUE_CANDLE:
        put_product(json, catalog, event->venue_candle.product);
        print_candle(json, &event->venue_candle);
        break;
    case EVENT_ORDER_REPORT:
        put_product(json, catalog, event->order.product);
        print_order(json, &event->order);
        break;
    case EVENT_FILL:
        put_product(json, catalog, event->fill.product);
        print_fill(json, &event->fill);
        break;
    case EVENT_POSITION:
        put_product(json, catalog, event->position.product);
        print_position(json, &event->position);
        break;
    case EVENT_BALANCE: print_balance(json, &event->balance); break;
    case EVENT_CANCEL_REPLY: print_cancel(json, &event->cancel_reply); break;
    default: break;
    }
    json_close_object(json);
}

static void put_flag(struct json_writer *json, const char *key, bool raised)
{
    if (raised)
        json_put_bool(json, key, true);
}

void decode_print_instrument(struct json_writer *json, const struct instrument *instrument)
{
    json_open_object(json);
    json_put_text(json, "product", instrument->product_id);
    json_put_text(json, "asset", instrument->asset);
    json_put_text(json, "profile", venue_profile_text(instrument->profile));
    json_put_size(json, "contract_size", instrument->contract_size);
    json_put_price(json, "tick", instrument->tick);
    json_put_size(json, "step", instrument->step);
    json_put_size(json, "size_min", instrument->size_min);
    json_put_size(json, "size_max", instrument->size_max);
    json_put_money(json, "quote_min", instrument->quote_min);
    json_put_bool(json, "session_open", instrument->session_open);
    put_flag(json, "trading_disabled", instrument->trading_disabled);
    put_flag(json, "cancel_only", instrument->cancel_only);
    put_flag(json, "limit_only", instrument->limit_only);
    put_flag(json, "post_only", instrument->post_only);
    json_put_bool(json, "venue_reduce_only", instrument->venue_reduce_only);
    if (instrument->funding_unknown)
        json_put_null(json, "funding_rate");
    else
        json_put_ratio(json, "funding_rate", instrument->funding_rate);
    put_time_told(json, "funding_time", instrument->funding_time_ns);
    json_put_int(json, "funding_interval_s", instrument->funding_interval_ns / 1000000000);
    put_price_told(json, "mark", instrument->mark);
    put_price_told(json, "index", instrument->index);
    json_close_object(json);
}
