/* Products as the venue lists them, and the smaller public replies. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/coinbase_rest.h"
#include "wire/coinbase_words.h"

/* At the top of a product. */
#define PRODUCT_FIELDS(X)                                                                         \
    X(ID, "product_id") X(STEP, "base_increment") X(MIN, "base_min_size")                         \
    X(MAX, "base_max_size") X(QUOTE_MIN, "quote_min_size") X(TICK, "price_increment")             \
    X(PRODUCT_TYPE, "product_type") X(VENUE, "product_venue") X(MID, "mid_market_price")          \
    X(DISABLED, "is_disabled") X(TRADING_DISABLED, "trading_disabled")                            \
    X(CANCEL_ONLY, "cancel_only") X(LIMIT_ONLY, "limit_only") X(POST_ONLY, "post_only")           \
    X(VIEW_ONLY, "view_only") X(AUCTION, "auction_mode")
/* In future_product_details. */
#define FUTURE_FIELDS(X)                                                                          \
    X(PLACE, "venue") X(CONTRACT, "contract_size") X(ROOT, "contract_root_unit")                  \
    X(EXPIRY_TYPE, "contract_expiry_type") X(TO_EXPIRY, "time_to_expiry_ms")                      \
    X(INTERVAL, "funding_interval") X(RATE, "funding_rate") X(TIME, "funding_time")               \
    X(INDEX, "index_price")

#define NUMBER_OF(symbol, name) F_##symbol,
#define NAME_OF(symbol, name) name,
enum { PRODUCT_FIELDS(NUMBER_OF) F_COUNT };
enum { FUTURE_FIELDS(NUMBER_OF) F_FUTURE_COUNT };
static const char *const PRODUCT_NAMES[F_COUNT] = {PRODUCT_FIELDS(NAME_OF)};
static const char *const FUTURE_NAMES[F_FUTURE_COUNT] = {FUTURE_FIELDS(NAME_OF)};
enum { OLD_RATE, OLD_TIME, OLD_FIELDS };
static const char *const OLD_NAMES[OLD_FIELDS] = {"funding_rate", "funding_time"};
enum { RATE_LONG, RATE_SHORT, RATE_FIELDS };
static const char *const RATE_NAMES[RATE_FIELDS] = {"long_margin_rate", "short_margin_rate"};
enum { SESSION_OPEN, SESSION_STATE, SESSION_FIELDS };
static const char *const SESSION_NAMES[SESSION_FIELDS] = {"is_session_open", "session_state"};

struct product {
    struct json_text got[F_COUNT], future[F_FUTURE_COUNT];
    struct json_text old[OLD_FIELDS]; /* perpetual_details: filled on INTX, empty on CDE */
    struct json_text intraday[RATE_FIELDS], overnight[RATE_FIELDS];
    struct json_text session[SESSION_FIELDS];
};

static void read_object(struct json_reader *json, const char *const *names, size_t count,
                        struct json_text *got)
{
    struct json_text key;
    if (json_peek(json) != JSON_OBJECT || !json_enter_object(json))
        return;
    while (json_next_key(json, &key))
        coinbase_read_field(json, key, names, count, got);
}

static void read_future(struct json_reader *json, struct product *product)
{
    struct json_text key;
    if (json_peek(json) != JSON_OBJECT || !json_enter_object(json))
        return;
    while (json_next_key(json, &key)) {
        if (json_text_equal(key, "perpetual_details"))
            read_object(json, OLD_NAMES, OLD_FIELDS, product->old);
        else if (json_text_equal(key, "intraday_margin_rate"))
            read_object(json, RATE_NAMES, RATE_FIELDS, product->intraday);
        else if (json_text_equal(key, "overnight_margin_rate"))
            read_object(json, RATE_NAMES, RATE_FIELDS, product->overnight);
        else
            coinbase_read_field(json, key, FUTURE_NAMES, F_FUTURE_COUNT, product->future);
    }
}

