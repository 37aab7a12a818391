#include "app/report_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/journal_rec.h"

enum { ROWS_BYTES_MAX = 32 << 20 };
static const int64_t MS_NS = 1000000;

/* ---- rows */

void report_rows_init(struct report_rows *rows, const char *columns)
{
    rows->columns = columns;
    buf_init(&rows->data, ROWS_BYTES_MAX);
    json_write_init(&rows->json, &rows->data);
}

struct json_writer *report_rows_begin(struct report_rows *rows)
{
    if (rows->count++ >= REPORT_ROWS_MAX)
        return NULL;
    json_open_array(&rows->json);
    return &rows->json;
}

static void put_ms(struct json_writer *json, int64_t ns)
{
    json_put_int(json, NULL, ns / MS_NS);
}

int report_book_init(struct report_book *book)
{
    memset(book, 0, sizeof(*book));
    report_rows_init(&book->trades, "[\"opened\",\"closed\",\"strategy\",\"product\",\"side\","
                                    "\"size\",\"entry\",\"exit\",\"price\",\"fees\","
                                    "\"funding\",\"net\",\"fills\"]");
    report_rows_init(&book->fills, "[\"at\",\"strategy\",\"product\",\"side\",\"price\","
                                   "\"size\",\"fee\",\"liquidity\",\"position\"]");
    report_rows_init(&book->funding, "[\"at\",\"strategy\",\"product\",\"position\",\"mark\","
                                     "\"rate\",\"payment\"]");
    report_rows_init(&book->refusals, "[\"at\",\"strategy\",\"product\",\"side\",\"code\","
                                      "\"value\",\"limit\",\"key\",\"text\"]");
    report_rows_init(&book->events, "[\"at\",\"kind\",\"what\",\"why\"]");
    book->cells = calloc(REPORT_CELLS_MAX, sizeof(*book->cells));
    return book->cells ? 0 : -1;
}

void report_book_fini(struct report_book *book)
{
    struct report_rows *rows[] = {&book->trades, &book->fills, &book->funding, &book->refusals,
                                  &book->events};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        buf_fini(&rows[i]->data);
    free(book->cells);
}

/* ---- who, where, when */

static const char *name_of(const struct report_book *book, actor_index actor, const char *name)
{
    if (actor == ACTOR_OPERATOR)
        return "operator";
    if (actor == ACTOR_EXTERNAL)
        return "external";
    return *name || actor >= MAX_RUNNERS ? name : book->names[actor];
}

static void hear_name(struct report_book *book, actor_index actor, const char *name)
{
    if (actor < MAX_RUNNERS && *name)
        text_copy(book->names[actor], NAME_MAX_BYTES, name, strlen(name));
}

/* NULL: the table is full. */
static struct report_cell *cell_of(struct report_book *book, const char *name,
                                   const char *product_id)
{
    struct report_cell *cell;

    for (uint32_t i = 0; i < book->cell_count; i++)
        if (strcmp(book->cells[i].name, name) == 0 &&
            strcmp(book->cells[i].product_id, product_id) == 0)
            return &book->cells[i];
    if (book->cell_count == REPORT_CELLS_MAX) {
        book->lacks = true;
        return NULL;
    }
    cell = &book->cells[book->cell_count++];
    text_copy(cell->name, NAME_MAX_BYTES, name, strlen(name));
    text_copy(cell->product_id, PRODUCT_ID_MAX, product_id, strlen(product_id));
    return cell;
}

static void add_money(struct report_book *book, struct money *sum, struct money part)
{
    if (!money_add(*sum, part, sum))
        book->lacks = true;
}

static struct money net_of(struct money realised, struct money fees, struct money funding)
{
    struct money net = realised;

    if (!money_sub(realised, fees, &net) || !money_add(net, funding, &net))
        net.e18 = 0;
    return net;
}

/* ---- trades */

static void put_average(struct json_writer *json, struct money notional, struct size size)
{
    struct price average;

    if (size.e9 > 0 && money_div_size(notional, size, ROUND_HALF_EVEN, &average))
        json_put_price(json, NULL, average);
    else
        json_put_null(json, NULL);
}

static void put_trade(struct report_book *book, const struct report_cell *cell, int64_t closed_ns)
{
    const struct report_trade *trade = &cell->trade;
    struct json_writer *json = report_rows_begin(&book->trades);
    struct size exited = {trade->entered.e9 - trade->left.e9};

    if (!json)
        return;
    put_ms(json, trade->opened_ns);
    if (closed_ns)
        put_ms(json, closed_ns);
    else
        json_put_null(json, NULL);
    json_put_text(json, NULL, cell->name);
    json_put_text(json, NULL, cell->product_id);
    json_put_text(json, NULL, trade->side == SIDE_BUY ? "long" : "short");
    json_put_size(json, NULL, trade->entered);
    put_average(json, trade->entry, trade->entered);
    put_average(json, trade->exit, exited);
    json_put_money(json, NULL, trade->realised);
    json_put_money(json, NULL, trade->fees);
    json_put_money(json, NULL, trade->funding);
    json_put_money(json, NULL, net_of(trade->realised, trade->fees, trade->funding));
    json_put_uint(json, NULL, trade->fills);
    json_close_array(json);
}

