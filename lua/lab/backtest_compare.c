/* A backtest against the run it should have been, order by order. Orders of both are paired: the
 * same strategy, product and side; the script's own number for it, else the nearest in time. What
 * an order brought is what its fills are worth at one common price, less its fees, so that the
 * differences of all orders add up to the difference of the runs, to the last unit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "io/store_reader.h"
#include "lab/backtest_compare.h"
#include "lab/lab.h"
#include "model/client_id.h"
#include "wire/json_write.h"

static const int64_t NEAR_NS = 10000000000;   /* further apart they are two decisions */
static const int64_t SOON_NS = 5000000;       /* latencies that differ by less are one */
enum { JSON_BYTES_MAX = 64 << 20 };

/* ---- a run's orders, out of its journal */

static struct compare_order *find(struct lab_list *orders, struct client_id id)
{
    struct compare_order *items = orders->items;

    for (uint32_t i = orders->count; i-- > 0;)
        if (client_id_equal(items[i].row.id, id))
            return &items[i];
    return NULL;
}

static bool was_played(const struct backtest_result *result, const struct record *record)
{
    bool product = false;

    for (product_index i = 0; i < result->product_count; i++)
        product |= strcmp(result->left[i].product_id, record->order.product_id) == 0;
    return product && record->order.state == ORDER_INTENDED &&
           record->at.wall_ns >= result->start_ns && record->at.wall_ns <= result->end_ns &&
           (record->order.actor >= MAX_STRATEGIES ||
            strcmp(record->order.name, result->strategy) == 0);
}

static void take_order(struct lab_list *orders, const struct record *record,
                       const struct backtest_result *result)
{
    struct compare_order *order = find(orders, record->order.id);

    if (!order && !was_played(result, record))
        return;
    if (!order) {
        order = lab_list_add(orders, sizeof(*order));
        order->row = record->order;
        order->at = record->at;
        order->trip_ns = -1;
    }
    if (order->trip_ns < 0 && record->order.venue_id.text[0])
        order->trip_ns = record->at.mono_ns - order->at.mono_ns;
}

static void take_fill(struct lab_list *orders, const struct record_fill *record)
{
    const struct event_fill *fill = &record->fill;
    struct compare_order *order = find(orders, record->id);
    struct compare_sum *sum;
    int64_t sign = fill->kind == FILL_REVERSAL ? -1 : 1;
    struct money value = money_of(fill->price, fill->size);

    if (!order)
        return;
    /* What is known by quantity alone counts until the exact fills are there. */
    sum = record->provisional ? &order->provisional : &order->exact;
    sum->filled.e9 += sign * fill->size.e9;
    sum->value.e18 += sign * value.e18;
    sum->fees.e18 += sign * fill->fee.e18;
    order->maker |= fill->liquidity == LIQUIDITY_MAKER;
    order->last = fill->price;
}

static int read_run(const char *directory, const struct backtest_result *result,
                    struct lab_list *orders, struct err *err)
{
    struct store_reader *reader = store_reader_open(directory, err);
    struct store_row row;
    enum store_read got;

    if (!reader)
        return -1;
    while ((got = store_reader_next(reader, &row, err)) == STORE_ROW) {
        if (row.record.kind == RECORD_ORDER)
            take_order(orders, &row.record, result);
        else if (row.record.kind == RECORD_FILL)
            take_fill(orders, &row.record.fill);
    }
    store_reader_close(reader);
    return got == STORE_END ? 0 : err_wrap(err, "%s", directory);
}

static const struct compare_sum *sum_of(const struct compare_order *order)
{
    static const struct compare_sum none;

    if (!order)
        return &none;
    return order->exact.filled.e9 >= order->provisional.filled.e9 ? &order->exact
                                                                  : &order->provisional;
}

static struct price average_of(const struct compare_order *order)
{
    const struct compare_sum *sum = sum_of(order);
    struct price average = {0};

