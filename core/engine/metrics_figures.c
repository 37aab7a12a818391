#include "engine/metrics_figures.h"

#include <stddef.h>
#include <string.h>

enum { ALWAYS = -1 };

struct member { struct metrics_figure figure; size_t offset; ptrdiff_t known; };

#define AT(member) offsetof(struct metrics_row, member)
#define MONEY(key, member, meaning) {{key, meaning, FIGURE_MONEY}, AT(member), ALWAYS}
#define COUNT(key, member, meaning) {{key, meaning, FIGURE_COUNT}, AT(member), ALWAYS}
#define RATIO_IF(key, member, known, meaning) {{key, meaning, FIGURE_RATIO}, AT(member), AT(known)}
#define MONEY_IF(key, member, known, meaning) {{key, meaning, FIGURE_MONEY}, AT(member), AT(known)}

static const struct member MEMBERS[] = {
    MONEY("result", result, "realised and unrealised, less fees, and funding"),
    MONEY("realised", realised, "what closing brought beyond the cost of what was closed"),
    MONEY("unrealised", unrealised, "what open positions gained, at the newest price"),
    MONEY("fees", fees, "paid to the venue"),
    MONEY("funding", funding, "received at funding stamps; below zero: paid"),
    {{"position", "held now, in base coin; of one product alone", FIGURE_SIZE}, AT(position),
     ALWAYS},
    COUNT("fills", fills, "exact fills"),
    COUNT("maker_fills", maker_fills, "of them, those that rested in the book"),
    COUNT("reversals", reversals, "fills that the venue took back"),
    MONEY("turnover", turnover, "worth of all that was bought and sold"),
    COUNT("trades", trades, "from flat to flat, or to the other side"),
    COUNT("wins", wins, "trades that brought something"),
    COUNT("losses", losses, "trades that lost something"),
    MONEY("won", won, "what the wins brought"),
    MONEY("lost", lost, "what the losses lost"),
    RATIO_IF("win_rate", win_rate, trades_known, "wins of all trades"),
    MONEY_IF("expectancy", expectancy, trades_known, "mean result of a trade"),
    RATIO_IF("profit_factor", profit_factor, profit_factor_known, "won over lost"),
    MONEY_IF("best_trade", best, trades_known, "what the best one brought"),
    MONEY_IF("worst_trade", worst, trades_known, "what the worst one brought"),
    MONEY("max_drawdown", drawdown, "the furthest below an earlier peak of the result"),
    RATIO_IF("max_drawdown_part", drawdown_part, drawdown_part_known, "of the equity at that peak"),
    MONEY("exposure_mean", exposure_mean, "worth of what was held, weighted by time"),
    MONEY("exposure_max", exposure_max, "the most that was held at once"),
    {{"time_held", "part of the time in which something was held", FIGURE_RATIO}, AT(time_held),
     ALWAYS},
    COUNT("hourly_returns", hours.count, "whole UTC hours"),
    RATIO_IF("sharpe_hourly", hours.sharpe, hours.known,
             "mean over deviation of hourly returns, times the root of 8760"),
    RATIO_IF("sortino_hourly", hours.sortino, hours.sortino_known,
             "the same over the deviation below zero"),
    COUNT("daily_returns", days.count, "whole UTC days"),
    RATIO_IF("sharpe_daily", days.sharpe, days.known,
             "mean over deviation of daily returns, times the root of 365"),
    RATIO_IF("sortino_daily", days.sortino, days.sortino_known,
             "the same over the deviation below zero"),
    MONEY_IF("slippage", slippage, slippage_known,
             "what fills cost beyond the mid at the decision; below zero: gained"),
    RATIO_IF("slippage_part", slippage_part, slippage_known, "of the worth at the decision"),
    COUNT("orders", orders, "judged and journaled"),
    COUNT("accepted", accepted, "by the venue"),
    COUNT("venue_refused", refused, "by the venue"),
    COUNT("dropped", dropped, "never sent, or dead before the venue had them"),
    RATIO_IF("acceptance", acceptance, acceptance_known, "accepted of those the venue answered"),
    COUNT("intents_refused", intents_refused, "by the gate and by rules"),
    COUNT("not_journaled", unrecorded, "refusals beyond the journal's share of them"),
};
enum { MEMBERS_COUNT = sizeof MEMBERS / sizeof *MEMBERS };

const struct metrics_figure *metrics_figure(uint32_t index)
{
    return index < MEMBERS_COUNT ? &MEMBERS[index].figure : NULL;
}

bool metrics_figure_text(const struct metrics_row *row, uint32_t index,
                         char out[DECIMAL_TEXT_MAX])
{
    const struct member *member = &MEMBERS[index];
    const char *at = (const char *)row + member->offset;
    struct money money;
    struct ratio ratio;
    uint64_t count;
    if (member->known != ALWAYS && !*((const bool *)row + member->known))
        return false;
    switch (member->figure.kind) {
    case FIGURE_MONEY:
        memcpy(&money, at, sizeof money);
        money_format(money, out);
        return true;
    case FIGURE_COUNT:
        memcpy(&count, at, sizeof count);
        money_format((struct money){(__int128)count * DECIMAL_ONE * DECIMAL_ONE}, out);
        return true;
    default:
        memcpy(&ratio, at, sizeof ratio); /* a size is laid out as a ratio is */
        ratio_format(ratio, out);
        return true;
    }
}
