/* The codecs behind a pipe. Each line is first looked through for what it is and which products it
 * names; those make a catalog of their own, with a contract size of 1, so that sizes are printed
 * in the venue's units. Then the same decoders run that the daemon trades with. */
#include "app/decode.h"

#include <stdio.h>
#include <string.h>

#include "app/decode_print.h"
#include "base/text.h"
#include "model/client_id.h"
#include "wire/coinbase_feed.h"
#include "wire/coinbase_rest.h"
#include "wire/json_read.h"

/* A level's `[side, price, size]` is shorter than the venue's own text of it, an order's is not. */
enum { OUTPUT_MAX = 4 * MAX_WS_MESSAGE, ASSETS_MAX = 32 };

/* What the daemon's own requests are answered with, by the key that tells them apart. */
enum shape { SHAPE_OTHER, SHAPE_FRAME, SHAPE_PLACE, SHAPE_CANCEL, SHAPE_ERROR, SHAPE_ORDERS,
             SHAPE_FILLS, SHAPE_POSITIONS, SHAPE_CFM_BALANCE, SHAPE_PORTFOLIOS, SHAPE_PRODUCTS,
             SHAPE_PRODUCT_BOOK, SHAPE_TIME };
struct key_shape { const char *key; enum shape shape; const char *kind; };
/* The first that the object has decides: an error frame has a "type" beside its "message". */
static const struct key_shape KEY_SHAPES[] = {
    {"channel", SHAPE_FRAME, "frame"}, {"type", SHAPE_FRAME, "frame"},
    {"success", SHAPE_PLACE, "place"}, {"results", SHAPE_CANCEL, "cancel"},
    {"orders", SHAPE_ORDERS, "orders"}, {"fills", SHAPE_FILLS, "fills"},
    {"positions", SHAPE_POSITIONS, "positions"},
    {"balance_summary", SHAPE_CFM_BALANCE, "balance"},
    {"portfolios", SHAPE_PORTFOLIOS, "portfolios"}, {"products", SHAPE_PRODUCTS, "products"},
    {"pricebook", SHAPE_PRODUCT_BOOK, "product_book"}, {"epochMillis", SHAPE_TIME, "time"},
    {"error", SHAPE_ERROR, "error"}, {"errors", SHAPE_ERROR, "error"},
};
enum { KEY_SHAPE_COUNT = sizeof(KEY_SHAPES) / sizeof(KEY_SHAPES[0]) };

struct line {
    const char *text;
    size_t length;
    size_t number;
    const struct key_shape *shape; /* NULL: none of ours */
    bool has_summary;              /* beside portfolios: INTX margins, not the list of names */
    struct catalog catalog;
    char assets[ASSETS_MAX][ASSET_MAX];
    uint32_t asset_count;
    struct client_id client_id;    /* of a place reply: it is asked whether it belongs to itself */
    struct venue_id cancel_ids[MAX_CANCEL_BATCH];
    uint32_t cancel_count;
};

struct output { struct json_writer json; const struct line *line; };

static void note_product(struct line *line, struct json_text id)
{
    struct catalog *catalog = &line->catalog;
    char text[PRODUCT_ID_MAX];
    if (id.length == 0 || !json_text_copy(id, text, sizeof text) ||
        catalog->count == MAX_PRODUCTS ||
        catalog_find(catalog, text, strlen(text)) != NO_PRODUCT)
        return;
    struct instrument *item = &catalog->items[catalog->count++];
    memcpy(item->product_id, text, sizeof text);
    item->contract_size = (struct size){DECIMAL_ONE};
}

static void note_asset(struct line *line, struct json_text name)
{
    const char *dash = name.length > 0 ? memchr(name.at, '-', name.length) : NULL;
    char text[ASSET_MAX];
    name.length = dash ? (size_t)(dash - name.at) : name.length;
    if (name.length == 0 || line->asset_count == ASSETS_MAX ||
        !json_text_copy(name, text, sizeof text))
        return;
    for (uint32_t i = 0; i < line->asset_count; i++)
        if (strcmp(line->assets[i], text) == 0)
            return;
    memcpy(line->assets[line->asset_count++], text, sizeof text);
}

