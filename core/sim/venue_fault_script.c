/* One line of a fault script to a rule. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/venue_fault.h"
#include "sim/venue_sim_product.h"

#define FAULT_NAME(symbol, name, ...) name,
#define FAULT_KIND(symbol, name, kind, ...) kind,
#define FAULT_TAKES(symbol, name, kind, takes, ...) takes,
#define FAULT_DEFAULT(symbol, name, kind, takes, fallback, ...) fallback,
#define FAULT_ROWS(symbol, name, kind, takes, fallback, rows, words) rows,
#define FAULT_WORDS(symbol, name, kind, takes, fallback, rows, words) words,
static const char *const NAMES[] = {VENUE_FAULT_LIST(FAULT_NAME)};
static const enum venue_fault_kind KINDS[] = {VENUE_FAULT_LIST(FAULT_KIND)};
static const enum venue_fault_argument TAKES[] = {VENUE_FAULT_LIST(FAULT_TAKES)};
static const char *const DEFAULTS[] = {VENUE_FAULT_LIST(FAULT_DEFAULT)};
static const char *const ROWS[] = {VENUE_FAULT_LIST(FAULT_ROWS)};
static const char *const WORDS[] = {VENUE_FAULT_LIST(FAULT_WORDS)};

static const char *const KIND_WORDS[] = {
    [AT_REQUEST] = "request", [AT_CHANNEL] = "channel", [AT_BYTES] = "request, channel",
    [AT_SOCKET] = "connect, subscribe, channel", [AT_SUBSCRIBE] = "subscribe",
    [AT_ANY] = "request, channel", [AT_VENUE] = "venue, request"};
static const char *const ARGUMENT_WORDS[] = {
    [TAKES_NOTHING] = "", [TAKES_TIME] = "TIME", [TAKES_COUNT] = "NUMBER", [TAKES_BYTES] = "BYTES",
    [TAKES_WORD] = "FIELD", 
    [TAKES_SETTING] = "FIELD=VALUE", [TAKES_TEXT] = "WORDS", [TAKES_SIGNED] = "NUMBER",
    [TAKES_PRODUCT] = "[PRODUCT]", [TAKES_ORDER] = "SIDE SIZE PRODUCT [PRICE]",
    [TAKES_LISTING] = "PRODUCT FIELD=VALUE"};

const char *venue_fault_name(enum venue_fault fault) { return NAMES[fault]; }
const char *venue_fault_words(enum venue_fault fault) { return WORDS[fault]; }

void venue_fault_table(struct buf *ret)
{
    buf_puts(ret, "| fault | where | what happens | shows |\n|---|---|---|---|\n");
    for (int i = 0; i < VENUE_FAULT_COUNT; i++) {
        const char *argument = ARGUMENT_WORDS[TAKES[i]], *fallback = DEFAULTS[i];
        buf_printf(ret, "| `%s%s%s`", NAMES[i], argument[0] ? " " : "", argument);
        if (argument[0] && fallback && fallback[0])
            buf_printf(ret, " (%s)", fallback);
        buf_printf(ret, " | %s | %s | %s |\n", KIND_WORDS[KINDS[i]], WORDS[i], ROWS[i]);
    }
}

/* The words of a line, one after the other. */
struct words { const char *at, *end; char word[VENUE_FAULT_LINE_MAX]; };

static bool next_word(struct words *words)
{
    const char *start;
    while (words->at < words->end && (*words->at == ' ' || *words->at == '\t'))
        words->at++;
    start = words->at;
    while (words->at < words->end && *words->at != ' ' && *words->at != '\t')
        words->at++;
    return text_copy(words->word, sizeof words->word, start, (size_t)(words->at - start)) &&
           words->word[0] != '\0';
}

static const char *nearest_of(const char *word, const char *const *names, int count)
{
    const char *nearest = names[0];
    for (int i = 1; i < count; i++)
        if (text_distance(word, names[i]) < text_distance(word, nearest))
            nearest = names[i];
    return nearest;
}

