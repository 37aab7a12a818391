#include "app/import.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.h"
#include "sim/market_csv.h"
#include "wire/json_write.h"

enum { ROW_BYTES = 6 * DECIMAL_TEXT_MAX, JSON_BYTES_MAX = 64 << 20 };

static const struct { const char *name, *columns; } KINDS[] = {
    [MARKET_CSV_UNKNOWN] = {"nothing", ""},
    [MARKET_CSV_TAPE] = {"tape", "recv_ns,kind,side,price,size\n"},
    [MARKET_CSV_CANDLES] = {"candles", "time_ns,open,high,low,close,volume\n"},
    [MARKET_CSV_TRADES] = {"trades", "time_ns,price,size,side\n"},
};

struct span { /* of good rows */
    uint64_t rows, bad;
    int64_t first_ns, last_ns;
};

struct import {
    const char *out;          /* NULL: nothing is written */
    bool leave_out, json, several;
    uint64_t shown_most;
    char part[PATH_MAX];      /* beside `out`, until all is well */
    gzFile file;
    enum market_csv_kind kind;
    struct span all, now;     /* of all files, of this one */
    int64_t step_ns, silence_ns, silence_at_ns; /* the shortest and the longest between two rows */
    struct json_writer lines;
    struct buf files, bad;    /* JSON arrays */
};

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate import [options] FILE...\n\n"
            "Checks market data: a tape, candles or trades as CSV, gzip or plain, in the columns\n"
            "that moongate backtest reads (docs/backtest.md). Bad lines are listed with what is\n"
            "wrong. Several files are one market, in the order in which they are named.\n"
            "  -o, --out FILE     write what is good into one file; packed when it ends in .gz.\n"
            "                     It must not be there yet. Without it the files are checked\n"
            "  -s, --skip-bad     leave bad lines out; else one of them and nothing is written\n"
            "  -n, --lines N      bad lines that are listed (20)\n"
            "  -j, --json         for machines\n\n"
            "  moongate import btc-2024-0*.csv.gz -o btc.csv.gz\n"
            "  moongate backtest -s ma_cross -d btc.csv.gz\n\n"
            "Exit: 0 all lines are good; 1 some are not; 2 the command line is wrong, or a file\n"
            "cannot be read or written.\n");
    return out == stdout ? 0 : 2;
}

/* ---- rows */

static void count_row(struct import *import, int64_t at_ns)
{
    struct span *now = &import->now;
    int64_t before_ns = now->rows > 0 ? now->last_ns : import->all.last_ns;

    if (import->all.rows + now->rows > 0) {
        int64_t silence_ns = at_ns - before_ns;
        if (silence_ns > 0 && (import->step_ns == 0 || silence_ns < import->step_ns))
            import->step_ns = silence_ns;
        if (silence_ns > import->silence_ns) {
            import->silence_ns = silence_ns;
            import->silence_at_ns = before_ns;
        }
    }
    if (now->rows++ == 0)
        now->first_ns = at_ns;
    now->last_ns = at_ns;
}

/* The first row of all names the columns: its kind is the file's. */
static void write_row(struct import *import, enum market_csv_kind kind, const char *row)
{
    if (!import->file)
        return;
    if (import->all.rows + import->now.rows == 1)
        gzputs(import->file, KINDS[kind].columns);
    gzputs(import->file, row);
}

static void on_row(void *context, const struct market_row *row)
{
    struct import *import = context;
    char text[ROW_BYTES], price[DECIMAL_TEXT_MAX], size[DECIMAL_TEXT_MAX];

    count_row(import, row->at_ns);
    price_format(row->price, price);
    size_format(row->size, size);
    snprintf(text, sizeof(text), "%lld,%c,%c,%s,%s\n", (long long)row->at_ns,
             row->kind == ROW_LEVEL ? 'L' : row->kind == ROW_BEST ? 'Q' : 'T',
             row->side == SIDE_BUY ? 'B' : 'S', price, size);
    write_row(import, MARKET_CSV_TAPE, text);
}

static void on_bar(void *context, const struct market_bar *bar)
{
    struct import *import = context;
    const struct price prices[] = {bar->open, bar->high, bar->low, bar->close};
    char text[ROW_BYTES], decimals[4][DECIMAL_TEXT_MAX], volume[DECIMAL_TEXT_MAX];

    count_row(import, bar->start_ns);
    for (int i = 0; i < 4; i++)
        price_format(prices[i], decimals[i]);
    size_format(bar->volume, volume);
    snprintf(text, sizeof(text), "%lld,%s,%s,%s,%s,%s\n", (long long)bar->start_ns, decimals[0],
             decimals[1], decimals[2], decimals[3], volume);
    write_row(import, MARKET_CSV_CANDLES, text);
}

