#pragma once
/* What the account could lose: the engine's candles into risk_stats.h, its positions and orders
 * through risk_var.h, for control 28 and for `moongate ctl risk`. With var = "off" nothing is
 * built.
 *
 *     tail_on_trade(engine, product, &trade);      each dated trade
 *     tail_due(engine);                            rows whose time is over
 *     tail_fill_input(engine, &in);                what the gate asks about an order that opens
 *
 * Each candle is journaled as it closes, so that what was known is known after a restart. */
#include "engine/engine_inside.h"
#include "engine/risk_var.h"

/* TAIL_HELD: positions alone. TAIL_WORST: with every working order, wherever that is worse. */
enum tail_view { TAIL_HELD, TAIL_WORST };

size_t tail_bytes(const struct engine_settings *settings);
void tail_init(struct engine *engine);
void tail_on_trade(struct engine *engine, product_index product, const struct trade *trade);
void tail_due(struct engine *engine);
/* NO_PRODUCT: it is not configured any more. */
bool tail_restore(struct engine *engine, product_index product,
                  const struct record_candle *record);
void tail_begin(struct engine *engine); /* the first step: the journal is read */
/* False: a product that is held or ordered is not warm, or has no mark (0). `extra`: an order on
 * top, or NULL. */
bool tail_book(const struct engine *engine, enum tail_view view, const struct intent *extra,
               const struct price marks[MAX_PRODUCTS], struct risk_book *ret);
/* Per volatility_sample_ms, the larger of EWMA and Parkinson: control 27's figure. */
struct ratio tail_volatility(const struct engine *engine, product_index product);
void tail_fill_input(struct engine *engine, struct gate_input *in);