static bool read_product(struct json_reader *json, struct product *product)
{
    struct json_text key;
    *product = (struct product){0};
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key)) {
        if (json_text_equal(key, "future_product_details"))
            read_future(json, product);
        else if (json_text_equal(key, "fcm_trading_session_details"))
            read_object(json, SESSION_NAMES, SESSION_FIELDS, product->session);
        else
            coinbase_read_field(json, key, PRODUCT_NAMES, F_COUNT, product->got);
    }
    return !json->failure;
}

static bool is_intx(const struct product *product)
{
    return coinbase_word(product->got[F_VENUE], "INTX") ||
           coinbase_word(product->future[F_EXPIRY_TYPE], "PERPETUAL");
}

/* US perpetuals call themselves EXPIRING, with an expiry in 2030; what tells them from a dated
 * future is the funding one level above perpetual_details. */
static bool is_perpetual(const struct product *product)
{
    struct json_text left = product->future[F_TO_EXPIRY];
    int64_t ms;
    if (!coinbase_word(product->got[F_PRODUCT_TYPE], "FUTURE") ||
        coinbase_true(product->got[F_VIEW_ONLY]))
        return false;
    if (is_intx(product))
        return true;
    if (left.length > 0 && json_text_int64(left, &ms) && ms <= 0)
        return false;
    return product->future[F_INTERVAL].length > 0 || product->future[F_RATE].length > 0;
}

/* The asset by its contract's root; where none is told, by the first part of the id. */
static bool asset_of(const struct product *product, const char (*assets)[ASSET_MAX],
                     uint32_t asset_count, uint32_t *ret)
{
    struct json_text name = product->future[F_ROOT];
    if (name.length == 0 && product->got[F_ID].length > 0) {
        name = product->got[F_ID];
        const char *dash = memchr(name.at, '-', name.length);
        name.length = dash ? (size_t)(dash - name.at) : name.length;
    }
    for (uint32_t i = 0; i < asset_count; i++)
        if (name.length > 0 && json_text_equal(name, assets[i])) {
            *ret = i;
            return true;
        }
    return false;
}

static bool take_size(const struct instrument *instrument, struct json_text text,
                      struct size *ret)
{
    struct size venue;
    return coinbase_size(text, &venue) && instrument_base_size(instrument, venue, ret);
}

/* "3600s". An hour where none is told: both profiles fund hourly. */
static bool read_interval(struct json_text text, int64_t *ret_ns)
{
    uint64_t seconds = 3600;
    if (text.length > 0) {
        struct json_text digits = {text.at, text.length - 1, false};
        if (text.at[text.length - 1] != 's' || !json_text_uint64(digits, &seconds))
            return false;
    }
    if (seconds == 0 || seconds > 366 * 86400)
        return false;
    *ret_ns = (int64_t)seconds * 1000000000;
    return true;
}

static const char *fill_units(const struct product *product, struct instrument *instrument)
{
    const struct json_text *got = product->got;
    struct json_text contract = product->future[F_CONTRACT];
    if (!json_text_copy(got[F_ID], instrument->product_id, PRODUCT_ID_MAX) || !got[F_ID].length)
        return "an id that is empty or too long";
    instrument->profile = is_intx(product) ? PROFILE_INTX : PROFILE_CDE;
    if (!coinbase_size(contract, &instrument->contract_size))
        return "a contract_size that is no exact decimal";
    if (instrument->contract_size.e9 == 0 && instrument->profile == PROFILE_INTX)
        instrument->contract_size = (struct size){DECIMAL_ONE};
    if (instrument->contract_size.e9 == 0)
        return "no contract_size";
    if (!coinbase_price(got[F_TICK], &instrument->tick) || instrument->tick.e9 == 0)
        return "no usable price_increment";
    if (!take_size(instrument, got[F_STEP], &instrument->step) || instrument->step.e9 == 0)
        return "no usable base_increment";
    if (!take_size(instrument, got[F_MIN], &instrument->size_min) ||
        !take_size(instrument, got[F_MAX], &instrument->size_max) || instrument->size_max.e9 == 0)
        return "no usable base_min_size or base_max_size";
    if (instrument->size_min.e9 == 0)
        instrument->size_min = instrument->step;
    if (!coinbase_money(got[F_QUOTE_MIN], &instrument->quote_min) || instrument->quote_min.e18 < 0)
        return "a quote_min_size that is no exact decimal";
    return NULL;
}

