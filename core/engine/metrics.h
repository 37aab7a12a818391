#pragma once
/* What a run came to: results, trades, risk, fills and refusals, out of the records of any journal
 * (live, paper, replay, backtest alike), exact and without floating point. Pure.
 *
 *     struct metrics *metrics = metrics_create();
 *     while (...) metrics_add(metrics, &record);      every record, in the order of the journal
 *     metrics_end(metrics, wall_ns);                  the last moment counts too
 *     for (uint32_t i = 0; metrics_row(metrics, METRICS_RUN, i, &row); i++)
 *         ... row.name, row.product_id, row.result
 *
 * A row is of one strategy (operator, external) in one product, of all of either, or of both: the
 * account, which comes first. METRICS_DAY is the UTC day under way: metrics_on_day is called when a
 * day is over, while its rows can still be read. Days without a record are left out.
 *
 * Result: realised and unrealised less fees, and funding. Open positions are valued at the newest
 * price the journal tells: a fill's, or a RECORD_MARK (every five minutes while something is held).
 * A trade goes from flat to flat, or to the other side, and brings its whole result. The account's
 * row is the sum of its actors'; the venue, who nets them, may call more of it realised, or less.
 *
 * Sharpe and Sortino: returns are changes of the result within a UTC hour (or day) over the equity
 * at its beginning; mean over deviation (sample; below zero, over all), times the root of 8760
 * hours (365 days) a year, no riskless rate. Not known below METRICS_RETURNS_MIN returns, or while
 * nothing varies. The equity is the account's for every row: as the venue first told it, and our
 * result since. Exposure is weighted by time. Slippage is what fills cost beyond the mid when their
 * order was judged: positive is worse. Turnover is the worth of all that was bought and sold.
 *
 * A reversal takes back realised result, fee and turnover; the trades that ended stay told. */
#include "model/record.h"

struct metrics;

enum metrics_scope { METRICS_RUN, METRICS_DAY, METRICS_SCOPES };
enum { METRICS_RETURNS_MIN = 5 };

struct metrics_returns {
    uint64_t count;
    bool known;                  /* sharpe; sortino_known besides: something was lost */
    bool sortino_known;
    struct ratio sharpe, sortino; /* annualised */
};

struct metrics_row {
    bool all_actors, all_products;
    actor_index actor;           /* ACTOR_OPERATOR, ACTOR_EXTERNAL, or below: see the name */
    char name[NAME_MAX_BYTES];   /* of the strategy; "operator", "external"; "" for all */
    char product_id[PRODUCT_ID_MAX]; /* "" for all */
    int64_t begin_ns, end_ns;    /* wall: of its first and last record */

    struct money result, realised, unrealised, fees, funding; /* of that time alone */
    struct size position;        /* of one product; now */
    uint64_t fills, maker_fills, reversals;
    struct money turnover;

    uint64_t trades, wins, losses; /* neither: it brought 0 */
    struct money won, lost;      /* summed; lost is positive */
    struct money best, worst;    /* of one trade */
    bool trades_known;           /* there was one: the three below */
    struct ratio win_rate;
    struct money expectancy;     /* mean result of a trade, half-even */
    bool profit_factor_known;    /* something was lost */
    struct ratio profit_factor;

    struct money drawdown;       /* the furthest below an earlier peak of the result, positive */
    bool drawdown_part_known;
    struct ratio drawdown_part;  /* of the equity at that peak */
    struct money exposure_mean, exposure_max;
    struct ratio time_held;      /* part of the time with a position */
    struct metrics_returns hours, days;

    bool slippage_known;
    struct money slippage;       /* in all; of the fills whose decision price is known */
    struct ratio slippage_part;  /* of their worth: 0.0001 is a basis point */

    uint64_t orders;             /* judged and journaled */
    uint64_t accepted, refused, dropped; /* by the venue; never sent, or dead before it had them */
    bool acceptance_known;
    struct ratio acceptance;     /* accepted of those that the venue answered */
    uint64_t intents_refused, unrecorded; /* by gate and rules; beyond the journal's share */
    uint64_t refusals[REFUSAL_COUNT];
};

/* One rule script or config line that refused, with its code; most first. Of the whole run. */
struct metrics_filter { enum refusal code; char key[40]; uint64_t count; };

struct metrics *metrics_create(void); /* NULL: no memory */
void metrics_destroy(struct metrics *metrics);
void metrics_on_day(struct metrics *metrics, void (*on_day)(void *context, int64_t day_ns),
                    void *context);
/* False: a table was full or a number left its range; the figures then lack something. */
bool metrics_add(struct metrics *metrics, const struct record *record);
/* Time passes without a record: what is held counts on, hours and days that are over are closed. */
void metrics_end(struct metrics *metrics, int64_t wall_ns);
bool metrics_is_whole(const struct metrics *metrics); /* no metrics_add was false */

/* Rows that had any news, the account first, then strategies, products, and each in each. */
bool metrics_row(const struct metrics *metrics, enum metrics_scope scope, uint32_t index,
                 struct metrics_row *ret);
bool metrics_filter(const struct metrics *metrics, uint32_t index, struct metrics_filter *ret);
/* The account's, after the last record: for curves. False: its capital is not known yet. */
bool metrics_equity(const struct metrics *metrics, struct money *ret_result,
                    struct money *ret_equity);
