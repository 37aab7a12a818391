/* The account as text, one record a line: fields between blanks, numbers at 1e-9, money as
 * decimals, free text as hex ("-" for none). The last line counts the ones before it, so a file
 * that was cut is seen. */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "sim/venue_sim_private.h"

#define HEAD "moongate-exchange-account 1"

static void put_money(struct buf *out, struct money value)
{
    char text[DECIMAL_TEXT_MAX];
    money_format(value, text);
    buf_printf(out, " %s", text);
}

static void put_hex(struct buf *out, const char *text)
{
    char hex[2 * VENUE_CLIENT_ID_MAX + 1];
    size_t length = strlen(text);
    CHECK(length < VENUE_CLIENT_ID_MAX);
    text_hex(text, length, hex);
    buf_printf(out, " %s", length ? hex : "-");
}

static void put_position(struct buf *out, const struct ledger_position *position, int product)
{
    buf_printf(out, "position %s %" PRId64, venue_products[product].id, position->units.e9);
    put_money(out, position->cost);
    put_money(out, position->realised);
    put_money(out, position->realised_today);
    put_money(out, position->fees);
    put_money(out, position->funding_accrued);
    buf_puts(out, "\n");
}

static void put_order(struct buf *out, const struct venue_order *order)
{
    const struct venue_request *request = &order->request;
    buf_printf(out, "order %s %s", order->id, venue_products[request->product].id);
    put_hex(out, request->client_id);
    buf_printf(out, " %d %d %d %d %d %d %d %d", request->side, request->type, request->tif,
               request->stop_up, request->post_only, request->reduce_only, request->close,
               order->status);
    buf_printf(out, " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
               request->size.e9, request->limit.e9, request->stop.e9, request->end_ns,
               order->filled.e9);
    put_money(out, order->value);
    put_money(out, order->fees);
    buf_printf(out, " %u %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %d %d %d",
               order->fill_count, order->created_ns, order->updated_ns, order->filled_ns,
               order->released_ns, order->entered, order->resting, order->triggered);
    put_hex(out, order->words);
    put_hex(out, order->reject_reason ? order->reject_reason : "");
    buf_puts(out, "\n");
}

static void put_fill(struct buf *out, const struct venue_fill *fill)
{
    buf_printf(out, "fill %s %u %s %d %d %" PRId64 " %" PRId64 " %" PRId64, fill->id, fill->order,
               venue_products[fill->product].id, fill->side, fill->liquidity, fill->price.e9,
               fill->size.e9, fill->at_ns);
    put_money(out, fill->fee);
    buf_puts(out, fill->kind == FILL_REVERSAL ? " reversal\n"
                  : fill->kind == FILL_CORRECTION ? " correction\n" : "\n");
}

void venue_sim_encode_state(const struct venue_sim *sim, struct buf *ret_text)
{
    buf_puts(ret_text, HEAD "\n");
    for (int i = PROFILE_CDE; i <= PROFILE_INTX; i++) {
        buf_printf(ret_text, "cash %d", i);
        put_money(ret_text, sim->ledger.cash[i]);
        put_money(ret_text, sim->ledger.start_cash[i]);
        put_money(ret_text, sim->ledger.funding_paid[i]);
        buf_puts(ret_text, "\n");
    }
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        put_position(ret_text, &sim->ledger.positions[i], i);
    for (uint32_t i = 0; i < sim->order_count; i++)
        put_order(ret_text, sim->orders[i]);
    for (uint32_t i = 0; i < sim->fill_count; i++)
        put_fill(ret_text, &sim->fills[i]);
    buf_printf(ret_text, "end %u %u\n", sim->order_count, sim->fill_count);
}

/* A cursor over one line's fields; the first one that is wrong makes all that follow wrong. */
struct fields { const char *at, *end; bool failed; };

static size_t next_field(struct fields *fields, const char **ret)
{
    while (fields->at < fields->end && *fields->at == ' ')
        fields->at++;
    *ret = fields->at;
    while (fields->at < fields->end && *fields->at != ' ')
        fields->at++;
    if (fields->at == *ret)
        fields->failed = true;
    return (size_t)(fields->at - *ret);
}