/* "3", "3rd": 1 to a million. */
static int read_count(const char *word, uint32_t *ret, struct err *err)
{
    uint32_t value = 0;
    const char *p = word;
    for (; *p >= '0' && *p <= '9' && value <= 1000000; p++)
        value = value * 10 + (uint32_t)(*p - '0');
    bool suffix = strcmp(p, "st") == 0 || strcmp(p, "nd") == 0 || strcmp(p, "rd") == 0 ||
                  strcmp(p, "th") == 0;
    if (p == word || (*p && !suffix) || value == 0 || value > 1000000)
        return err_set(err, "'%s': a number from 1 to 1000000 is wanted, such as 3 or 3rd", word);
    *ret = value;
    return 0;
}

/* A decimal and its unit, in the unit's smallest part. */
static bool read_scaled(const char *word, const char *const *units, const int64_t *scales,
                        int64_t *ret)
{
    struct ratio value;
    size_t digits = strspn(word, "0123456789.");
    if (!ratio_parse(word, digits, &value))
        return false;
    for (int i = 0; units[i]; i++)
        if (strcmp(word + digits, units[i]) == 0) {
            __int128 scaled = (__int128)value.e9 * scales[i] / DECIMAL_ONE;
            *ret = (int64_t)scaled;
            return scaled <= INT64_C(86400) * DECIMAL_ONE;
        }
    return false;
}

static int read_time(const char *word, int64_t *ret_ns, struct err *err)
{
    static const char *const UNITS[] = {"ms", "s", "m", "h", NULL};
    static const int64_t SCALES[] = {1000000, DECIMAL_ONE, INT64_C(60) * DECIMAL_ONE,
                                     INT64_C(3600) * DECIMAL_ONE};
    bool minus = word[0] == '-';
    if (!read_scaled(word + minus, UNITS, SCALES, ret_ns))
        return err_set(err, "'%s': a time up to a day is wanted, such as 500ms, 20s, 2m or 1h",
                       word);
    *ret_ns = minus ? -*ret_ns : *ret_ns;
    return 0;
}

static int read_bytes(const char *word, int64_t *ret, struct err *err)
{
    static const char *const UNITS[] = {"B", "KB", "MB", NULL};
    static const int64_t SCALES[] = {1, 1024, 1024 * 1024};
    if (!read_scaled(word, UNITS, SCALES, ret) || *ret <= 0 || *ret > 128 * 1024 * 1024)
        return err_set(err, "'%s': a size up to 128MB is wanted, such as 1B, 64KB or 10MB", word);
    return 0;
}

static int read_chance(const char *word, struct ratio *ret, struct err *err)
{
    if (!ratio_parse(word, strlen(word), ret) || ret->e9 <= 0 || ret->e9 > DECIMAL_ONE)
        return err_set(err, "'%s': a chance above 0 and up to 1 is wanted, such as 0.1", word);
    return 0;
}

static const char *const WHENS[] = {"after", "for", "at", "every", "next", "chance"};
enum when { WHEN_AFTER, WHEN_FOR, WHEN_AT, WHEN_EVERY, WHEN_NEXT, WHEN_CHANCE, WHEN_COUNT };

static int read_when(int when, const char *value, struct venue_fault_rule *ret, struct err *err)
{
    int64_t *times[] = {&ret->after_ns, &ret->for_ns};
    uint32_t *counts[] = {[WHEN_AT] = &ret->at, &ret->every, &ret->next};
    int result = when <= WHEN_FOR ? read_time(value, times[when], err)
                 : when == WHEN_CHANCE ? read_chance(value, &ret->chance, err)
                                       : read_count(value, counts[when], err);
    if (result == 0 && (ret->after_ns < 0 || ret->for_ns < 0))
        result = err_set(err, "'%s': a time of 0 or more is wanted", value);
    return result < 0 ? err_wrap(err, "%s", WHENS[when]) : 0;
}

static int read_path(const char *method, struct words *words, struct venue_fault_rule *ret,
                     struct err *err)
{
    ret->place = PLACE_REQUEST;
    text_copy(ret->method, sizeof ret->method, method, strlen(method));
    if (!next_word(words) || (words->word[0] != '/' && words->word[0] != '*'))
        return err_set(err, "%s wants a path without /api/v3/brokerage, such as /orders or "
                       "/cfm/*", method);
    if (!text_copy(ret->target, sizeof ret->target, words->word, strlen(words->word)))
        return err_set(err, "'%.40s...': the path is too long", words->word);
    return 0;
}