/* One leg of a fill: all of it opens, or all of it closes. */
static void take_leg(struct report_book *book, struct report_cell *cell,
                     const struct event_fill *fill, struct size size, struct money fee)
{
    struct report_trade *trade = &cell->trade;
    struct money before = cell->position.realised, gained = {0};
    bool opens = trade->opened_ns == 0 || trade->side == fill->side;

    if (!position_apply(&cell->position, fill->side, fill->price, size) ||
        !position_charge(&cell->position, fee))
        book->lacks = true;
    if (trade->opened_ns == 0)
        *trade = (struct report_trade){.opened_ns = fill->venue_ns, .side = fill->side};
    (void)money_sub(cell->position.realised, before, &gained);
    add_money(book, &trade->realised, gained);
    add_money(book, &trade->fees, fee);
    add_money(book, opens ? &trade->entry : &trade->exit, money_of(fill->price, size));
    trade->fills++;
    trade->left.e9 += opens ? size.e9 : -size.e9;
    if (opens)
        trade->entered.e9 += size.e9;
    if (trade->left.e9 != 0)
        return;
    put_trade(book, cell, fill->venue_ns);
    *trade = (struct report_trade){0};
}

static void book_fill(struct report_book *book, struct report_cell *cell,
                      const struct event_fill *fill)
{
    const struct report_trade *trade = &cell->trade;
    struct size rest = fill->size;
    struct money fee = fill->fee;

    if (trade->opened_ns && trade->side != fill->side && trade->left.e9 < fill->size.e9) {
        rest.e9 -= trade->left.e9;
        take_leg(book, cell, fill, trade->left, fee);
        fee.e18 = 0;
    }
    take_leg(book, cell, fill, rest, fee);
}

/* ---- fills */

static struct event_fill reversed(struct event_fill fill)
{
    fill.side = fill.side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    fill.fee.e18 = -fill.fee.e18;
    return fill;
}

static void put_fill(struct report_book *book, const struct report_cell *cell,
                     const struct event_fill *fill)
{
    struct json_writer *json = report_rows_begin(&book->fills);

    if (!json)
        return;
    put_ms(json, fill->venue_ns);
    json_put_text(json, NULL, cell->name);
    json_put_text(json, NULL, cell->product_id);
    json_put_text(json, NULL, side_text(fill->side));
    json_put_price(json, NULL, fill->price);
    json_put_size(json, NULL, fill->size);
    json_put_money(json, NULL, fill->fee);
    json_put_text(json, NULL, liquidity_text(fill->liquidity));
    json_put_size(json, NULL, cell->position.size);
    json_close_array(json);
}

static void enter_fill(struct report_book *book, const char *name, const char *product_id,
                       struct event_fill fill)
{
    struct report_cell *cell = cell_of(book, name, product_id);

    if (!cell)
        return;
    book_fill(book, cell, &fill);
    put_fill(book, cell, &fill);
}

/* A fill that was a stranger's and is told again with an order changes hands. */
static bool was_strangers(struct report_book *book, const struct record_fill *fill)
{
    uint64_t kept = book->stranger_count < REPORT_STRANGERS ? book->stranger_count
                                                            : REPORT_STRANGERS;
    for (uint64_t i = 0; i < kept; i++)
        if (strcmp(book->strangers[i].text, fill->fill.trade_id.text) == 0) {
            memset(&book->strangers[i], 0, sizeof(book->strangers[i]));
            return true;
        }
    return false;
}

static void take_fill(struct report_book *book, const struct record *record)
{
    const struct record_fill *row = &record->fill;
    struct event_fill fill = row->fill;

    hear_name(book, row->actor, row->name);
    if (row->provisional)
        return;
    if (fill.venue_ns <= 0)
        fill.venue_ns = record->at.wall_ns;
    if (fill.kind == FILL_REVERSAL)
        fill = reversed(fill);
    if (row->actor == ACTOR_EXTERNAL)
        book->strangers[book->stranger_count++ % REPORT_STRANGERS] = fill.trade_id;
    else if (was_strangers(book, row))
        enter_fill(book, "external", row->product_id, reversed(fill));
    enter_fill(book, name_of(book, row->actor, row->name), row->product_id, fill);
}

