#pragma once
/* The daemon's status (app/operator_words.c) back from JSON into rows for the screen. Members that
 * this version does not know are passed over; absent ones stay zero or "". */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

enum { STATUS_TEXT = 32, STATUS_ORDERS_MAX = 20, STATUS_CODES_MAX = 40, STATUS_CAUSES_MAX = 16,
       STATUS_PROTECTIONS_MAX = 16, STATUS_PARKED_MAX = MAX_PARKED };

struct status_account {
    char environment[STATUS_TEXT], time[STATUS_TEXT], state[STATUS_TEXT], reason[REASON_MAX];
    bool stopping, market_up, user_up, journal_up, reconciled;
    char realised[DECIMAL_TEXT_MAX], unrealised[DECIMAL_TEXT_MAX], fees[DECIMAL_TEXT_MAX];
    int64_t skew_us, working, unknown, messages, messages_max, checkpoints_failing;
    char stage[STATUS_TEXT], stage_ceiling[STATUS_TEXT], stage_next[STATUS_TEXT];
    bool staged;
};
struct status_cause { char cause[STATUS_TEXT], step[STATUS_TEXT], text[REASON_MAX]; };
struct status_consent { int64_t number, left_ms; char kind[STATUS_TEXT], step[STATUS_TEXT],
                        what[STATUS_TEXT]; };
struct status_parked { char kind[STATUS_TEXT], id[VENUE_ID_MAX], venue_id[VENUE_ID_MAX]; };
struct status_protection {
    char actor[STATUS_TEXT], product[PRODUCT_ID_MAX], state[STATUS_TEXT], guards[STATUS_TEXT];
    char stop[STATUS_TEXT], trail_at[STATUS_TEXT], reason[REASON_MAX];
    int64_t after_ms, held_ms;
    bool blind;
};
struct status_product {
    char product[PRODUCT_ID_MAX], state[STATUS_TEXT], reason[REASON_MAX];
    char bid[STATUS_TEXT], bid_size[STATUS_TEXT], ask[STATUS_TEXT], ask_size[STATUS_TEXT];
    char mark[STATUS_TEXT], position[STATUS_TEXT], average_price[STATUS_TEXT];
    char realised[DECIMAL_TEXT_MAX], unrealised[DECIMAL_TEXT_MAX], fees[DECIMAL_TEXT_MAX];
    bool book_valid, stale, crossed;
    int64_t book_age_ms, working;
};
struct status_runner {
    char name[NAME_MAX_BYTES], role[STATUS_TEXT], state[STATUS_TEXT], trading[STATUS_TEXT];
    char hash[STATUS_TEXT], reason[REASON_MAX], trading_reason[REASON_MAX];
    char realised[DECIMAL_TEXT_MAX], unrealised[DECIMAL_TEXT_MAX], fees[DECIMAL_TEXT_MAX];
    int64_t generation, intents, refusals, restarts, working, answer_last_us, answer_max_us;
};
struct status_order {
    char actor[NAME_MAX_BYTES], product[PRODUCT_ID_MAX], side[STATUS_TEXT], type[STATUS_TEXT];
    char price[STATUS_TEXT], size[STATUS_TEXT], filled[STATUS_TEXT], state[STATUS_TEXT];
};
struct status_code { char name[STATUS_TEXT]; int64_t count; };
struct status_latency { int64_t samples, p50_us, p90_us, p99_us, max_us; };
struct status_counters {
    int64_t events, gaps, orders, fills, external_fills, alerts, mismatches;
    int64_t places, cancels, orders_unknown, orders_not_sent;
    int64_t market_frames, user_frames, market_resets, user_resets;
    int64_t journal_records, journal_queued, journal_last_us, journal_max_us;
    char last_error[160];
};

struct status {
    char ladder[STATUS_TEXT];     /* the step of the ladder */
    struct status_cause causes[STATUS_CAUSES_MAX];
    struct status_protection protections[STATUS_PROTECTIONS_MAX];
    struct status_parked parked[STATUS_PARKED_MAX];
    struct status_consent consents[MAX_CONSENTS];
    uint32_t consent_count;
    uint32_t cause_count, protection_count, parked_count;
    struct status_account account;
    struct status_counters counters;
    struct status_latency tick_to_order, round_trip;
    struct status_product products[MAX_PRODUCTS];
    struct status_runner runners[MAX_RUNNERS];
    struct status_order orders[STATUS_ORDERS_MAX];
    struct status_code refusals[STATUS_CODES_MAX];
    uint32_t product_count, runner_count, order_count, refusal_count;
};

int status_read(const char *json, size_t length, struct status *ret, struct err *err);