static void on_trade(void *context, const struct trade *trade)
{
    struct import *import = context;
    char text[ROW_BYTES], price[DECIMAL_TEXT_MAX], size[DECIMAL_TEXT_MAX];

    count_row(import, trade->venue_ns);
    price_format(trade->price, price);
    size_format(trade->size, size);
    snprintf(text, sizeof(text), "%lld,%s,%s,%s\n", (long long)trade->venue_ns, price, size,
             trade->aggressor == SIDE_BUY ? "buy" : "sell");
    write_row(import, MARKET_CSV_TRADES, text);
}

static bool on_bad(void *context, const char *words)
{
    struct import *import = context;

    import->now.bad++;
    if (import->all.bad + import->now.bad > import->shown_most)
        return true;
    if (import->json)
        json_put_text(&import->lines, NULL, words);
    else
        printf("%s\n", words);
    return true;
}

/* ---- a file */

static void end_file(struct import *import, const char *path)
{
    struct json_writer json = {.out = &import->files, .comma = import->files.length > 0};
    const struct span *now = &import->now;
    char first[40] = "-", last[40] = "-";

    if (now->rows > 0) {
        text_format_time(now->first_ns, first);
        text_format_time(now->last_ns, last);
        import->all.first_ns = import->all.rows > 0 ? import->all.first_ns : now->first_ns;
        import->all.last_ns = now->last_ns;
    }
    import->all.rows += now->rows;
    import->all.bad += now->bad;
    if (!import->json && import->several)
        printf("%s: %llu rows, %s to %s, %llu bad lines\n", path, (unsigned long long)now->rows,
               first, last, (unsigned long long)now->bad);
    if (!import->json)
        return;
    json_open_object(&json);
    json_put_text(&json, "file", path);
    json_put_uint(&json, "rows", now->rows);
    json_put_uint(&json, "bad", now->bad);
    json_put_time(&json, "first", now->first_ns);
    json_put_time(&json, "last", now->last_ns);
    json_close_object(&json);
}

static int walk(struct import *import, const char *path, const void *bytes, size_t length,
                struct err *err)
{
    const struct market_csv_sink sink = {import, on_row, on_bar, on_trade, on_bad};
    int64_t last_ns = import->all.rows > 0 ? import->all.last_ns : -1;
    enum market_csv_kind kind;

    import->now = (struct span){0};
    if (market_csv_walk(path, bytes, length, &last_ns, &sink, &kind, err) < 0)
        return -1;
    if (import->kind != MARKET_CSV_UNKNOWN && kind != import->kind)
        return err_set(err, "%s holds %s, the files before it %s: import them apart", path,
                       KINDS[kind].name, KINDS[import->kind].name);
    import->kind = kind;
    end_file(import, path);
    return 0;
}

