#include "app/ctl.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/ctl_client.h"
#include "app/ctl_print.h"
#include "base/text.h"
#include "wire/json_read.h"

/* A reload may take its scripts' whole start deadline; everything else answers within a turn. */
enum { PATIENCE_S = 70 };

struct options {
    const char *config, *socket;
    bool json, help;
    const char *helped; /* the verb that help is wanted for; "": all of them */
    struct control_request request;
};

static int usage(FILE *out)
{
    struct buf verbs;
    buf_init(&verbs, CONTROL_LINE_MAX);
    control_help(&verbs);
    fprintf(out,
            "usage: moongate ctl [-c FILE | -S SOCKET] [--json] VERB ...\n\n"
            "Operates a running daemon over its socket.\n\n"
            "  -c, --config FILE      the daemon's config: its socket is taken from there\n"
            "  -S, --socket SOCKET    the socket itself\n"
            "  -j, --json             print the daemon's answer as one line of JSON\n"
            "  -s, --strategy NAME    for one strategy\n"
            "  -p, --product ID       for one product: BIP-20DEC30-CDE, or BTC-cde\n"
            "  -r, --reason TEXT      goes into the journal\n"
            "  -n, --limit N          rows at most (default %d)\n"
            "  -x, --cancel           of halt: cancel own orders, wait until the venue shows none\n"
            "  -f, --for TIME         how long it shall hold: 90s, 15m, 4h\n"
            "  -h, --help             this\n\n%s\n"
            "Exit code: 0 done, 1 the daemon refused, 2 wrong command line or config,\n"
            "3 no daemon answers.\n",
            CONTROL_LIMIT_DEFAULT, verbs.failed ? "" : verbs.data);
    buf_fini(&verbs);
    return out == stdout ? CTL_DONE : CTL_USAGE;
}

static int usage_of(enum control_verb verb)
{
    const struct control_verb_spec *spec = control_verb(verb);
    struct buf line;
    buf_init(&line, CONTROL_LINE_MAX);
    control_verb_usage(verb, &line);
    printf("usage: moongate ctl [-c FILE | -S SOCKET] [--json] %s\n\n  %s\n",
           line.failed ? spec->name : line.data, spec->help);
    if (spec->example)
        printf("\n  moongate ctl %s\n", spec->example);
    printf("\n`moongate ctl --help` has all verbs and what their options mean.\n");
    buf_fini(&line);
    return CTL_DONE;
}

static int wrong(const char *text)
{
    fprintf(stderr, "moongate ctl: %s\n", text);
    return CTL_USAGE;
}

static int take_text(char *out, size_t capacity, const char *text, const char *what,
                     struct err *err)
{
    if (!text_utf8_valid(text, strlen(text)))
        return err_set(err, "the %s is not UTF-8 text", what);
    if (!text_copy(out, capacity, text, strlen(text)))
        return err_set(err, "the %s is longer than %zu bytes", what, capacity - 1);
    return 0;
}

static int take_limit(const char *text, uint32_t *ret, struct err *err)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *text < '0' || *text > '9' || *end || value == 0 || value > CONTROL_LIMIT_MAX)
        return err_set(err, "--limit is a whole number from 1 to %d, not '%s'", CONTROL_LIMIT_MAX,
                       text);
    *ret = (uint32_t)value;
    return 0;
}

static int take_option(int option, struct options *ret, struct err *err)
{
    struct control_request *request = &ret->request;
    switch (option) {
    case 'c': ret->config = optarg; return 0;
    case 'S': ret->socket = optarg; return 0;
    case 'j': ret->json = true; return 0;
    case 'h': ret->help = true; return 0;
    case 's':
        return take_text(request->strategy, sizeof request->strategy, optarg, "strategy", err);
    case 'p': return take_text(request->product, sizeof request->product, optarg, "product", err);
    case 'r': return take_text(request->reason, sizeof request->reason, optarg, "reason", err);
    case 'x': request->cancel = true; return 0;
    case 'n': return take_limit(optarg, &request->limit, err);
    case 'f':
        return control_parse_for(optarg, &request->for_s)
                   ? 0
                   : err_set(err, "--for is a time as 90s, 15m or 4h, not '%.40s'", optarg);
    default: return err_set(err, "see moongate ctl --help");
    }
}