static void note_text(struct line *line, struct json_text key, struct json_text text)
{
    if (json_text_equal(key, "product_id") || json_text_equal(key, "symbol")) {
        note_product(line, text);
        note_asset(line, text);
    } else if (json_text_equal(key, "contract_root_unit")) {
        note_asset(line, text);
    } else if (json_text_equal(key, "client_order_id")) {
        client_id_parse(text.at, text.length, &line->client_id);
    } else if (json_text_equal(key, "order_id") && line->cancel_count < MAX_CANCEL_BATCH) {
        struct venue_id *id = &line->cancel_ids[line->cancel_count];
        line->cancel_count += json_text_copy(text, id->text, sizeof id->text);
    }
}

/* Looks through one value, whatever is in it. The reader bounds the depth. */
static void look_through(struct line *line, struct json_reader *json, struct json_text key)
{
    struct json_text text, inner;
    switch (json_peek(json)) {
    case JSON_OBJECT:
        json_enter_object(json);
        while (json_next_key(json, &inner))
            look_through(line, json, inner);
        break;
    case JSON_ARRAY:
        json_enter_array(json);
        while (json_next_item(json))
            look_through(line, json, key);
        break;
    case JSON_STRING:
        if (json_read_string(json, &text))
            note_text(line, key, text);
        break;
    default: json_skip_value(json); break;
    }
}

static void note_top_key(struct line *line, struct json_text key)
{
    for (int i = 0; i < KEY_SHAPE_COUNT; i++)
        if (json_text_equal(key, KEY_SHAPES[i].key) &&
            (!line->shape || &KEY_SHAPES[i] < line->shape))
            line->shape = &KEY_SHAPES[i];
    if (json_text_equal(key, "summary"))
        line->has_summary = true;
}

static int survey(struct line *line, struct err *err)
{
    struct json_reader json;
    struct json_text key;
    json_init(&json, line->text, line->length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            note_top_key(line, key);
            look_through(line, &json, key);
        }
    return json_finish(&json, err);
}

static void print_event(void *context, const struct event *event)
{
    struct output *output = context;
    decode_print_event(&output->json, &output->line->catalog, event);
}

/* The frame's own event becomes the head of the line. */
static void print_feed_event(void *context, const struct event *event)
{
    struct output *output = context;
    if (event->kind != EVENT_FRAME) {
        print_event(context, event);
        return;
    }
    json_open_object(&output->json);
    json_put_text(&output->json, "event", "frame");
    json_put_uint(&output->json, "sequence", event->frame.sequence);
    json_put_time(&output->json, "time", event->frame.venue_ns);
    json_close_object(&output->json);
}

static int decode_frame(struct output *output, struct err *err)
{
    const struct line *line = output->line;
    struct coinbase_feed *feed = coinbase_feed_create(&line->catalog);
    if (!feed)
        return err_set(err, "no memory for a frame");
    json_open_array_at(&output->json, "events");
    int result = coinbase_feed_decode(feed, STREAM_MARKET, line->text, line->length,
                                      print_feed_event, output, err);
    json_close_array(&output->json);
    coinbase_feed_destroy(feed);
    return result;
}

static int decode_list(struct output *output, enum coinbase_list list, struct err *err)
{
    const struct line *line = output->line;
    struct coinbase_page page;
    json_open_array_at(&output->json, "events");
    int result = coinbase_rest_decode_list(list, line->text, line->length, &line->catalog,
                                           print_event, output, &page, err);
    json_close_array(&output->json);
    if (result == 0 && page.next_cursor[0] != '\0')
        json_put_text(&output->json, "next_cursor", page.next_cursor);
    return result;
}

static int decode_place(struct output *output)
{
    const struct line *line = output->line;
    struct event_place_reply reply;
    coinbase_rest_decode_place(200, line->text, line->length, line->client_id, &reply);
    json_put_text(&output->json, "outcome", decode_outcome_text(reply.outcome));
    if (reply.venue_id.text[0] != '\0')
        json_put_text(&output->json, "order", reply.venue_id.text);
    if (reply.reason[0] != '\0')
        json_put_text(&output->json, "reason", reply.reason);
    return 0;
}

