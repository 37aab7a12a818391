#include "app/report_curve.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/wide.h"
#include "wire/json_read.h"

enum { LINE_MAX_BYTES = 1024, COLUMNS_MAX = 32 };
static const int64_t MS_NS = 1000000, MINUTE_NS = 60000000000;

int report_curve_init(struct report_curve *curve)
{
    memset(curve, 0, sizeof(*curve));
    curve->points = calloc(REPORT_POINTS_MAX, sizeof(*curve->points));
    return curve->points ? 0 : -1;
}

void report_curve_fini(struct report_curve *curve)
{
    free(curve->points);
}

void report_curve_clear(struct report_curve *curve)
{
    *curve = (struct report_curve){.points = curve->points};
}

/* ---- points */

/* Every four become two: the lowest and the highest, in the order in which they were. */
static void thin(struct report_curve *curve)
{
    uint32_t kept = 0;

    for (uint32_t from = 0; from + 4 <= curve->count; from += 4) {
        const struct report_point *four = &curve->points[from];
        uint32_t low = 0, high = 0;
        for (uint32_t i = 1; i < 4; i++) {
            low = four[i].equity.e18 < four[low].equity.e18 ? i : low;
            high = four[i].equity.e18 >= four[high].equity.e18 ? i : high;
        }
        struct report_point first = four[low < high ? low : high];
        struct report_point second = four[low < high ? high : low];
        curve->points[kept++] = first;
        curve->points[kept++] = second;
    }
    curve->count = kept;
}

void report_curve_add(struct report_curve *curve, int64_t at_ns, struct money equity,
                      struct money exposure)
{
    struct report_point *point;

    if (curve->count == REPORT_POINTS_MAX)
        thin(curve);
    point = &curve->points[curve->count++];
    point->at_ns = at_ns;
    point->equity = equity;
    point->exposure = exposure;
    memcpy(point->prices, curve->prices, sizeof(point->prices));
}

void report_curve_lift(struct report_curve *curve, struct money by)
{
    for (uint32_t i = 0; i < curve->count; i++)
        (void)money_add(curve->points[i].equity, by, &curve->points[i].equity);
}

/* -1: there are more products than a host can have. */
static int product_at(struct report_curve *curve, const char *product_id)
{
    for (int i = 0; i < MAX_PRODUCTS; i++) {
        if (curve->products[i][0] == '\0')
            text_copy(curve->products[i], PRODUCT_ID_MAX, product_id, strlen(product_id));
        if (strcmp(curve->products[i], product_id) == 0)
            return i;
    }
    return -1;
}

void report_curve_price(struct report_curve *curve, const char *product_id, struct price price)
{
    int at = price.e9 > 0 ? product_at(curve, product_id) : -1;

    if (at >= 0)
        curve->prices[at] = price;
}

/* ---- series.csv: a row per minute and product; those of one minute make a point */

enum { TIME, PRODUCT, CLOSE, MARK, POSITION, EQUITY, WANTED };

struct series {
    struct report_curve *curve;
    FILE *file;
    char path[PATH_MAX];
    int columns[WANTED];
    uint32_t line;
    int64_t minute_ns;      /* of the rows gathered; 0: none */
    uint32_t told;          /* products whose row of that minute was read */
    bool equity_known;      /* the host has heard it once */
    struct money equity, exposure;
};

static uint32_t split(char *line, char *fields[COLUMNS_MAX])
{
    uint32_t count = 0;

    line[strcspn(line, "\r\n")] = '\0';
    for (char *comma; line && count < COLUMNS_MAX; line = comma) {
        fields[count++] = line;
        comma = strchr(line, ',');
        if (comma)
            *comma++ = '\0';
    }
    return count;
}

static int read_head(struct series *series, char *line, struct err *err)
{
    static const char *const names[WANTED] = {"time_ns", "product", "close", "mark", "position",
                                              "equity"};
    char *fields[COLUMNS_MAX];
    uint32_t count = split(line, fields);

    for (int wanted = 0; wanted < WANTED; wanted++) {
        series->columns[wanted] = -1;
        for (uint32_t i = 0; i < count; i++)
            if (strcmp(fields[i], names[wanted]) == 0)
                series->columns[wanted] = (int)i;
        if (series->columns[wanted] < 0)
            return err_set(err, "%s: there is no column '%s'", series->path, names[wanted]);
    }
    return 0;
}

/* What a row says is of its minute's end: drawn at its beginning the curve would know of prices and
 * results a minute early. */
static void end_minute(struct series *series)
{
    if (series->minute_ns && series->equity_known)
        report_curve_add(series->curve, series->minute_ns + MINUTE_NS, series->equity,
                         series->exposure);
    series->exposure = (struct money){0};
    series->told = 0;
}

