#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "suites.h"
#include "wire/event_rec.h"

enum { ROUNDS = 50, STRUCT_MAX = 1024, LEVELS = 40 };

static struct event_rec_room *room;

static int make_room(void **state)
{
    (void)state;
    room = calloc(1, sizeof *room);
    return room ? 0 : -1;
}

static int free_room(void **state)
{
    (void)state;
    free(room);
    return 0;
}

/* ---- any value that a table allows */

static uint64_t any_uint(struct prng *prng, const struct layout_field *field)
{
    uint64_t value = prng_next(prng) >> prng_below(prng, 64);
    switch (field->type) {
    case LAYOUT_BOOL: return value & 1;
    case LAYOUT_CHOICE: return value % field->values;
    case LAYOUT_PRODUCT: return value & 1 ? NO_PRODUCT : value % MAX_PRODUCTS;
    case LAYOUT_ACTOR: return value & 1 ? ACTOR_OPERATOR : value % MAX_RUNNERS;
    default: return value;
    }
}

static void fill(struct prng *prng, const struct layout *layout, void *out)
{
    for (uint32_t i = 0; i < layout->count; i++) {
        const struct layout_field *field = &layout->fields[i];
        unsigned char *at = (unsigned char *)out + field->offset;
        uint64_t value = any_uint(prng, field);
        if (field->type == LAYOUT_PART) {
            fill(prng, field->part, at);
        } else if (field->type == LAYOUT_TEXT) {
            size_t length = value % field->size;
            for (size_t k = 0; k < length; k++)
                at[k] = (unsigned char)(1 + prng_below(prng, 255));
        } else if (field->size <= sizeof value) {
            memcpy(at, &value, field->size);
        } else {
            for (uint32_t k = 0; k < field->size; k++)
                at[k] = (unsigned char)prng_next(prng);
        }
    }
}

static void fill_arrays(struct prng *prng, struct event *event, struct level *levels,
                        struct trade *trades)
{
    for (uint32_t i = 0; i < LEVELS; i++) {
        fill(prng, &level_layout, &levels[i]);
        fill(prng, &trade_layout, &trades[i]);
    }
    uint32_t count = (uint32_t)prng_below(prng, LEVELS);
    if (event->kind == EVENT_BOOK) {
        event->book.count = count;
        event->book.levels = count ? levels : NULL;
    } else if (event->kind == EVENT_TRADES) {
        event->trades.count = count;
        event->trades.trades = count ? trades : NULL;
    }
}

static bool arrays_are_equal(const struct event *a, struct event *b)
{
    bool equal = true;
    if (a->kind == EVENT_BOOK && a->book.count > 0) {
        equal = memcmp(a->book.levels, b->book.levels, a->book.count * sizeof(struct level)) == 0;
        b->book.levels = a->book.levels;
    } else if (a->kind == EVENT_TRADES && a->trades.count > 0) {
        equal = memcmp(a->trades.trades, b->trades.trades,
                       a->trades.count * sizeof(struct trade)) == 0;
        b->trades.trades = a->trades.trades;
    }
    return equal;
}

static void each_prefix_is_refused(const struct buf *bytes)
{
    struct event event;
    for (size_t length = 0; length < bytes->length; length += 1 + length / 8) {
        struct err err = {""};
        unsigned char *exact = malloc(length ? length : 1); /* so that a byte too far is seen */
        assert_non_null(exact);
        memcpy(exact, bytes->data, length);
        assert_int_equal(event_rec_decode(exact, length, room, &event, &err), -1);
        assert_true(err.text[0] != '\0');
        free(exact);
    }
}

static void round_trip(struct prng *prng, enum event_kind kind)
{
    struct level levels[LEVELS];
    struct trade trades[LEVELS];
    struct event event, again;
    struct buf bytes, text;
    size_t at;
    memset(&event, 0, sizeof event);
    memset(levels, 0, sizeof levels);
    memset(trades, 0, sizeof trades);
    event.kind = kind;
    const struct layout *layout = event_rec_layout(kind, &at);
    fill(prng, layout, (char *)&event + at);
    fill_arrays(prng, &event, levels, trades);
    buf_init(&bytes, 1 << 20);
    buf_init(&text, 1 << 20);
    event_rec_encode(&event, &bytes);
    assert_false(bytes.failed);
    assert_int_equal(event_rec_decode(bytes.data, bytes.length, room, &again, NULL), 0);
    assert_true(arrays_are_equal(&event, &again));
    assert_memory_equal(&event, &again, sizeof event);
    event_rec_print(&again, &text);
    assert_null(memchr(text.data, '\n', text.length));
    each_prefix_is_refused(&bytes);
    buf_put(&bytes, "", 1);
    assert_int_equal(event_rec_decode(bytes.data, bytes.length, room, &again, NULL), -1);
    buf_fini(&bytes);
    buf_fini(&text);
}