static int take_words(int count, char **words, struct control_request *ret, struct err *err)
{
    if (count == 0)
        return err_set(err, "which verb? See moongate ctl --help");
    if (control_verb_find(words[0], &ret->verb, err) < 0)
        return -1;
    const struct control_verb_spec *spec = control_verb(ret->verb);
    if (count > 1 + (spec->name_is != NULL) + spec->takes_value)
        return err_set(err, "'%s' is one word too many (a reason is --reason TEXT)",
                       words[count - 1]);
    if (count > 2 && take_text(ret->value, sizeof ret->value, words[2], "value", err) < 0)
        return -1;
    if (count > 1 && take_text(ret->name, sizeof ret->name, words[1], "name", err) < 0)
        return -1;
    return control_request_check(ret, err);
}

static int take_arguments(int argc, char **argv, struct options *ret, struct err *err)
{
    static const struct option OPTIONS[] = {
        {"config", required_argument, NULL, 'c'},   {"socket", required_argument, NULL, 'S'},
        {"json", no_argument, NULL, 'j'},           {"help", no_argument, NULL, 'h'},
        {"strategy", required_argument, NULL, 's'}, {"product", required_argument, NULL, 'p'},
        {"reason", required_argument, NULL, 'r'},   {"limit", required_argument, NULL, 'n'},
        {"cancel", no_argument, NULL, 'x'},         {"for", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "c:S:jhs:p:r:n:xf:", OPTIONS, NULL)) != -1;)
        if (take_option(option, ret, err) < 0)
            return -1;
    if (ret->help) {
        ret->helped = optind < argc ? argv[optind] : "";
        return 0;
    }
    return take_words(argc - optind, argv + optind, &ret->request, err);
}

/* Where the daemon says that the journal is. */
static bool find_directory(const struct control_reply *reply, char *out, size_t capacity)
{
    struct json_reader json;
    struct json_text key, text = {0};
    bool found = false;
    json_init(&json, reply->result, reply->result_length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            if (json_text_equal(key, "state_directory") && json_read_string(&json, &text))
                found = json_text_copy(text, out, capacity);
    return json_finish(&json, NULL) == 0 && found;
}

static int print_reply(const struct options *options, const struct control_reply *reply,
                       struct err *err)
{
    char directory[512];
    /* A comparison that found a difference is refused, and shows both sides all the same. */
    if (ctl_print_result(stdout, options->request.verb, reply, err) < 0)
        return -1;
    if (!reply->ok)
        return err_set(err, "%s: %s", control_verb(options->request.verb)->name, reply->text);
    if (*reply->text)
        printf("%s\n", reply->text);
    if (options->request.verb == CONTROL_WHY && reply->result &&
        find_directory(reply, directory, sizeof directory))
        return ctl_print_story(stdout, directory, options->request.name, err);
    return 0;
}

static const char *waiting_for(const struct control_request *request)
{
    if (request->verb == CONTROL_RECONCILE)
        return "the venue's lists are being read, the outcome follows";
    if (request->verb == CONTROL_HALT && request->cancel)
        return "halted; own orders are being cancelled until the venue shows none";
    return "the daemon has the request, its answer follows";
}

static int converse(const struct options *options, struct ctl_client *client)
{
    struct control_reply reply;
    struct err err = {""};
    if (!options->json)
        ctl_say_when_slow(client, waiting_for(&options->request));
    if (ctl_ask(client, &options->request, &reply, &err) < 0) {
        fprintf(stderr, "moongate ctl: %s\n", err.text);
        return CTL_REFUSED;
    }
    if (options->json) {
        printf("%s\n", ctl_line(client));
        return reply.ok ? CTL_DONE : CTL_REFUSED;
    }
    if (print_reply(options, &reply, &err) < 0) {
        fprintf(stderr, "moongate ctl: %s\n", err.text);
        return CTL_REFUSED;
    }
    return CTL_DONE;
}

int ctl_main(int argc, char **argv)
{
    struct options options = {0};
    struct err err = {""};
    char path[CTL_PATH_MAX];
    if (take_arguments(argc, argv, &options, &err) < 0)
        return wrong(err.text);
    if (options.help)
        return control_verb_find(options.helped, &options.request.verb, &err) == 0
                   ? usage_of(options.request.verb)
                   : usage(stdout);
    if (ctl_find_socket(options.config, options.socket, path, &err) < 0)
        return wrong(err.text);
    struct ctl_client *client = ctl_connect(path, PATIENCE_S, &err);
    if (!client) {
        fprintf(stderr, "moongate ctl: %s\n", err.text);
        return CTL_NO_DAEMON;
    }
    int code = converse(&options, client);
    ctl_disconnect(client);
    return fflush(stdout) == 0 ? code : CTL_REFUSED;
}