    if (sum->filled.e9 > 0)
        (void)money_div_size(sum->value, sum->filled, ROUND_HALF_EVEN, &average);
    return average;
}

/* ---- pairs */

static bool is_alike(const struct compare_order *a, const struct compare_order *b)
{
    int64_t apart_ns = a->at.wall_ns - b->at.wall_ns;

    return !b->paired && strcmp(a->row.name, b->row.name) == 0 &&
           strcmp(a->row.product_id, b->row.product_id) == 0 && a->row.side == b->row.side &&
           apart_ns < NEAR_NS && -apart_ns < NEAR_NS;
}

static uint32_t counter_of(const struct compare_order *order)
{
    return (uint32_t)order->row.ref; /* the generation is above it */
}

/* Both runs are in the order of their clocks: *from, the first that may still be somebody's. */
static struct compare_order *partner_of(const struct compare_order *live, struct lab_list *others,
                                        uint32_t *from)
{
    struct compare_order *items = others->items, *nearest = NULL;
    int64_t nearest_ns = NEAR_NS;

    while (*from < others->count && items[*from].at.wall_ns <= live->at.wall_ns - 2 * NEAR_NS)
        (*from)++;
    for (uint32_t i = *from; i < others->count; i++) {
        int64_t apart_ns = llabs(items[i].at.wall_ns - live->at.wall_ns);
        if (items[i].at.wall_ns > live->at.wall_ns + 2 * NEAR_NS)
            break;
        if (!is_alike(live, &items[i]))
            continue;
        if (counter_of(live) != 0 && counter_of(live) == counter_of(&items[i]))
            return &items[i];
        if (apart_ns < nearest_ns) {
            nearest = &items[i];
            nearest_ns = apart_ns;
        }
    }
    return nearest;
}

/* ---- what a pair differs by */

static const char *cause_of(const struct compare_row *row)
{
    const struct compare_order *live = row->live, *ours = row->ours;
    bool rests, late;

    if (!live || !ours)
        return "decision";
    rests = live->maker || ours->maker || live->row.post_only;
    late = live->trip_ns >= 0 && ours->trip_ns >= 0 &&
           llabs(live->trip_ns - ours->trip_ns) > SOON_NS;
    if (sum_of(live)->filled.e9 != sum_of(ours)->filled.e9 &&
        (live->trip_ns < 0) != (ours->trip_ns < 0))
        return "refused"; /* only the one venue took it */
    if (sum_of(live)->filled.e9 != sum_of(ours)->filled.e9)
        return rests ? "queue" : late ? "latency" : "fill";
    if (sum_of(live)->value.e18 != sum_of(ours)->value.e18)
        return late ? "latency" : "price";
    return sum_of(live)->fees.e18 != sum_of(ours)->fees.e18 ? "fees" : "same";
}

/* Signed: bought at `value`, worth `mark`. Less fees. */
static struct money brought(const struct compare_order *order, struct price mark)
{
    const struct compare_sum *sum = sum_of(order);
    __int128 worth = money_of(mark, sum->filled).e18 - sum->value.e18;

    if (order && order->row.side == SIDE_SELL)
        worth = -worth;
    return (struct money){worth - sum->fees.e18};
}

static void weigh(struct compare_row *row, struct price mark)
{
    const struct compare_order *more = row->live, *any = row->live ? row->live : row->ours;
    int64_t sign = any->row.side == SIDE_BUY ? 1 : -1;
    struct size apart = {sum_of(row->live)->filled.e9 - sum_of(row->ours)->filled.e9};

    if (apart.e9 < 0)
        more = row->ours;
    row->total.e18 = brought(row->live, mark).e18 - brought(row->ours, mark).e18;
    row->by_fill.e18 = 0;
    if (apart.e9 != 0) {
        struct price gain = {mark.e9 - average_of(more).e9};
        row->by_fill.e18 = sign * money_of(gain, apart).e18;
    }
    row->by_fees.e18 = sum_of(row->ours)->fees.e18 - sum_of(row->live)->fees.e18;
    row->by_price.e18 = row->total.e18 - row->by_fill.e18 - row->by_fees.e18;
    row->cause = cause_of(row);
}

