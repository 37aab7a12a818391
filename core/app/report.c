#include "app/report.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/report_html.h"
#include "base/text.h"
#include "io/store_reader.h"

enum { DATE_CHARS = 10 }; /* of "2026-09-30T00:00:00Z" */

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate report [--json] [--day YYYY-MM-DD] DIRECTORY\n"
            "       moongate report --html [-o FILE] DIRECTORY\n\n"
            "Prints the daily report of a journal (state_dir of the config): for each UTC day\n"
            "that is over, who held, filled, realised and paid what, and the account's money.\n"
            "The day that is under way: `moongate ctl report`.\n"
            "  -j, --json      the journal's rows as they are, one a line\n"
            "  -d, --day DAY   that day alone\n"
            "      --html      the whole run as one HTML file: curves, trades, refusals ...\n"
            "  -o, --out FILE  that file; else DIRECTORY/report.html\n\n"
            "Exit: 0 read to its end; 1 the journal is damaged; 2 the command line is wrong.\n");
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

static void say(const struct store_row *row, bool json, const char *day, char *last)
{
    const struct record_daily *daily = &row->record.daily;
    char when[40];
    if (row->record.kind != RECORD_DAILY)
        return;
    text_format_time(daily->day_ns, when);
    when[DATE_CHARS] = '\0';
    if (day && strcmp(day, when) != 0)
        return;
    if (json) {
        printf("%s\n", row->body);
        return;
    }
    if (strcmp(last, when) != 0)
        printf("%s\n", when);
    memcpy(last, when, DATE_CHARS + 1);
    if (daily->product == NO_PRODUCT)
        say_account(daily);
    else
        say_row(daily);
}

static int report(const char *directory, bool json, const char *day)
{
    struct err err = {""};
    struct store_row row;
    enum store_read got;
    char last[DATE_CHARS + 1] = "";
    struct store_reader *reader = store_reader_open(directory, &err);
    if (!reader) {
        fprintf(stderr, "moongate report: %s\n", err.text);
        return 2;
    }
    while ((got = store_reader_next(reader, &row, &err)) == STORE_ROW)
        say(&row, json, day, last);
    store_reader_close(reader);
    if (got == STORE_END)
        return 0;
    fprintf(stderr, "moongate report: %s\n", err.text);
    return 1;
}

int report_main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"json", no_argument, NULL, 'j'},
                                            {"day", required_argument, NULL, 'd'},
                                            {"html", no_argument, NULL, 'H'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool json = false, html = false;
    const char *day = NULL, *out = NULL;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "jd:o:h", OPTIONS, NULL)) != -1;) {
        switch (option) {
        case 'j': json = true; break;
        case 'd': day = optarg; break;
        case 'H': html = true; break;
        case 'o': out = optarg; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (argc - optind != 1 || (out && !html))
        return usage(stderr);
    return html ? report_html(argv[optind], out) : report(argv[optind], json, day);
}
