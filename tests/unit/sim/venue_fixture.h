#pragma once
/* A venue on a tape of a few rows, and a list of what it said. Times are milliseconds after the
 * start; decimals are text, as in the tape. */
#include "sim/venue_sim.h"
#include "suites.h"

enum { BIP = 0, ETP = 1, BTC_INTX = 4, ETH_INTX = 5, SAID_MAX = 4096, ROWS_MAX = 64,
       TAPE_END_MS = 100 * 3600 * 1000 };
#define FIXTURE_START_NS INT64_C(1795011200000000000) /* a Wednesday, 14:13:20 UTC */
#define MS INT64_C(1000000)

struct row { int ms; const char *what, *price, *size; }; /* what: "QB", "LS", "TB" ... */

struct said { char client_id[16]; enum venue_status status; int64_t filled_e9; };

struct fixture {
    struct tape *tape;
    struct venue_sim *sim;
    struct venue_sim_config config;
    struct said said[SAID_MAX];
    uint32_t said_count, fill_count, trade_count, reset_count;
    struct trade trades[SAID_MAX];
    int trade_products[SAID_MAX];
};

/* The rows end with one of {0, NULL}; a best pair at 0 ms comes first by itself:
 * 100.0 x 5 against 100.1 x 5. */
extern bool fixture_loops; /* the tape ends with the last row and begins anew */
void fixture_open(struct fixture *fixture, const struct row *rows);
void fixture_open_with(struct fixture *fixture, const struct row *rows,
                       const struct venue_sim_config *config);
void fixture_config(struct venue_sim_config *ret);
void fixture_close(struct fixture *fixture);
void fixture_to(struct fixture *fixture, int ms);

struct venue_request fixture_limit(const char *id, int product, enum side side,
                                   const char *price, const char *size);
struct venue_request fixture_market(const char *id, int product, enum side side,
                                    const char *size);
/* Places and demands that it was accepted; the order it gives lives as long as the venue. */
const struct venue_order *fixture_place(struct fixture *fixture, struct venue_request request);
void fixture_refused(struct fixture *fixture, struct venue_request request,
                     enum venue_refusal refusal);
/* "PENDING OPEN FILLED": the states told of a client id, repeats left out. */
const char *fixture_states(const struct fixture *fixture, const char *client_id);

int64_t e9(const char *text);
#define assert_size(size, text) assert_int_equal((size).e9, e9(text))
void assert_money(struct money value, const char *text);