/* The last price that either run traded a product at. */
static struct price mark_of(const struct compare *compare, const char *product_id)
{
    const struct lab_list *runs[] = {&compare->ours, &compare->live};
    struct price mark = {0};
    int64_t newest_ns = INT64_MIN;

    for (int k = 0; k < 2; k++) {
        const struct compare_order *items = runs[k]->items;
        for (uint32_t i = 0; i < runs[k]->count; i++)
            if (items[i].last.e9 > 0 && items[i].at.wall_ns >= newest_ns &&
                strcmp(items[i].row.product_id, product_id) == 0) {
                mark = items[i].last;
                newest_ns = items[i].at.wall_ns;
            }
    }
    return mark;
}

static void add_row(struct compare *compare, struct compare_order *live,
                    struct compare_order *ours)
{
    struct compare_row *row = lab_list_add(&compare->rows, sizeof(*row));
    const struct compare_order *any = live ? live : ours;

    *row = (struct compare_row){.live = live, .ours = ours};
    weigh(row, mark_of(compare, any->row.product_id));
}

int compare_open(struct compare *compare, const char *live, const char *ours,
                 const struct backtest_result *result, struct err *err)
{
    memset(compare, 0, sizeof(*compare));
    if (read_run(live, result, &compare->live, err) < 0 ||
        read_run(ours, result, &compare->ours, err) < 0)
        return -1;
    struct compare_order *orders = compare->live.items, *others = compare->ours.items;
    uint32_t from = 0;
    for (uint32_t i = 0; i < compare->live.count; i++) {
        struct compare_order *partner = partner_of(&orders[i], &compare->ours, &from);
        if (partner)
            partner->paired = true;
        add_row(compare, &orders[i], partner);
    }
    for (uint32_t i = 0; i < compare->ours.count; i++)
        if (!others[i].paired)
            add_row(compare, NULL, &others[i]);
    return 0;
}

void compare_close(struct compare *compare)
{
    lab_list_fini(&compare->live);
    lab_list_fini(&compare->ours);
    lab_list_fini(&compare->rows);
}

/* ---- words */

static const char *const CAUSES[] = {"decision", "refused", "fill", "queue", "latency", "price",
                                     "fees", "same"};
enum { CAUSE_COUNT = sizeof(CAUSES) / sizeof(CAUSES[0]) };

struct share { uint32_t orders; struct money total; };

static struct share share_of(const struct compare *compare, const char *cause)
{
    const struct compare_row *rows = compare->rows.items;
    struct share share = {0, {0}};

    for (uint32_t i = 0; i < compare->rows.count; i++)
        if (strcmp(rows[i].cause, cause) == 0) {
            share.orders++;
            share.total.e18 += rows[i].total.e18;
        }
    return share;
}

static void say_side(const struct compare_order *order)
{
    char filled[DECIMAL_TEXT_MAX], average[DECIMAL_TEXT_MAX];

    if (!order) {
        printf(" %21s %8s", "-", "");
        return;
    }
    size_format(sum_of(order)->filled, filled);
    price_format((struct price){average_of(order).e9 / 10000000 * 10000000}, average);
    printf(" %9s@%-11s", filled, sum_of(order)->filled.e9 > 0 ? average : "-");
    if (order->trip_ns < 0)
        printf(" %8s", "-");
    else
        printf(" %6lldms", (long long)(order->trip_ns / 1000000));
}

static void say_money(struct money value)
{
    char text[DECIMAL_TEXT_MAX];

    money_format_places(value, 4, text);
    printf(" %11s", text);
}