static int64_t next_int(struct fields *fields, int64_t low, int64_t high)
{
    const char *text;
    size_t length = next_field(fields, &text);
    bool negative = length > 0 && text[0] == '-';
    int64_t value = 0;
    if (length == (size_t)negative)
        fields->failed = true;
    for (size_t i = negative; i < length && !fields->failed; i++)
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, text[i] - '0', &value))
            fields->failed = true;
    if (!negative && (fields->failed || __builtin_sub_overflow(0, value, &value)))
        fields->failed = true;
    if (value < low || value > high)
        fields->failed = true;
    return fields->failed ? low : value;
}

static int64_t next_e9(struct fields *fields) { return next_int(fields, INT64_MIN, INT64_MAX); }

static struct money next_money(struct fields *fields)
{
    const char *text;
    struct money value = {0};
    size_t length = next_field(fields, &text);
    if (!money_parse(text, length, &value))
        fields->failed = true;
    return value;
}

static void next_text(struct fields *fields, char *out, size_t capacity)
{
    const char *text;
    size_t length = next_field(fields, &text);
    if (!text_copy(out, capacity, text, length))
        fields->failed = true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void next_hex(struct fields *fields, char *out, size_t capacity)
{
    const char *text;
    size_t length = next_field(fields, &text);
    out[0] = '\0';
    if (length == 1 && text[0] == '-')
        return;
    if (length % 2 || length / 2 >= capacity) {
        fields->failed = true;
        return;
    }
    for (size_t i = 0; i < length; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0)
            fields->failed = true;
        out[i / 2] = (char)(high < 0 || low < 0 ? '?' : high * 16 + low);
    }
    out[length / 2] = '\0';
}

static int next_product(struct fields *fields)
{
    const char *text;
    size_t length = next_field(fields, &text);
    int product = venue_product_find(text, length);
    if (product < 0)
        fields->failed = true;
    return product < 0 ? 0 : product;
}

static bool read_order(struct venue_sim *sim, struct fields *fields)
{
    char reason[VENUE_WORDS_MAX];
    struct venue_order *order = venue_list_add(sim);
    if (!order)
        return false;
    struct venue_request *request = &order->request;
    next_text(fields, order->id, sizeof order->id);
    request->product = next_product(fields);
    next_hex(fields, request->client_id, sizeof request->client_id);
    request->side = (enum side)next_int(fields, SIDE_BUY, SIDE_SELL);
    request->type = (enum order_type)next_int(fields, ORDER_TYPE_LIMIT, ORDER_TYPE_BRACKET);
    request->tif = (enum time_in_force)next_int(fields, TIF_GTC, TIF_FOK);
    request->stop_up = next_int(fields, 0, 1);
    request->post_only = next_int(fields, 0, 1);
    request->reduce_only = next_int(fields, 0, 1);
    request->close = next_int(fields, 0, 1);
    order->status = (enum venue_status)next_int(fields, VENUE_PENDING, VENUE_STATUS_UNKNOWN);
    request->size.e9 = next_e9(fields);
    request->limit.e9 = next_e9(fields);
    request->stop.e9 = next_e9(fields);
    request->end_ns = next_e9(fields);
    order->filled.e9 = next_int(fields, 0, INT64_MAX);
    order->value = next_money(fields);
    order->fees = next_money(fields);
    order->fill_count = (uint32_t)next_int(fields, 0, UINT32_MAX);
    order->created_ns = next_e9(fields);
    order->updated_ns = next_e9(fields);
    order->filled_ns = next_e9(fields);
    order->released_ns = next_e9(fields);
    order->entered = next_int(fields, 0, 1);
    order->resting = next_int(fields, 0, 1);
    order->triggered = next_int(fields, 0, 1);
    next_hex(fields, order->words, sizeof order->words);
    next_hex(fields, reason, sizeof reason);
    order->reject_reason = strcmp(reason, "TOO_MANY_OPEN_ORDERS") == 0
        ? "TOO_MANY_OPEN_ORDERS" : order->status == VENUE_FAILED ? "REJECT_REASON_UNSPECIFIED"
                                                                  : NULL;
    venue_list_index(sim, order);
    return !fields->failed && order->filled.e9 <= request->size.e9;
}