static int read_channel(struct words *words, struct venue_fault_rule *ret, struct err *err)
{
    static const char *const CHANNELS[] = {"*", "level2", "market_trades", "ticker",
        "ticker_batch", "candles", "status", "user", "heartbeats", "futures_balance_summary",
        "subscriptions"};
    enum { COUNT = sizeof CHANNELS / sizeof CHANNELS[0] };
    if (!next_word(words))
        return err_set(err, "a channel is wanted, such as level2/BTC-PERP-INTX, user or *");
    char *slash = strchr(words->word, '/');
    if (slash) {
        *slash++ = '\0';
        if (venue_product_find(slash, strlen(slash)) < 0)
            return err_set(err, "'%s': the venue lists no such product", slash);
        text_copy(ret->product, sizeof ret->product, slash, strlen(slash));
    }
    const char *nearest = nearest_of(words->word, CHANNELS, COUNT);
    if (strcmp(nearest, words->word) != 0)
        return err_set(err, "'%s' is no channel; did you mean '%s'?", words->word, nearest);
    /* On the wire level2 has another name. */
    const char *wire = strcmp(nearest, "level2") == 0 && ret->place == PLACE_CHANNEL ? "l2_data"
                                                                                      : nearest;
    text_copy(ret->target, sizeof ret->target, wire, strlen(wire));
    return 0;
}

static const char *const PLACES[] = {"GET", "POST", "ANY", "channel", "connect", "subscribe",
                                     "venue", "after", "for", "at", "every", "next", "chance"};
enum { PLACES_COUNT = sizeof PLACES / sizeof PLACES[0], METHODS_COUNT = 3 };

static int read_place(struct words *words, struct venue_fault_rule *ret, struct err *err)
{
    static const enum venue_fault_place KNOWN[] = {
        PLACE_REQUEST, PLACE_REQUEST, PLACE_REQUEST, PLACE_CHANNEL, PLACE_CONNECT,
        PLACE_SUBSCRIBE, PLACE_VENUE};
    char word[VENUE_FAULT_LINE_MAX];
    memcpy(word, words->word, sizeof word);
    const char *nearest = nearest_of(word, PLACES, PLACES_COUNT);
    int place = 0;
    while (PLACES[place] != nearest)
        place++;
    if (strcmp(nearest, word) != 0)
        return err_set(err, "'%s' is neither a when nor a where; did you mean '%s'?", word,
                       nearest);
    ret->place = KNOWN[place];
    text_copy(ret->target, sizeof ret->target, "*", 1);
    if (place < METHODS_COUNT && read_path(nearest, words, ret, err) < 0)
        return -1;
    if ((ret->place == PLACE_CHANNEL || ret->place == PLACE_SUBSCRIBE) &&
        read_channel(words, ret, err) < 0)
        return -1;
    return next_word(words) ? err_set(err, "'%s': a colon and the fault are wanted after the "
                                      "where", words->word) : 0;
}

static int read_head(struct words *words, struct venue_fault_rule *ret, struct err *err)
{
    bool given[WHEN_COUNT] = {false};
    while (next_word(words)) {
        int when = 0;
        while (when < WHEN_COUNT && strcmp(words->word, WHENS[when]) != 0)
            when++;
        if (when == WHEN_COUNT)
            return read_place(words, ret, err);
        if (given[when])
            return err_set(err, "'%s' is given twice", WHENS[when]);
        given[when] = true;
        if (!next_word(words))
            return err_set(err, "'%s' wants a value", WHENS[when]);
        if (read_when(when, words->word, ret, err) < 0)
            return -1;
    }
    return err_set(err, "where? GET, POST or ANY and a path; channel, connect, subscribe or "
                   "venue");
}

static bool kind_allows(enum venue_fault_kind kind, enum venue_fault_place place)
{
    switch (kind) {
    case AT_REQUEST: return place == PLACE_REQUEST;
    case AT_CHANNEL: return place == PLACE_CHANNEL;
    case AT_BYTES:
    case AT_ANY: return place == PLACE_REQUEST || place == PLACE_CHANNEL;
    case AT_SOCKET:
        return place == PLACE_CONNECT || place == PLACE_SUBSCRIBE || place == PLACE_CHANNEL;
    case AT_SUBSCRIBE: return place == PLACE_SUBSCRIBE;
    case AT_VENUE: return place == PLACE_VENUE || place == PLACE_REQUEST;
    }
    return false;
}

