#include "app/ctl_print.h"

#include <string.h>

#include "base/text.h"
#include "io/store_reader.h"
#include "wire/json_read.h"

enum { COLUMNS_MAX = 12, CELL_MAX = 64, STORY_IDS = 4 };

struct column { const char *key, *title; int most; };
struct cells { char text[COLUMNS_MAX][CELL_MAX]; };

static const struct column ORDER_COLUMNS[] = {
    {"id", "id", 36}, {"actor", "by", 16}, {"product", "product", 20}, {"side", "side", 4},
    {"type", "type", 6}, {"price", "price", 14}, {"size", "size", 12}, {"filled", "filled", 12},
    {"state", "state", 11}, {"changed", "changed", 27}, {"reason", "reason", 60}, {NULL}};
static const struct column POSITION_COLUMNS[] = {
    {"actor", "who", 20}, {"product", "product", 20}, {"size", "size", 14},
    {"average_price", "average", 16}, {"realised", "realised", 20},
    {"unrealised", "unrealised", 20}, {"fees", "fees", 20},
    {"funding", "funding", 20},
    {"protection", "protected", 9}, {"stop", "stop", 14}, {"trail_at", "trails at", 14},
    {"after_ms", "after ms", 10}, {NULL}};
static const struct column RUNNER_COLUMNS[] = {
    {"name", "name", 20}, {"role", "role", 8}, {"state", "state", 10},
    {"trading", "trading", 10}, {"generation", "gen", 6}, {"hash", "version", 16},
    {"pid", "pid", 7}, {"restarts", "restarts", 8}, {"intents", "intents", 9},
    {"refusals", "refused", 9}, {"answer_max_us", "max us", 8}, {"reason", "reason", 60}, {NULL}};

static const struct column PARKED_COLUMNS[] = {
    {"kind", "kind", 12}, {"id", "id", 36}, {"venue_id", "venue id", 36}, {"actor", "by", 16},
    {"product", "product", 20}, {"side", "side", 4}, {"price", "price", 14},
    {"size", "size", 12}, {"since", "since", 27}, {"reason", "reason", 60},
    {"meaning", "what to do", 63}, {NULL}};

static const struct column CONSENT_COLUMNS[] = {
    {"number", "number", 8}, {"kind", "kind", 10}, {"step", "step", 8}, {"actor", "for", 16},
    {"product", "product", 20}, {"what", "what", 28}, {"value", "value", 16},
    {"left_ms", "left ms", 10}, {"reason", "reason", 60}, {NULL}};

static const struct column CHECKPOINT_COLUMNS[] = {
    {"checkpoint", "checkpoint", 16}, {"step", "", 10}, {"value", "value", 20},
    {"bound", "wanted", 9}, {"wanted", "", 12}, {"seen", "seen", 8},
    {"meaning", "what it is, or what to do", 60}, {NULL}};

static void blank_controls(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

/* A scalar as people read it: strings bare, null as "-". */
static bool read_cell(struct json_reader *json, char *out, size_t capacity)
{
    struct json_text text = {0};
    bool truth = false;
    switch (json_peek(json)) {
    case JSON_STRING:
    case JSON_NUMBER:
        if (!json_read_scalar(json, &text))
            return false;
        json_text_excerpt(text, out, capacity);
        blank_controls(out);
        return true;
    case JSON_BOOL:
        if (!json_read_bool(json, &truth))
            return false;
        text_copy(out, capacity, truth ? "yes" : "no", truth ? 3 : 2);
        return true;
    default:
        text_copy(out, capacity, "-", 1);
        return json_skip_value(json);
    }
}

/* --- tables --- */

static const struct column REFUSAL_COLUMNS[] = {
    {"number", "number", 10}, {"time", "time", 27}, {"actor", "by", 16},
    {"product", "product", 20}, {"side", "side", 4}, {"price", "price", 12}, {"size", "size", 12},
    {"code", "code", 20}, {"limit", "limit", 20}, {"value", "value", 20},
    {"config_key", "config", 40}, {NULL}};

static int column_of(const struct column *columns, struct json_text key)
{
    for (int i = 0; columns[i].key; i++)
        if (json_text_equal(key, columns[i].key))
            return i;
    return -1;
}

static bool read_row(struct json_reader *json, const struct column *columns, struct cells *ret)
{
    struct json_text key;
    for (int i = 0; i < COLUMNS_MAX; i++)
        text_copy(ret->text[i], CELL_MAX, "-", 1);
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        int column = column_of(columns, key);
        if (column >= 0 && !read_cell(json, ret->text[column], CELL_MAX))
            return false;
    }
    return !json->failure;
}

