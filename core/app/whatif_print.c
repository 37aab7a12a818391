#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/whatif.h"
#include "base/text.h"
#include "wire/json_write.h"

enum { GROUPS_MAX = 256, JSON_MAX = 1 << 30 };

/* Rows of one answer, strategy and limit. */
struct group {
    const struct whatif_row *first;
    uint32_t orders, sent, filled, worth_known;
    struct money turnover, fees, result;
};
struct groups { struct group list[GROUPS_MAX]; uint32_t count, beyond; };

static bool is_of(const struct group *group, const struct whatif_row *row)
{
    const struct whatif_row *first = group->first;

    return first->passed == row->passed && first->strategy == row->strategy &&
           first->verdict.code == row->verdict.code &&
           strcmp(first->verdict.config_key, row->verdict.config_key) == 0;
}

static void add_row(const struct whatif *whatif, struct group *group, const struct whatif_row *row)
{
    struct money result;

    group->orders++;
    group->sent += row->sent;
    group->filled += row->fills > 0;
    money_add(group->turnover, row->turnover, &group->turnover);
    money_add(group->fees, row->fees, &group->fees);
    if (whatif_result(whatif, row, &result) && money_add(group->result, result, &group->result))
        group->worth_known++;
}

static void gather(const struct whatif *whatif, struct groups *groups)
{
    for (uint32_t i = 0; i < whatif->count; i++) {
        const struct whatif_row *row = &whatif->rows[i];
        uint32_t at = 0;
        while (at < groups->count && !is_of(&groups->list[at], row))
            at++;
        if (at == GROUPS_MAX) {
            groups->beyond++;
            continue;
        }
        if (at == groups->count)
            groups->list[groups->count++].first = row;
        add_row(whatif, &groups->list[at], row);
    }
}

static const char *name_of(const struct whatif *whatif, const struct whatif_row *row)
{
    return whatif->run.strategies[row->strategy].name;
}

static void figure(struct money value, char ret[DECIMAL_TEXT_MAX])
{
    money_format_places(value, 2, ret);
}

/* --- for people --- */

static void print_group(const struct whatif *whatif, const struct group *group)
{
    const struct whatif_row *row = group->first;
    char turnover[DECIMAL_TEXT_MAX], fees[DECIMAL_TEXT_MAX], result[DECIMAL_TEXT_MAX];

    printf("  %6u  %-16s %2d %-16s %s\n", group->orders, name_of(whatif, row),
           refusal_control(row->verdict.code), refusal_text(row->verdict.code),
           row->verdict.config_key);
    if (!row->passed || group->filled == 0)
        return;
    figure(group->turnover, turnover);
    figure(group->fees, fees);
    figure(group->result, result);
    printf("          %u were sent, %u filled: turnover %s, fees %s", group->sent, group->filled,
           turnover, fees);
    if (group->worth_known == group->orders)
        printf("; at the last marks, fees off: %s", result);
    printf("\n");
}

static void print_groups(const struct whatif *whatif, const struct groups *groups, bool passed)
{
    for (uint32_t i = 0; i < groups->count; i++)
        if (groups->list[i].first->passed == passed)
            print_group(whatif, &groups->list[i]);
}

static void print_order(const struct whatif *whatif, const struct whatif_row *row)
{
    const struct intent *intent = &row->intent;
    char when[40], size[DECIMAL_TEXT_MAX], price[DECIMAL_TEXT_MAX], limit[DECIMAL_TEXT_MAX],
        value[DECIMAL_TEXT_MAX];

    text_format_time(row->wall_ns, when);
    size_format(intent->size, size);
    price_format(intent->price, price);
    money_format(row->verdict.limit, limit);
    money_format(row->verdict.value, value);
    printf("  %s %s %s %s %s %s at %s: %s, limit %s, value %s%s\n", when,
           row->passed ? "-" : "+", name_of(whatif, row), side_text(intent->side), size,
           whatif->run.catalog.items[intent->product].product_id, price,
           refusal_text(row->verdict.code), limit, value, row->fills > 0 ? ", it filled" : "");
}

