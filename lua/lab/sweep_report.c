/* Scores as words, as JSON, and as the page with the heat map. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/sweep_score.h"
#include "wire/json_write.h"
#include "wire/page.h"

enum { SHOWN = 15, JSON_BYTES_MAX = 64 << 20, POINT_WIDTH = 36 };
static const double HOURS_A_YEAR = 8760;
/* Below it the best of the sweep may well be the best of so many coins. */
static const double CONFIDENT = 0.95;

/* ---- JSON */

static void put_number(struct json_writer *json, const char *key, bool known, double value)
{
    char text[40];

    if (!known || !isfinite(value)) {
        json_put_null(json, key);
        return;
    }
    snprintf(text, sizeof(text), "%.6g", value);
    json_put_raw(json, key, text, strlen(text));
}

static void put_params(struct json_writer *json, const struct sweep_space *space)
{
    json_open_array_at(json, "params");
    for (uint32_t i = 0; i < space->param_count; i++) {
        json_open_object(json);
        json_put_text(json, "name", space->params[i].name);
        json_open_array_at(json, "values");
        for (uint32_t k = 0; k < space->params[i].count; k++)
            json_put_text(json, NULL, space->params[i].values[k]);
        json_close_array(json);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_values(struct json_writer *json, const char *key, const struct sweep_space *space,
                       uint32_t point)
{
    json_open_array_at(json, key);
    for (uint32_t i = 0; i < space->param_count; i++)
        json_put_text(json, NULL, sweep_space_value(space, point, i));
    json_close_array(json);
}

static void put_point(struct json_writer *json, const struct sweep_space *space,
                      const struct sweep_score *score)
{
    json_open_object(json);
    json_put_uint(json, "point", score->point);
    put_values(json, "values", space, score->point);
    json_put_bool(json, "whole", score->whole);
    put_number(json, "train_sharpe", score->whole && score->train_known, score->train_sharpe);
    put_number(json, "test_sharpe", score->whole && score->test_known, score->test_sharpe);
    json_put_money(json, "train_result", score->train_result);
    json_put_money(json, "test_result", score->test_result);
    json_put_uint(json, "trades", score->trades);
    put_number(json, "sharpe", score->deflated_known, score->sharpe * sqrt(HOURS_A_YEAR));
    put_number(json, "deflated", score->deflated_known, score->deflated);
    json_put_text(json, "error", score->error);
    json_close_object(json);
}

static void put_folds(struct json_writer *json, const struct sweep_run *run,
                      const struct sweep_scores *scores)
{
    json_open_array_at(json, "folds");
    for (uint32_t fold = 0; fold < run->plan->folds; fold++) {
        struct sweep_job train, test;
        sweep_job_at(run->plan, fold * 2, &train);
        sweep_job_at(run->plan, fold * 2 + 1, &test);
        json_open_object(json);
        json_put_time(json, "train_from", train.from_ns);
        json_put_time(json, "test_from", test.from_ns);
        json_put_time(json, "test_to", test.to_ns);
        if (scores->walked)
            put_values(json, "chosen", &run->plan->space, scores->chosen[fold]);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_scores(struct json_writer *json, const struct sweep_run *run,
                       const struct sweep_scores *scores)
{
    const struct sweep_plan *plan = run->plan;

    json_open_object(json);
    json_put_text(json, "strategy", plan->strategy);
    json_put_text(json, "by", plan->by_result ? "result" : "sharpe");
    json_put_uint(json, "jobs", sweep_job_count(plan));
    json_put_uint(json, "done", run->done);
    json_put_uint(json, "trials", (uint64_t)scores->trials);
    json_put_uint(json, "trials_before", plan->before);
    put_number(json, "expected_best", scores->spread_known,
               scores->expected_best * sqrt(HOURS_A_YEAR));
    if (scores->walked)
        json_put_money(json, "walk_result", scores->walk_result);
    else
        json_put_null(json, "walk_result");
    put_folds(json, run, scores);
    put_params(json, &plan->space);
    json_open_array_at(json, "points");
    for (uint32_t i = 0; i < scores->count; i++)
        put_point(json, &plan->space, &scores->list[i]);
    json_close_array(json);
    json_close_object(json);
}

/* ---- words */

static void print_number(bool known, double value, const char *format, int width)
{
    char text[40] = "-";

    if (known && isfinite(value))
        snprintf(text, sizeof(text), format, value);
    printf(" %*s", width, text);
}

static void print_money(bool known, struct money value)
{
    char text[DECIMAL_TEXT_MAX] = "-";

    if (known)
        money_format_places(value, 2, text);
    printf(" %12s", text);
}

static void print_point(const struct sweep_space *space, const struct sweep_score *score)
{
    char text[512] = "";
    size_t used = 0;

    for (uint32_t i = 0; i < space->param_count && used < sizeof(text); i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%s", i ? " " : "",
                                 space->params[i].name,
                                 sweep_space_value(space, score->point, i));
    printf("%-*s", POINT_WIDTH, text);
    print_number(score->whole && score->train_known, score->train_sharpe, "%.2f", 8);
    print_number(score->whole && score->test_known, score->test_sharpe, "%.2f", 8);
    print_money(score->whole, score->train_result);
    print_money(score->whole, score->test_result);
    printf(" %7llu", (unsigned long long)score->trades);
    print_number(score->deflated_known, score->deflated, "%.3f", 9);
    printf("%s%s\n", *score->error ? "  failed: " : "", score->error);
}

static void print_luck(const struct sweep_scores *scores)
{
    const struct sweep_score *best = &scores->list[0];

    printf("\n%.0f trials%s", scores->trials, scores->spread_known ? "" : ".\n");
    if (scores->spread_known)
        printf("; without any skill the best of so many, spread like these, would show a Sharpe "
               "ratio\nof %.2f over the whole time.\n",
               scores->expected_best * sqrt(HOURS_A_YEAR));
    if (!best->deflated_known)
        printf("The deflated Sharpe ratio is not known: too few hours, or nothing varied.\n");
    else if (best->deflated < CONFIDENT)
        printf("The best point's deflated Sharpe ratio is %.3f, below %.2f: it cannot be told from "
               "luck.\n", best->deflated, CONFIDENT);
    else
        printf("The best point's deflated Sharpe ratio is %.3f: so sure is it that luck alone does "
               "not\nexplain it, if all trials were counted.\n", best->deflated);
}

static void print_scores(const struct sweep_run *run, const struct sweep_scores *scores)
{
    char walk[DECIMAL_TEXT_MAX];

    printf("%u of %u points are whole, %u folds. In sample is what a point was chosen on.\n\n",
           scores->whole, scores->count, run->plan->folds);
    printf("%-*s %17s %25s %15s\n%-*s %8s %8s %12s %12s %7s %9s\n", POINT_WIDTH, "",
           "Sharpe ratio", "result", "", POINT_WIDTH, "parameters", "in", "out", "in", "out",
           "trades", "deflated");
    for (uint32_t i = 0; i < scores->count && i < SHOWN; i++)
        print_point(&run->plan->space, &scores->list[i]);
    if (scores->count > SHOWN)
        printf("... and %u more: sweep.html, sweep.db\n", scores->count - SHOWN);
    if (scores->walked) {
        money_format_places(scores->walk_result, 2, walk);
        printf("\nWalk-forward, each fold with the point that was best before it: %s out of "
               "sample.", walk);
    }
    print_luck(scores);
}

/* ---- the page */

static int write_page(const struct sweep_run *run, const struct buf *json, struct err *err)
{
    char path[SWEEP_PATH_MAX];
    struct buf html;
    FILE *file;
    bool written;

    buf_init(&html, JSON_BYTES_MAX + (1 << 20));
    page_write(PAGE_SWEEP, "Sweep", json->data, json->length, &html);
    snprintf(path, sizeof(path), "%s/sweep.html", run->store->directory);
    file = html.failed ? NULL : fopen(path, "we");
    written = file && fwrite(html.data, 1, html.length, file) == html.length;
    if (file)
        written = fclose(file) == 0 && written;
    buf_fini(&html);
    return written ? 0 : err_set(err, "%s: could not be written: %s", path, strerror(errno));
}

int sweep_report(const struct sweep_run *run, bool json, struct err *err)
{
    struct sweep_scores scores;
    struct json_writer writer;
    struct buf text;
    int status = sweep_scores_make(run, &scores, err);

    if (status < 0)
        return -1;
    buf_init(&text, JSON_BYTES_MAX);
    json_write_init(&writer, &text);
    put_scores(&writer, run, &scores);
    status = text.failed ? err_set(err, "no memory") : write_page(run, &text, err);
    if (status == 0 && json)
        printf("%s\n", text.data);
    else if (status == 0)
        print_scores(run, &scores);
    if (status == 0 && !json)
        printf("%s/sweep.html\n", run->store->directory);
    buf_fini(&text);
    sweep_scores_fini(&scores);
    return status;
}
