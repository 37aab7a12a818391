/* One table says for each kind who may send it and how long it is; one checker per struct looks at
 * everything that later code would trust: enums, counts, flags, terminations. A flag byte is looked
 * at as a byte first, because a bool that holds 2 may not even be read. */
#include "wire/script_proto.h"

#include <string.h>

#include "base/check.h"

typedef const char *frame_check(const void *payload); /* NULL: well; else what is wrong */

struct frame_rule {
    const char *text; /* NULL: no such kind */
    bool from_runner, is_bytes;
    uint32_t length, length_max; /* of structs: exactly `length`; of bytes: length..length_max */
    frame_check *check;
};

_Static_assert(sizeof(struct script_head) % SCRIPT_ALIGN == 0, "what follows stays aligned");
_Static_assert(sizeof(struct script_head) + sizeof(struct script_start) <= MAX_SCRIPT_FRAME, "fit");
_Static_assert(sizeof(struct script_head) + sizeof(struct script_judge) <= MAX_SCRIPT_FRAME, "fit");
_Static_assert(_Alignof(struct script_judge) <= SCRIPT_ALIGN, "no struct asks for more");

static bool is_flag(const bool *flag)
{
    unsigned char byte;
    memcpy(&byte, flag, 1);
    return byte <= 1;
}

static bool is_text(const char *text, size_t capacity)
{
    return memchr(text, '\0', capacity) != NULL;
}

static const char *check_instrument(const struct instrument *spec)
{
    if (!is_text(spec->product_id, sizeof spec->product_id) || spec->product_id[0] == '\0')
        return "a product id is not terminated or empty";
    if (!is_text(spec->asset, sizeof spec->asset))
        return "an asset is not terminated";
    if (spec->profile > PROFILE_INTX)
        return "a profile is unknown";
    if (!is_flag(&spec->trading_disabled) || !is_flag(&spec->cancel_only) ||
        !is_flag(&spec->limit_only) || !is_flag(&spec->post_only) || !is_flag(&spec->view_only) ||
        !is_flag(&spec->session_open) || !is_flag(&spec->venue_reduce_only) ||
        !is_flag(&spec->funding_unknown))
        return "a product's flag is neither 0 nor 1";
    return NULL;
}