static int decode_cancel(struct output *output)
{
    static const struct client_id none[MAX_CANCEL_BATCH];
    const struct line *line = output->line;
    json_open_array_at(&output->json, "events");
    coinbase_rest_decode_cancel(200, line->text, line->length, line->cancel_ids, none,
                                line->cancel_count, print_event, output);
    json_close_array(&output->json);
    return 0;
}

static int decode_products(struct output *output, struct err *err)
{
    const struct line *line = output->line;
    struct catalog found;
    if (coinbase_rest_decode_products(line->text, line->length, line->assets, line->asset_count,
                                      &found, err) < 0)
        return -1;
    json_open_array_at(&output->json, "perpetuals");
    for (product_index i = 0; i < found.count; i++)
        decode_print_instrument(&output->json, &found.items[i]);
    json_close_array(&output->json);
    return 0;
}

static int decode_small(struct output *output, struct err *err)
{
    const struct line *line = output->line;
    char uuid[VENUE_ID_MAX];
    int64_t wall_ns;
    if (line->shape->shape == SHAPE_TIME) {
        if (coinbase_rest_decode_time(line->text, line->length, &wall_ns, err) < 0)
            return -1;
        json_put_time(&output->json, "time", wall_ns);
        return 0;
    }
    if (coinbase_rest_decode_portfolios(line->text, line->length, uuid, err) < 0)
        return -1;
    json_put_text(&output->json, "portfolio", uuid);
    return 0;
}

static int decode_book(struct output *output, struct err *err)
{
    const struct line *line = output->line;
    json_open_array_at(&output->json, "events");
    int result = coinbase_rest_decode_product_book(line->text, line->length, &line->catalog,
                                                   print_event, output, err);
    json_close_array(&output->json);
    return result;
}

static int decode_error(struct output *output)
{
    const struct line *line = output->line;
    char reason[REASON_MAX];
    coinbase_rest_decode_error(200, line->text, line->length, reason);
    json_put_text(&output->json, "reason", reason);
    return 0;
}

/* Well-formed, and not among what the daemon asks for: its keys are named. */
static int print_keys(struct output *output)
{
    struct json_reader json;
    struct json_text key;
    char name[64];
    json_init(&json, output->line->text, output->line->length);
    json_open_array_at(&output->json, "keys");
    json_enter_object(&json);
    while (json_next_key(&json, &key)) {
        json_text_excerpt(key, name, sizeof name);
        json_put_text(&output->json, NULL, name);
    }
    json_close_array(&output->json);
    return 0;
}

static int decode_shape(struct output *output, struct err *err)
{
    const struct line *line = output->line;
    switch (line->shape ? line->shape->shape : SHAPE_OTHER) {
    case SHAPE_FRAME: return decode_frame(output, err);
    case SHAPE_PLACE: return decode_place(output);
    case SHAPE_CANCEL: return decode_cancel(output);
    case SHAPE_ERROR: return decode_error(output);
    case SHAPE_ORDERS: return decode_list(output, COINBASE_ORDERS_ALL, err);
    case SHAPE_FILLS: return decode_list(output, COINBASE_FILLS, err);
    case SHAPE_POSITIONS: return decode_list(output, COINBASE_CFM_POSITIONS, err);
    case SHAPE_CFM_BALANCE: return decode_list(output, COINBASE_CFM_BALANCE, err);
    case SHAPE_PRODUCTS: return decode_products(output, err);
    case SHAPE_PRODUCT_BOOK: return decode_book(output, err);
    case SHAPE_PORTFOLIOS:
        if (line->has_summary)
            return decode_list(output, COINBASE_INTX_PORTFOLIO, err);
        return decode_small(output, err);
    case SHAPE_TIME: return decode_small(output, err);
    case SHAPE_OTHER: break;
    }
    return print_keys(output);
}