static void say_row(const struct compare_row *row)
{
    const struct compare_order *any = row->live ? row->live : row->ours;
    char when[40];

    text_format_time(any->at.wall_ns, when);
    when[23] = '\0'; /* milliseconds */
    printf("%s %-16s %-4s", when + 11, any->row.product_id, side_text(any->row.side));
    say_side(row->live);
    say_side(row->ours);
    printf(" %-8s", row->cause);
    say_money(row->by_fill);
    say_money(row->by_price);
    say_money(row->by_fees);
    say_money(row->total);
    printf("\n");
}

void compare_say(const struct compare *compare)
{
    const struct compare_row *rows = compare->rows.items;
    struct money all = {0};

    printf("%-12s %-16s %-4s %21s %8s %21s %8s %-8s %11s %11s %11s %11s\n", "time", "product",
           "side", "live", "trip", "backtest", "trip", "cause", "by fill", "by price", "by fees",
           "total");
    for (uint32_t i = 0; i < compare->rows.count; i++) {
        all.e18 += rows[i].total.e18;
        if (strcmp(rows[i].cause, "same") != 0)
            say_row(&rows[i]);
    }
    printf("%u orders live, %u in the backtest; live less backtest:", compare->live.count,
           compare->ours.count);
    say_money(all);
    printf("\n");
    for (int i = 0; i < CAUSE_COUNT; i++) {
        struct share share = share_of(compare, CAUSES[i]);
        if (share.orders == 0)
            continue;
        printf("  %-8s %5u orders", CAUSES[i], share.orders);
        say_money(share.total);
        printf("\n");
    }
}

static void put_side(struct json_writer *json, const char *key, const struct compare_order *order)
{
    if (!order) {
        json_put_null(json, key);
        return;
    }
    json_open_object_at(json, key);
    json_put_time(json, "time", order->at.wall_ns);
    json_put_size(json, "size", order->row.size);
    json_put_price(json, "price", order->row.price);
    json_put_size(json, "filled", sum_of(order)->filled);
    json_put_price(json, "average", average_of(order));
    json_put_money(json, "fees", sum_of(order)->fees);
    json_put_int(json, "trip_ns", order->trip_ns);
    json_close_object(json);
}

static void put_row(struct json_writer *json, const struct compare_row *row)
{
    const struct compare_order *any = row->live ? row->live : row->ours;

    json_open_object(json);
    json_put_text(json, "strategy", any->row.name);
    json_put_text(json, "product", any->row.product_id);
    json_put_text(json, "side", side_text(any->row.side));
    json_put_text(json, "cause", row->cause);
    put_side(json, "live", row->live);
    put_side(json, "backtest", row->ours);
    json_put_money(json, "by_fill", row->by_fill);
    json_put_money(json, "by_price", row->by_price);
    json_put_money(json, "by_fees", row->by_fees);
    json_put_money(json, "total", row->total);
    json_close_object(json);
}

void compare_print_json(const struct compare *compare)
{
    const struct compare_row *rows = compare->rows.items;
    struct json_writer json;
    struct buf text;
    struct money all = {0};

    buf_init(&text, JSON_BYTES_MAX);
    json_write_init(&json, &text);
    json_open_object(&json);
    json_put_uint(&json, "live_orders", compare->live.count);
    json_put_uint(&json, "backtest_orders", compare->ours.count);
    json_open_object_at(&json, "causes");
    for (int i = 0; i < CAUSE_COUNT; i++) {
        struct share share = share_of(compare, CAUSES[i]);
        json_open_object_at(&json, CAUSES[i]);
        json_put_uint(&json, "orders", share.orders);
        json_put_money(&json, "total", share.total);
        json_close_object(&json);
    }
    json_close_object(&json);
    json_open_array_at(&json, "orders");
    for (uint32_t i = 0; i < compare->rows.count; i++) {
        all.e18 += rows[i].total.e18;
        put_row(&json, &rows[i]);
    }
    json_close_array(&json);
    json_put_money(&json, "difference", all);
    json_close_object(&json);
    printf("%s\n", text.failed ? "null" : text.data);
    buf_fini(&text);
}
