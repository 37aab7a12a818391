#include "app/report_words.h"

#include <string.h>

#include "app/report_metrics.h"
#include "base/text.h"
#include "engine/metrics_figures.h"

enum { LINE_MAX_BYTES = 4 * 1024 * 1024, TABLE_COLUMNS = 7 };

static void print_account(FILE *out, const struct metrics_row *row)
{
    const struct metrics_figure *figure;
    char text[DECIMAL_TEXT_MAX];
    for (uint32_t i = 0; (figure = metrics_figure(i)) != NULL; i++)
        if (figure->kind != FIGURE_SIZE)
            fprintf(out, "  %-18s %20s  %s\n", figure->key,
                    metrics_figure_text(row, i, text) ? text : "not known", figure->meaning);
}

static const char *const TABLE[TABLE_COLUMNS] = {"result", "fees", "fills", "trades", "win_rate",
                                                 "max_drawdown", "slippage_part"};

static uint32_t figure_of(const char *key)
{
    uint32_t i = 0;
    while (strcmp(metrics_figure(i)->key, key) != 0)
        i++;
    return i;
}

static void print_line(FILE *out, const struct metrics_row *row)
{
    char text[DECIMAL_TEXT_MAX];
    fprintf(out, "  %-20s %-20s", row->all_actors ? "all" : row->name,
            row->all_products ? "all" : row->product_id);
    for (int i = 0; i < TABLE_COLUMNS; i++)
        fprintf(out, " %14s", metrics_figure_text(row, figure_of(TABLE[i]), text) ? text : "-");
    fputc('\n', out);
}

static void print_refusals(FILE *out, const struct metrics *metrics)
{
    struct metrics_filter filter;
    for (uint32_t i = 0; metrics_filter(metrics, i, &filter); i++)
        fprintf(out, "%s  %-20s %-40s %llu\n", i == 0 ? "\nrefusals by code and line\n" : "",
                refusal_text(filter.code), filter.key, (unsigned long long)filter.count);
}

void report_words_print(FILE *out, const struct metrics *metrics, enum metrics_scope scope)
{
    char begin[40], end[40];
    struct metrics_row row;
    if (!metrics_row(metrics, scope, 0, &row))
        return;
    text_format_time(row.begin_ns, begin);
    text_format_time(row.end_ns, end);
    fprintf(out, "account, %s to %s\n", begin, end);
    print_account(out, &row);
    fprintf(out, "\n  %-20s %-20s", "strategy", "product");
    for (int i = 0; i < TABLE_COLUMNS; i++)
        fprintf(out, " %14s", TABLE[i]);
    fputc('\n', out);
    for (uint32_t i = 0; metrics_row(metrics, scope, i, &row); i++)
        print_line(out, &row);
    if (scope == METRICS_RUN)
        print_refusals(out, metrics);
    if (!metrics_is_whole(metrics))
        fprintf(out, "\nIncomplete: a record did not fit, or a number left its range.\n");
}

void report_words_json(FILE *out, const struct metrics *metrics, enum metrics_scope scope)
{
    struct json_writer json;
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    json_write_init(&json, &line);
    json_open_object(&json);
    json_put_text(&json, "scope", scope == METRICS_DAY ? "day" : "run");
    json_put_bool(&json, "whole", metrics_is_whole(metrics));
    report_put_metrics(&json, "metrics", metrics, scope);
    if (scope == METRICS_RUN)
        report_put_filters(&json, "filters", metrics);
    json_close_object(&json);
    if (!line.failed)
        fprintf(out, "%s\n", line.data);
    buf_fini(&line);
}
