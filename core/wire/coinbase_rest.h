#pragma once
/* Coinbase Advanced Trade REST bodies <-> commands and events. Pure. Paths start behind the host:
 * "/api/v3/brokerage/orders". The encoder of anything that can raise exposure takes an approved
 * order. Business rejects come as HTTP 200; whatever is not a documented outcome is UNKNOWN. */
#include "base/buf.h"
#include "base/err.h"
#include "model/approved_order.h"
#include "model/event.h"

typedef void coinbase_rest_emit(void *context, const struct event *event);

#define COINBASE_PREFIX "/api/v3/brokerage"

/* POST /orders. -1: the order does not fit the venue's units (err says which). reduce_only goes
 * out only where the venue takes it (INTX: market and good-till-cancelled limit orders). */
int coinbase_rest_encode_place(const struct approved_order *order, const struct catalog *catalog,
                               struct buf *ret_body, struct err *err);
/* POST /orders/batch_cancel, at most MAX_CANCEL_BATCH ids. */
void coinbase_rest_encode_cancel(const struct venue_id *ids, uint32_t count, struct buf *ret_body);
/* Path with query for a list. `cursor` NULL or "" for the first page. `portfolio` for INTX. */
enum coinbase_list { COINBASE_ORDERS_ALL, COINBASE_ORDERS_OPEN, COINBASE_FILLS,
                     COINBASE_CFM_POSITIONS, COINBASE_INTX_POSITIONS, COINBASE_CFM_BALANCE,
                     COINBASE_INTX_PORTFOLIO, COINBASE_PRODUCTS_FUTURE, COINBASE_PORTFOLIOS,
                     COINBASE_MARGIN_SETTING, COINBASE_MARGIN_WINDOW,
                     COINBASE_PRODUCTS_PUBLIC /* needs no key */ };
void coinbase_rest_path(struct buf *out, enum coinbase_list list, const char *cursor,
                        const char *portfolio, int64_t since_wall_ns);

/* `http_status` 0: no whole reply arrived. REFUSED: a documented code in a reject (HTTP 200), or
 * a documented 400, 401, 403 or 429 body. DUPLICATE_CLIENT_ORDER_ID is UNKNOWN: an order lives
 * under that id. Fills outcome, venue id and reason; the reply's own
 * client_order_id must be `expected`, else UNKNOWN and false: the reply is another request's, and
 * its connection not to be trusted again. */
bool coinbase_rest_decode_place(int http_status, const char *body, size_t length,
                                struct client_id expected, struct event_place_reply *ret);
/* One event per id asked; ids that the reply leaves out are UNKNOWN. */
void coinbase_rest_decode_cancel(int http_status, const char *body, size_t length,
                                 const struct venue_id *ids, const struct client_id *client_ids,
                                 uint32_t count, coinbase_rest_emit *emit, void *context);

/* One page of a list: emits its items, writes the next cursor ("" at the end). -1: unusable, and
 * nothing was emitted. Products not in the catalog are emitted with product NO_PRODUCT. */
struct coinbase_page { char next_cursor[256]; uint32_t items; };
int coinbase_rest_decode_list(enum coinbase_list list, const char *body, size_t length,
                              const struct catalog *catalog, coinbase_rest_emit *emit,
                              void *context, struct coinbase_page *ret, struct err *err);

/* GET /products?product_type=FUTURE (and the public twin): fills `found` with every perpetual of
 * the wanted assets in either profile. -1: unusable, or no space. */
int coinbase_rest_decode_products(const char *body, size_t length, const char (*assets)[ASSET_MAX],
                                  uint32_t asset_count, struct catalog *found, struct err *err);
int coinbase_rest_decode_time(const char *body, size_t length, int64_t *ret_wall_ns,
                              struct err *err);
/* GET /portfolios: the uuid of the INTX (else default) portfolio. */
int coinbase_rest_decode_portfolios(const char *body, size_t length, char ret_uuid[VENUE_ID_MAX],
                                    struct err *err);
/* GET /cfm/intraday/...: whether the account has opted in to intraday margin; until when its rules
 * hold for one that has, wall time, 0: they do not hold now. */
int coinbase_rest_decode_margin_setting(const char *body, size_t length, bool *ret_intraday,
                                        struct err *err);
int coinbase_rest_decode_margin_window(const char *body, size_t length, int64_t *ret_until_ns,
                                       struct err *err);
/* GET /product_book: emits one EVENT_BOOK snapshot. */
int coinbase_rest_decode_product_book(const char *body, size_t length,
                                      const struct catalog *catalog, coinbase_rest_emit *emit,
                                      void *context, struct err *err);
/* The venue's words out of any of its error shapes; HTML and garbage are cut to a safe excerpt. */
void coinbase_rest_decode_error(int http_status, const char *body, size_t length,
                                char ret_reason[REASON_MAX]);
