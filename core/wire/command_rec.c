#include "wire/command_rec.h"

#include <sodium.h>
#include <string.h>

#include "base/check.h"
#include "wire/event_rec.h"

/* ---- views */

static const struct layout_field VIEW[] = { /* its levels, bands and trades follow */
    FIELD(view, number),          FIELD(view, mono_ns),       FIELD(view, wall_ns),
    FIELD(view, book_age_ns),     PRODUCT(view, product),     FIELD(view, stale),
    FIELD(view, crossed),         FIELD(view, bid_count),     FIELD(view, ask_count),
    FIELD(view, trade_count),     FIELD(view, trades_lost),   FIELD(view, mark),
    FIELD(view, position),        FIELD(view, account_position), FIELD(view, realised),
    FIELD(view, unrealised),      FIELD(view, fees),          FIELD(view, average_price),
    FIELD(view, working_orders),  FIELD(view, state),
    FIELD(view, ladder),          FIELD(view, mode),          FIELD(view, index),
    FIELD(view, funding_rate),    FIELD(view, funding_next_ns), FIELD(view, funding_interval_ns),
    FIELD(view, equity_known),    FIELD(view, equity),        FIELD(view, room.buy),
    FIELD(view, room.sell),       FIELD(view, room.orders),   FIELD(view, holding_count),
};
static const struct layout VIEW_LAYOUT = LAYOUT(view, VIEW);
static const struct layout_field VIEW_LEVEL[] = {FIELD(view_level, price), FIELD(view_level, size)};
static const struct layout VIEW_LEVEL_LAYOUT = LAYOUT(view_level, VIEW_LEVEL);
static const struct layout_field VIEW_BAND[] = {FIELD(view_band, bid), FIELD(view_band, ask)};
static const struct layout VIEW_BAND_LAYOUT = LAYOUT(view_band, VIEW_BAND);
static const struct layout_field VIEW_HOLDING[] = {
    FIELD(view_holding, own), FIELD(view_holding, account), FIELD(view_holding, mark)};
static const struct layout VIEW_HOLDING_LAYOUT = LAYOUT(view_holding, VIEW_HOLDING);

typedef void walk(const struct layout *layout, const void *from, struct buf *ret);

static void walk_items(walk *each, const struct layout *layout, const void *items, uint32_t count,
                       struct buf *ret)
{
    for (uint32_t i = 0; i < count; i++)
        each(layout, (const char *)items + (size_t)i * layout->size, ret);
}

static void walk_view(walk *each, const struct view *view, struct buf *ret)
{
    CHECK(view->bid_count <= VIEW_LEVELS && view->ask_count <= VIEW_LEVELS &&
          view->trade_count <= VIEW_TRADES && view->holding_count <= MAX_PRODUCTS);
    each(&VIEW_LAYOUT, view, ret);
    walk_items(each, &VIEW_LEVEL_LAYOUT, view->bids, view->bid_count, ret);
    walk_items(each, &VIEW_LEVEL_LAYOUT, view->asks, view->ask_count, ret);
    walk_items(each, &VIEW_BAND_LAYOUT, view->bands, VIEW_BANDS, ret);
    walk_items(each, &trade_layout, view->trades, view->trade_count, ret);
    walk_items(each, &VIEW_HOLDING_LAYOUT, view->holdings, view->holding_count, ret);
}

uint64_t view_rec_hash(const struct view *view)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES]; /* only two runs have to agree */
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t value;
    struct buf bytes;
    buf_init(&bytes, sizeof *view * 2);
    walk_view(layout_encode, view, &bytes);
    CHECK(!bytes.failed);
    crypto_shorthash(hash, (const unsigned char *)bytes.data, bytes.length, key);
    buf_fini(&bytes);
    memcpy(&value, hash, sizeof value);
    return value;
}

static void print_item(const struct layout *layout, const void *from, struct buf *ret)
{
    buf_puts(ret, " {");
    layout_print(layout, from, ret);
    buf_puts(ret, "}");
}

void view_rec_print(const struct view *view, struct buf *ret)
{
    buf_puts(ret, "view");
    walk_view(print_item, view, ret);
}

/* ---- notices */

static const struct layout_field NOTICE[] = { /* what its kind says follows */
    FIELD(notice, number),
    CHOICE(notice, kind, NOTICE_PROTECT, NULL),
    PRODUCT(notice, product),
    FIELD(notice, mono_ns),
    FIELD(notice, wall_ns),
};
static const struct layout NOTICE_LAYOUT = LAYOUT(notice, NOTICE);

