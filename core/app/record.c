#include "app/record.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/venue_link.h"
#include "base/log.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "io/recorder.h"
#include "io/secret.h"

static const size_t QUEUE_BYTES = 8 * 1024 * 1024;
static const uint64_t WAITING_MAX = 64ull << 20;
static const int64_t SECOND_NS = 1000000000, DAY_S = 24 * 3600;

struct record_options { const char *config, *directory; int64_t for_s, rotate_s; };

struct tape_deck {
    struct record_options options;
    struct config config;
    struct catalog catalog;
    struct engine_settings settings;
    struct loop *loop;             /* all owned, made in this order */
    struct event_queue *queue;
    struct link *link;
    struct loop_timer *end_timer, *rotate_timer;
    struct recorder *recorder;
    struct loop_fd *recorder_news;
    struct clock_port clock;
    struct source_port source;
    uint64_t frames;
    struct event kept;             /* what the next look at the source gives */
    bool keeps, failed;
};

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate record -c FILE [-o DIR] [--for SECONDS] [--rotate SECONDS] [-v]\n\n"
            "Records the public feed of the config's products: each frame as it came, with its\n"
            "arrival, compressed and checksummed. It trades nothing and reads no key.\n"
            "  -c, --config FILE     the config\n"
            "  -o, --out DIR         where to (the config's recording.dir); keep_days and max_mib\n"
            "                        of its section recording hold\n"
            "      --for SECONDS     ends by itself\n"
            "      --rotate SECONDS  a new run that often (86400); each begins with a whole book\n"
            "  -v, --verbose         debug lines too\n\n"
            "  moongate record -c my.conf -o tapes --for 3600\n"
            "  moongate recordings tapes\n"
            "  moongate backtest -s quoter -d BTC-cde=tapes\n\n"
            "Exit: 0 stopped, 1 it could not start or go on, 2 wrong command line or config.\n");
    return out == stdout ? 0 : 2;
}

static void on_frame(void *context, enum stream stream, int64_t readable_ns, const char *text,
                     size_t length)
{
    struct tape_deck *deck = context;

    if (!deck->recorder)
        return;
    deck->clock.now(deck->clock.context); /* a turn of its own: its stamp is the arrival */
    recorder_raw(deck->recorder, stream, true, readable_ns, text, length);
    deck->frames++;
}

/* Of what the link tells, the frames hold all but this. */
static bool next(void *context, struct event *ret)
{
    struct tape_deck *deck = context;

    *ret = deck->kept;
    return deck->keeps;
}

static void on_turn(void *context)
{
    struct tape_deck *deck = context;
    struct event event;

    while (event_queue_pop(deck->queue, &event)) {
        deck->keeps = event.kind == EVENT_LINK || event.kind == EVENT_INSTRUMENT;
        if (event.kind == EVENT_LINK)
            log_info("record", "the feed is %s %s", event.link.up ? "up" : "down:",
                     event.link.reason);
        if (!deck->keeps || !deck->recorder)
            continue;
        deck->kept = event;
        deck->clock.now(deck->clock.context);
        deck->source.next(deck->source.context, &event);
    }
}

static void stop(void *context)
{
    loop_stop(((struct tape_deck *)context)->loop);
}

/* --- a run of the recording --- */

static void on_ended(void *context, const char *reason)
{
    struct tape_deck *deck = context;

    log_error("record", "the recording has ended: %s", reason);
    deck->failed = true;
    loop_stop(deck->loop);
}

static void on_news(void *context)
{
    recorder_poll(((struct tape_deck *)context)->recorder);
}

static void close_run(struct tape_deck *deck)
{
    loop_fd_destroy(deck->recorder_news);
    recorder_close(deck->recorder);
    deck->recorder_news = NULL;
    deck->recorder = NULL;
}

static int open_run(struct tape_deck *deck, struct err *err)
{
    struct recorder_config config = {
        .directory = deck->config.recording.dir, .version = MOONGATE_VERSION,
        .max_bytes = (uint64_t)deck->config.recording.max_mib << 20,
        .keep_days = deck->config.recording.keep_days, .waiting_max = WAITING_MAX,
        .context = deck, .on_ended = on_ended,
    };

    deck->recorder = recorder_open(&config, err);
    if (!deck->recorder)
        return -1;
    deck->recorder_news = loop_fd_create(deck->loop, recorder_fd(deck->recorder), on_news, NULL,
                                         deck);
    if (!deck->recorder_news)
        return err_set(err, "no memory");
    recorder_settings(deck->recorder, &deck->settings);
    deck->clock = recorder_clock(deck->recorder, clock_os_port());
    deck->source = recorder_source(deck->recorder, (struct source_port){deck, next});
    log_info("record", "into %s/%s", config.directory, recorder_run(deck->recorder));
    return 0;
}