static void fill_state(const struct product *product, struct instrument *instrument)
{
    const struct json_text *got = product->got;
    struct json_text state = product->session[SESSION_STATE];
    instrument->trading_disabled =
        coinbase_true(got[F_TRADING_DISABLED]) || coinbase_true(got[F_DISABLED]);
    instrument->cancel_only = coinbase_true(got[F_CANCEL_ONLY]);
    instrument->limit_only = coinbase_true(got[F_LIMIT_ONLY]);
    instrument->post_only = coinbase_true(got[F_POST_ONLY]);
    instrument->view_only = coinbase_true(got[F_VIEW_ONLY]);
    instrument->venue_reduce_only = instrument->profile == PROFILE_INTX;
    /* INTX never closes and shows no session. On CDE silence means closed, and so does a state
     * that is not known. */
    instrument->session_open =
        coinbase_true(product->session[SESSION_OPEN]) &&
        (state.length == 0 || coinbase_word(state, "FCM_TRADING_SESSION_STATE_OPEN"));
    if (instrument->profile == PROFILE_INTX && !product->session[SESSION_OPEN].length)
        instrument->session_open = true;
    /* An auction gathers orders and matches none until it ends: it is no place for ours. */
    if (coinbase_true(got[F_AUCTION]))
        instrument->session_open = false;
}

static bool read_rate(struct json_text text, struct ratio *ret)
{
    return coinbase_ratio_about(text, ret) && ret->e9 >= 0;
}

static const char *fill_margin(const struct product *product, struct instrument *instrument)
{
    if (!read_rate(product->intraday[RATE_LONG], &instrument->margin_long) ||
        !read_rate(product->intraday[RATE_SHORT], &instrument->margin_short) ||
        !read_rate(product->overnight[RATE_LONG], &instrument->overnight_long) ||
        !read_rate(product->overnight[RATE_SHORT], &instrument->overnight_short))
        return "a margin rate that is no number";
    return NULL;
}

static const char *fill_funding(const struct product *product, struct instrument *instrument)
{
    struct json_text rate = product->future[F_RATE], time = product->future[F_TIME];
    if (rate.length == 0)
        rate = product->old[OLD_RATE];
    if (time.length == 0)
        time = product->old[OLD_TIME];
    instrument->funding_unknown = rate.length == 0; /* "" is no rate of 0 */
    if (!coinbase_ratio_about(rate, &instrument->funding_rate))
        return "a funding_rate that is no number";
    if (!coinbase_time(time, &instrument->funding_time_ns))
        return "a funding_time that is not RFC 3339";
    if (!read_interval(product->future[F_INTERVAL], &instrument->funding_interval_ns))
        return "a funding_interval that is not like 3600s";
    if (!coinbase_price_about(product->got[F_MID], &instrument->mark) ||
        !coinbase_price_about(product->future[F_INDEX], &instrument->index))
        return "a mid_market_price or index_price that is no number";
    return NULL;
}

static const char *fill_instrument(const struct product *product, const char *asset,
                                   struct instrument *ret)
{
    *ret = (struct instrument){0};
    text_copy(ret->asset, ASSET_MAX, asset, strlen(asset));
    const char *objection = fill_units(product, ret);
    if (!objection)
        objection = fill_funding(product, ret);
    if (!objection)
        objection = fill_margin(product, ret);
    fill_state(product, ret);
    return objection;
}

struct search {
    const char (*assets)[ASSET_MAX];
    uint32_t asset_count;
    struct catalog *found;
    char objection[200]; /* to the first wanted product that could not be read */
    char objection_asset[ASSET_MAX];
};

