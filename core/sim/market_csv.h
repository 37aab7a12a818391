#pragma once
/* Market data out of CSV files, told apart by the names of their columns:
 *
 *     tape     recv_ns,kind,side,price,size                      (sim/tape.h)
 *     candles  TIME,open,high,low,close,volume | notional_usd    one bar a line
 *     trades   TIME,price,size[,side]                            one trade a line
 *
 * in any order, other columns ignored, with a first line that names them. TIME is one of time_ns,
 * time_us, time_ms, time_s (or start_s, timestamp: seconds) as whole Unix time, or `time` as
 * RFC 3339. Sizes and `volume` are base coin, `notional_usd` is dollars, side is buy, sell, B or S:
 * the aggressor; without it a trade above the one before it is a buy. Times never fall. */
#include "sim/market_data.h"

/* NULL: err names the line. `bytes` may be gzip. */
struct market_data *market_data_read(const char *name, const void *bytes, size_t length,
                                     const struct instrument *spec, struct err *err);