static int characters(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void print_row(FILE *out, const struct column *columns, const int *widths,
                      const struct cells *row)
{
    for (int i = 0; columns[i].key; i++) {
        int pad = widths[i] - characters(row->text[i]);
        fprintf(out, "%s%s", i ? "  " : "", row->text[i]);
        if (columns[i + 1].key)
            fprintf(out, "%*s", pad > 0 ? pad : 0, "");
    }
    fprintf(out, "\n");
}

/* Twice over the same bytes: once for the widths, once to print. */
static int print_table(FILE *out, const struct column *columns, const struct control_reply *reply,
                       struct err *err)
{
    int widths[COLUMNS_MAX] = {0};
    struct json_reader json;
    struct cells row;
    for (int i = 0; columns[i].key; i++)
        widths[i] = characters(columns[i].title);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; pass == 1 && columns[i].key; i++)
            text_copy(row.text[i], CELL_MAX, columns[i].title, strlen(columns[i].title));
        if (pass == 1)
            print_row(out, columns, widths, &row);
        json_init(&json, reply->result, reply->result_length);
        if (json_enter_array(&json))
            while (json_next_item(&json) && read_row(&json, columns, &row)) {
                for (int i = 0; pass == 0 && columns[i].key; i++) {
                    int wide = characters(row.text[i]);
                    wide = wide > columns[i].most ? columns[i].most : wide;
                    widths[i] = wide > widths[i] ? wide : widths[i];
                }
                if (pass == 1)
                    print_row(out, columns, widths, &row);
            }
        if (json_finish(&json, err) < 0)
            return err_wrap(err, "answer");
    }
    return 0;
}

/* --- trees --- */

static bool print_value(FILE *out, struct json_reader *json, int indent);

static bool is_container(struct json_reader *json)
{
    enum json_kind kind = json_peek(json);
    return kind == JSON_OBJECT || kind == JSON_ARRAY;
}

static bool print_members(FILE *out, struct json_reader *json, int indent)
{
    struct json_text key;
    char name[CELL_MAX];
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        json_text_excerpt(key, name, sizeof name);
        blank_controls(name);
        fprintf(out, "%*s%s:%s", indent, "", name, is_container(json) ? "\n" : " ");
        if (!print_value(out, json, indent + 2))
            return false;
    }
    return !json->failure;
}

static bool print_value(FILE *out, struct json_reader *json, int indent)
{
    char cell[CONTROL_TEXT_MAX];
    if (json_peek(json) == JSON_OBJECT)
        return print_members(out, json, indent);
    if (json_peek(json) == JSON_ARRAY) {
        bool any = false;
        if (!json_enter_array(json))
            return false;
        for (; json_next_item(json); any = true) {
            if (any)
                fprintf(out, "\n");
            if (!print_value(out, json, indent))
                return false;
        }
        if (!any)
            fprintf(out, "%*s(none)\n", indent, "");
        return !json->failure;
    }
    if (!read_cell(json, cell, sizeof cell))
        return false;
    fprintf(out, "%s\n", *cell ? cell : "-");
    return true;
}

static int print_tree(FILE *out, const struct control_reply *reply, struct err *err)
{
    struct json_reader json;
    json_init(&json, reply->result, reply->result_length);
    print_value(out, &json, 0);
    return json_finish(&json, err) < 0 ? err_wrap(err, "answer") : 0;
}

/* Counts by code, then the latest as a table; `why NUMBER` tells all of one. */
static int print_refusals(FILE *out, const struct control_reply *reply, struct err *err)
{
    struct json_reader json;
    struct json_text key;
    struct control_reply latest = {.result = NULL};
    json_init(&json, reply->result, reply->result_length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "refusals")) {
                print_members(out, &json, 0);
            } else if (json_text_equal(key, "latest") && json_peek(&json) == JSON_ARRAY) {
                latest.result = json.at;
                json_skip_value(&json);
                latest.result_length = (size_t)(json.at - latest.result);
            }
        }
    if (json_finish(&json, err) < 0)
        return err_wrap(err, "answer");
    fprintf(out, "\n");
    return latest.result ? print_table(out, REFUSAL_COLUMNS, &latest, err) : 0;
}