static void every_kind_comes_back(void **state)
{
    struct prng prng;
    size_t at;
    unsigned kinds = 0;
    (void)state;
    prng_seed(&prng, 11);
    for (unsigned kind = 1; event_rec_layout((enum event_kind)kind, &at); kind++, kinds++) {
        assert_string_not_equal(event_kind_text((enum event_kind)kind), "invalid");
        for (int round = 0; round < ROUNDS; round++)
            round_trip(&prng, (enum event_kind)kind);
    }
    assert_true(kinds >= EVENT_HEALTH);
    assert_string_equal(event_kind_text((enum event_kind)(kinds + 1)), "invalid");
}

/* ---- no member is forgotten */

/* Each byte's value is the size of the scalar that begins there, 255 inside of one, 0: none. */
static void cover(const struct layout *layout, size_t base, unsigned char *map)
{
    for (uint32_t i = 0; i < layout->count; i++) {
        const struct layout_field *field = &layout->fields[i];
        if (field->type == LAYOUT_PART) {
            cover(field->part, base + field->offset, map);
            map[base + field->offset] = field->size % 16 == 0 ? 16 : 8; /* money aligns it */
            continue;
        }
        bool bytes = field->type == LAYOUT_TEXT || field->type == LAYOUT_BYTES ||
                     field->type == LAYOUT_ID;
        memset(map + base + field->offset, 255, field->size);
        map[base + field->offset] = bytes ? 1 : (unsigned char)field->size;
    }
}

/* Bytes of no member are padding only before a wider scalar, or at the end. */
static void check_covered(const struct layout *layout, const char *name)
{
    unsigned char map[STRUCT_MAX] = {0};
    assert_true(layout->size < STRUCT_MAX);
    cover(layout, 0, map);
    for (size_t at = 0; at < layout->size; at++) {
        size_t end = at;
        while (end < layout->size && map[end] == 0)
            end++;
        size_t widest = end == layout->size ? _Alignof(max_align_t) : map[end];
        if (end > at && end - at >= widest)
            fail_msg("%s: bytes %zu to %zu are of no member that is recorded", name, at, end);
        at = end;
    }
}

static void no_member_is_forgotten(void **state)
{
    size_t at;
    (void)state;
    for (unsigned kind = 1; event_rec_layout((enum event_kind)kind, &at); kind++)
        if (kind != EVENT_BOOK && kind != EVENT_TRADES) /* they point to their arrays */
            check_covered(event_rec_layout((enum event_kind)kind, &at),
                          event_kind_text((enum event_kind)kind));
    check_covered(&intent_layout, "intent");
    check_covered(&level_layout, "level");
    check_covered(&trade_layout, "trade");
    check_covered(&candle_layout, "candle");
}

/* ---- what is out of range */

static void values_out_of_range_are_refused(void **state)
{
    static const unsigned char cases[][12] = {
        {0}, {99}, {255, 255, 255, 255, 15},          /* no such kind */
        {EVENT_HEARTBEAT, 2, 1},                      /* no such stream */
        {EVENT_TICKER, MAX_PRODUCTS, 0, 0, 0},        /* no such product */
        {EVENT_CREDIT, MAX_RUNNERS, 1},               /* no such runner */
        {EVENT_SKEW, 0, 2},                           /* neither true nor false */
        {EVENT_JOURNAL, 1, REASON_MAX},               /* a text longer than its place */
        {EVENT_BOOK, 0, 0, 0, 0x81, 0x80, 0x04},      /* more levels than a message has */
    };
    struct event event;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {""};
        assert_int_equal(event_rec_decode(cases[i], sizeof cases[i], room, &event, &err), -1);
        assert_true(err.text[0] != '\0');
    }
}

int suite_event_rec(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back),
        cmocka_unit_test(no_member_is_forgotten),
        cmocka_unit_test(values_out_of_range_are_refused),
    };
    return cmocka_run_group_tests_name("event_rec", tests, make_room, free_room);
}
