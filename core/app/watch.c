/* `moongate-watch`: listens for a host's signs of life, and takes back the host's own orders when
 * they end. It decides nothing itself: wire/vigil.h says when, app/watch_venue.h does. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "app/watch_venue.h"
#include "base/log.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "io/pulse.h"
#include "io/secret.h"
#include "io/watch_log.h"
#include "model/client_id.h"
#include "wire/vigil.h"

static const int64_t STEP_NS = 50000000, EAR_EVERY_NS = 1000000000;

struct watch {
    struct config config;
    struct loop *loop;             /* all owned, made in this order */
    struct sign_key *key;
    struct pulse_ear *ear;
    struct watch_log log;
    struct watch_venue *venue;
    struct loop_timer *step_timer, *ear_timer;
    struct vigil vigil;
    enum vigil_state told;         /* the state that was said last */
    unsigned cancelled;            /* of this silence, as far as the venue accepted it */
    bool key_works, key_told, once;
    int code;
};

/* ---- what is said ------------------------------------------------------------------------- */

static void end_line(struct watch *watch)
{
    struct err err = {""};
    if (watch_log_end(&watch->log, &err) < 0)
        log_error("watch", "%s", err.text);
}

static void say_line(struct watch *watch, const char *event, const char *text)
{
    watch_log_begin(&watch->log, event, NULL);
    if (text)
        json_put_text(&watch->log.json, "text", text);
    end_line(watch);
}

static void say_host(struct watch *watch, const char *event)
{
    watch_log_begin(&watch->log, event, &watch->vigil.host);
    json_put_uint(&watch->log.json, "cancelled", watch->cancelled);
    end_line(watch);
}

static void say_state(struct watch *watch)
{
    const struct beat *host = &watch->vigil.host;
    enum vigil_state now = watch->vigil.state, before = watch->told;
    if (now == before || now == VIGIL_LOOKING)
        return;
    watch->told = now;
    switch (now) {
    case VIGIL_WATCHING:
        log_info("watch", "host %d %s", host->pid, before == VIGIL_IDLE ? "is watched"
                                                                        : "is heard again");
        say_host(watch, before == VIGIL_IDLE ? "watched" : "heard_again");
        watch->cancelled = 0;
        break;
    case VIGIL_CLEANING:
        log_warn("watch", "host %d is silent: its own orders are cancelled", host->pid);
        say_host(watch, "silent");
        break;
    case VIGIL_CLEAN:
        log_warn("watch", "host %d has no open order left; %u cancelled", host->pid,
                 watch->cancelled);
        say_host(watch, "clean");
        break;
    default:
        log_info("watch", "host %d stopped in order: what it left working is left alone",
                 host->pid);
        say_host(watch, "stopped");
    }
}

/* ---- acts and what comes of them ---------------------------------------------------------- */

static int64_t now_ns(void)
{
    return clock_os_now().mono_ns;
}

static void look(struct watch *watch)
{
    struct beat beat;
    struct err err = {""};
    int read = pulse_read(watch->config.state_dir, &beat, &err);
    if (read < 0)
        log_error("watch", "%s", err.text);
    vigil_looked(&watch->vigil, read > 0 && beat.stopped && beat.run == watch->vigil.host.run,
                 now_ns());
}

static void step(struct watch *watch)
{
    enum vigil_act act;
    while ((act = vigil_step(&watch->vigil, now_ns())) != VIGIL_WAIT) {
        switch (act) {
        case VIGIL_LOOK: look(watch); break;
        case VIGIL_LIST: watch_venue_list(watch->venue, watch->vigil.host.owner_tag); break;
        case VIGIL_CANCEL: watch_venue_cancel(watch->venue); break;
        default: watch_venue_check(watch->venue);
        }
        say_state(watch);
    }
}

static void on_step(void *context)
{
    struct watch *watch = context;
    step(watch);
    loop_timer_set(watch->step_timer, STEP_NS);
}

static void on_beat(void *context, const struct beat *beat)
{
    struct watch *watch = context;
    vigil_beat(&watch->vigil, beat, now_ns());
    say_state(watch);
}

static void on_ear(void *context)
{
    struct watch *watch = context;
    if (!pulse_ear_holds(watch->ear)) {
        log_error("watch", "watch.sock was taken away; it is made anew");
        vigil_forgive(&watch->vigil, now_ns());
    }
    loop_timer_set(watch->ear_timer, EAR_EVERY_NS);
}