static const struct layout_field NOTICE_OF_ORDER[] = {
    FIELD(notice, order.ref),
    FIELD(notice, order.id),
    CHOICE(notice, order.state, ORDER_STATE_COUNT - 1, rec_order_state_text),
    CHOICE(notice, order.side, SIDE_UNKNOWN, rec_side_text),
    FIELD(notice, order.price),
    FIELD(notice, order.size),
    FIELD(notice, order.filled),
    FIELD(notice, order.reason),
};
static const struct layout_field NOTICE_OF_FILL[] = {
    FIELD(notice, fill.ref),
    CHOICE(notice, fill.side, SIDE_UNKNOWN, rec_side_text),
    FIELD(notice, fill.price),
    FIELD(notice, fill.size),
    FIELD(notice, fill.fee),
    CHOICE(notice, fill.liquidity, LIQUIDITY_TAKER, rec_liquidity_text),
};
static const struct layout_field NOTICE_OF_TIMER[] = {FIELD(notice, timer.id)};
static const struct layout_field NOTICE_OF_CANDLE[] = {PART(notice, candle, &candle_layout)};
static const struct layout_field NOTICE_OF_REFUSAL[] = {
    FIELD(notice, refusal.ref),
    CHOICE(notice, refusal.verdict.code, REFUSAL_COUNT - 1, rec_refusal_text),
    FIELD(notice, refusal.verdict.limit),
    FIELD(notice, refusal.verdict.value),
    FIELD(notice, refusal.verdict.headroom),
    CHOICE(notice, refusal.verdict.unit, UNIT_RATIO, NULL),
    CHOICE(notice, refusal.verdict.scope, SCOPE_PRODUCT, NULL),
    FIELD(notice, refusal.verdict.config_key),
    FIELD(notice, refusal.text),
};
static const struct layout_field NOTICE_OF_HEALTH[] = {
    CHOICE(notice, health.step, LADDER_STEP_COUNT - 1, NULL),
    FIELD(notice, health.text),
};
static const struct layout_field NOTICE_OF_PROTECT[] = {
    CHOICE(notice, protect.state, PROTECT_FIRING, NULL),
    PART(notice, protect.terms, &terms_layout),
    FIELD(notice, protect.best),
    FIELD(notice, protect.reason),
};

static const struct layout *notice_shape(enum notice_kind kind)
{
    static const struct layout order = LAYOUT(notice, NOTICE_OF_ORDER),
        fill = LAYOUT(notice, NOTICE_OF_FILL), timer = LAYOUT(notice, NOTICE_OF_TIMER),
        candle = LAYOUT(notice, NOTICE_OF_CANDLE), refusal = LAYOUT(notice, NOTICE_OF_REFUSAL),
        health = LAYOUT(notice, NOTICE_OF_HEALTH), protect = LAYOUT(notice, NOTICE_OF_PROTECT),
        nothing = {NULL, 0, 0};
    switch (kind) {
    case NOTICE_ORDER: return &order;
    case NOTICE_FILL: return &fill;
    case NOTICE_TIMER: return &timer;
    case NOTICE_CANDLE: return &candle;
    case NOTICE_REFUSAL: return &refusal;
    case NOTICE_HEALTH: return &health;
    case NOTICE_PROTECT: return &protect;
    case NOTICE_STALE: case NOTICE_FRESH: return &nothing;
    }
    return &nothing;
}

/* ---- commands */

static const struct layout_field PLACE[] = {
    FIELD(command_place, order), FIELD(command_place, id), PRODUCT(command_place, product),
    FIELD(command_place, caused_ns),
};
static const struct layout_field CANCEL[] = {
    FIELD(command_cancel, id), FIELD(command_cancel, venue_id), PRODUCT(command_cancel, product),
};
static const struct layout_field LIST[] = {
    CHOICE(command_list, kind, LIST_KIND_COUNT - 1, NULL),
    FIELD(command_list, request),
    FIELD(command_list, since_wall_ns),
};
static const struct layout_field STREAM_RESET[] = {
    CHOICE(command_stream_reset, stream, STREAM_COUNT - 1, NULL),
    FIELD(command_stream_reset, reason),
};
static const struct layout_field VIEW_SENT[] = { /* its number and hash follow */
    ACTOR(command_view, runner),
    FIELD(command_view, generation),
};
static const struct layout_field NOTICE_SENT[] = { /* the kind's own part follows */
    ACTOR(command_notice, runner),
    FIELD(command_notice, generation),
    PART(command_notice, notice, &NOTICE_LAYOUT),
};
static const struct layout_field JUDGE[] = { /* as VIEW_SENT */
    ACTOR(command_judge, runner),
    FIELD(command_judge, generation),
    FIELD(command_judge, request),
    ACTOR(command_judge, strategy),
    PART(command_judge, intent, &intent_layout),
};
static const struct layout_field RUNNER_END[] = {
    ACTOR(command_runner_end, runner),
    FIELD(command_runner_end, generation),
    FIELD(command_runner_end, reason),
};
static const struct layout_field ALERT[] = {FIELD(command_alert, text)};
static const struct layout_field OPERATOR_REPLY[] = {
    FIELD(command_operator_reply, token),
    FIELD(command_operator_reply, done),
    FIELD(command_operator_reply, text),
};