static void take_funding(struct report_book *book, const struct record *record)
{
    const struct record_funding *row = &record->funding;
    struct report_cell *cell;
    struct json_writer *json;

    if (row->payment.e18 == 0)
        return;
    cell = cell_of(book, name_of(book, row->actor, row->name), row->product_id);
    if (!cell)
        return;
    if (!position_fund(&cell->position, row->payment))
        book->lacks = true;
    add_money(book, &cell->trade.funding, row->payment);
    json = report_rows_begin(&book->funding);
    if (!json)
        return;
    put_ms(json, row->stamp_ns > 0 ? row->stamp_ns : record->at.wall_ns);
    json_put_text(json, NULL, cell->name);
    json_put_text(json, NULL, cell->product_id);
    json_put_size(json, NULL, row->position);
    json_put_price(json, NULL, row->mark);
    json_put_ratio(json, NULL, row->rate);
    json_put_money(json, NULL, row->payment);
    json_close_array(json);
}

static void take_refusal(struct report_book *book, const struct record *record)
{
    const struct record_refusal *row = &record->refusal;
    struct json_writer *json = report_rows_begin(&book->refusals);
    bool told = row->verdict.unit != UNIT_NONE;

    if (!json)
        return;
    put_ms(json, record->at.wall_ns);
    json_put_text(json, NULL, name_of(book, row->actor, row->name));
    json_put_text(json, NULL, row->product_id);
    json_put_text(json, NULL, side_text(row->intent.side));
    json_put_text(json, NULL, refusal_text(row->verdict.code));
    if (told) {
        json_put_money(json, NULL, row->verdict.value);
        json_put_money(json, NULL, row->verdict.limit);
    } else {
        json_put_null(json, NULL);
        json_put_null(json, NULL);
    }
    json_put_text(json, NULL, row->verdict.config_key);
    json_put_text(json, NULL, row->text);
    json_close_array(json);
}

/* ---- what else happened */

static void put_event(struct report_book *book, const struct record *record, const char *what,
                      const char *why)
{
    struct json_writer *json = report_rows_begin(&book->events);

    if (!json)
        return;
    put_ms(json, record->at.wall_ns);
    json_put_text(json, NULL, record_kind_text(record->kind));
    json_put_text(json, NULL, what);
    json_put_text(json, NULL, why);
    json_close_array(json);
}

static void put_named(struct report_book *book, const struct record *record, const char *word,
                      const char *name, const char *why)
{
    char what[2 * REASON_MAX];

    snprintf(what, sizeof(what), "%s%s%s", word, *name ? " " : "", name);
    put_event(book, record, what, why);
}

static void take_runner(struct report_book *book, const struct record *record)
{
    const struct record_runner *row = &record->runner;
    const char *name = row->runner < MAX_RUNNERS ? book->names[row->runner] : "";
    char fallback[24];

    snprintf(fallback, sizeof(fallback), "%s %d",
             row->runner < MAX_STRATEGIES ? "strategy" : "rule", row->runner % MAX_STRATEGIES);
    if (row->state == RUNNER_DEAD || row->state == RUNNER_REPLACED)
        put_named(book, record, row->state == RUNNER_DEAD ? "ended:" : "replaced:",
                  *name ? name : fallback, row->reason);
}

void report_book_take(struct report_book *book, const struct record *record)
{
    if (book->first_ns == 0)
        book->first_ns = record->at.wall_ns;
    book->last_ns = record->at.wall_ns;
    switch (record->kind) {
    case RECORD_BOOT:
        text_copy(book->version, sizeof(book->version), record->boot.version,
                  strlen(record->boot.version));
        put_event(book, record, "the host started", "");
        break;
    case RECORD_ORDER:
        hear_name(book, record->order.actor, record->order.name);
        break;
    case RECORD_FILL: take_fill(book, record); break;
    case RECORD_REFUSAL: take_refusal(book, record); break;
    case RECORD_FUNDING: take_funding(book, record); break;
    case RECORD_RUNNER: take_runner(book, record); break;
    case RECORD_LATCH:
        put_named(book, record, trading_state_text(record->latch.state), record->latch.name,
                  record->latch.reason);
        break;
    case RECORD_OPERATOR:
        put_named(book, record, operator_verb_text(record->operator.verb), record->operator.name,
                  record->operator.reason);
        break;
    case RECORD_RECONCILE:
        if (!record->reconcile.agreed)
            put_event(book, record, "host and venue differ", record->reconcile.text);
        break;
    case RECORD_LADDER:
        if (record->ladder.on)
            put_event(book, record, health_cause_text(record->ladder.cause), record->ladder.text);
        break;
    default: break;
    }
}

void report_book_end(struct report_book *book)
{
    for (uint32_t i = 0; i < book->cell_count; i++)
        if (book->cells[i].trade.opened_ns)
            put_trade(book, &book->cells[i], 0);
}

struct size report_book_held(const struct report_book *book, const char *product_id)
{
    struct size sum = {0};

    for (uint32_t i = 0; i < book->cell_count; i++)
        if (strcmp(book->cells[i].product_id, product_id) == 0)
            (void)size_add(sum, book->cells[i].position.size, &sum);
    return sum;
}