static void on_listed(void *context, uint32_t own_open, const char *why)
{
    struct watch *watch = context;
    if (why) {
        log_warn("watch", "the list of orders failed: %s", why);
        say_line(watch, "list_failed", why);
    }
    vigil_listed(&watch->vigil, why == NULL, own_open, now_ns());
    say_state(watch);
}

static void on_reply(void *context, const struct event_cancel_reply *reply)
{
    static const char *const EVENTS[] = {
        [OUTCOME_ACCEPTED] = WATCH_LOG_CANCELLED, [OUTCOME_REFUSED] = "cancel_refused",
        [OUTCOME_UNKNOWN] = "cancel_unknown", [OUTCOME_NOT_SENT] = "cancel_unknown"};
    struct watch *watch = context;
    char id[CLIENT_ID_TEXT];
    client_id_format(reply->client_id, id);
    watch->cancelled += reply->outcome == OUTCOME_ACCEPTED;
    watch_log_begin(&watch->log, EVENTS[reply->outcome], &watch->vigil.host);
    json_put_text(&watch->log.json, "client_order_id", id);
    json_put_text(&watch->log.json, "order_id", reply->venue_id.text);
    if (*reply->reason)
        json_put_text(&watch->log.json, "text", reply->reason);
    end_line(watch);
}

static void on_cancelled(void *context, bool heard)
{
    struct watch *watch = context;
    vigil_cancelled(&watch->vigil, heard, now_ns());
}

static void on_checked(void *context, const char *why)
{
    struct watch *watch = context;
    bool works = why == NULL;
    vigil_checked(&watch->vigil, works, now_ns());
    if (watch->once) {
        watch->code = works ? 0 : 1;
        loop_stop(watch->loop);
    }
    if (watch->key_told && works == watch->key_works)
        return;
    watch->key_told = true;
    watch->key_works = works;
    if (works)
        log_info("watch", "the venue answers and takes the key");
    else
        log_error("watch", "no order could be cancelled now: %s", why);
    say_line(watch, works ? "ready" : "not_ready", why);
}

static void on_health(void *context, const struct event_health *health)
{
    struct watch *watch = context;
    const char *cause = health_cause_text(health->cause);
    log_write(health->on ? LOG_ERROR : LOG_INFO, "watch", "%s %s: %s", cause,
              health->on ? "began" : "ended", health->text);
    say_line(watch, health->on ? "health_bad" : "health_good", health->text);
}

/* ---- life --------------------------------------------------------------------------------- */

static void on_stop(void *context)
{
    loop_stop(((struct watch *)context)->loop);
}

static int open_venue(struct watch *watch, struct err *err)
{
    struct watch_venue_config config = {
        .host = watch->config.venue.host, .port = watch->config.venue.port,
        .ca_file = watch->config.venue.ca_file, .connections = watch->config.venue.connections,
        .context = watch, .on_listed = on_listed, .on_reply = on_reply,
        .on_cancelled = on_cancelled, .on_checked = on_checked, .on_health = on_health,
    };
    if (secret_random(&config.seed, sizeof config.seed, err) < 0)
        return -1;
    watch->venue = watch_venue_create(&config, watch->loop, watch->key, err);
    return watch->venue ? 0 : -1;
}

static int open_vigil(struct watch *watch, struct err *err)
{
    struct vigil_config config = {.after_ns = watch->config.watch.after_ns,
                                  .check_every_ns = watch->config.watch.check_every_ns};
    struct beat host;
    if (secret_random(&config.seed, sizeof config.seed, err) < 0)
        return -1;
    vigil_init(&watch->vigil, &config, now_ns());
    int read = pulse_read(watch->config.state_dir, &host, err);
    if (read > 0 && !host.stopped && !watch->once)
        vigil_expect(&watch->vigil, &host, now_ns());
    if (read == 0 || (read > 0 && host.stopped))
        log_info("watch", "no host is running on %s: waiting for one", watch->config.state_dir);
    say_state(watch);
    return read < 0 ? -1 : 0;
}

static int open_timers(struct watch *watch, struct err *err)
{
    watch->step_timer = loop_timer_create(watch->loop, on_step, watch);
    watch->ear_timer = loop_timer_create(watch->loop, on_ear, watch);
    if (!watch->step_timer || !watch->ear_timer)
        return err_set(err, "no memory");
    loop_timer_set(watch->ear_timer, EAR_EVERY_NS);
    on_step(watch);
    return 0;
}

