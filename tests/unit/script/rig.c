#include "rig.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"

static struct price price_of(const char *text)
{
    struct price price;
    assert_true(price_parse(text, strlen(text), &price));
    return price;
}

static struct size size_of(const char *text)
{
    struct size size;
    assert_true(size_parse(text, strlen(text), &size));
    return size;
}

static void add_product(struct catalog *catalog, const char *id, const char *asset,
                        enum venue_profile profile, const char *contract, const char *tick,
                        const char *step)
{
    struct instrument *spec = &catalog->items[catalog->count++];
    text_copy(spec->product_id, PRODUCT_ID_MAX, id, strlen(id));
    text_copy(spec->asset, ASSET_MAX, asset, strlen(asset));
    spec->profile = profile;
    spec->contract_size = size_of(contract);
    spec->tick = price_of(tick);
    spec->step = spec->size_min = size_of(step);
    spec->size_max = size_of("1000");
    spec->session_open = true;
}

/* Through the codec of the wire and back: what the core would see. */
static bool keep_frame(void *context, enum script_frame_kind kind, uint64_t request, bool more,
                       const void *payload, size_t length)
{
    struct rig *rig = context;
    static unsigned char bytes[MAX_SCRIPT_FRAME];
    struct script_head head;
    const void *inside;
    struct err err = {""};
    if (rig->count >= rig->frames_max)
        return false;
    int size = script_frame_encode(bytes, sizeof(bytes), kind, 1, request, more, payload, length);
    assert_true(size > 0);
    if (script_frame_decode(bytes, (size_t)size, 1, true, &head, &inside, &err) < 0)
        fail_msg("the script sent a frame of kind %d that the core refuses: %s", kind, err.text);
    struct rig_frame *frame = &rig->frames[rig->count++];
    *frame = (struct rig_frame){kind, more, request, head.length, calloc(1, head.length + 1)};
    assert_non_null(frame->payload);
    if (head.length)
        memcpy(frame->payload, inside, head.length);
    if (rig->interrupt_at && kind == SCRIPT_LOG &&
        strcmp((const char *)frame->payload + 1, rig->interrupt_at) == 0)
        script_interrupt(rig->script);
    return true;
}

static void remember_script(void *context, struct script *script)
{
    ((struct rig *)context)->script = script;
}

struct rig *rig_create(const char *text, const char *params)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    assert_non_null(rig);
    rig->start = (struct script_start){.role = SCRIPT_ROLE_STRATEGY, .name = "bench",
                                       .products = 3, .memory_max = 8 << 20, .seed = 7,
                                       .soft_deadline_ns = 1000000, .hard_deadline_ns = 10000000,
                                       .candle_lengths_ns = {60000000000},
                                       .candle_length_count = 1};
    struct catalog *catalog = &rig->start.catalog;
    add_product(catalog, "BTC-PERP-INTX", "BTC", PROFILE_INTX, "1", "0.1", "0.0001");
    add_product(catalog, "BIP-20DEC30-CDE", "BTC", PROFILE_CDE, "0.01", "5", "0.01");
    add_product(catalog, "ETH-PERP-INTX", "ETH", PROFILE_INTX, "1", "0.01", "0.001");
    rig->bundle.count = 2;
    rig->bundle.entries[0] = (struct bundle_entry){"bench.lua", text, 9, (uint32_t)strlen(text)};
    rig->bundle.entries[1] = (struct bundle_entry){"params.json", params, 11,
                                                   (uint32_t)strlen(params)};
    rig->frames_max = RIG_FRAMES_MAX;
    rig->now_ns = 1000000000;
    return rig;
}

void rig_add_module(struct rig *rig, const char *name, const char *text)
{
    rig->bundle.entries[rig->bundle.count++] =
        (struct bundle_entry){name, text, (uint32_t)strlen(name), (uint32_t)strlen(text)};
}

bool rig_compile(struct rig *rig)
{
    struct script_host host = {rig, keep_frame, remember_script};
    rig->script = script_create(&rig->start, &rig->bundle, &host, &rig->err);
    return rig->script != NULL;
}

struct rig *rig_start(const char *text, const char *params)
{
    struct rig *rig = rig_create(text, params);
    if (!rig_compile(rig) || rig_send(rig, SCRIPT_GO, false, NULL, 0) < 0)
        fail_msg("%s", rig->err.text);
    return rig;
}

void rig_clear(struct rig *rig)
{
    for (uint32_t i = 0; i < rig->count; i++)
        free(rig->frames[i].payload);
    rig->count = 0;
}

void rig_stop(struct rig *rig)
{
    script_destroy(rig->script);
    rig_clear(rig);
    free(rig);
}