static bool read_fill(struct venue_sim *sim, struct fields *fields)
{
    char kind[16];
    struct venue_fill *fill = venue_list_add_fill(sim);
    next_text(fields, fill->id, sizeof fill->id);
    fill->order = (uint32_t)next_int(fields, 0, (int64_t)sim->order_count - 1);
    fill->product = next_product(fields);
    fill->side = (enum side)next_int(fields, SIDE_BUY, SIDE_SELL);
    fill->liquidity = (enum liquidity)next_int(fields, LIQUIDITY_UNKNOWN, LIQUIDITY_TAKER);
    fill->price.e9 = next_e9(fields);
    fill->size.e9 = next_e9(fields);
    fill->at_ns = next_e9(fields);
    fill->fee = next_money(fields);
    if (fields->failed || fields->at == fields->end)
        return !fields->failed;
    next_text(fields, kind, sizeof kind);
    fill->kind = strcmp(kind, "reversal") == 0 ? FILL_REVERSAL : FILL_CORRECTION;
    return fill->kind == FILL_REVERSAL || strcmp(kind, "correction") == 0;
}

static bool read_position(struct venue_sim *sim, struct fields *fields)
{
    struct ledger_position *position = &sim->ledger.positions[next_product(fields)];
    position->units.e9 = next_e9(fields);
    position->cost = next_money(fields);
    position->realised = next_money(fields);
    position->realised_today = next_money(fields);
    position->fees = next_money(fields);
    position->funding_accrued = next_money(fields);
    return !fields->failed;
}

static bool read_cash(struct venue_sim *sim, struct fields *fields)
{
    int profile = (int)next_int(fields, PROFILE_CDE, PROFILE_INTX);
    sim->ledger.cash[profile] = next_money(fields);
    sim->ledger.start_cash[profile] = next_money(fields);
    sim->ledger.funding_paid[profile] = next_money(fields);
    return !fields->failed;
}

static bool read_line(struct venue_sim *sim, const char *line, size_t length, bool *ret_end)
{
    char kind[16];
    struct fields fields = {line, line + length, false};
    next_text(&fields, kind, sizeof kind);
    if (strcmp(kind, "order") == 0)
        return read_order(sim, &fields);
    if (strcmp(kind, "fill") == 0)
        return read_fill(sim, &fields);
    if (strcmp(kind, "position") == 0)
        return read_position(sim, &fields);
    if (strcmp(kind, "cash") == 0)
        return read_cash(sim, &fields);
    *ret_end = strcmp(kind, "end") == 0 &&
               next_int(&fields, 0, UINT32_MAX) == sim->order_count &&
               next_int(&fields, 0, UINT32_MAX) == sim->fill_count;
    return *ret_end;
}

static void set_deadline(struct venue_sim *sim, const struct venue_order *order,
                         enum venue_deadline owner, int64_t at_ns)
{
    CHECK(deadlines_set(&sim->deadlines, (struct deadline){at_ns, owner, order->number}));
}

/* A restored order goes on where it was, at the end of its level's queue. */
static bool revive(struct venue_sim *sim, struct venue_order *order)
{
    if (venue_status_final(order->status))
        return true;
    if (order->request.tif == TIF_GTD)
        set_deadline(sim, order, DEADLINE_EXPIRE, order->request.end_ns);
    if (order->status == VENUE_CANCEL_QUEUED)
        set_deadline(sim, order, DEADLINE_CANCEL, sim->now_ns + sim->config.cancel_delay_ns);
    if (!order->entered) {
        sim->pending_count++;
        set_deadline(sim, order, DEADLINE_ENTER, sim->now_ns + sim->config.accept_delay_ns);
        return sim->pending_count <= VENUE_LIVE_MAX;
    }
    if (sim->listings[order->request.product].live_count == VENUE_LIVE_MAX)
        return false;
    venue_live_add(sim, order);
    if (order->resting)
        venue_match_rest(sim, order);
    return true;
}

int venue_sim_decode_state(struct venue_sim *sim, const char *text, size_t length,
                           struct err *err)
{
    const char *at = text, *end = text + length;
    bool ended = false;
    CHECK(sim->order_count == 0 && sim->fill_count == 0);
    for (uint32_t line = 1; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t piece = (size_t)((newline ? newline : end) - at);
        bool good = line == 1 ? text_equal(at, piece, HEAD)
                              : !ended && newline && read_line(sim, at, piece, &ended);
        if (!good)
            return err_set(err, "state line %u is damaged: move the file away to start with a "
                           "fresh account", line);
        at += piece + 1;
    }
    if (!ended)
        return err_set(err, "state is cut short: move the file away to start with a fresh "
                       "account");
    for (uint32_t i = 0; i < sim->order_count; i++)
        if (!revive(sim, sim->orders[i]))
            return err_set(err, "state holds more open orders than a venue may");
    return 0;
}