/* The stream begins anew as well, so that each run holds a whole book. */
static void on_rotate(void *context)
{
    struct tape_deck *deck = context;
    struct command reset = {.kind = COMMAND_STREAM_RESET,
                            .stream_reset = {STREAM_MARKET, "a new run of the recording begins"}};
    struct err err = {""};

    close_run(deck);
    if (open_run(deck, &err) < 0) {
        on_ended(deck, err.text);
        return;
    }
    link_command(deck->link, &reset);
    loop_timer_set(deck->rotate_timer, deck->options.rotate_s * SECOND_NS);
}

/* --- life --- */

static int open_link(struct tape_deck *deck, struct err *err)
{
    struct link_config config;

    if (venue_link_config(&deck->config, &config, err) < 0)
        return -1;
    config.on_frame = on_frame;
    config.frame_context = deck;
    deck->link = link_create(&config, deck->loop, &deck->catalog, NULL, deck->queue, err);
    return deck->link ? 0 : -1;
}

static int open_deck(struct tape_deck *deck, struct err *err)
{
    if (secret_harden_process(err) < 0)
        return -1;
    deck->loop = loop_create(err);
    if (!deck->loop)
        return -1;
    deck->queue = event_queue_create(QUEUE_BYTES);
    deck->end_timer = loop_timer_create(deck->loop, stop, deck);
    deck->rotate_timer = loop_timer_create(deck->loop, on_rotate, deck);
    if (!deck->queue || !deck->end_timer || !deck->rotate_timer)
        return err_set(err, "no memory");
    if (loop_on_signal(deck->loop, SIGTERM, stop, deck, err) < 0 ||
        loop_on_signal(deck->loop, SIGINT, stop, deck, err) < 0 || open_link(deck, err) < 0 ||
        venue_discover(deck->link, deck->loop, &deck->config, &deck->settings, err) < 0)
        return -1;
    deck->catalog = deck->settings.catalog;
    loop_add_hook(deck->loop, LOOP_TURN, on_turn, deck);
    return open_run(deck, err);
}

static int record(struct tape_deck *deck, struct err *err)
{
    if (open_deck(deck, err) < 0 || link_start(deck->link, err) < 0)
        return -1;
    loop_timer_set(deck->rotate_timer, deck->options.rotate_s * SECOND_NS);
    if (deck->options.for_s > 0)
        loop_timer_set(deck->end_timer, deck->options.for_s * SECOND_NS);
    loop_run(deck->loop);
    log_info("record", "%llu frames", (unsigned long long)deck->frames);
    return deck->failed ? -1 : 0;
}

static void close_deck(struct tape_deck *deck)
{
    link_destroy(deck->link);
    close_run(deck);
    loop_timer_destroy(deck->rotate_timer);
    loop_timer_destroy(deck->end_timer);
    event_queue_destroy(deck->queue);
    loop_destroy(deck->loop);
    config_fini(&deck->config);
}

static int run(struct tape_deck *deck, struct config_problems *problems)
{
    const char *directory = deck->options.directory;
    struct err err = {""};
    int code;

    if (config_load(deck->options.config, &deck->config, problems) < 0) {
        config_fini(&deck->config);
        return config_print_problems(problems, stderr);
    }
    if (directory && !text_copy(deck->config.recording.dir, CONFIG_TEXT_MAX, directory,
                                strlen(directory)))
        directory = NULL;
    if (!*deck->config.recording.dir) {
        config_fini(&deck->config);
        fprintf(stderr, "moongate record: -o DIR is wanted, or recording = { dir = \"...\"; }; in "
                        "%s\n", deck->options.config);
        return 2;
    }
    code = record(deck, &err) < 0 ? 1 : 0;
    if (*err.text)
        log_error("record", "%s", err.text);
    close_deck(deck);
    return code;
}

static bool read_seconds(const char *text, int64_t *ret)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    *ret = value;
    return *end == '\0' && value > 0 && value <= 365 * DAY_S;
}

int record_main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"config", required_argument, NULL, 'c'}, {"out", required_argument, NULL, 'o'},
        {"for", required_argument, NULL, 'f'}, {"rotate", required_argument, NULL, 'r'},
        {"verbose", no_argument, NULL, 'v'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct record_options options = {.rotate_s = DAY_S};
    struct config_problems *problems = calloc(1, sizeof(*problems));
    struct tape_deck *deck = calloc(1, sizeof(*deck));
    bool good = true;
    int code = 1;

    for (int option; (option = getopt_long(argc, argv, "c:o:vh", OPTIONS, NULL)) != -1;)
        switch (option) {
        case 'c': options.config = optarg; break;
        case 'o': options.directory = optarg; break;
        case 'f': good = read_seconds(optarg, &options.for_s) && good; break;
        case 'r': good = read_seconds(optarg, &options.rotate_s) && good; break;
        case 'v': log_set_level(LOG_DEBUG); break;
        case 'h': free(problems); free(deck); return usage(stdout);
        default: good = false;
        }
    if (!good || !options.config || optind < argc) {
        code = usage(stderr);
    } else if (problems && deck) {
        deck->options = options;
        code = run(deck, problems);
    }
    free(problems);
    free(deck);
    return code;
}