static const char *check_catalog(const struct catalog *catalog)
{
    if (catalog->count > MAX_PRODUCTS)
        return "more products than MAX_PRODUCTS";
    for (unsigned i = 0; i < catalog->count; i++) {
        const char *wrong = check_instrument(&catalog->items[i]);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *check_start(const void *payload)
{
    const struct script_start *start = payload;
    const char *wrong = check_catalog(&start->catalog);
    if (wrong)
        return wrong;
    if (start->role > SCRIPT_ROLE_RULE)
        return "the role is unknown";
    if (!is_text(start->name, sizeof start->name) || start->name[0] == '\0')
        return "the name is not terminated or empty";
    if (start->products >> start->catalog.count)
        return "products holds bits beyond the catalog";
    if (start->candle_length_count > MAX_CANDLE_LENGTHS)
        return "more candle lengths than MAX_CANDLE_LENGTHS";
    for (unsigned i = 0; i < start->candle_length_count; i++)
        if (start->candle_lengths_ns[i] <= 0)
            return "a candle length is not positive";
    if (start->soft_deadline_ns <= 0 || start->hard_deadline_ns < start->soft_deadline_ns)
        return "the deadlines are not positive, or the hard one comes first";
    if (start->memory_max == 0)
        return "memory_max is 0";
    return is_flag(&start->reload) ? NULL : "reload is neither 0 nor 1";
}

static const char *check_view(const void *payload)
{
    const struct view *view = payload;
    if (view->product >= MAX_PRODUCTS)
        return "the product is out of range";
    if (!is_flag(&view->stale) || !is_flag(&view->crossed))
        return "a flag is neither 0 nor 1";
    if (view->bid_count > VIEW_LEVELS || view->ask_count > VIEW_LEVELS ||
        view->trade_count > VIEW_TRADES)
        return "a count is beyond its bound";
    for (unsigned i = 0; i < view->trade_count; i++)
        if (view->trades[i].aggressor > SIDE_UNKNOWN)
            return "a trade's side is unknown";
    if (view->mode >= PRODUCT_MODE_COUNT || !is_flag(&view->equity_known) ||
        view->holding_count > MAX_PRODUCTS)
        return "the product's mode, the equity's flag or the holdings are out of range";
    if (view->ladder >= LADDER_STEP_COUNT)
        return "the ladder's step is unknown";
    return view->state < TRADING_STATE_COUNT ? NULL : "the trading state is unknown";
}

static const char *check_order_notice(const struct notice *notice)
{
    if (notice->order.state >= ORDER_STATE_COUNT || notice->order.side > SIDE_UNKNOWN)
        return "the order's state or side is unknown";
    return is_text(notice->order.reason, sizeof notice->order.reason)
               ? NULL : "the order's reason is not terminated";
}

static const char *check_refusal_notice(const struct notice *notice)
{
    const struct verdict *verdict = &notice->refusal.verdict;
    if (verdict->code >= REFUSAL_COUNT || verdict->unit > UNIT_RATIO ||
        verdict->scope > SCOPE_PRODUCT)
        return "the verdict's code, unit or scope is unknown";
    if (!is_text(verdict->config_key, sizeof verdict->config_key) ||
        !is_text(notice->refusal.text, sizeof notice->refusal.text))
        return "the refusal's text is not terminated";
    return NULL;
}

static const char *check_notice(const void *payload)
{
    const struct notice *notice = payload;
    if (notice->product >= MAX_PRODUCTS && notice->product != NO_PRODUCT)
        return "the product is out of range";
    switch (notice->kind) {
    case NOTICE_ORDER:
        return check_order_notice(notice);
    case NOTICE_FILL:
        return notice->fill.side <= SIDE_UNKNOWN && notice->fill.liquidity <= LIQUIDITY_TAKER
                   ? NULL : "the fill's side or liquidity is unknown";
    case NOTICE_REFUSAL:
        return check_refusal_notice(notice);
    case NOTICE_HEALTH:
        return notice->health.step < LADDER_STEP_COUNT &&
                       is_text(notice->health.text, sizeof notice->health.text)
                   ? NULL : "the ladder's step or its text is unknown";
    case NOTICE_PROTECT:
        return notice->protect.state <= PROTECT_FIRING &&
                       is_text(notice->protect.reason, sizeof notice->protect.reason)
                   ? NULL : "the protection's state or its reason is unknown";
    case NOTICE_TIMER:
    case NOTICE_CANDLE:
    case NOTICE_STALE:
    case NOTICE_FRESH:
        return NULL;
    }
    return "the kind of notice is unknown";
}

/* Only what it takes to be read safely: whether price, size and side make sense is the gate's to
 * refuse, with a code, and no reason to end the runner. */
static const char *check_intent(const void *payload)
{
    const struct intent *intent = payload;
    if (intent->kind >= INTENT_KIND_COUNT)
        return "the kind of intent is unknown";
    if (intent->product >= MAX_PRODUCTS && intent->product != NO_PRODUCT)
        return "the product is out of range";
    if (intent->side > SIDE_UNKNOWN || intent->type > ORDER_TYPE_OTHER || intent->tif > TIF_OTHER)
        return "the side, type or time in force is unknown";
    if (intent->stop > STOP_DOWN)
        return "the direction of the stop is unknown";
    if (!is_flag(&intent->post_only) || !is_flag(&intent->reduce_only))
        return "a flag is neither 0 nor 1";
    return NULL;
}

static const char *check_judge(const void *payload)
{
    const struct script_judge *judge = payload;
    const char *wrong = check_intent(&judge->intent);
    return wrong ? wrong : check_view(&judge->view);
}

static const char *check_ready(const void *payload)
{
    const struct script_ready *ready = payload;
    if (ready->layers & ~(uint32_t)LAYER_ALL)
        return "a layer is unknown";
    if (!is_flag(&ready->wants_book) || !is_flag(&ready->wants_trade) ||
        !is_flag(&ready->wants_candle) || !is_flag(&ready->manifest.no_open) ||
        !is_flag(&ready->manifest.no_short))
        return "a flag is neither 0 nor 1";
    return NULL;
}

static const char *check_metric(const void *payload)
{
    const struct script_metric *metric = payload;
    return is_text(metric->name, sizeof metric->name) && metric->name[0] != '\0'
               ? NULL : "the metric's name is not terminated or empty";
}

static const char *check_timer(const void *payload)
{
    const struct script_timer *timer = payload;
    return timer->id < MAX_TIMERS_PER_RUNNER ? NULL : "the timer's id is out of range";
}

static const char *check_verdict(const void *payload)
{
    const struct script_verdict *verdict = payload;
    if (!is_flag(&verdict->allow))
        return "allow is neither 0 nor 1";
    if (verdict->most.e9 < 0)
        return "the size that is left is below 0";
    return is_text(verdict->reason, sizeof verdict->reason) ? NULL : "the reason is not terminated";
}

static const char *check_log(const void *payload)
{
    return memchr("diwe", *(const char *)payload, 4) ? NULL : "the log level is unknown";
}

#define STRUCT(name, by_runner, type, checker) {name, by_runner, false, sizeof(type), 0, checker}
#define BYTES(name, by_runner, least, checker)                                                   \
    {name, by_runner, true, least, SCRIPT_TEXT_MAX, checker}
#define EMPTY(name, by_runner) {name, by_runner, false, 0, 0, NULL}

static const struct frame_rule RULES[] = {
    [SCRIPT_START] = STRUCT("start", false, struct script_start, check_start),
    [SCRIPT_STATE_IN] = BYTES("state_in", false, 0, NULL),
    [SCRIPT_GO] = EMPTY("go", false),
    [SCRIPT_VIEW] = STRUCT("view", false, struct view, check_view),
    [SCRIPT_NOTICE] = STRUCT("notice", false, struct notice, check_notice),
    [SCRIPT_JUDGE] = STRUCT("judge", false, struct script_judge, check_judge),
    [SCRIPT_SAVE] = EMPTY("save", false),
    [SCRIPT_STOP] = EMPTY("stop", false),
    [SCRIPT_READY] = STRUCT("ready", true, struct script_ready, check_ready),
    [SCRIPT_CREDIT] = EMPTY("credit", true),
    [SCRIPT_INTENT] = STRUCT("intent", true, struct intent, check_intent),
    [SCRIPT_TIMER] = STRUCT("timer", true, struct script_timer, check_timer),
    [SCRIPT_VERDICT] = STRUCT("verdict", true, struct script_verdict, check_verdict),
    [SCRIPT_LOG] = BYTES("log", true, 1, check_log),
    [SCRIPT_STATE_OUT] = BYTES("state_out", true, 0, NULL),
    [SCRIPT_FAIL] = BYTES("fail", true, 0, NULL),
    [SCRIPT_FAULT] = BYTES("fault", true, 0, NULL),
    [SCRIPT_BYE] = EMPTY("bye", true),
    [SCRIPT_DONE] = EMPTY("done", true),
    [SCRIPT_METRIC] = STRUCT("metric", true, struct script_metric, check_metric),
};

void script_start_fill(struct script_start *ret, const struct engine_settings *settings,
                       actor_index runner)
{
    ret->runner = runner;
    ret->catalog = settings->catalog;
    memcpy(ret->candle_lengths_ns, settings->candle_lengths_ns, sizeof ret->candle_lengths_ns);
    ret->candle_length_count = settings->candle_length_count;
    memcpy(ret->view_bands, settings->view_bands, sizeof ret->view_bands);
    for (product_index i = 0; i < settings->catalog.count; i++) {
        const struct product_limits *limits = &settings->product_limits[i];
        ret->limits[i] = (struct script_limits){limits->max_order_size, limits->max_position,
                                                limits->max_order_value, limits->price_collar};
    }
    if (runner >= settings->strategy_count)
        return;
    ret->max_messages = settings->strategies[runner].max_messages;
    ret->max_working_orders = settings->strategies[runner].max_working_orders;
}

static const struct frame_rule *rule_of(unsigned kind)
{
    return kind < sizeof RULES / sizeof RULES[0] && RULES[kind].text ? &RULES[kind] : NULL;
}

const char *script_frame_text(unsigned kind)
{
    const struct frame_rule *rule = rule_of(kind);
    return rule ? rule->text : "unknown";
}

static bool length_fits(const struct frame_rule *rule, size_t length)
{
    return rule->is_bytes ? length >= rule->length && length <= rule->length_max
                          : length == rule->length;
}

/* Asked by kind and its answer only; state is the one thing longer than a frame. */
static bool may_have(enum script_frame_kind kind, uint64_t request, bool more)
{
    bool asks = kind == SCRIPT_JUDGE || kind == SCRIPT_VERDICT;
    bool is_state = kind == SCRIPT_STATE_IN || kind == SCRIPT_STATE_OUT;
    return (asks || request == 0) && (is_state || !more);
}

static bool is_aligned(const void *bytes)
{
    return (uintptr_t)bytes % SCRIPT_ALIGN == 0;
}

int script_frame_encode(unsigned char *out, size_t capacity, enum script_frame_kind kind,
                        uint32_t generation, uint64_t request, bool more, const void *payload,
                        size_t length)
{
    const struct frame_rule *rule = rule_of(kind);
    struct script_head head = {.version = SCRIPT_PROTO_VERSION, .kind = (uint8_t)kind,
                               .more = more, .generation = generation, .request = request,
                               .length = (uint32_t)length};
    CHECK(is_aligned(out));
    if (!rule || !length_fits(rule, length) || !may_have(kind, request, more) ||
        capacity < sizeof head + length)
        return -1;
    memcpy(out, &head, sizeof head);
    if (length > 0)
        memcpy(out + sizeof head, payload, length);
    return (int)(sizeof head + length);
}

static int check_head(const struct script_head *head, size_t length, uint32_t generation,
                      struct err *err)
{
    if (head->version != SCRIPT_PROTO_VERSION)
        return err_set(err, "frame of version %u; this is version %d", head->version,
                       SCRIPT_PROTO_VERSION);
    if (head->length != length - sizeof *head)
        return err_set(err, "frame says %u bytes follow its head; %zu do", head->length,
                       length - sizeof *head);
    if (head->reserved[0] || head->reserved[1] || head->reserved[2] || head->more > 1)
        return err_set(err, "frame's head has unknown bits");
    if (head->generation != generation)
        return err_set(err, "frame of generation %u; this is generation %u", head->generation,
                       generation);
    return 0;
}

int script_frame_decode(const unsigned char *bytes, size_t length, uint32_t generation,
                        bool from_runner, struct script_head *ret_head, const void **ret_payload,
                        struct err *err)
{
    struct script_head head;
    CHECK(is_aligned(bytes));
    if (length < sizeof head)
        return err_set(err, "frame of %zu bytes is shorter than its head", length);
    memcpy(&head, bytes, sizeof head);
    if (check_head(&head, length, generation, err) < 0)
        return -1;
    const struct frame_rule *rule = rule_of(head.kind);
    if (!rule || rule->from_runner != from_runner)
        return err_set(err, "frame of kind %u (%s) may not come from the %s", head.kind,
                       script_frame_text(head.kind), from_runner ? "runner" : "core");
    if (!length_fits(rule, head.length))
        return err_set(err, "%s frame with %u bytes; its length is %u", rule->text, head.length,
                       rule->is_bytes ? rule->length_max : rule->length);
    if (!may_have((enum script_frame_kind)head.kind, head.request, head.more))
        return err_set(err, "%s frame with a request number or a further piece", rule->text);
    const char *wrong = rule->check ? rule->check(bytes + sizeof head) : NULL;
    if (wrong)
        return err_set(err, "%s frame: %s", rule->text, wrong);
    *ret_head = head;
    *ret_payload = bytes + sizeof head;
    return 0;
}
