#include "app/report_html.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/report_book.h"
#include "app/report_curve.h"
#include "app/report_metrics.h"
#include "base/text.h"
#include "io/store_reader.h"
#include "wire/json_read.h"
#include "wire/page.h"

enum { FIGURES_BYTES_MAX = 128 << 20, ABOUT_BYTES_MAX = 64 << 10,
       SERIES_POINTS_FEW = 2 };

struct facts {
    struct report_book book;
    struct report_curve curve;
    struct report_rows days;
    struct metrics *metrics;    /* owned */
    bool has_series, equity_known;
    struct buf text;            /* the figures, as JSON */
    struct json_writer json;
    char name[NAME_MAX], identity[64], path[PATH_MAX];
    const char *directory;      /* borrowed */
    bool damaged;
    struct err err;             /* of the damage */
};

static void put_rows(struct facts *facts, const char *key, const struct report_rows *rows)
{
    struct json_writer *json = &facts->json;

    json_open_object_at(json, key);
    json_put_raw(json, "columns", rows->columns, strlen(rows->columns));
    json_open_array_at(json, "rows");
    if (rows->data.length > 0)
        json_put_raw(json, NULL, rows->data.data, rows->data.length);
    json_close_array(json);
    json_close_object(json);
}

static void note_cut(struct json_writer *json, const char *what, const struct report_rows *rows)
{
    char text[128];

    if (rows->count <= REPORT_ROWS_MAX)
        return;
    snprintf(text, sizeof(text), "Of %llu %s the first %d are listed; sums are of all.",
             (unsigned long long)rows->count, what, REPORT_ROWS_MAX);
    json_put_text(json, NULL, text);
}

static void put_notes(struct facts *facts)
{
    struct json_writer *json = &facts->json;
    const struct report_book *book = &facts->book;
    char text[sizeof(facts->err.text) + 64];

    json_open_array_at(json, "notes");
    if (facts->damaged) {
        snprintf(text, sizeof(text), "The journal is damaged, this is what lies before: %s",
                 facts->err.text);
        json_put_text(json, NULL, text);
    }
    if (book->lacks || !metrics_is_whole(facts->metrics))
        json_put_text(json, NULL, "A table was full or a number left its range: something is "
                                  "missing in the sums.");
    note_cut(json, "trades", &book->trades);
    note_cut(json, "fills", &book->fills);
    note_cut(json, "payments", &book->funding);
    note_cut(json, "refusals", &book->refusals);
    note_cut(json, "events", &book->events);
    json_close_array(json);
}

/* What a backtest was told, its run.json, word by word if it is JSON; a live run has none. */
static void put_about(struct facts *facts)
{
    char bytes[ABOUT_BYTES_MAX], path[PATH_MAX + 16];
    struct json_reader json;
    struct err err;
    size_t length;
    FILE *file;

    snprintf(path, sizeof(path), "%s/run.json", facts->directory);
    file = fopen(path, "re");
    if (!file)
        return;
    length = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    json_init(&json, bytes, length);
    if (json_peek(&json) == JSON_OBJECT && json_skip_value(&json) && json_finish(&json, &err) == 0)
        json_put_raw(&facts->json, "about", bytes, length);
}

static void put_run(struct facts *facts)
{
    struct json_writer *json = &facts->json;

    json_open_object_at(json, "run");
    json_put_text(json, "name", facts->name);
    json_put_text(json, "kind", facts->identity);
    json_put_int(json, "from", facts->book.first_ns / 1000000);
    json_put_int(json, "to", facts->book.last_ns / 1000000);
    json_put_text(json, "version", facts->book.version);
    json_put_bool(json, "has_series", facts->has_series);
    json_put_bool(json, "equity_known", facts->equity_known);
    put_about(facts);
    json_close_object(json);
}

