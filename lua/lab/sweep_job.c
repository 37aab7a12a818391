/* One job, in a process of its own: a backtest by its own command line, then what its journal
 * comes to. */
#define _GNU_SOURCE /* O_TMPFILE */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/metrics.h"
#include "io/store_reader.h"
#include "lab/backtest.h"
#include "lab/sweep.h"

enum { WORDS_MAX = 16 + 2 * (SWEEP_DATA_MAX + SWEEP_PARAMS_MAX) + SWEEP_EXTRA_MAX,
       TIME_BYTES = 40, PARAM_BYTES = SWEEP_NAME_MAX + SWEEP_VALUE_MAX + 4 };
static const int64_t HOUR_NS = 3600000000000;

static void fail(struct sweep_result *result, const char *text)
{
    result->failed = true;
    text_copy(result->error, sizeof(result->error), text, strcspn(text, "\n"));
}

/* ---- the backtest */

struct command_line {
    char *words[WORDS_MAX + 1];
    int count;
    char from[TIME_BYTES], to[TIME_BYTES], params[SWEEP_PARAMS_MAX][PARAM_BYTES];
};

static void say(struct command_line *command, const char *word)
{
    static const size_t MOST = WORDS_MAX;

    if ((size_t)command->count < MOST)
        command->words[command->count++] = strdup(word);
}

static void say_pair(struct command_line *command, const char *option, const char *value)
{
    say(command, option);
    say(command, value);
}

static void say_point(struct command_line *command, const struct sweep_plan *plan, uint32_t point,
                      bool wanted_alone)
{
    for (uint32_t i = 0; i < plan->space.param_count; i++) {
        const struct sweep_param *param = &plan->space.params[i];
        if (wanted_alone && !param->wanted)
            continue;
        const char *quote = param->plain ? "" : "\"";
        snprintf(command->params[i], PARAM_BYTES, "%s=%s%s%s", param->name, quote,
                 sweep_space_value(&plan->space, point, i), quote);
        say_pair(command, "-p", command->params[i]);
    }
}

static void make_command(const struct sweep_plan *plan, const struct sweep_job *job,
                         const char *work, struct command_line *ret)
{
    say(ret, "backtest");
    say_pair(ret, "-c", plan->config);
    say_pair(ret, "-s", plan->strategy);
    for (uint32_t i = 0; i < plan->data_count; i++)
        say_pair(ret, "-d", plan->data[i]);
    say_pair(ret, "-o", work);
    for (uint32_t i = 0; i < plan->extra_count; i++)
        say(ret, plan->extra[i]);
    say_point(ret, plan, job->point, job->to_ns == 0);
    if (job->to_ns == 0)
        return; /* the probe: all of the data, and the strategy as the config has it */
    text_format_time(job->from_ns, ret->from);
    text_format_time(job->to_ns, ret->to);
    say_pair(ret, "--from", ret->from);
    say_pair(ret, "--to", ret->to);
}

/* Its words go to a file, for the last of them say what went wrong. */
static int run_backtest(const struct sweep_plan *plan, const struct sweep_job *job,
                        const char *work, int words_fd)
{
    struct command_line command = {.count = 0};

    make_command(plan, job, work, &command);
    dup2(words_fd, STDOUT_FILENO);
    dup2(words_fd, STDERR_FILENO);
    optind = 0; /* getopt begins anew */
    return backtest_main(command.count, command.words);
}

/* ---- what came of it */

/* The returns of whole hours, as the metrics have them: by what the metrics say at each end. */
struct hours { int64_t begun_ns; bool whole; struct money result, equity; };

static double number_of(struct money value)
{
    return (double)value.e18 * 1e-18;
}

static void end_hours(struct hours *hours, const struct metrics *metrics, int64_t wall_ns,
                      struct sweep_sums *sums)
{
    int64_t hour_ns = wall_ns - wall_ns % HOUR_NS;
    struct money result, equity = {0};

    if (hours->begun_ns == 0) {
        hours->begun_ns = hour_ns;
        hours->whole = wall_ns == hour_ns;
    }
    if (hour_ns <= hours->begun_ns)
        return;
    (void)metrics_equity(metrics, &result, &equity);
    if (hours->whole && hours->equity.e18 > 0) {
        sweep_sums_add(sums, (number_of(result) - number_of(hours->result)) /
                                 number_of(hours->equity));
        sums->count += (double)((hour_ns - hours->begun_ns) / HOUR_NS - 1); /* nothing happened */
    }
    *hours = (struct hours){hour_ns, true, result, equity};
}

static void take_row(const struct metrics_row *row, struct sweep_result *result)
{
    money_format(row->result, result->result);
    money_format(row->fees, result->fees);
    money_format(row->drawdown, result->drawdown);
    result->trades = row->trades;
    result->begin_ns = row->begin_ns;
    result->end_ns = row->end_ns;
    result->sharpe_known = row->hours.known;
    result->sharpe = (double)row->hours.sharpe.e9 / DECIMAL_ONE;
}

static void measure(const char *work, struct sweep_result *result)
{
    struct metrics *metrics = metrics_create();
    struct hours hours = {0};
    struct err err = {""};
    struct store_reader *reader = store_reader_open(work, &err);
    enum store_read got = STORE_UNREADABLE;
    struct store_row row;
    struct metrics_row account;
    int64_t last_ns = 0;

    while (reader && metrics && (got = store_reader_next(reader, &row, &err)) == STORE_ROW) {
        last_ns = row.record.at.wall_ns;
        end_hours(&hours, metrics, last_ns, &result->returns);
        (void)metrics_add(metrics, &row.record);
    }
    if (got == STORE_END) {
        metrics_end(metrics, last_ns);
        if (metrics_row(metrics, METRICS_RUN, 0, &account))
            take_row(&account, result);
        else
            fail(result, "the run's journal holds nothing");
    } else {
        fail(result, metrics ? err.text : "no memory");
    }
    store_reader_close(reader);
    metrics_destroy(metrics);
}

/* Its complaint, without the traceback that may follow it; else its last line. */
static void read_words(int fd, struct sweep_result *result)
{
    static const char COMPLAINT[] = "moongate backtest: ";
    char words[1024];
    off_t length = lseek(fd, 0, SEEK_END);
    off_t from = length > (off_t)sizeof(words) - 1 ? length - (off_t)sizeof(words) + 1 : 0;
    ssize_t got = pread(fd, words, sizeof(words) - 1, from);
    char *said, *last;

    words[got > 0 ? got : 0] = '\0';
    for (size_t i = strlen(words); i > 0 && words[i - 1] == '\n'; i--)
        words[i - 1] = '\0';
    last = strrchr(words, '\n');
    last = last ? last + 1 : words;
    for (said = words; (said = strstr(said, COMPLAINT));)
        last = said += strlen(COMPLAINT);
    last[strcspn(last, "\n")] = '\0';
    fail(result, last);
}

void sweep_job_run(const struct sweep_plan *plan, const struct sweep_job *job, const char *work,
                   struct sweep_result *ret)
{
    int words_fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    memset(ret, 0, sizeof(*ret));
    sweep_job_clean(work); /* what a kill has left */
    if (words_fd < 0)
        fail(ret, strerror(errno));
    else if (run_backtest(plan, job, work, words_fd) == 0)
        measure(work, ret);
    else
        read_words(words_fd, ret);
    sweep_job_clean(work);
    ret->done = true;
}

void sweep_job_clean(const char *work)
{
    DIR *directory = opendir(work);
    struct dirent *entry;

    if (!directory)
        return;
    while ((entry = readdir(directory)))
        (void)unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    (void)rmdir(work);
}
