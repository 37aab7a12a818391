#pragma once
/* Market data into books, marks, candles and what the strategies are told of their health. */
#include "engine/engine_inside.h"

void market_on_link(struct engine *engine, const struct event_link *event);
void market_on_frame(struct engine *engine, const struct event_frame *event);
void market_on_heartbeat(struct engine *engine, const struct event_heartbeat *event);
void market_on_book(struct engine *engine, const struct event_book *event);
void market_on_trades(struct engine *engine, const struct event_trades *event);
void market_on_instrument(struct engine *engine, const struct event_instrument *event);
void market_on_ticker(struct engine *engine, const struct event_ticker *event);
/* Candles whose time is over; says when to come again. */
void market_due(struct engine *engine);

/* What the mid was since it was last looked at goes into the average; then what it is now. */
void market_hold_mid(struct engine *engine, product_index product);
void market_due_wild(struct engine *engine, product_index product);

/* A snapshot was taken, no gap since, both sides there, bid below ask, no jump, and fresh. */
bool market_book_is_good(const struct engine *engine, product_index product);
/* And not older than max_book_age. */
bool market_book_is_fresh(const struct engine *engine, product_index product);
/* The derived mark: VWAP of the last three minutes of trades, else the TWAP of the mid. */
/* What the venue values a position at: to be held against our mark of the same moment. */
void market_compare_mark(struct engine *engine, product_index product, struct price venue);
/* A position is held, and the last such comparison was further apart than max_mark_deviation. */
bool market_mark_is_disputed(const struct engine *engine, product_index product);
bool market_mark(struct engine *engine, product_index product, struct price *ret,
                 int64_t *ret_age_ns);