static const struct layout_field FATAL[] = {FIELD(command_fatal, reason)};

#define SHAPE(member, owner, table)                                                               \
    do {                                                                                          \
        static const struct layout layout = LAYOUT(owner, table);                                 \
        *ret_at = (size_t)offsetof(struct command, member);                                       \
        return &layout;                                                                           \
    } while (0)

static const struct layout *shape_of(enum command_kind kind, size_t *ret_at)
{
    static const struct layout nothing = {NULL, 0, 0};
    *ret_at = 0;
    switch (kind) {
    case COMMAND_PLACE: SHAPE(place, command_place, PLACE);
    case COMMAND_CANCEL: SHAPE(cancel, command_cancel, CANCEL);
    case COMMAND_LIST: SHAPE(list, command_list, LIST);
    case COMMAND_STREAM_RESET: SHAPE(stream_reset, command_stream_reset, STREAM_RESET);
    case COMMAND_VIEW: SHAPE(view, command_view, VIEW_SENT);
    case COMMAND_NOTICE: SHAPE(notice, command_notice, NOTICE_SENT);
    case COMMAND_JUDGE: SHAPE(judge, command_judge, JUDGE);
    case COMMAND_RUNNER_END: SHAPE(runner_end, command_runner_end, RUNNER_END);
    case COMMAND_ALERT: SHAPE(alert, command_alert, ALERT);
    case COMMAND_OPERATOR_REPLY: SHAPE(operator_reply, command_operator_reply, OPERATOR_REPLY);
    case COMMAND_FATAL: SHAPE(fatal, command_fatal, FATAL);
    case COMMAND_STOPPED: return &nothing;
    }
    return NULL;
}

static const struct view *view_of(const struct command *command)
{
    return command->kind == COMMAND_VIEW    ? command->view.view
           : command->kind == COMMAND_JUDGE ? command->judge.view
                                            : NULL;
}

void command_rec_encode(const struct command *command, struct buf *ret)
{
    size_t at;
    const struct layout *layout = shape_of(command->kind, &at);
    const struct view *view = view_of(command);
    CHECK(layout);
    bytes_put_uint(ret, command->kind);
    layout_encode(layout, (const char *)command + at, ret);
    if (command->kind == COMMAND_NOTICE)
        layout_encode(notice_shape(command->notice.notice.kind), &command->notice.notice, ret);
    if (view) {
        bytes_put_uint(ret, view->number);
        bytes_put_uint(ret, view_rec_hash(view));
    }
}

void command_rec_print(const void *bytes, size_t length, struct buf *ret)
{
    struct bytes_in in = {bytes, (const unsigned char *)bytes + length, false};
    enum command_kind kind = (enum command_kind)bytes_take_uint(&in);
    struct command command;
    size_t at;
    const struct layout *layout = shape_of(kind, &at);
    memset(&command, 0, sizeof command);
    if (!layout || !layout_decode(layout, &in, (char *)&command + at)) {
        buf_puts(ret, "damaged");
        return;
    }
    buf_printf(ret, "%s ", command_kind_text(kind));
    layout_print(layout, (const char *)&command + at, ret);
    const struct layout *notice = notice_shape(command.notice.notice.kind);
    if (kind == COMMAND_NOTICE && layout_decode(notice, &in, &command.notice.notice))
        print_item(notice, &command.notice.notice, ret);
    if (kind == COMMAND_VIEW || kind == COMMAND_JUDGE) {
        uint64_t number = bytes_take_uint(&in), hash = bytes_take_uint(&in);
        buf_printf(ret, " view=%llu hash=%016llx", (unsigned long long)number,
                   (unsigned long long)hash);
    }
}

/* ---- script frames */