static int watch_open(struct watch *watch, FILE *echo, struct err *err)
{
    const struct config *config = &watch->config;
    watch->log.fd = -1;
    if (secret_harden_process(err) < 0)
        return -1;
    watch->loop = loop_create(err);
    if (!watch->loop || loop_on_signal(watch->loop, SIGTERM, on_stop, watch, err) < 0 ||
        loop_on_signal(watch->loop, SIGINT, on_stop, watch, err) < 0)
        return -1;
    watch->key = secret_load_key(config->watch.key_file, config->api, err);
    if (!watch->key)
        return -1;
    if (!watch->once)
        watch->ear = pulse_listen(config->state_dir, watch->loop, on_beat, watch, err);
    if ((!watch->once && !watch->ear) ||
        watch_log_open(&watch->log, config->state_dir, echo, err) < 0)
        return -1;
    log_info("watch", "environment %s, venue %s:%u, a host silent for %lld ms is taken for dead",
             environment_text(config->environment), config->venue.host, config->venue.port,
             (long long)(config->watch.after_ns / 1000000));
    say_line(watch, "started", NULL);
    if (open_venue(watch, err) < 0 || open_vigil(watch, err) < 0)
        return -1;
    return open_timers(watch, err);
}

static void watch_close(struct watch *watch)
{
    loop_timer_destroy(watch->ear_timer);
    loop_timer_destroy(watch->step_timer);
    watch_venue_destroy(watch->venue);
    if (watch->log.fd >= 0)
        say_line(watch, "ended", NULL);
    watch_log_close(&watch->log);
    pulse_ear_close(watch->ear);
    sign_key_destroy(watch->key);
    loop_destroy(watch->loop);
    config_fini(&watch->config);
}

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate-watch -c FILE [--json] [--check] [-v]\n\n"
            "Stands beside `moongate run -c FILE`, as the same user, and listens for its signs of\n"
            "life. A host that is dead or hung for watch.after_ms has its own orders cancelled:\n"
            "they are listed at the venue, told by the owner tag in their client order id, and\n"
            "cancelled until two whole lists in a row show none. Orders of others are left alone,\n"
            "and nothing is ever placed: this program cannot. A host that stopped in order is\n"
            "left alone too. The next start of the host tells what was done meanwhile.\n\n"
            "  -c, --config FILE   the host's own config, with a section for the watcher:\n"
            "                        watch = { key_file = \"watch-key.json\"; after_ms = 4000; };\n"
            "                      a key of its own, which may view and trade, not transfer\n"
            "  -j, --json          what happens, one JSON object a line, on stdout too\n"
            "      --check         only see whether the venue takes the key, then exit\n"
            "  -v, --verbose       debug lines too\n\n"
            "All of it is appended to watch.log in state_dir. SIGTERM and SIGINT end it.\n\n"
            "Exit: 0 ended by a signal, or --check found all well; 1 it could not start (another\n"
            "watcher is there, the key cannot be read), or --check failed; 2 the command line or\n"
            "the config is wrong.\n");
    return out == stdout ? 0 : 2;
}

static int watch_run(struct watch *watch, FILE *echo)
{
    struct err err = {""};
    int code = 1;
    if (watch_open(watch, echo, &err) == 0) {
        loop_run(watch->loop);
        code = watch->code;
    } else {
        log_error("watch", "%s", err.text);
    }
    watch_close(watch);
    return code;
}

static int watch_load(struct watch *watch, const char *path, FILE *echo)
{
    struct config_problems *problems = calloc(1, sizeof *problems);
    int code = 1;
    if (!problems)
        return 1;
    int loaded = config_load(path, &watch->config, problems);
    if (loaded == 0 && !*watch->config.watch.key_file) {
        config_problem(problems, path, 0, "watch is not set: moongate-watch wants a key of its own "
                                          "there; see moongate-watch --help");
        loaded = -1;
    }
    if (loaded < 0) {
        code = config_print_problems(problems, stderr);
        config_fini(&watch->config);
    } else {
        code = watch_run(watch, echo);
    }
    free(problems);
    return code;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"check", no_argument, NULL, 'k'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"version", no_argument, NULL, 'V'},
                                            {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    static struct watch watch;
    const char *path = NULL;
    FILE *echo = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "c:jvh", options, NULL)) != -1) {
        switch (option) {
        case 'c': path = optarg; break;
        case 'j': echo = stdout; break;
        case 'k': watch.once = true; break;
        case 'v': log_set_level(LOG_DEBUG); break;
        case 'V': return puts("moongate-watch " MOONGATE_VERSION) < 0;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (!path || optind < argc)
        return usage(stderr);
    return watch_load(&watch, path, echo);
}