int rig_send(struct rig *rig, enum script_frame_kind kind, bool more, const void *payload,
             size_t length)
{
    static _Alignas(16) unsigned char bytes[MAX_SCRIPT_FRAME];
    struct script_head head;
    const void *inside;
    int size = script_frame_encode(bytes, sizeof(bytes), kind, 1, kind == SCRIPT_JUDGE ? 99 : 0,
                                   more, payload, length);
    assert_true(size > 0);
    if (script_frame_decode(bytes, (size_t)size, 1, false, &head, &inside, &rig->err) < 0)
        fail_msg("the bench made a bad frame: %s", rig->err.text);
    return script_frame(rig->script, &head, inside, &rig->err);
}

uint32_t rig_count(const struct rig *rig, enum script_frame_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->count; i++)
        count += rig->frames[i].kind == kind;
    return count;
}

const struct rig_frame *rig_frame(const struct rig *rig, enum script_frame_kind kind, uint32_t n)
{
    for (uint32_t i = 0; i < rig->count; i++)
        if (rig->frames[i].kind == kind && n-- == 0)
            return &rig->frames[i];
    fail_msg("the script sent too few frames of kind %d", kind);
    return NULL;
}

const char *rig_text(const struct rig *rig, enum script_frame_kind kind, uint32_t n)
{
    return (const char *)rig_frame(rig, kind, n)->payload;
}

struct view rig_view(struct rig *rig, product_index product)
{
    struct view view;
    memset(&view, 0, sizeof(view));
    rig->now_ns += 1000000;
    view.number = 1;
    view.mono_ns = rig->now_ns;
    view.wall_ns = 1700000000000000000 + rig->now_ns;
    view.book_age_ns = 5000000;
    view.product = product;
    view.bid_count = view.ask_count = 2;
    view.bids[0] = (struct view_level){price_of("61495"), size_of("0.5")};
    view.bids[1] = (struct view_level){price_of("61490"), size_of("1.25")};
    view.asks[0] = (struct view_level){price_of("61505"), size_of("0.4")};
    view.asks[1] = (struct view_level){price_of("61510"), size_of("2")};
    view.bands[0] = (struct view_band){size_of("1.75"), size_of("2.4")};
    view.mark = price_of("61500.5");
    view.position = size_of("-0.02");
    view.account_position = size_of("0.03");
    view.average_price = price_of("61000");
    view.working_orders = 1;
    return view;
}

struct notice rig_notice(struct rig *rig, enum notice_kind kind, product_index product)
{
    struct notice notice;
    memset(&notice, 0, sizeof(notice));
    rig->now_ns += 1000000;
    notice.number = ++rig->notices;
    notice.kind = kind;
    notice.product = product;
    notice.mono_ns = rig->now_ns;
    notice.wall_ns = 1700000000000000000 + rig->now_ns;
    return notice;
}

int rig_show(struct rig *rig, const struct view *view)
{
    return rig_send(rig, SCRIPT_VIEW, false, view, sizeof(*view));
}

int rig_tell(struct rig *rig, const struct notice *notice)
{
    return rig_send(rig, SCRIPT_NOTICE, false, notice, sizeof(*notice));
}

int rig_timer(struct rig *rig, uint32_t id)
{
    struct notice notice = rig_notice(rig, NOTICE_TIMER, 0);
    notice.timer.id = id;
    return rig_tell(rig, &notice);
}

struct script_verdict rig_judge(struct rig *rig, const struct intent *intent)
{
    struct script_judge judge;
    struct script_verdict verdict;
    memset(&judge, 0, sizeof(judge));
    judge.strategy = 4;
    judge.intent = *intent;
    judge.view = rig_view(rig, intent->product);
    rig_clear(rig);
    rig_send(rig, SCRIPT_JUDGE, false, &judge, sizeof(judge));
    assert_int_equal(rig_count(rig, SCRIPT_VERDICT), 1);
    const struct rig_frame *frame = rig_frame(rig, SCRIPT_VERDICT, 0);
    assert_int_equal(frame->request, 99);
    memcpy(&verdict, frame->payload, sizeof(verdict));
    return verdict;
}

void rig_chunk_runs(const char *text)
{
    struct rig *rig = rig_create(text, "{}");
    if (!rig_compile(rig))
        fail_msg("%s", rig->err.text);
    rig_stop(rig);
}

void rig_chunk_raises(const char *text, const char *words)
{
    struct rig *rig = rig_create(text, "{}");
    if (rig_compile(rig))
        fail_msg("this ran, but was to raise '%s': %s", words, text);
    if (!strstr(rig->err.text, words))
        fail_msg("'%s' raised '%s', not '%s'", text, rig->err.text, words);
    rig_stop(rig);
}
