#include "daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/check.h"
#include "io/clock_os.h"
#include "model/limit_list.h"

static const int64_t SECOND = 1000000000;

static void set_settings(struct engine_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    struct instrument *spec = &settings->catalog.items[0];
    settings->catalog.count = 1;
    snprintf(spec->product_id, sizeof spec->product_id, "BIP-20DEC30-CDE");
    snprintf(spec->asset, sizeof spec->asset, "BTC");
    spec->contract_size.e9 = DECIMAL_ONE / 100;
    spec->tick.e9 = 5 * (int64_t)DECIMAL_ONE;
    spec->step = spec->size_min = spec->contract_size;
    spec->size_max.e9 = 100 * (int64_t)DECIMAL_ONE;
    spec->session_open = true;
    spec->funding_interval_ns = 3600 * SECOND;
    settings->product_limits[0] = (struct product_limits){
        .max_order_size = {DECIMAL_ONE}, .max_order_value = {(__int128)100000 * DECIMAL_ONE *
        DECIMAL_ONE}, .price_collar = {DECIMAL_ONE / 50}, .max_position = {2 * DECIMAL_ONE},
        .max_working_orders = 10, .max_working_value = {(__int128)500000 * DECIMAL_ONE *
        DECIMAL_ONE}, .max_book_age_ns = 5 * SECOND, .max_mark_age_ns = 60 * SECOND,
        .max_mark_deviation = {DECIMAL_ONE / 50}};
    settings->strategy_count = 2;
    settings->strategies[0] = (struct strategy_settings){"ma_cross", 1, 100, 10, DEATH_CANCEL};
    settings->strategies[1] = (struct strategy_settings){"quoter", 1, 100, 10, DEATH_KEEP};
    settings->owner_tag = 7;
    settings->boot_random = 99;
    settings->max_messages = settings->max_cancels = 100;
    settings->message_window_ns = SECOND;
    settings->max_working_orders = 20;
    settings->max_working_value.e18 = (__int128)1000000 * DECIMAL_ONE * DECIMAL_ONE;
    settings->duplicate_window_ns = SECOND / 10;
    settings->max_skew_ns = SECOND;
    limits_widen(settings);
    settings->stale_after_ns = 3 * SECOND;
    settings->fills_poll_ns = 5 * SECOND;
    settings->rule_deadline_ns = SECOND / 10;
}

static bool next_event(void *context, struct event *ret)
{
    return event_queue_pop(((struct daemon *)context)->queue, ret);
}

/* An account with nothing in it. */
static void answer_list(struct daemon *daemon, const struct command_list *list)
{
    struct event end = {.kind = EVENT_LIST_END,
                        .list_end = {list->kind, list->request, !daemon->lists_fail}};
    if (daemon->lists_wait)
        return;
    CHECK(event_queue_push(daemon->queue, &end));
    loop_again(daemon->loop);
}

static void on_command(void *context, const struct command *command, int64_t commit)
{
    struct daemon *daemon = context;
    (void)commit;
    if (command->kind == COMMAND_OPERATOR_REPLY)
        operator_reply(daemon->operator, &command->operator_reply);
    else if (command->kind == COMMAND_LIST)
        answer_list(daemon, &command->list);
}

static void on_dropped(void *context, const struct command_place *place, const char *reason)
{
    (void)context;
    (void)place;
    (void)reason;
}

static void on_turn(void *context)
{
    struct daemon *daemon = context;
    if (!daemon->frozen && turn_run(&daemon->turn, 64) == 64)
        loop_again(daemon->loop);
}

static void on_news(void *context)
{
    store_poll(((struct daemon *)context)->store);
}

static int on_record(void *context, int64_t number, const struct record *record, struct err *err)
{
    (void)number;
    return engine_restore(((struct daemon *)context)->engine, record)
               ? 0 : err_set(err, "the engine would not have it");
}

static void on_durable(void *context, int64_t number)
{
    hold_release(((struct daemon *)context)->hold, number);
}

static void on_tick(void *context)
{
    loop_stop(((struct daemon *)context)->loop);
}

static void on_halt(void *context)
{
    struct daemon *daemon = context;
    daemon->halts++;
    daemon->frozen = false; /* the request is in: from here on turns run again */
}

static void on_stop(void *context)
{
    ((struct daemon *)context)->stops++;
}