static bool consider(struct json_reader *json, const struct product *product,
                     struct search *search)
{
    uint32_t asset;
    struct instrument instrument;
    if (!is_perpetual(product) ||
        !asset_of(product, search->assets, search->asset_count, &asset))
        return true;
    const char *objection = fill_instrument(product, search->assets[asset], &instrument);
    if (objection) {
        if (!search->objection[0]) {
            struct err words;
            char id[PRODUCT_ID_MAX];
            json_text_excerpt(product->got[F_ID], id, sizeof id);
            err_set(&words, "product %s has %s", id, objection);
            text_copy(search->objection, sizeof search->objection, words.text,
                      strlen(words.text));
            memcpy(search->objection_asset, instrument.asset, ASSET_MAX);
        }
        return true;
    }
    if (catalog_find(search->found, instrument.product_id, strlen(instrument.product_id)) !=
        NO_PRODUCT)
        return json_fail(json, "a product that stands twice in the list");
    if (search->found->count == MAX_PRODUCTS)
        return json_fail(json, "more perpetuals of the wanted assets than fit (MAX_PRODUCTS)");
    search->found->items[search->found->count++] = instrument;
    return true;
}

static bool asset_found(const struct catalog *found, const char *asset)
{
    for (product_index i = 0; i < found->count; i++)
        if (strcmp(found->items[i].asset, asset) == 0)
            return true;
    return false;
}

int coinbase_rest_decode_products(const char *body, size_t length, const char (*assets)[ASSET_MAX],
                                  uint32_t asset_count, struct catalog *found, struct err *err)
{
    struct search search = {.assets = assets, .asset_count = asset_count, .found = found};
    struct json_reader json;
    struct json_text key;
    struct product product;
    bool listed = false;
    found->count = 0;
    json_init(&json, body, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (!json_text_equal(key, "products") || !json_enter_array(&json))
                continue;
            listed = true;
            while (json_next_item(&json) && read_product(&json, &product))
                consider(&json, &product, &search);
        }
    if (!listed)
        json_fail(&json, "the list of products is missing");
    if (json_finish(&json, err) < 0)
        return -1;
    /* One odd listing does not stop the others; an asset with nothing else left is told. */
    if (search.objection[0] && !asset_found(found, search.objection_asset))
        return err_set(err, "%s", search.objection);
    return 0;
}