void whatif_print(const struct whatif *whatif, uint32_t rows)
{
    const struct whatif_counts *c = &whatif->counts;
    struct groups *groups = calloc(1, sizeof(*groups));

    if (!groups)
        return;
    gather(whatif, groups);
    printf("%s under %s: %llu orders judged, %llu had passed\n\n", whatif->reader.run,
           whatif->config.path, (unsigned long long)c->judged, (unsigned long long)c->passed);
    printf("would be refused: %llu\n", (unsigned long long)c->to_refused);
    print_groups(whatif, groups, true);
    printf("would pass the gate: %llu (rules were not asked; no fill is made up)\n",
           (unsigned long long)c->to_passed);
    print_groups(whatif, groups, false);
    printf("refused by another limit than in the run: %llu\n", (unsigned long long)c->otherwise);
    if (c->closes > 0)
        printf("not judged again: %llu closes of a position\n", (unsigned long long)c->closes);
    if (whatif->count > 0 && rows > 0)
        printf("\n");
    for (uint32_t i = 0; i < whatif->count && i < rows; i++)
        print_order(whatif, &whatif->rows[i]);
    if (whatif->count > rows)
        printf("  and %u more: --rows, or --json for all\n", whatif->count - rows);
    printf("\nEach order was judged on what was true when it was asked for; what would have "
           "followed is not pursued.\n");
    for (uint32_t i = 0; i < whatif->note_count; i++)
        printf("note: %s\n", whatif->notes[i]);
    if (whatif->rows_full || groups->beyond > 0)
        printf("note: more answers change than are kept; the counts are whole, the rest is not\n");
    free(groups);
}

/* --- for machines --- */

static void put_group(struct json_writer *json, const struct whatif *whatif,
                      const struct group *group)
{
    json_open_object(json);
    json_put_bool(json, "passed", group->first->passed);
    json_put_text(json, "strategy", name_of(whatif, group->first));
    json_put_int(json, "control", refusal_control(group->first->verdict.code));
    json_put_text(json, "code", refusal_text(group->first->verdict.code));
    json_put_text(json, "config_key", group->first->verdict.config_key);
    json_put_uint(json, "orders", group->orders);
    json_put_uint(json, "sent", group->sent);
    json_put_uint(json, "filled", group->filled);
    json_put_money(json, "turnover", group->turnover);
    json_put_money(json, "fees", group->fees);
    if (group->worth_known == group->orders)
        json_put_money(json, "result", group->result);
    json_close_object(json);
}

static void put_row(struct json_writer *json, const struct whatif *whatif,
                    const struct whatif_row *row)
{
    json_open_object(json);
    json_put_time(json, "at", row->wall_ns);
    json_put_bool(json, "passed", row->passed);
    json_put_text(json, "strategy", name_of(whatif, row));
    json_put_text(json, "product",
                  whatif->run.catalog.items[row->intent.product].product_id);
    json_put_text(json, "side", side_text(row->intent.side));
    json_put_size(json, "size", row->intent.size);
    json_put_price(json, "price", row->intent.price);
    json_put_text(json, "code", refusal_text(row->verdict.code));
    json_put_text(json, "config_key", row->verdict.config_key);
    json_put_money(json, "limit", row->verdict.limit);
    json_put_money(json, "value", row->verdict.value);
    json_put_bool(json, "sent", row->sent);
    json_put_uint(json, "fills", row->fills);
    json_put_money(json, "turnover", row->turnover);
    json_put_money(json, "fees", row->fees);
    json_close_object(json);
}

static void put_counts(struct json_writer *json, const struct whatif_counts *counts)
{
    json_put_uint(json, "turns", counts->turns);
    json_put_uint(json, "judged", counts->judged);
    json_put_uint(json, "passed", counts->passed);
    json_put_uint(json, "refused", counts->refused);
    json_put_uint(json, "would_be_refused", counts->to_refused);
    json_put_uint(json, "would_pass", counts->to_passed);
    json_put_uint(json, "refused_otherwise", counts->otherwise);
    json_put_uint(json, "closes_not_judged", counts->closes);
}

void whatif_print_json(const struct whatif *whatif)
{
    struct groups *groups = calloc(1, sizeof(*groups));
    struct json_writer json;
    struct buf text;

    if (!groups)
        return;
    gather(whatif, groups);
    buf_init(&text, JSON_MAX);
    json_write_init(&json, &text);
    json_open_object(&json);
    json_put_text(&json, "run", whatif->reader.run);
    json_put_text(&json, "limits", whatif->config.path);
    put_counts(&json, &whatif->counts);
    json_open_array_at(&json, "groups");
    for (uint32_t i = 0; i < groups->count; i++)
        put_group(&json, whatif, &groups->list[i]);
    json_close_array(&json);
    json_open_array_at(&json, "orders");
    for (uint32_t i = 0; i < whatif->count; i++)
        put_row(&json, whatif, &whatif->rows[i]);
    json_close_array(&json);
    json_open_array_at(&json, "notes");
    for (uint32_t i = 0; i < whatif->note_count; i++)
        json_put_text(&json, NULL, whatif->notes[i]);
    json_close_array(&json);
    json_put_bool(&json, "whole", !whatif->rows_full && groups->beyond == 0);
    json_close_object(&json);
    puts(text.failed ? "{}" : text.data);
    buf_fini(&text);
    free(groups);
}
