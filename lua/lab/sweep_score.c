#include "lab/sweep_score.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct sweep_result *result_at(const struct sweep_run *run, uint32_t point,
                                            uint32_t fold, bool is_test)
{
    return &run->results[(point * run->plan->folds + fold) * 2 + is_test];
}

static struct money money_at(const struct sweep_result *result)
{
    struct money money = {0};

    (void)money_parse(result->result, strlen(result->result), &money);
    return money;
}

/* The first training stretch and all test stretches: the whole time, once. */
static bool moments_of(const struct sweep_run *run, uint32_t point, struct sweep_moments *ret)
{
    struct sweep_sums sums = result_at(run, point, 0, false)->returns;

    for (uint32_t fold = 0; fold < run->plan->folds; fold++)
        sweep_sums_join(&sums, &result_at(run, point, fold, true)->returns);
    return sweep_moments_of(&sums, ret);
}

static void add_part(const struct sweep_result *result, struct sweep_score *score, bool is_test)
{
    struct money *sum = is_test ? &score->test_result : &score->train_result;

    if (result->failed && score->error[0] == '\0')
        text_copy(score->error, sizeof(score->error), result->error, strlen(result->error));
    score->whole &= result->done && !result->failed;
    (void)money_add(*sum, money_at(result), sum);
    *(is_test ? &score->test_known : &score->train_known) &= result->sharpe_known;
    *(is_test ? &score->test_sharpe : &score->train_sharpe) += result->sharpe;
    score->trades += is_test ? result->trades : 0;
}

static void score_point(const struct sweep_run *run, uint32_t point, struct sweep_score *ret)
{
    struct sweep_moments moments;

    *ret = (struct sweep_score){.point = point, .whole = true, .train_known = true,
                                .test_known = true, .by_result = run->plan->by_result};
    for (uint32_t fold = 0; fold < run->plan->folds; fold++) {
        add_part(result_at(run, point, fold, false), ret, false);
        add_part(result_at(run, point, fold, true), ret, true);
    }
    ret->train_sharpe /= run->plan->folds;
    ret->test_sharpe /= run->plan->folds;
    ret->deflated_known = ret->whole && moments_of(run, point, &moments);
    if (ret->deflated_known)
        ret->sharpe = moments.sharpe;
}

/* ---- all of them together */

static void deflate(const struct sweep_run *run, struct sweep_scores *scores)
{
    struct sweep_sums sharpes = {0};
    struct sweep_moments moments;
    double mean, variance;

    for (uint32_t i = 0; i < scores->count; i++)
        if (scores->list[i].deflated_known)
            sweep_sums_add(&sharpes, scores->list[i].sharpe);
    scores->spread_known = sharpes.count >= 2;
    if (scores->spread_known) {
        mean = sharpes.first / sharpes.count;
        variance = (sharpes.second - sharpes.count * mean * mean) / (sharpes.count - 1);
        scores->expected_best = sweep_expected_best(variance, scores->trials);
    }
    for (uint32_t i = 0; i < scores->count; i++)
        if (scores->list[i].deflated_known && moments_of(run, scores->list[i].point, &moments))
            scores->list[i].deflated = sweep_deflated(&moments, scores->expected_best);
}

/* Larger is better; a fold's own training stretch. */
static double rank_of(const struct sweep_run *run, const struct sweep_result *result)
{
    if (!result->done || result->failed)
        return -1e300;
    if (run->plan->by_result || !result->sharpe_known)
        return (double)money_at(result).e18 * (run->plan->by_result ? 1 : 1e-50);
    return result->sharpe;
}

static void walk(const struct sweep_run *run, struct sweep_scores *scores)
{
    scores->walked = true;
    for (uint32_t fold = 0; fold < run->plan->folds; fold++) {
        uint32_t best = 0;
        for (uint32_t point = 1; point < scores->count; point++)
            if (rank_of(run, result_at(run, point, fold, false)) >
                rank_of(run, result_at(run, best, fold, false)))
                best = point;
        const struct sweep_result *test = result_at(run, best, fold, true);
        scores->chosen[fold] = best;
        scores->walked &= test->done && !test->failed;
        (void)money_add(scores->walk_result, money_at(test), &scores->walk_result);
    }
}

static int compare(const void *left, const void *right)
{
    const struct sweep_score *a = left, *b = right;

    if (a->whole != b->whole)
        return a->whole ? -1 : 1;
    if (!a->by_result && a->train_known != b->train_known)
        return a->train_known ? -1 : 1;
    if (!a->by_result && a->train_sharpe != b->train_sharpe)
        return a->train_sharpe > b->train_sharpe ? -1 : 1;
    if (a->train_result.e18 != b->train_result.e18)
        return a->train_result.e18 > b->train_result.e18 ? -1 : 1;
    return a->point < b->point ? -1 : a->point > b->point;
}

int sweep_scores_make(const struct sweep_run *run, struct sweep_scores *ret, struct err *err)
{
    memset(ret, 0, sizeof(*ret));
    ret->count = run->plan->space.point_count;
    ret->trials = (double)ret->count + run->plan->before;
    ret->list = calloc(ret->count, sizeof(*ret->list));
    if (!ret->list)
        return err_set(err, "no memory");
    for (uint32_t i = 0; i < ret->count; i++) {
        score_point(run, i, &ret->list[i]);
        ret->whole += ret->list[i].whole;
    }
    deflate(run, ret);
    walk(run, ret);
    qsort(ret->list, ret->count, sizeof(*ret->list), compare);
    return 0;
}

void sweep_scores_fini(struct sweep_scores *scores)
{
    free(scores->list);
    scores->list = NULL;
}