/* What each refusal means: {"order_size":[7,"larger than the largest order"],...} */
static void put_codes(struct json_writer *json)
{
    json_open_object_at(json, "codes");
    for (int code = REFUSED_NOT + 1; code < REFUSAL_COUNT; code++) {
        json_open_array_at(json, refusal_text((enum refusal)code));
        json_put_int(json, NULL, refusal_control((enum refusal)code));
        json_put_text(json, NULL, refusal_meaning((enum refusal)code));
        json_close_array(json);
    }
    json_close_object(json);
}

static void put_figures(struct facts *facts)
{
    struct json_writer *json = &facts->json;
    const struct report_book *book = &facts->book;

    json_open_object(json);
    put_run(facts);
    put_notes(facts);
    put_rows(facts, "trades", &book->trades);
    put_rows(facts, "fills", &book->fills);
    put_rows(facts, "funding", &book->funding);
    put_rows(facts, "refusals", &book->refusals);
    put_rows(facts, "events", &book->events);
    put_rows(facts, "days", &facts->days);
    json_open_object_at(json, "curve");
    report_curve_put(&facts->curve, json);
    json_close_object(json);
    report_put_metrics(json, "metrics", facts->metrics, METRICS_RUN);
    report_put_filters(json, "filters", facts->metrics);
    put_codes(json);
    json_close_object(json);
}

/* ---- in and out */

static void name_run(struct facts *facts, const char *directory)
{
    const char *slash;
    size_t length;

    facts->directory = directory;
    if (!realpath(directory, facts->path))
        text_copy(facts->path, sizeof(facts->path), directory, strlen(directory));
    length = strlen(facts->path);
    if (length > 6 && strcmp(facts->path + length - 6, "/state") == 0)
        facts->path[length - 6] = '\0'; /* the folder above says more */
    slash = strrchr(facts->path, '/');
    slash = slash && slash[1] ? slash + 1 : facts->path;
    text_copy(facts->name, sizeof(facts->name), slash, strlen(slash));
}

static void on_day(void *context, int64_t day_ns)
{
    struct facts *facts = context;
    struct metrics_row row;
    struct json_writer *json = report_rows_begin(&facts->days);

    if (!json || !metrics_row(facts->metrics, METRICS_DAY, 0, &row))
        return;
    json_put_int(json, NULL, day_ns / 1000000);
    json_put_money(json, NULL, row.result);
    json_close_array(json);
}

/* What is held of each product, by all together, at its last price. */
static struct money exposure_of(const struct facts *facts)
{
    const struct report_curve *curve = &facts->curve;
    struct money sum = {0};

    for (int i = 0; i < MAX_PRODUCTS && curve->products[i][0]; i++) {
        struct money worth = money_of(curve->prices[i],
                                      report_book_held(&facts->book, curve->products[i]));
        worth.e18 = worth.e18 < 0 ? -worth.e18 : worth.e18;
        (void)money_add(sum, worth, &sum);
    }
    return sum;
}

/* What moves the result, or says what is held is worth, makes a point of the curve. */
static void take_point(struct facts *facts, const struct record *record)
{
    struct money result, equity;
    bool moved = record->kind == RECORD_FUNDING || record->kind == RECORD_MARK ||
                 (record->kind == RECORD_FILL && !record->fill.provisional);

    if (record->kind == RECORD_MARK)
        report_curve_price(&facts->curve, record->mark.product_id, record->mark.mark);
    else if (record->kind == RECORD_FILL && moved)
        report_curve_price(&facts->curve, record->fill.product_id, record->fill.fill.price);
    if (!moved || facts->has_series)
        return;
    (void)metrics_equity(facts->metrics, &result, &equity);
    report_curve_add(&facts->curve, record->at.wall_ns, result, exposure_of(facts));
}

static void take_record(struct facts *facts, const struct record *record)
{
    report_book_take(&facts->book, record);
    (void)metrics_add(facts->metrics, record);
    take_point(facts, record);
}