int ctl_print_result(FILE *out, enum control_verb verb, const struct control_reply *reply,
                     struct err *err)
{
    if (!reply->result)
        return 0;
    switch (verb) {
    case CONTROL_ORDERS: return print_table(out, ORDER_COLUMNS, reply, err);
    case CONTROL_CHECKPOINTS: return print_table(out, CHECKPOINT_COLUMNS, reply, err);
    case CONTROL_CONSENTS: return print_table(out, CONSENT_COLUMNS, reply, err);
    case CONTROL_PARKED: return print_table(out, PARKED_COLUMNS, reply, err);
    case CONTROL_POSITIONS: return print_table(out, POSITION_COLUMNS, reply, err);
    case CONTROL_REFUSALS: return print_refusals(out, reply, err);
    case CONTROL_RUNNERS: return print_table(out, RUNNER_COLUMNS, reply, err);
    default: return print_tree(out, reply, err);
    }
}

/* --- the journal's story of one order --- */

struct story {
    char ids[STORY_IDS][VENUE_ID_MAX];
    int count;
};

static bool story_names(const struct story *story, const char *body)
{
    char quoted[VENUE_ID_MAX + 2];
    for (int i = 0; i < story->count; i++) {
        snprintf(quoted, sizeof quoted, "\"%s\"", story->ids[i]);
        if (strstr(body, quoted))
            return true;
    }
    return false;
}

static void story_add(struct story *story, const char *id)
{
    for (int i = 0; i < story->count; i++)
        if (strcmp(story->ids[i], id) == 0)
            return;
    if (*id && story->count < STORY_IDS)
        text_copy(story->ids[story->count++], VENUE_ID_MAX, id, strlen(id));
}

/* The row's own client id: an order's later rows and fills carry it. */
static void story_learn(struct story *story, const struct store_row *row)
{
    char id[40] = "";
    struct json_reader json;
    struct json_text key, text = {0};
    if (row->record.kind != RECORD_ORDER)
        return;
    json_init(&json, row->body, strlen(row->body));
    if (json_enter_object(&json) && json_next_key(&json, &key) && json_text_equal(key, "id") &&
        json_read_string(&json, &text))
        json_text_copy(text, id, sizeof id);
    story_add(story, id);
    story_add(story, row->record.order.venue_id.text);
}

static void story_row(FILE *out, const struct store_row *row)
{
    char when[40];
    text_format_time(row->record.at.wall_ns, when);
    fprintf(out, "  %lld  %s  %-8s %s\n", (long long)row->number, when, row->kind, row->body);
}

/* Once through the journal: learns the order's names, and prints its rows when `out` is given. */
static int story_read(struct story *story, FILE *out, const char *directory, unsigned *ret_found,
                      struct err *err)
{
    struct store_row row;
    enum store_read got;
    struct store_reader *reader = store_reader_open(directory, err);
    *ret_found = 0;
    if (!reader)
        return -1;
    while ((got = store_reader_next(reader, &row, err)) == STORE_ROW) {
        if (!story_names(story, row.body))
            continue;
        story_learn(story, &row);
        if (out && (*ret_found)++ == 0)
            fprintf(out, "journal %s:\n", directory);
        if (out)
            story_row(out, &row);
    }
    store_reader_close(reader);
    return got == STORE_END ? 0 : err_wrap(err, "journal in %s", directory);
}

/* Twice: an order's first rows are written before the venue has named it, so that whoever asks by
 * the venue's id learns the client id from a later row. */
int ctl_print_story(FILE *out, const char *directory, const char *id, struct err *err)
{
    struct story story = {.count = 0};
    unsigned found;
    story_add(&story, id);
    if (story_read(&story, NULL, directory, &found, err) < 0 ||
        story_read(&story, out, directory, &found, err) < 0)
        return -1;
    if (found == 0)
        fprintf(out, "journal %s: no row names it\n", directory);
    return 0;
}