/* An empty field is one that was not known. */
static bool take_price(const char *text, struct price *ret)
{
    ret->e9 = 0;
    return *text == '\0' || price_parse(text, strlen(text), ret);
}

static void add_exposure(struct series *series, struct price price, struct size position)
{
    struct money value = money_of(price, position);

    value.e18 = value.e18 < 0 ? -value.e18 : value.e18;
    (void)money_add(series->exposure, value, &series->exposure);
}

static int take_row(struct series *series, char *line, struct err *err)
{
    char *fields[COLUMNS_MAX];
    const int *columns = series->columns;
    struct price mark, close;
    struct size position;
    int64_t at_ns;
    uint32_t count = split(line, fields);

    for (int i = 0; i < WANTED; i++)
        if ((uint32_t)columns[i] >= count)
            return err_set(err, "%s:%u: the row is short", series->path, series->line);
    const char *when = fields[columns[TIME]], *equity = fields[columns[EQUITY]];
    bool timed = json_text_int64((struct json_text){when, strlen(when), false}, &at_ns) &&
                 at_ns > 0;
    int product = product_at(series->curve, fields[columns[PRODUCT]]);
    if (product < 0)
        return err_set(err, "%s:%u: more than %d products", series->path, series->line,
                       MAX_PRODUCTS);
    /* A host that was started again within a minute tells that minute twice. */
    if (timed && (at_ns != series->minute_ns || (series->told >> product & 1)))
        end_minute(series);
    series->told |= 1u << product;
    if (!timed || !take_price(fields[columns[MARK]], &mark) ||
        !take_price(fields[columns[CLOSE]], &close) ||
        !size_parse(fields[columns[POSITION]], strlen(fields[columns[POSITION]]), &position) ||
        (*equity && !money_parse(equity, strlen(equity), &series->equity)))
        return err_set(err, "%s:%u: not a row of time, prices, position and equity", series->path,
                       series->line);
    series->minute_ns = at_ns;
    series->equity_known |= *equity != '\0';
    if (mark.e9 <= 0)
        mark = close;
    report_curve_price(series->curve, fields[columns[PRODUCT]], mark);
    add_exposure(series, mark, position);
    return 0;
}

static int read_rows(struct series *series, struct err *err)
{
    char line[LINE_MAX_BYTES];
    int status = 0;

    while (status == 0 && fgets(line, sizeof(line), series->file)) {
        size_t length = strlen(line);
        series->line++;
        if (length > 0 && line[length - 1] != '\n')
            break; /* the host was killed in it, or writes it now */
        status = series->line == 1 ? read_head(series, line, err) : take_row(series, line, err);
    }
    if (status == 0)
        end_minute(series);
    return status;
}

int report_curve_read(struct report_curve *curve, const char *directory, struct err *err)
{
    struct series *series = calloc(1, sizeof(*series));
    int status = 0;

    if (!series)
        return err_set(err, "no memory");
    series->curve = curve;
    snprintf(series->path, sizeof(series->path), "%s/series.csv", directory);
    series->file = fopen(series->path, "re");
    if (series->file)
        status = read_rows(series, err) < 0 ? -1 : 1;
    else if (errno != ENOENT)
        status = err_set(err, "%s: %s", series->path, strerror(errno));
    if (series->file)
        fclose(series->file);
    free(series);
    return status;
}

/* ---- JSON */

void report_curve_put(const struct report_curve *curve, struct json_writer *json)
{
    char name[PRODUCT_ID_MAX + 8];
    int products = 0;

    json_open_array_at(json, "columns");
    json_put_text(json, NULL, "at");
    json_put_text(json, NULL, "equity");
    json_put_text(json, NULL, "exposure");
    for (; products < MAX_PRODUCTS && curve->products[products][0]; products++) {
        snprintf(name, sizeof(name), "price %s", curve->products[products]);
        json_put_text(json, NULL, name);
    }
    json_close_array(json);
    json_open_array_at(json, "rows");
    for (uint32_t i = 0; i < curve->count; i++) {
        const struct report_point *point = &curve->points[i];
        json_open_array(json);
        json_put_int(json, NULL, point->at_ns / MS_NS);
        json_put_money(json, NULL, point->equity);
        json_put_money(json, NULL, point->exposure);
        for (int k = 0; k < products; k++)
            if (point->prices[k].e9)
                json_put_price(json, NULL, point->prices[k]);
            else
                json_put_null(json, NULL);
        json_close_array(json);
    }
    json_close_array(json);
}