int coinbase_rest_decode_time(const char *body, size_t length, int64_t *ret_wall_ns,
                              struct err *err)
{
    static const char *const NAMES[] = {"epochMillis", "iso"};
    struct json_reader json;
    struct json_text key, got[2] = {0};
    uint64_t millis;
    int64_t iso_ns = 0;
    json_init(&json, body, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            coinbase_read_field(&json, key, NAMES, 2, got);
    if (json_finish(&json, err) < 0)
        return -1;
    if (json_text_uint64(got[0], &millis) && millis > 0 && millis < INT64_MAX / 1000000)
        *ret_wall_ns = (int64_t)millis * 1000000;
    else if (coinbase_time(got[1], &iso_ns) && iso_ns > 0)
        *ret_wall_ns = iso_ns;
    else
        return err_set(err, "a time reply with neither epochMillis nor iso");
    return 0;
}

int coinbase_rest_decode_portfolios(const char *body, size_t length, char ret_uuid[VENUE_ID_MAX],
                                    struct err *err)
{
    static const char *const NAMES[] = {"uuid", "type", "deleted"};
    struct json_reader json;
    struct json_text key;
    int best = 0;
    ret_uuid[0] = '\0';
    json_init(&json, body, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (!json_text_equal(key, "portfolios") || !json_enter_array(&json))
                continue;
            while (json_next_item(&json)) {
                struct json_text got[3] = {0};
                read_object(&json, NAMES, 3, got);
                int rank = coinbase_word(got[1], "INTX") ? 2 : coinbase_word(got[1], "DEFAULT");
                if (rank > best && !coinbase_true(got[2]) && got[0].length > 0 &&
                    json_text_copy(got[0], ret_uuid, VENUE_ID_MAX))
                    best = rank;
            }
        }
    if (json_finish(&json, err) < 0)
        return -1;
    return best > 0 ? 0 : err_set(err, "no portfolio of type INTX or DEFAULT is listed");
}

struct book_reading {
    struct json_reader json;
    const struct catalog *catalog;
    struct json_text product_id, time;
    struct level *levels; /* NULL: only count */
    uint32_t count;
};

static bool take_level(struct book_reading *reading, const struct json_text got[2],
                       enum side side)
{
    product_index product = catalog_find(reading->catalog, reading->product_id.at,
                                         reading->product_id.length);
    struct size venue;
    struct level level = {.side = side};
    if (!got[0].length || !coinbase_price(got[0], &level.price) || !got[1].length ||
        !coinbase_size(got[1], &venue) ||
        !instrument_base_size(&reading->catalog->items[product], venue, &level.size))
        return json_fail(&reading->json, "a level that is not an exact price and size");
    reading->levels[reading->count++] = level;
    return true;
}

static void read_side(struct book_reading *reading, enum side side)
{
    static const char *const NAMES[] = {"price", "size"};
    struct json_reader *json = &reading->json;
    struct json_text key;
    if (!json_enter_array(json))
        return;
    while (json_next_item(json)) {
        struct json_text got[2] = {0};
        if (!json_enter_object(json))
            return;
        while (json_next_key(json, &key))
            coinbase_read_field(json, key, NAMES, 2, got);
        if (!reading->levels)
            reading->count++;
        else
            take_level(reading, got, side);
    }
}

static int read_book(struct book_reading *reading, const char *body, size_t length,
                     struct err *err)
{
    struct json_reader *json = &reading->json;
    struct json_text key;
    json_init(json, body, length);
    if (json_enter_object(json))
        while (json_next_key(json, &key)) {
            if (!json_text_equal(key, "pricebook") || !json_enter_object(json))
                continue;
            while (json_next_key(json, &key)) {
                if (json_text_equal(key, "bids"))
                    read_side(reading, SIDE_BUY);
                else if (json_text_equal(key, "asks"))
                    read_side(reading, SIDE_SELL);
                else if (json_text_equal(key, "product_id"))
                    coinbase_read_text(json, &reading->product_id);
                else if (json_text_equal(key, "time"))
                    coinbase_read_text(json, &reading->time);
            }
        }
    return json_finish(json, err);
}

int coinbase_rest_decode_product_book(const char *body, size_t length,
                                      const struct catalog *catalog, coinbase_rest_emit *emit,
                                      void *context, struct err *err)
{
    struct book_reading reading = {.catalog = catalog};
    struct event event = {.kind = EVENT_BOOK};
    if (read_book(&reading, body, length, err) < 0)
        return -1;
    if (reading.product_id.length == 0)
        return err_set(err, "a product book without product_id");
    event.book.product =
        catalog_find(catalog, reading.product_id.at, reading.product_id.length);
    if (event.book.product == NO_PRODUCT)
        return err_set(err, "a book of a product that is not in the catalog");
    if (!coinbase_time(reading.time, &event.book.venue_ns))
        return err_set(err, "a product book whose time is not RFC 3339");
    if (reading.count > MAX_MESSAGE_LEVELS)
        return err_set(err, "a book of %u levels; at most %d", reading.count, MAX_MESSAGE_LEVELS);
    reading.levels = calloc(reading.count + 1, sizeof *reading.levels);
    if (!reading.levels)
        return err_set(err, "no memory for %u levels", reading.count);
    reading.count = 0;
    int result = read_book(&reading, body, length, err);
    event.book.snapshot = true;
    event.book.levels = reading.levels;
    event.book.count = reading.count;
    if (result == 0)
        emit(context, &event);
    free(reading.levels);
    return result;
}
