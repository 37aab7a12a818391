#include "app/status.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/ctl.h"
#include "app/ctl_client.h"
#include "app/status_screen.h"

enum { INTERVAL_MS = 500, INTERVAL_LEAST_MS = 100, INTERVAL_MOST_MS = 60000, ANSWER_S = 5,
       SCREEN_BYTES = 256 * 1024 };

struct options {
    const char *config, *socket;
    bool watch, json, help;
    int interval_ms;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    if (number != SIGWINCH)
        interrupted = 1;
}

static int usage(void)
{
    printf("usage: moongate status [-c FILE | -S SOCKET] [--watch] [--interval MS] [--json]\n\n"
           "A running daemon on one screen.\n\n"
           "  -c, --config FILE    the daemon's config: its socket is taken from there\n"
           "  -S, --socket SOCKET  the socket itself\n"
           "  -w, --watch          again and again until interrupted; a terminal's screen is\n"
           "                       redrawn, elsewhere each look is one line\n"
           "  -i, --interval MS    between two looks (default %d)\n"
           "  -j, --json           the daemon's answer, one line of JSON per look\n"
           "  -h, --help           this\n\n"
           "Examples:\n"
           "  moongate status -c config/loopback.conf --watch\n"
           "  moongate status -S /run/moongate/control.sock --json\n\n"
           "Exit code: 0 shown, 1 the daemon refused, 2 wrong command line or config,\n"
           "3 no daemon answers.\n", INTERVAL_MS);
    return CTL_DONE;
}

static int take_interval(const char *text, int *ret, struct err *err)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < INTERVAL_LEAST_MS || value > INTERVAL_MOST_MS)
        return err_set(err, "--interval is a whole number of milliseconds from %d to %d, not '%s'",
                       INTERVAL_LEAST_MS, INTERVAL_MOST_MS, text);
    *ret = (int)value;
    return 0;
}

static int take_arguments(int argc, char **argv, struct options *ret, struct err *err)
{
    static const struct option OPTIONS[] = {
        {"config", required_argument, NULL, 'c'},   {"socket", required_argument, NULL, 'S'},
        {"watch", no_argument, NULL, 'w'},          {"json", no_argument, NULL, 'j'},
        {"interval", required_argument, NULL, 'i'}, {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "c:S:wji:h", OPTIONS, NULL)) != -1;)
        switch (option) {
        case 'c': ret->config = optarg; break;
        case 'S': ret->socket = optarg; break;
        case 'w': ret->watch = true; break;
        case 'j': ret->json = true; break;
        case 'h': ret->help = true; break;
        case 'i':
            if (take_interval(optarg, &ret->interval_ms, err) < 0)
                return -1;
            break;
        default: return err_set(err, "see moongate status --help");
        }
    if (optind < argc)
        return err_set(err, "'%s' is one word too many; see moongate status --help", argv[optind]);
    return 0;
}

/* --- looks --- */

static void measure(struct screen *screen)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        screen->columns = size.ws_col;
        screen->rows = size.ws_row;
    }
}

static bool write_out(const struct buf *out)
{
    return !out->failed && out->length > 0 &&
           fwrite(out->data, 1, out->length, stdout) == out->length && fflush(stdout) == 0;
}

/* In place: home, each line cleared to its end, then what is left of the old screen. */
static bool draw(const struct options *options, bool terminal, const struct status *status)
{
    struct buf out;
    struct screen screen = {.out = &out, .colour = terminal};
    bool redraw = terminal && options->watch;
    buf_init(&out, SCREEN_BYTES);
    if (terminal)
        measure(&screen);
    if (redraw)
        buf_puts(&out, "\033[H");
    else
        screen.rows = 0;
    if (options->watch && !terminal)
        status_screen_line(&out, status);
    else
        status_screen_draw(&screen, status);
    if (redraw)
        buf_puts(&out, "\033[J");
    bool done = write_out(&out);
    buf_fini(&out);
    return done;
}

static int show(const struct options *options, bool terminal, struct ctl_client *client,
                const struct control_reply *reply, struct err *err)
{
    int result = 0;
    if (options->json) {
        printf("%s\n", ctl_line(client));
        return fflush(stdout) == 0 ? 0 : err_set(err, "nobody reads");
    }
    struct status *status = calloc(1, sizeof *status);
    if (!status)
        return err_set(err, "no memory");
    if (!reply->ok || !reply->result)
        result = err_set(err, "the daemon says: %s", reply->text);
    else if (status_read(reply->result, reply->result_length, status, err) < 0)
        result = -1;
    else if (!draw(options, terminal, status))
        result = err_set(err, "nobody reads");
    free(status);
    return result;
}

static int look(const struct options *options, bool terminal, struct ctl_client *client,
                struct err *err)
{
    const struct control_request request = {.verb = CONTROL_STATUS};
    struct control_reply reply;
    return ctl_ask(client, &request, &reply, err) < 0
               ? -1
               : show(options, terminal, client, &reply, err);
}

/* A daemon that is restarted is found again. */
static int watch(const struct options *options, bool terminal, const char *path)
{
    struct ctl_client *client = NULL;
    struct err err = {""}, told = {""};
    while (!interrupted) {
        if (!client)
            client = ctl_connect(path, ANSWER_S, &err);
        if (client && look(options, terminal, client, &err) == 0) {
            told.text[0] = '\0';
        } else if (!interrupted) {
            ctl_disconnect(client);
            client = NULL;
            if (terminal && !options->json)
                printf("\033[H\033[7mmoongate status: %s\033[0m\033[K", err.text);
            else if (strcmp(err.text, told.text) != 0)
                fprintf(stderr, "moongate status: %s\n", err.text);
            told = err;
            if (fflush(stdout) != 0)
                break; /* the pipe's reader has left */
        }
        poll(NULL, 0, options->interval_ms); /* a signal or a new window size ends it early */
    }
    ctl_disconnect(client);
    return CTL_DONE;
}

static int watch_screen(const struct options *options, const char *path)
{
    bool terminal = isatty(STDOUT_FILENO), screen = terminal && !options->json;
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGWINCH, &action, NULL);
    /* The alternate screen, no cursor; both are given back whatever ends the watch. */
    if (screen)
        printf("\033[?1049h\033[?25l\033[H\033[J");
    int code = watch(options, terminal, path);
    if (screen)
        printf("\033[?25h\033[?1049l");
    fflush(stdout);
    return code;
}

static int look_once(const struct options *options, const char *path)
{
    struct err err = {""};
    struct ctl_client *client = ctl_connect(path, ANSWER_S, &err);
    int code = client ? CTL_DONE : CTL_NO_DAEMON;
    if (client && look(options, isatty(STDOUT_FILENO), client, &err) < 0)
        code = CTL_REFUSED;
    if (code != CTL_DONE)
        fprintf(stderr, "moongate status: %s\n", err.text);
    ctl_disconnect(client);
    return code;
}

int status_main(int argc, char **argv)
{
    struct options options = {.interval_ms = INTERVAL_MS};
    struct err err = {""};
    char path[CTL_PATH_MAX];
    int result = take_arguments(argc, argv, &options, &err);
    if (result == 0 && options.help)
        return usage();
    if (result < 0 || ctl_find_socket(options.config, options.socket, path, &err) < 0) {
        fprintf(stderr, "moongate status: %s\n", err.text);
        return CTL_USAGE;
    }
    return options.watch ? watch_screen(&options, path) : look_once(&options, path);
}