static int read_setting(const char *text, struct venue_fault_rule *ret, struct err *err)
{
    const char *sign = strchr(text, '=');
    if (!sign || sign == text)
        return err_set(err, "'%s': FIELD=VALUE is wanted", text);
    text_copy(ret->text, sizeof ret->text, text, (size_t)(sign - text));
    text_copy(ret->value, sizeof ret->value, sign + 1, strlen(sign + 1));
    return 0;
}

static int read_signed(const char *text, int64_t *ret, struct err *err)
{
    uint32_t count = 0;
    bool minus = text[0] == '-';
    if (read_count(text + minus, &count, err) < 0)
        return -1;
    *ret = minus ? -(int64_t)count : count;
    return 0;
}

static int read_product(const char *id, int64_t *ret, struct err *err)
{
    const char *ids[VENUE_PRODUCTS];
    *ret = venue_product_find(id, strlen(id));
    for (int i = 0; i < VENUE_PRODUCTS; i++)
        ids[i] = venue_products[i].id;
    return *ret < 0 ? err_set(err, "'%s': the venue lists no such product; did you mean '%s'?", id,
                              nearest_of(id, ids, VENUE_PRODUCTS)) : 0;
}

static int read_order(const char *text, struct venue_request *ret, struct err *err)
{
    struct words words = {.at = text, .end = text + strlen(text)};
    int64_t product;
    bool buy = next_word(&words) && strcmp(words.word, "BUY") == 0;
    if (!buy && strcmp(words.word, "SELL") != 0)
        return err_set(err, "'%s': BUY or SELL is wanted first", words.word);
    if (!next_word(&words) || !size_parse(words.word, strlen(words.word), &ret->size) ||
        ret->size.e9 <= 0)
        return err_set(err, "'%s': a size is wanted after the side", words.word);
    if (!next_word(&words) || read_product(words.word, &product, err) < 0)
        return words.word[0] ? -1 : err_set(err, "a product is wanted after the size");
    ret->side = buy ? SIDE_BUY : SIDE_SELL;
    ret->product = (int)product;
    bool priced = next_word(&words);
    ret->type = priced ? ORDER_TYPE_LIMIT : ORDER_TYPE_MARKET;
    ret->tif = priced ? TIF_GTC : TIF_IOC;
    if (priced && !price_parse(words.word, strlen(words.word), &ret->limit))
        return err_set(err, "'%s': a price is wanted after the product, or nothing", words.word);
    return 0;
}

static int read_listing(const char *text, struct venue_fault_rule *ret, struct err *err)
{
    static const char *const FIELDS[] = {VENUE_LISTING_FIELDS};
    struct words words = {.at = text, .end = text + strlen(text)};
    struct ratio value;
    if (!next_word(&words) || read_product(words.word, &ret->amount, err) < 0)
        return words.word[0] ? -1 : err_set(err, "a product is wanted");
    if (!next_word(&words) || read_setting(words.word, ret, err) < 0)
        return words.word[0] ? -1 : err_set(err, "FIELD=VALUE is wanted after the product");
    const char *nearest = nearest_of(ret->text, FIELDS, VENUE_LISTING_COUNT);
    if (strcmp(nearest, ret->text) != 0)
        return err_set(err, "'%s' cannot be changed; did you mean '%s'?", ret->text, nearest);
    bool truth = strcmp(ret->value, "true") == 0 || strcmp(ret->value, "false") == 0;
    bool number = ratio_parse(ret->value, strlen(ret->value), &value) && value.e9 > 0;
    bool is_number = nearest == FIELDS[VENUE_LISTING_TICK] ||
                     nearest == FIELDS[VENUE_LISTING_MINIMUM];
    return (is_number ? number : truth) ? 0 : err_set(err, "'%s': %s is wanted", ret->value,
                                                      is_number ? "a number above 0"
                                                                : "true or false");
}