static void open_journal(struct daemon *daemon)
{
    struct err err = {""};
    struct sink_port below = {daemon, on_command};
    struct store_config config = {.directory = daemon->directory, .identity = "loopback",
                                  .context = daemon, .on_record = on_record,
                                  .on_durable = on_durable};
    daemon->store = store_open(&config, &err);
    if (!daemon->store)
        fprintf(stderr, "%s\n", err.text);
    CHECK(daemon->store);
    daemon->news = loop_fd_create(daemon->loop, store_fd(daemon->store), on_news, NULL, daemon);
    daemon->hold = hold_create(&below, on_dropped, daemon);
    daemon->turn = (struct turn){
        .engine = daemon->engine, .clock = clock_os_port(), .source = {daemon, next_event},
        .journal = store_port(daemon->store), .sink = hold_port(daemon->hold)};
}

static void open_operator(struct daemon *daemon)
{
    struct err err = {""};
    struct operator_config config = {
        .loop = daemon->loop, .queue = daemon->queue, .engine = daemon->engine,
        .store = daemon->store, .settings = &daemon->settings, .socket = daemon->socket,
        .environment = "loopback", .context = daemon, .on_halt = on_halt, .on_stop = on_stop};
    daemon->operator = operator_create(&config, &err);
    if (!daemon->operator)
        fprintf(stderr, "%s\n", err.text);
    CHECK(daemon->operator);
}

static void open_all(struct daemon *daemon, size_t queue_bytes)
{
    struct err err;
    set_settings(&daemon->settings);
    daemon->loop = loop_create(&err);
    daemon->tick = loop_timer_create(daemon->loop, on_tick, daemon);
    daemon->queue = event_queue_create(queue_bytes);
    daemon->engine = engine_create(&daemon->settings);
    CHECK(daemon->loop && daemon->tick && daemon->queue && daemon->engine);
    open_journal(daemon);
    loop_add_hook(daemon->loop, LOOP_TURN, on_turn, daemon);
    open_operator(daemon);
}

void daemon_start(struct daemon *daemon, size_t queue_bytes)
{
    memset(daemon, 0, sizeof *daemon);
    snprintf(daemon->directory, sizeof daemon->directory, "/tmp/moongate-operator-XXXXXX");
    CHECK(mkdtemp(daemon->directory));
    snprintf(daemon->socket, sizeof daemon->socket, "%s/control.sock", daemon->directory);
    open_all(daemon, queue_bytes);
}

void daemon_stop(struct daemon *daemon)
{
    operator_destroy(daemon->operator);
    loop_fd_destroy(daemon->news);
    store_close(daemon->store);
    hold_destroy(daemon->hold);
    engine_destroy(daemon->engine);
    event_queue_destroy(daemon->queue);
    loop_timer_destroy(daemon->tick);
    loop_destroy(daemon->loop);
    daemon->operator = NULL;
}

void daemon_restart(struct daemon *daemon)
{
    daemon_stop(daemon);
    open_all(daemon, 1 << 20);
}

void daemon_remove(struct daemon *daemon)
{
    char path[400];
    if (daemon->operator)
        daemon_stop(daemon);
    DIR *files = opendir(daemon->directory);
    for (struct dirent *file; files && (file = readdir(files));) {
        snprintf(path, sizeof path, "%s/%s", daemon->directory, file->d_name);
        unlink(path);
    }
    if (files)
        closedir(files);
    rmdir(daemon->directory);
}

void daemon_pass(struct daemon *daemon)
{
    loop_timer_set(daemon->tick, 1000000);
    loop_run(daemon->loop);
}

/* --- children --- */

static pid_t spawn(int (*verb)(int, char **), const char *const *words, int *ret_output)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        char *argv[16] = {NULL};
        int argc = 0;
        for (; words[argc]; argc++)
            argv[argc] = strdup(words[argc]);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        int code = verb(argc, argv);
        fflush(NULL);
        _exit(code);
    }
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *ret_output = ends[0];
    return child;
}

static void listen_to(struct daemon *daemon, int output, pid_t child,
                      bool (*done)(const char *text), struct output *ret)
{
    size_t used = 0;
    bool told = false;
    for (;;) {
        ssize_t got = read(output, ret->text + used, OUTPUT_MAX - 1 - used);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        used += got > 0 ? (size_t)got : 0;
        ret->text[used] = '\0';
        if (done && !told && done(ret->text)) {
            told = true;
            kill(child, SIGTERM);
        }
        if (daemon->operator)
            daemon_pass(daemon);
    }
    close(output);
}

void daemon_watch(struct daemon *daemon, int (*verb)(int, char **), const char *const *words,
                  bool (*done)(const char *text), struct output *ret)
{
    int output, status;
    pid_t child = spawn(verb, words, &output);
    ret->text[0] = '\0';
    listen_to(daemon, output, child, done, ret);
    CHECK(waitpid(child, &status, 0) == child);
    ret->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void daemon_run(struct daemon *daemon, int (*verb)(int, char **), const char *const *words,
                struct output *ret)
{
    daemon_watch(daemon, verb, words, NULL, ret);
}