static void end_records(struct facts *facts)
{
    struct money result, equity;
    int64_t last_ns = facts->book.last_ns;

    report_book_end(&facts->book);
    metrics_end(facts->metrics, last_ns);
    if (last_ns > 0)
        on_day(facts, last_ns - last_ns % 86400000000000);
    facts->equity_known = metrics_equity(facts->metrics, &result, &equity) || facts->has_series;
    if (facts->equity_known && !facts->has_series)
        report_curve_lift(&facts->curve, (struct money){equity.e18 - result.e18});
}

static int read_journal(struct facts *facts, const char *directory, struct err *err)
{
    struct store_reader *reader = store_reader_open(directory, err);
    struct store_row row;
    enum store_read got;

    if (!reader)
        return -1;
    text_copy(facts->identity, sizeof(facts->identity), store_reader_identity(reader),
              strlen(store_reader_identity(reader)));
    metrics_on_day(facts->metrics, on_day, facts);
    while ((got = store_reader_next(reader, &row, &facts->err)) == STORE_ROW)
        take_record(facts, &row.record);
    facts->damaged = got != STORE_END;
    end_records(facts);
    store_reader_close(reader);
    return 0;
}

static int write_page(const struct facts *facts, const char *path, struct err *err)
{
    struct buf html;
    FILE *file;
    int status = 0;

    buf_init(&html, FIGURES_BYTES_MAX + (4 << 20));
    page_write(PAGE_REPORT, facts->name, facts->text.data, facts->text.length, &html);
    file = html.failed ? NULL : fopen(path, "we");
    if (html.failed)
        status = err_set(err, "the page is larger than memory or its bound allows");
    else if (!file)
        status = err_set(err, "%s: %s", path, strerror(errno));
    else if (fwrite(html.data, 1, html.length, file) != html.length || fflush(file) != 0)
        status = err_set(err, "%s: could not be written whole: %s", path, strerror(errno));
    if (file)
        fclose(file);
    if (status == 0)
        printf("%s: %zu KiB\n", path, html.length / 1024);
    buf_fini(&html);
    return status;
}

static int make(struct facts *facts, const char *directory, const char *path, struct err *err)
{
    char beside[PATH_MAX + 16];

    int series;

    name_run(facts, directory);
    report_rows_init(&facts->days, "[\"at\",\"result\"]");
    facts->metrics = metrics_create();
    if (report_book_init(&facts->book) < 0 || report_curve_init(&facts->curve) < 0 ||
        !facts->metrics)
        return err_set(err, "no memory");
    series = report_curve_read(&facts->curve, directory, err);
    /* Of a run of a minute or two the journal tells more. */
    facts->has_series = series > 0 && facts->curve.count > SERIES_POINTS_FEW;
    if (!facts->has_series)
        report_curve_clear(&facts->curve);
    if (series < 0 || read_journal(facts, directory, err) < 0)
        return -1;
    put_figures(facts);
    if (facts->text.failed)
        return err_set(err, "the run's figures are larger than memory or their bound allows");
    snprintf(beside, sizeof(beside), "%s/report.html", directory);
    return write_page(facts, path ? path : beside, err);
}

int report_html(const char *directory, const char *path)
{
    struct facts *facts = calloc(1, sizeof(*facts));
    struct err err = {""};
    int status = -1;

    if (facts) {
        buf_init(&facts->text, FIGURES_BYTES_MAX);
        json_write_init(&facts->json, &facts->text);
        status = make(facts, directory, path, &err);
        report_book_fini(&facts->book);
        report_curve_fini(&facts->curve);
        buf_fini(&facts->days.data);
        metrics_destroy(facts->metrics);
        buf_fini(&facts->text);
    }
    if (status < 0)
        fprintf(stderr, "moongate report: %s\n", facts ? err.text : "no memory");
    else if (facts->damaged)
        fprintf(stderr, "moongate report: %s\n", facts->err.text);
    status = status < 0 ? 2 : facts->damaged;
    free(facts);
    return status;
}