static int read_argument(const char *text, struct venue_fault_rule *ret, struct err *err)
{
    uint32_t count = 0;
    switch (TAKES[ret->fault]) {
    case TAKES_NOTHING:
        return *text ? err_set(err, "'%s': it takes no argument", text) : 0;
    case TAKES_TIME:
        return read_time(text, &ret->amount, err);
    case TAKES_BYTES:
        return read_bytes(text, &ret->amount, err);
    case TAKES_COUNT:
        if (read_count(text, &count, err) < 0)
            return -1;
        ret->amount = count;
        return 0;
    case TAKES_SETTING:
        return read_setting(text, ret, err);
    case TAKES_WORD:
        if (strchr(text, ' '))
            return err_set(err, "'%s': one word is wanted", text);
        break;
    case TAKES_TEXT:
        break;
    case TAKES_SIGNED:
        return read_signed(text, &ret->amount, err);
    case TAKES_PRODUCT:
        ret->amount = -1;
        return *text ? read_product(text, &ret->amount, err) : 0;
    case TAKES_ORDER:
        return read_order(text, &ret->request, err);
    case TAKES_LISTING:
        return read_listing(text, ret, err);
    }
    text_copy(ret->text, sizeof ret->text, text, strlen(text));
    return 0;
}

static int read_fault(struct words *words, struct venue_fault_rule *ret, struct err *err)
{
    char argument[VENUE_FAULT_LINE_MAX];
    if (!next_word(words))
        return err_set(err, "a fault is wanted after the colon");
    const char *name = nearest_of(words->word, NAMES, VENUE_FAULT_COUNT);
    if (strcmp(name, words->word) != 0)
        return err_set(err, "'%s' is no fault; did you mean '%s'?", words->word, name);
    while (NAMES[ret->fault] != name)
        ret->fault++;
    if (!kind_allows(KINDS[ret->fault], ret->place))
        return err_set(err, "%s cannot happen there, but at: %s", name,
                       KIND_WORDS[KINDS[ret->fault]]);
    while (words->at < words->end && *words->at == ' ')
        words->at++;
    text_copy(argument, sizeof argument, words->at, (size_t)(words->end - words->at));
    if (!argument[0] && !DEFAULTS[ret->fault])
        return err_set(err, "%s wants an argument: %s", name,
                       ARGUMENT_WORDS[TAKES[ret->fault]]);
    if (!argument[0] && TAKES[ret->fault] != TAKES_NOTHING)
        text_copy(argument, sizeof argument, DEFAULTS[ret->fault],
                  strlen(DEFAULTS[ret->fault]));
    return read_argument(argument, ret, err) < 0 ? err_wrap(err, "%s", name) : 0;
}

static const char *end_of_rule(const char *line, const char *end)
{
    for (const char *p = line; p < end; p++)
        if (*p == '#' && (p == line || p[-1] == ' ' || p[-1] == '\t'))
            end = p;
    while (end > line && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    return end;
}

int venue_fault_parse(const char *line, size_t length, struct venue_fault_rule *ret,
                      struct err *err)
{
    *ret = (struct venue_fault_rule){0};
    const char *end = end_of_rule(line, line + length);
    while (line < end && (*line == ' ' || *line == '\t'))
        line++;
    if (line == end)
        return 0;
    if (memchr(line, '\0', (size_t)(end - line)) ||
        !text_copy(ret->line, sizeof ret->line, line, (size_t)(end - line)))
        return err_set(err, "a rule has at most %d characters, none of them NUL",
                       VENUE_FAULT_LINE_MAX - 1);
    const char *colon = memchr(line, ':', (size_t)(end - line));
    struct words head = {.at = line, .end = colon ? colon : end};
    if (read_head(&head, ret, err) < 0)
        return -1;
    if (!colon)
        return err_set(err, "a colon and the fault are wanted after the where");
    bool counted = ret->at || ret->every || ret->next || ret->chance.e9;
    if (ret->place == PLACE_VENUE && counted)
        return err_set(err, "at, every, next and chance count requests or frames; at the venue "
                       "after and for say when");
    struct words tail = {.at = colon + 1, .end = end};
    return read_fault(&tail, ret, err) < 0 ? -1 : 1;
}
