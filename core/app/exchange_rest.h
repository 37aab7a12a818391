#pragma once
/* REST without a socket: a request in, a reply out. exchange_rest.c finds the handler, checks the
 * token and the rate; a handler writes its JSON into call->json and may set call->status. */
#include "app/exchange.h"
#include "wire/json_read.h"

struct rest_request {
    const char *method, *path; /* the path without its query */
    const char *host, *authorization;
    const char *args[EXCHANGE_ARGS_MAX]; /* "name=value", decoded */
    int arg_count;
    bool no_cache;
    const char *body;
    size_t body_length;
};

struct rest_reply {
    int status;
    const char *type;
    struct buf body; /* owned */
    bool limited;    /* a rate applies: the three headers follow */
    uint32_t limit, remaining;
    uint32_t retry_after_s; /* 0: not said */
    const char *encoding;   /* NULL: as it stands */
};

/* Fills the reply whole, whatever the request holds. */
void exchange_rest_answer(struct exchange *exchange, const struct rest_request *request,
                          struct rest_reply *reply);
void rest_reply_fini(struct rest_reply *reply);

struct exchange_cache *exchange_cache_create(void); /* public replies and their rate */
void exchange_cache_destroy(struct exchange_cache *cache);

/* What a handler gets. `stars`: what the pattern's stars stand for. */
enum { REST_STAR_MAX = 128, REST_STARS = 2 };
struct rest_call {
    struct exchange *exchange;
    const struct rest_request *request;
    struct json_writer json;
    struct buf *body;
    int status;
    char stars[REST_STARS][REST_STAR_MAX];
    const char *star; /* the first one */
    uint32_t key;
};
typedef void rest_handler(struct rest_call *call);

/* {"error","error_details","message"}: replaces whatever was written. */
void rest_fail(struct rest_call *call, int status, const char *error, const char *message);
/* The reply of a body that does not decode, in the words of the venue's gateway. */
void rest_fail_unknown_field(struct rest_call *call, struct json_text key);
void rest_fail_syntax(struct rest_call *call, const struct err *err);

/* Query parameters. */
const char *rest_arg(const struct rest_call *call, const char *name); /* NULL: not given */
/* A repeated parameter: true when it holds the value, or was not given at all. */
bool rest_arg_allows(const struct rest_call *call, const char *name, const char *value);
uint32_t rest_arg_number(const struct rest_call *call, const char *name, uint32_t fallback,
                         uint32_t maximum);
/* RFC 3339 or Unix seconds; false when given and unreadable (the reply is then written). */
bool rest_arg_time(struct rest_call *call, const char *name, int64_t fallback_ns,
                   int64_t *ret_ns);
void rest_put_number(struct json_writer *json, const char *key, struct money value);
int rest_star_product(struct rest_call *call); /* -1: the 404 is written */

rest_handler rest_get_time, rest_get_products, rest_get_product, rest_get_product_book,
    rest_get_best_bid_ask, rest_get_ticker, rest_get_candles;
rest_handler rest_get_accounts, rest_get_account, rest_get_portfolios, rest_get_portfolio,
    rest_get_key_permissions, rest_get_transaction_summary, rest_get_cfm_positions,
    rest_get_cfm_position, rest_get_cfm_balance, rest_get_margin_setting, rest_get_margin_window,
    rest_get_intx_positions, rest_get_intx_position, rest_get_intx_portfolio,
    rest_get_intx_balances;
rest_handler rest_post_order, rest_post_preview, rest_post_cancel, rest_post_close,
    rest_post_edit;
rest_handler rest_get_orders, rest_get_order, rest_get_fills;