static const struct layout_field TIMER[] = {FIELD(script_timer, id), FIELD(script_timer, delay_ns)};
static const struct layout_field ANSWER[] = {FIELD(script_verdict, allow),
                                             FIELD(script_verdict, reason)};
static const struct layout_field READY[] = { /* not the layers: a lab has none */
    FIELD(script_ready, wants_book), FIELD(script_ready, wants_trade),
    FIELD(script_ready, wants_candle),
};

/* How a frame's payload is kept; NULL: as it is. */
static const struct layout *payload_shape(enum script_frame_kind kind)
{
    static const struct layout timer = LAYOUT(script_timer, TIMER),
        answer = LAYOUT(script_verdict, ANSWER), ready = LAYOUT(script_ready, READY);
    switch (kind) {
    case SCRIPT_INTENT: return &intent_layout;
    case SCRIPT_TIMER: return &timer;
    case SCRIPT_VERDICT: return &answer;
    case SCRIPT_READY: return &ready;
    default: return NULL;
    }
}

/* Views and notices begin with their number; what a question shows goes by its request. */
static bool is_numbered(enum script_frame_kind kind)
{
    return kind == SCRIPT_VIEW || kind == SCRIPT_NOTICE;
}

void frame_rec_encode(actor_index runner, bool from_runner, const struct script_head *head,
                      const void *payload, struct buf *ret)
{
    enum script_frame_kind kind = (enum script_frame_kind)head->kind;
    uint64_t number;
    bytes_put_uint(ret, runner);
    bytes_put_uint(ret, from_runner);
    bytes_put_uint(ret, head->kind);
    bytes_put_uint(ret, head->more);
    bytes_put_uint(ret, head->generation);
    bytes_put_uint(ret, head->request);
    if (is_numbered(kind)) {
        memcpy(&number, payload, sizeof number);
        bytes_put_uint(ret, number);
    } else if (payload_shape(kind)) {
        layout_encode(payload_shape(kind), payload, ret);
    } else if (kind != SCRIPT_JUDGE) {
        buf_put(ret, payload, head->length);
    }
}

int frame_rec_decode(const void *bytes, size_t length, struct frame_rec *ret, struct err *err)
{
    struct bytes_in in = {bytes, (const unsigned char *)bytes + length, false};
    uint64_t runner = bytes_take_uint(&in), from = bytes_take_uint(&in);
    uint64_t kind = bytes_take_uint(&in), more = bytes_take_uint(&in);
    uint64_t generation = bytes_take_uint(&in), request = bytes_take_uint(&in);
    if (in.failed || runner >= MAX_RUNNERS || from > 1 || kind > UINT8_MAX || more > 1 ||
        generation > UINT32_MAX)
        return err_set(err, "a script frame's head is cut short or out of range");
    *ret = (struct frame_rec){(actor_index)runner, from, (enum script_frame_kind)kind, more,
                              (uint32_t)generation, request, 0, NULL, 0};
    if (is_numbered(ret->kind))
        ret->number = bytes_take_uint(&in);
    ret->bytes = in.at;
    ret->length = (size_t)(in.end - in.at);
    if (in.failed || (is_numbered(ret->kind) && ret->length > 0))
        return err_set(err, "a %s frame is cut short", script_frame_text(kind));
    return 0;
}

static void print_bytes(const struct frame_rec *frame, struct buf *ret)
{
    const char *text = frame->bytes;
    buf_puts(ret, " '");
    for (size_t i = 0; i < frame->length; i++)
        buf_put(ret, (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? " " : text + i, 1);
    buf_puts(ret, "'");
}

void frame_rec_print(const struct frame_rec *frame, struct buf *ret)
{
    const struct layout *layout = payload_shape(frame->kind);
    struct bytes_in in = {frame->bytes, (const unsigned char *)frame->bytes + frame->length, false};
    union { struct intent intent; struct script_timer timer; struct script_verdict verdict;
            struct script_ready ready; } payload;
    memset(&payload, 0, sizeof payload);
    buf_printf(ret, "%s runner=%u generation=%u", script_frame_text(frame->kind), frame->runner,
               frame->generation);
    if (frame->request)
        buf_printf(ret, " request=%llu", (unsigned long long)frame->request);
    if (is_numbered(frame->kind))
        buf_printf(ret, " number=%llu", (unsigned long long)frame->number);
    if (layout && layout_decode(layout, &in, &payload))
        print_item(layout, &payload, ret);
    else if (!layout && frame->length > 0 && frame->kind != SCRIPT_START)
        print_bytes(frame, ret);
}