static int take_file(struct import *import, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), result = -1;
    struct stat is;
    void *bytes = MAP_FAILED;

    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    if (fstat(fd, &is) < 0 || !S_ISREG(is.st_mode) || is.st_size == 0)
        err_set(err, "%s: a file with data is wanted", path);
    else if ((bytes = mmap(NULL, (size_t)is.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
        err_set(err, "%s: %s", path, strerror(errno));
    else
        result = walk(import, path, bytes, (size_t)is.st_size, err);
    if (bytes != MAP_FAILED)
        munmap(bytes, (size_t)is.st_size);
    close(fd);
    return result;
}

/* ---- what is written */

static int open_out(struct import *import, struct err *err)
{
    size_t length = import->out ? strlen(import->out) : 0;
    bool packed = length > 3 && strcmp(import->out + length - 3, ".gz") == 0;

    if (!import->out)
        return 0;
    if (access(import->out, F_OK) == 0)
        return err_set(err, "%s is there already: name a new file", import->out);
    snprintf(import->part, sizeof(import->part), "%s.part", import->out);
    import->file = gzopen(import->part, packed ? "wb" : "wbT");
    if (!import->file)
        return err_set(err, "%s: %s", import->part, strerror(errno));
    return 0;
}

/* 0, and *ret_written tells whether the file is there now. */
static int close_out(struct import *import, bool keep, bool *ret_written, struct err *err)
{
    *ret_written = false;
    if (!import->file)
        return 0;
    if (gzclose(import->file) != Z_OK) {
        unlink(import->part);
        return err_set(err, "%s could not be written whole: is the disk full?", import->part);
    }
    if (!keep) {
        unlink(import->part);
        return 0;
    }
    if (rename(import->part, import->out) < 0)
        return err_set(err, "%s: %s", import->out, strerror(errno));
    *ret_written = true;
    return 0;
}

/* ---- words */

static void say(const struct import *import, bool written)
{
    const struct span *all = &import->all;
    char first[40], last[40], silent[40];

    if (all->bad > import->shown_most)
        printf("... and %llu more bad lines: --lines N lists more\n",
               (unsigned long long)(all->bad - import->shown_most));
    text_format_time(all->first_ns, first);
    text_format_time(all->last_ns, last);
    text_format_time(import->silence_at_ns, silent);
    printf("%s: %llu rows, %s to %s, %llu bad lines\n", KINDS[import->kind].name,
           (unsigned long long)all->rows, first, last, (unsigned long long)all->bad);
    if (import->kind == MARKET_CSV_CANDLES && import->step_ns > 0)
        printf("a candle each %.0f s\n", (double)import->step_ns / 1e9);
    if (import->silence_ns > import->step_ns)
        printf("the longest between two rows: %.3f s, from %s on\n",
               (double)import->silence_ns / 1e9, silent);
    if (written)
        printf("written: %s%s\n", import->out, all->bad > 0 ? ", without the bad lines" : "");
    else if (import->out)
        printf("nothing is written: correct the bad lines, or leave them out by --skip-bad\n");
}

static void say_json(const struct import *import, bool written)
{
    struct json_writer json;
    struct buf text;

    buf_init(&text, JSON_BYTES_MAX);
    json_write_init(&json, &text);
    json_open_object(&json);
    json_put_text(&json, "kind", KINDS[import->kind].name);
    json_put_uint(&json, "rows", import->all.rows);
    json_put_uint(&json, "bad", import->all.bad);
    json_put_time(&json, "first", import->all.first_ns);
    json_put_time(&json, "last", import->all.last_ns);
    json_put_int(&json, "step_ns", import->step_ns);
    json_put_int(&json, "silence_ns", import->silence_ns);
    json_put_time(&json, "silence_at", import->silence_at_ns);
    if (written)
        json_put_text(&json, "written", import->out);
    buf_printf(&text, ",\"files\":[%s],\"lines\":[%s]",
               import->files.length ? import->files.data : "",
               import->bad.length ? import->bad.data : "");
    json_close_object(&json);
    printf("%s\n", text.data);
    buf_fini(&text);
}

static int run(struct import *import, char **paths, int count)
{
    struct err err = {""}, late = {""};
    bool written = false;
    int result = open_out(import, &err);

    for (int i = 0; i < count && result == 0; i++)
        result = take_file(import, paths[i], &err);
    if (result == 0 && import->all.rows == 0 && import->all.bad == 0)
        result = err_set(&err, "there is not one row in it");
    if (close_out(import, result == 0 && import->all.rows > 0 &&
                              (import->leave_out || import->all.bad == 0), &written, &late) < 0 &&
        result == 0)
        result = err_set(&err, "%s", late.text);
    if (result < 0) {
        fprintf(stderr, "moongate import: %s\n", err.text);
        return 2;
    }
    (import->json ? say_json : say)(import, written);
    return import->all.bad > 0;
}

static bool read_count(const char *text, uint64_t *ret)
{
    char *end;

    *ret = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && *ret <= 100000;
}

int import_main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"out", required_argument, NULL, 'o'}, {"skip-bad", no_argument, NULL, 's'},
        {"lines", required_argument, NULL, 'n'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    static struct import import = {.shown_most = 20};
    int option, code;

    while ((option = getopt_long(argc, argv, "o:sn:jh", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'o': import.out = optarg; break;
        case 's': import.leave_out = true; break;
        case 'j': import.json = true; break;
        case 'n':
            if (read_count(optarg, &import.shown_most))
                break;
            fprintf(stderr, "moongate import: --lines wants a number, 100000 at most, not '%s'\n",
                    optarg);
            return 2;
        default: return usage(option == 'h' ? stdout : stderr);
        }
    }
    if (optind == argc)
        return usage(stderr);
    buf_init(&import.files, JSON_BYTES_MAX / 2);
    buf_init(&import.bad, JSON_BYTES_MAX / 2);
    import.lines = (struct json_writer){.out = &import.bad};
    import.several = argc - optind > 1;
    code = run(&import, argv + optind, argc - optind);
    buf_fini(&import.files);
    buf_fini(&import.bad);
    return code;
}
