#include "venue_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int64_t e9(const char *text)
{
    struct price price;
    assert_true(price_parse(text, strlen(text), &price));
    return price.e9;
}

void assert_money(struct money value, const char *text)
{
    char got[DECIMAL_TEXT_MAX];
    money_format(value, got);
    assert_string_equal(got, text);
}

static void on_order(void *context, const struct venue_order *order)
{
    struct fixture *fixture = context;
    assert_true(fixture->said_count < SAID_MAX);
    struct said *said = &fixture->said[fixture->said_count++];
    text_copy(said->client_id, sizeof said->client_id, order->request.client_id,
              strlen(order->request.client_id));
    said->status = order->status;
    said->filled_e9 = order->filled.e9;
}

static void on_fill(void *context, const struct venue_fill *fill)
{
    struct fixture *fixture = context;
    assert_true(fill->size.e9 > 0);
    fixture->fill_count++;
}

static void on_trade(void *context, int product, const struct trade *trade)
{
    struct fixture *fixture = context;
    if (fixture->trade_count == SAID_MAX)
        return;
    fixture->trade_products[fixture->trade_count] = product;
    fixture->trades[fixture->trade_count++] = *trade;
}

static void on_reset(void *context, int product)
{
    struct fixture *fixture = context;
    assert_true(product == BIP || product == BTC_INTX);
    fixture->reset_count++;
}

bool fixture_loops;

void fixture_config(struct venue_sim_config *ret)
{
    *ret = (struct venue_sim_config){
        .seed = 5, .id_salt = 1, .start_ns = FIXTURE_START_NS, .speed = {DECIMAL_ONE},
        .cash_usd = {(__int128)e9("100000") * DECIMAL_ONE},
        .cash_usdc = {(__int128)e9("100000") * DECIMAL_ONE},
        .fee_maker = {e9("0.0002")}, .fee_taker = {e9("0.0005")},
        .accept_delay_ns = 2 * MS, .cancel_delay_ns = 4 * MS, .release_delay_ns = 500 * MS,
        .session = SESSION_ALWAYS_OPEN};
}

void fixture_open_with(struct fixture *fixture, const struct row *rows,
                       const struct venue_sim_config *config)
{
    char text[ROWS_MAX * 64];
    struct err err = {""};
    size_t used = (size_t)snprintf(text, sizeof text, "0,Q,B,100.0,5\n0,Q,S,100.1,5\n");
    for (const struct row *row = rows; row && row->what; row++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%lld,%c,%c,%s,%s\n",
                                 (long long)(row->ms * MS), row->what[0], row->what[1],
                                 row->price, row->size);
    if (!fixture_loops) /* the tape must not begin anew while a test looks at its end */
        used += (size_t)snprintf(text + used, sizeof text - used, "%lld,L,B,1.0,0.001\n",
                                 (long long)(TAPE_END_MS * MS));
    assert_true(used < sizeof text);
    *fixture = (struct fixture){.config = *config};
    fixture->tape = tape_create(text, used, &err);
    if (!fixture->tape)
        fail_msg("%s", err.text);
    fixture->config.tape = fixture->tape;
    struct venue_sink sink = {fixture, on_order, on_fill, on_trade, on_reset};
    fixture->sim = venue_sim_create(&fixture->config, &sink, &err);
    if (!fixture->sim)
        fail_msg("%s", err.text);
}

void fixture_open(struct fixture *fixture, const struct row *rows)
{
    struct venue_sim_config config;
    fixture_config(&config);
    fixture_open_with(fixture, rows, &config);
}

void fixture_close(struct fixture *fixture)
{
    venue_sim_destroy(fixture->sim);
    tape_destroy(fixture->tape);
}

void fixture_to(struct fixture *fixture, int ms)
{
    venue_sim_advance(fixture->sim, FIXTURE_START_NS + ms * MS);
}

static struct venue_request request_of(const char *id, int product, enum side side,
                                       const char *size)
{
    struct venue_request request = {.product = product, .side = side, .size = {e9(size)}};
    assert_true(text_copy(request.client_id, sizeof request.client_id, id, strlen(id)));
    return request;
}

struct venue_request fixture_limit(const char *id, int product, enum side side,
                                   const char *price, const char *size)
{
    struct venue_request request = request_of(id, product, side, size);
    request.type = ORDER_TYPE_LIMIT;
    request.tif = TIF_GTC;
    request.limit.e9 = e9(price);
    return request;
}

struct venue_request fixture_market(const char *id, int product, enum side side,
                                    const char *size)
{
    struct venue_request request = request_of(id, product, side, size);
    request.type = ORDER_TYPE_MARKET;
    request.tif = TIF_IOC;
    return request;
}

const struct venue_order *fixture_place(struct fixture *fixture, struct venue_request request)
{
    const struct venue_order *order = NULL;
    enum venue_refusal refusal = venue_sim_place(fixture->sim, &request, &order);
    if (refusal != VENUE_ACCEPTED)
        fail_msg("%s: %s", request.client_id, venue_refusal_preview(refusal));
    assert_non_null(order);
    return order;
}

void fixture_refused(struct fixture *fixture, struct venue_request request,
                     enum venue_refusal refusal)
{
    const struct venue_order *order = NULL;
    uint32_t before = venue_sim_order_count(fixture->sim);
    enum venue_refusal got = venue_sim_place(fixture->sim, &request, &order);
    if (got != refusal)
        fail_msg("%s: '%s' instead of '%s'", request.client_id, venue_refusal_preview(got),
                 venue_refusal_preview(refusal));
    assert_null(order);
    assert_int_equal(venue_sim_order_count(fixture->sim), before);
}

const char *fixture_states(const struct fixture *fixture, const char *client_id)
{
    static const char *const WORDS[] = {"PENDING", "OPEN", "FILLED", "CANCELLED", "EXPIRED",
                                        "FAILED", "QUEUED", "CANCEL_QUEUED"};
    static char text[512];
    int last = -1;
    text[0] = '\0';
    for (uint32_t i = 0; i < fixture->said_count; i++) {
        const struct said *said = &fixture->said[i];
        if (strcmp(said->client_id, client_id) != 0 || (int)said->status == last)
            continue;
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "", WORDS[said->status]);
        last = (int)said->status;
    }
    return text;
}