static int decode_line(struct line *line, struct buf *ret, struct err *err)
{
    struct output output = {.line = line};
    if (survey(line, err) < 0)
        return -1;
    json_write_init(&output.json, ret);
    json_open_object(&output.json);
    json_put_uint(&output.json, "line", line->number);
    json_put_text(&output.json, "kind", line->shape ? line->shape->kind : "other");
    if (decode_shape(&output, err) < 0)
        return -1;
    json_close_object(&output.json);
    return ret->failed ? err_set(err, "more output than %d MB", OUTPUT_MAX >> 20) : 0;
}

static void print_failure(size_t number, const struct err *err, bool as_json, struct buf *buf)
{
    fprintf(stderr, "line %zu: %s\n", number, err->text);
    if (!as_json)
        return;
    struct json_writer json;
    buf_clear(buf);
    json_write_init(&json, buf);
    json_open_object(&json);
    json_put_uint(&json, "line", number);
    json_put_text(&json, "error", err->text);
    json_close_object(&json);
    puts(buf->data);
}

/* True: a line was read, without its end. One that is too long is read to its end and marked. */
static bool read_line(FILE *in, struct buf *line)
{
    int c = EOF;
    buf_clear(line);
    while ((c = getc_unlocked(in)) != EOF && c != '\n') {
        char byte = (char)c;
        buf_put(line, &byte, 1);
    }
    return c != EOF || line->length > 0 || line->failed;
}

static bool is_blank(const struct buf *line)
{
    return strspn(line->data ? line->data : "", " \t\r") == line->length;
}

static int decode_stream(FILE *in, bool as_json)
{
    struct buf text, out;
    struct err err;
    int result = 0;
    buf_init(&text, MAX_WS_MESSAGE);
    buf_init(&out, OUTPUT_MAX);
    for (size_t number = 1; read_line(in, &text); number++) {
        struct line line = {.text = text.data, .length = text.length, .number = number};
        buf_clear(&out);
        if (!text.failed && is_blank(&text))
            continue;
        bool fine = text.failed ? err_set(&err, "longer than %d bytes", MAX_WS_MESSAGE) == 0
                                : decode_line(&line, &out, &err) == 0;
        if (fine)
            puts(out.data);
        else
            print_failure(number, &err, as_json, &out);
        result |= !fine;
    }
    if (ferror(in) || fflush(stdout) != 0) {
        fprintf(stderr, "moongate decode: reading or writing failed\n");
        result = 1;
    }
    buf_fini(&text);
    buf_fini(&out);
    return result;
}

static int usage(FILE *out)
{
    fputs("usage: moongate decode [--json] < FILE\n\n"
          "Reads one WebSocket frame or REST reply of Coinbase Advanced Trade a line and prints\n"
          "what it means to Moongate as one line of JSON: decimals exact and as strings, the\n"
          "aggressor's side in trades, trades oldest first. Sizes stay in the venue's units\n"
          "(contracts), for no catalog is read. Replies that the daemon never asks for are named\n"
          "by their keys. Nothing is connected to, no key and no config is read.\n"
          "      --json   lines that were not understood go to stdout too, as JSON\n"
          "  -h, --help   this text\n\n"
          "  $ echo '{\"type\":\"error\",\"message\":\"authentication failure\"}' | moongate "
          "decode\n"
          "  {\"line\":1,\"kind\":\"frame\",\"events\":[{\"event\":\"link\",\"up\":false,"
          "\"reason\":\"the venue says: authentication failure\"}]}\n\n"
          "A line that is not understood is told on stderr as `line N: why`.\n"
          "Exit: 0 all lines were understood, 1 a line was not, 2 wrong usage.\n",
          out);
    return out == stdout ? 0 : 2;
}

int decode_main(int argc, char **argv)
{
    bool as_json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return usage(stdout);
        if (strcmp(argv[i], "--json") != 0) {
            fprintf(stderr, "moongate decode: '%s' is not an option%s; see --help\n", argv[i],
                    argv[i][0] == '-' ? "" : ", and files come by '< FILE'");
            return 2;
        }
        as_json = true;
    }
    return decode_stream(stdin, as_json);
}
