#include "app/report.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/report_html.h"
#include "app/report_words.h"
#include "base/text.h"
#include "io/store_reader.h"

enum { DATE_CHARS = 10 }; /* of "2026-09-30T00:00:00Z" */

struct report {
    struct metrics *metrics; /* owned */
    const char *day;         /* NULL: all of the run */
    bool json;
    char last[DATE_CHARS + 1]; /* the day that was printed last */
    bool told;               /* anything at all */
};

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate report [--json] [--day YYYY-MM-DD] DIRECTORY\n"
            "       moongate report --html [-o FILE] DIRECTORY\n\n"
            "Prints what a run came to, out of its journal (state_dir of the config, or any\n"
            "directory with a journal.db): for each UTC day that is over, who held, filled,\n"
            "realised and paid what; then the figures of the whole run, each with its meaning:\n"
            "results, trades, drawdown, Sharpe and Sortino, exposure, slippage against the mid\n"
            "at the decision, acceptance, refusals; by strategy and product.\n"
            "  -d, --day DAY   that UTC day alone, also the one under way\n"
            "  -j, --json      one object a line: journaled daily rows as they are, then one\n"
            "                  with \"scope\", \"metrics\" and \"filters\"; not known is null\n"
            "      --html      the whole run as one HTML file: curves, trades, refusals ...\n"
            "  -o, --out FILE  that file; else DIRECTORY/report.html\n\n"
            "Examples:\n"
            "  moongate report /var/lib/moongate/paper\n"
            "  moongate report -d 2026-09-30 -j DIR | jq 'select(.scope) | .metrics[0].result'\n\n"
            "Exit: 0 read to its end; 1 the journal is damaged; 2 the command line is wrong, or\n"
            "the journal has nothing of that day.\n");
    return out == stdout ? 0 : 2;
}

static void say_account(const struct record_daily *row)
{
    char realised[DECIMAL_TEXT_MAX], fees[DECIMAL_TEXT_MAX], equity[DECIMAL_TEXT_MAX];
    char funding[DECIMAL_TEXT_MAX];
    money_format(row->realised, realised);
    money_format(row->fees, fees);
    money_format(row->equity, equity);
    money_format(row->funding, funding);
    printf("  account: %llu fills, realised %s, fees %s, funding %s, equity %s\n",
           (unsigned long long)row->fills, realised, fees, funding,
           row->balance_known ? equity : "unknown");
}

static void say_row(const struct record_daily *row)
{
    char position[DECIMAL_TEXT_MAX], volume[DECIMAL_TEXT_MAX], realised[DECIMAL_TEXT_MAX];
    char fees[DECIMAL_TEXT_MAX], funding[DECIMAL_TEXT_MAX];
    const char *who = row->actor == ACTOR_OPERATOR   ? "operator"
                      : row->actor == ACTOR_EXTERNAL ? "external"
                                                     : row->name;
    size_format(row->position, position);
    size_format(row->volume, volume);
    money_format(row->realised, realised);
    money_format(row->fees, fees);
    money_format(row->funding, funding);
    printf("  %-16s %-20s position %s, %llu fills of %s, realised %s, fees %s, funding %s\n", who,
           row->product_id, position, (unsigned long long)row->fills, volume, realised, fees,
           funding);
}

static bool is_wanted(const struct report *report, int64_t day_ns, char when[40])
{
    text_format_time(day_ns, when);
    when[DATE_CHARS] = '\0';
    return !report->day || strcmp(report->day, when) == 0;
}

static void say_daily(struct report *report, const struct store_row *row)
{
    const struct record_daily *daily = &row->record.daily;
    char when[40];
    if (!is_wanted(report, daily->day_ns, when))
        return;
    report->told = true;
    if (report->json) {
        printf("%s\n", row->body);
        return;
    }
    if (strcmp(report->last, when) != 0)
        printf("%s\n", when);
    memcpy(report->last, when, sizeof report->last);
    if (daily->product == NO_PRODUCT)
        say_account(daily);
    else
        say_row(daily);
}

static void say_figures(struct report *report, enum metrics_scope scope)
{
    report->told = true;
    if (report->json) {
        report_words_json(stdout, report->metrics, scope);
        return;
    }
    fputs(report->last[0] ? "\n" : "", stdout);
    report_words_print(stdout, report->metrics, scope);
}

static void on_day(void *context, int64_t day_ns)
{
    struct report *report = context;
    char when[40];
    if (report->day && is_wanted(report, day_ns, when))
        say_figures(report, METRICS_DAY);
}

static enum store_read read_all(struct report *report, struct store_reader *reader,
                                struct err *err)
{
    struct store_row row;
    enum store_read got;
    struct metrics_row account;
    while ((got = store_reader_next(reader, &row, err)) == STORE_ROW) {
        (void)metrics_add(report->metrics, &row.record); /* what it lacks is told at the end */
        if (row.record.kind == RECORD_DAILY)
            say_daily(report, &row);
    }
    if (!report->day)
        say_figures(report, METRICS_RUN);
    else if (metrics_row(report->metrics, METRICS_DAY, 0, &account))
        on_day(report, account.end_ns);
    return got;
}

/* A day that nobody lived through is rather a slip of the pen than a day without trades. */
static int say_no_such_day(const struct report *report)
{
    struct metrics_row account;
    char begin[40] = "nothing", end[40] = "nothing";
    if (metrics_row(report->metrics, METRICS_RUN, 0, &account)) {
        text_format_time(account.begin_ns, begin);
        text_format_time(account.end_ns, end);
    }
    fprintf(stderr, "moongate report: the journal has nothing of %s: it goes from %s to %s\n",
            report->day, begin, end);
    return 2;
}

static bool is_day(const char *text)
{
    char midnight[32];
    int64_t wall_ns;
    int length = snprintf(midnight, sizeof midnight, "%.11sT00:00:00Z", text);
    return strlen(text) == DATE_CHARS && text_parse_time(midnight, (size_t)length, &wall_ns);
}

static int run(struct report *report, const char *directory)
{
    struct err err = {""};
    struct store_reader *reader = store_reader_open(directory, &err);
    enum store_read got = STORE_UNREADABLE;
    report->metrics = metrics_create();
    if (reader && report->metrics) {
        metrics_on_day(report->metrics, on_day, report);
        got = read_all(report, reader, &err);
    }
    if (got != STORE_END)
        fprintf(stderr, "moongate report: %s\n", report->metrics ? err.text : "no memory");
    int code = got == STORE_END ? 0 : reader ? 1 : 2;
    if (code == 0 && !report->told)
        code = say_no_such_day(report);
    metrics_destroy(report->metrics);
    store_reader_close(reader);
    return code;
}

int report_main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"json", no_argument, NULL, 'j'},
                                            {"day", required_argument, NULL, 'd'},
                                            {"html", no_argument, NULL, 'H'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct report report = {0};
    bool html = false;
    const char *out = NULL;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "jd:o:h", OPTIONS, NULL)) != -1;) {
        switch (option) {
        case 'j': report.json = true; break;
        case 'd': report.day = optarg; break;
        case 'H': html = true; break;
        case 'o': out = optarg; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (argc - optind != 1 || (out && !html))
        return usage(stderr);
    if (report.day && !is_day(report.day)) {
        fprintf(stderr, "moongate report: --day is a day as 2026-09-30, not '%.40s'\n", report.day);
        return 2;
    }
    return html ? report_html(argv[optind], out) : run(&report, argv[optind]);
}
