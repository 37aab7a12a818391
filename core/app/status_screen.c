#include "app/status_screen.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"

enum { LINE_BYTES = 512, NUMBER_BYTES = 64, AIRY_ROWS = 34 };
enum tone { PLAIN, BOLD, BAD, GOOD, DIM };

static const char *escape_of(enum tone tone)
{
    static const char *const ESCAPES[] = {[PLAIN] = "", [BOLD] = "\033[1m", [BAD] = "\033[31;1m",
                                          [GOOD] = "\033[32m", [DIM] = "\033[2m"};
    return ESCAPES[tone];
}

/* Cut at whole characters; whatever a venue or script put in there does not reach the terminal. */
static void clean(char *text, int columns)
{
    int count = 0;
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
        count += ((unsigned char)*c & 0xc0) != 0x80;
        if (columns > 0 && count > columns) {
            *c = '\0';
            return;
        }
    }
}

static void put(struct screen *screen, enum tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put(struct screen *screen, enum tone tone, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    /* The last row stays free: a line break there would scroll the screen. */
    if (screen->rows > 0 && screen->lines >= screen->rows - 1)
        return;
    screen->lines++;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    clean(line, screen->columns);
    if (screen->colour)
        buf_printf(screen->out, "%s%s\033[0m\033[K\r\n", escape_of(tone), line);
    else
        buf_printf(screen->out, "%s\n", line);
}

/* Between parts, where the window has room for air. */
static void put_gap(struct screen *screen)
{
    if (screen->rows == 0 || screen->rows >= AIRY_ROWS)
        put(screen, PLAIN, "%s", "");
}

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

/* Two places for people; the exact figure is in --json. */
static const char *money(const char *text, char out[NUMBER_BYTES])
{
    struct money value;
    char rounded[DECIMAL_TEXT_MAX];
    if (!money_parse(text, strlen(text), &value))
        return "-";
    money_format_places(value, 2, rounded);
    snprintf(out, NUMBER_BYTES, "%s%s", value.e18 > 0 ? "+" : "", rounded);
    return out;
}

/* A price in at most ten characters: eight digits are more than a screen is read for. */
static const char *brief(const char *text, char out[NUMBER_BYTES])
{
    struct money value;
    char rounded[DECIMAL_TEXT_MAX];
    const char *point = strchr(text, '.');
    int whole = (int)(point ? point - text : (long)strlen(text));
    if (!point || strlen(text) <= 10 || !money_parse(text, strlen(text), &value))
        return or_dash(text);
    money_format_places(value, whole < 8 ? 8 - whole : 0, rounded);
    snprintf(out, NUMBER_BYTES, "%s", rounded);
    return out;
}

/* Realised and unrealised less fees. */
static const char *net(const char *realised, const char *unrealised, const char *fees,
                       char out[NUMBER_BYTES])
{
    struct money sum, part;
    char text[DECIMAL_TEXT_MAX];
    if (!money_parse(realised, strlen(realised), &sum) ||
        !money_parse(unrealised, strlen(unrealised), &part) || !money_add(sum, part, &sum) ||
        !money_parse(fees, strlen(fees), &part) || !money_sub(sum, part, &sum))
        return "-";
    money_format(sum, text);
    return money(text, out);
}

static bool all_well(const struct status_account *a)
{
    return strcmp(a->state, "active") == 0 && a->market_up && a->user_up && a->journal_up &&
           a->reconciled && !a->stopping;
}

static void draw_account(struct screen *screen, const struct status *status)
{
    const struct status_account *a = &status->account;
    char gross[NUMBER_BYTES], open[NUMBER_BYTES], fees[NUMBER_BYTES], sum[NUMBER_BYTES];
    put(screen, BOLD, "moongate %s  %s", a->environment, a->time);
    put(screen, all_well(a) ? GOOD : BAD,
        "%s%s  market %s  user %s  journal %s  reconciled %s  skew %" PRId64 " us",
        a->state, a->stopping ? ", stopping" : "", a->market_up ? "up" : "DOWN",
        a->user_up ? "up" : "DOWN", a->journal_up ? "up" : "DEAD", a->reconciled ? "yes" : "NO",
        a->skew_us);
    if (*a->reason)
        put(screen, BAD, "  because: %s", a->reason);
    if (strcmp(status->ladder, "normal") != 0 && *status->ladder)
        put(screen, BAD, "ladder: %s", status->ladder);
    for (uint32_t i = 0; i < status->cause_count; i++)
        put(screen, BAD, "  %s (%s): %s", status->causes[i].cause, status->causes[i].step,
            status->causes[i].text);
    if (a->staged)
        put(screen, PLAIN, "stage %s of %s%s%s, %" PRId64 " checkpoints fail: moongate ctl "
            "checkpoints", a->stage, a->stage_ceiling, *a->stage_next ? ", next " : "",
            a->stage_next, a->checkpoints_failing);
    for (uint32_t i = 0; i < status->consent_count; i++)
        put(screen, BAD, "%s %s %s for %" PRId64 " s more: moongate ctl revoke %" PRId64,
            status->consents[i].kind, status->consents[i].what, status->consents[i].step,
            status->consents[i].left_ms / 1000, status->consents[i].number);
    if (status->parked_count > 0)
        put(screen, BAD, "%u parked for you, %s %s: see moongate ctl parked",
            status->parked_count, status->parked[0].kind,
            *status->parked[0].id ? status->parked[0].id : status->parked[0].venue_id);
    put(screen, PLAIN, "PnL %s  realised %s  unrealised %s  fees %s",
        net(a->realised, a->unrealised, a->fees, sum), money(a->realised, gross),
        money(a->unrealised, open), money(a->fees, fees));
}

static void draw_product(struct screen *screen, const struct status_product *p)
{
    char sum[NUMBER_BYTES], mark[NUMBER_BYTES], average[NUMBER_BYTES];
    char state[REASON_MAX + STATUS_TEXT + 4];
    const char *book = p->crossed ? "CROSSED" : p->book_valid ? "ok" : "STALE";
    bool well = p->book_valid && strcmp(p->state, "active") == 0;
    snprintf(state, sizeof state, "%s%s%s", p->state, *p->reason ? ": " : "", p->reason);
    /* What matters most stands left: a narrow window cuts from the right. */
    put(screen, well ? PLAIN : BAD,
        "%-16s %9s %10s %10s %10s %10s %-7s %4" PRId64 " %10s %8s %8s  %s", p->product,
        or_dash(p->position), net(p->realised, p->unrealised, p->fees, sum), or_dash(p->bid),
        or_dash(p->ask), brief(p->mark, mark), book, p->working,
        brief(p->average_price, average), or_dash(p->bid_size), or_dash(p->ask_size), state);
}

static void draw_products(struct screen *screen, const struct status *status)
{
    put_gap(screen);
    put(screen, BOLD, "%-16s %9s %10s %10s %10s %10s %-7s %4s %10s %8s %8s  %s", "product",
        "position", "PnL", "bid", "ask", "mark", "book", "open", "average", "bid size", "ask size",
        "state");
    for (uint32_t i = 0; i < status->product_count; i++)
        draw_product(screen, &status->products[i]);
}

static void draw_runner(struct screen *screen, const struct status_runner *r)
{
    char sum[NUMBER_BYTES] = "-";
    bool rule = strcmp(r->role, "rule") == 0;
    bool well = strcmp(r->state, "ready") == 0 && (rule || strcmp(r->trading, "active") == 0);
    const char *why = *r->trading_reason ? r->trading_reason : r->reason;
    put(screen, well ? PLAIN : BAD,
        "%-16s %-9s %-11s %10s %8" PRId64 " %8" PRId64 " %8" PRId64 " %5" PRId64 " %-16s %-8s  %s",
        r->name, or_dash(r->trading), r->state,
        rule ? "-" : net(r->realised, r->unrealised, r->fees, sum), r->intents, r->refusals,
        r->answer_max_us, r->generation, or_dash(r->hash), r->role, well ? "" : why);
}

static void draw_runners(struct screen *screen, const struct status *status)
{
    put_gap(screen);
    put(screen, BOLD, "%-16s %-9s %-11s %10s %8s %8s %8s %5s %-16s %s", "script", "trading",
        "runner", "PnL", "intents", "refused", "us max", "gen", "version", "role");
    for (uint32_t i = 0; i < status->runner_count; i++)
        draw_runner(screen, &status->runners[i]);
}

static void draw_protections(struct screen *screen, const struct status *status)
{
    for (uint32_t i = 0; i < status->protection_count; i++) {
        const struct status_protection *p = &status->protections[i];
        char time[NUMBER_BYTES] = "-";
        if (p->after_ms > 0)
            snprintf(time, sizeof time, "%" PRId64 " of %" PRId64 " s", p->held_ms / 1000,
                     p->after_ms / 1000);
        put(screen, strcmp(p->state, "set") == 0 && !p->blind ? PLAIN : BAD,
            "protected %-16s %-16s %-5s %-6s stop %s  trailing at %s  held %s  %s%s", p->actor,
            p->product, p->guards, p->state, or_dash(p->stop), or_dash(p->trail_at), time,
            p->blind ? "BLIND: no fresh price; " : "", p->reason);
    }
}

static void refusals_text(const struct status *status, char *out, size_t capacity)
{
    size_t used = 0;
    *out = '\0';
    for (uint32_t i = 0; i < status->refusal_count && used < capacity; i++) {
        int length = snprintf(out + used, capacity - used, "%s%s %" PRId64, i ? ", " : "",
                              status->refusals[i].name, status->refusals[i].count);
        used += length > 0 ? (size_t)length : 0;
    }
}

static void draw_latency(struct screen *screen, const char *name, const struct status_latency *l)
{
    if (l->samples > 0)
        put(screen, PLAIN,
            "%s us: p50 %" PRId64 "  p90 %" PRId64 "  p99 %" PRId64 "  max %" PRId64
            "  (%" PRId64 " samples)",
            name, l->p50_us, l->p90_us, l->p99_us, l->max_us, l->samples);
}

static void draw_counters(struct screen *screen, const struct status *status)
{
    const struct status_counters *c = &status->counters;
    char refusals[LINE_BYTES / 2];
    refusals_text(status, refusals, sizeof refusals);
    put_gap(screen);
    put(screen, PLAIN, "refusals: %s", *refusals ? refusals : "none");
    put(screen, PLAIN,
        "orders %" PRId64 "  fills %" PRId64 "  external %" PRId64 "  unknown now %" PRId64
        "  cancels %" PRId64 "  gaps %" PRId64 "  mismatches %" PRId64 "  alerts %" PRId64,
        c->orders, c->fills, c->external_fills, status->account.unknown, c->cancels, c->gaps,
        c->mismatches, c->alerts);
    put(screen, PLAIN,
        "frames market %" PRId64 " user %" PRId64 "  resets %" PRId64 "/%" PRId64
        "  journal %" PRId64 " rows, %" PRId64 " waiting, last %" PRId64 " us, max %" PRId64 " us",
        c->market_frames, c->user_frames, c->market_resets, c->user_resets, c->journal_records,
        c->journal_queued, c->journal_last_us, c->journal_max_us);
    draw_latency(screen, "tick to order", &status->tick_to_order);
    draw_latency(screen, "order round trip", &status->round_trip);
    if (*c->last_error)
        put(screen, DIM, "last link error: %s", c->last_error);
}

static void draw_orders(struct screen *screen, const struct status *status)
{
    put_gap(screen);
    put(screen, BOLD, "%-16s %-16s %-5s %-7s %10s %10s %10s  %s", "order of", "product", "side",
        "type", "price", "size", "filled", "state");
    for (uint32_t i = 0; i < status->order_count; i++) {
        const struct status_order *o = &status->orders[i];
        put(screen, strcmp(o->state, "unknown") == 0 ? BAD : PLAIN,
            "%-16s %-16s %-5s %-7s %10s %10s %10s  %s", o->actor, o->product, o->side, o->type,
            or_dash(o->price), o->size, o->filled, o->state);
    }
    if (status->order_count == 0)
        put(screen, DIM, "none open");
    else if (status->account.working > status->order_count)
        put(screen, DIM, "... %" PRId64 " in all: moongate ctl orders", status->account.working);
}

void status_screen_draw(struct screen *screen, const struct status *status)
{
    draw_account(screen, status);
    draw_products(screen, status);
    draw_runners(screen, status);
    draw_protections(screen, status);
    draw_counters(screen, status);
    draw_orders(screen, status);
}

void status_screen_line(struct buf *out, const struct status *status)
{
    const struct status_account *a = &status->account;
    char sum[NUMBER_BYTES], line[2 * LINE_BYTES];
    uint32_t ready = 0;
    int64_t refused = 0;
    for (uint32_t i = 0; i < status->runner_count; i++)
        ready += strcmp(status->runners[i].state, "ready") == 0;
    for (uint32_t i = 0; i < status->refusal_count; i++)
        refused += status->refusals[i].count;
    snprintf(line, sizeof line,
             "%s %s%s reconciled=%s market=%s user=%s pnl=%s open=%" PRId64 " unknown=%" PRId64
             " orders=%" PRId64 " fills=%" PRId64 " refused=%" PRId64 " runners=%u/%u"
             " p50_us=%" PRId64,
             a->time, a->state, a->stopping ? ",stopping" : "", a->reconciled ? "yes" : "no",
             a->market_up ? "up" : "down", a->user_up ? "up" : "down",
             net(a->realised, a->unrealised, a->fees, sum), a->working, a->unknown,
             status->counters.orders, status->counters.fills, refused, ready,
             status->runner_count, status->tick_to_order.p50_us);
    clean(line, 0);
    buf_puts(out, line);
    for (uint32_t i = 0; i < status->product_count; i++) {
        const struct status_product *p = &status->products[i];
        char mark[NUMBER_BYTES];
        snprintf(line, sizeof line, " %s=%s@%s", p->product, or_dash(p->position),
                 brief(p->mark, mark));
        clean(line, 0);
        buf_puts(out, line);
    }
    buf_puts(out, "\n");
}
