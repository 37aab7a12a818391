#pragma once
/* An engine with two products, two strategies and as many rules as wanted, driven by hand. What it
 * emits is kept until rig_forget; its records are also kept for ever, as the journal.
 *
 *     struct rig *rig = rig_create(0);
 *     rig_up(rig);                         links, books, trades, runners, lists: ready to trade
 *     rig_limit(rig, 0, 1, SIDE_BUY, "99", "0.1", ref);
 *     rig_count(rig, COMMAND_PLACE) ... rig_last(rig, COMMAND_PLACE)
 */
#include "engine/engine.h"
#include "engine/snapshot.h"

enum { RIG_LOG_MAX = 20000 };

struct rig {
    struct engine_settings settings;
    struct engine *engine; /* owned */
    struct stamp now;
    uint64_t sequence[STREAM_COUNT], beat, trade_id;
    bool poor;             /* its lists of the balance lack one of the profiles */
    bool hold_lists;       /* lists are left to the test instead of being answered at once */
    struct size venue_position[MAX_PRODUCTS];
    struct price venue_mark; /* told with every position; 0: not told */
    struct event_balance balances[2]; /* as the venue tells them, by profile; 1000 in each */
    struct command *commands; /* owned; since rig_forget */
    struct record *journal;   /* owned; all */
    uint32_t command_count, journal_count, journal_mark;
    struct view views[MAX_RUNNERS]; /* the last one sent to each */
    uint32_t generation[MAX_RUNNERS];
};

struct rig *rig_create(uint8_t rules);
void rig_destroy(struct rig *rig);
/* A new engine over the same journal, as after a crash; links are down, runners gone. */
void rig_restart(struct rig *rig);
void rig_forget(struct rig *rig);

void rig_step(struct rig *rig, struct event *event);
void rig_tick(struct rig *rig, int64_t after_ns);
/* Time goes by with heartbeats and book updates each half second: nothing gets stale. */
void rig_pass(struct rig *rig, int64_t ns);

void rig_link(struct rig *rig, enum stream stream, bool up);
void rig_frame(struct rig *rig, enum stream stream);
void rig_beat(struct rig *rig);
void rig_book(struct rig *rig, product_index product, const char *bid, const char *ask,
              const char *size);
void rig_level(struct rig *rig, product_index product, enum side side, const char *price,
               const char *size);
void rig_trade(struct rig *rig, product_index product, const char *price, const char *size);
void rig_runner(struct rig *rig, actor_index runner, enum runner_state state, uint32_t generation);
void rig_up(struct rig *rig);

void rig_intent(struct rig *rig, actor_index strategy, struct intent intent);
struct intent rig_limit_intent(product_index product, enum side side, const char *price,
                               const char *size, order_ref ref);
void rig_limit(struct rig *rig, actor_index strategy, product_index product, enum side side,
               const char *price, const char *size, order_ref ref);
void rig_cancel(struct rig *rig, actor_index strategy, order_ref ref);
void rig_reply(struct rig *rig, struct client_id id, enum outcome outcome, const char *venue_id);
void rig_report(struct rig *rig, struct client_id id, const char *venue_id,
                enum venue_status status, const char *filled, const char *average,
                enum report_source source);
void rig_fill(struct rig *rig, const char *trade_id, const char *venue_id, product_index product,
              enum side side, const char *price, const char *size, const char *fee);
void rig_balance(struct rig *rig); /* 1000 in each profile */
void rig_list_end(struct rig *rig, const struct command_list *list, bool complete);
/* Lists are answered until this kind is asked for, which is left open, as all are from here on. */
struct command_list rig_open_list(struct rig *rig, enum list_kind kind);
void rig_operator(struct rig *rig, enum operator_verb verb, int target, uint8_t index,
                  const char *reason);

uint32_t rig_count(const struct rig *rig, enum command_kind kind);
const struct command *rig_last(const struct rig *rig, enum command_kind kind); /* fails if none */
struct command_list rig_last_list(const struct rig *rig, enum list_kind kind); /* fails if none */
uint32_t rig_notices(const struct rig *rig, actor_index runner, enum notice_kind kind);
const struct notice *rig_last_notice(const struct rig *rig, actor_index runner,
                                     enum notice_kind kind);
uint32_t rig_records(const struct rig *rig, enum record_kind kind); /* since rig_forget */
uint32_t rig_alerts(const struct rig *rig, const char *part); /* that have it in their text */
enum trading_state rig_account_state(const struct rig *rig);
struct order_row rig_order(const struct rig *rig, struct client_id id);
/* The account's, or one actor's, shown position; ACTOR_EXTERNAL too. */
struct position_row rig_position(const struct rig *rig, actor_index actor, product_index product);
struct product_row rig_product(const struct rig *rig, product_index product);
/* Places a limit order that the venue accepts under this id; its client id. */
struct client_id rig_open_order(struct rig *rig, actor_index strategy, product_index product,
                                enum side side, const char *price, const char *size,
                                order_ref ref, const char *venue_id);

struct price rig_price(const char *text);
struct size rig_size(const char *text);
struct money rig_money(const char *text);
struct venue_id rig_venue_id(const char *text);
