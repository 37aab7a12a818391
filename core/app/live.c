/* `moongate run`. Three stages over one loop:
 *
 *     open: config, key, journal (locked and verified), link
 *       |   products are discovered at the venue, never assumed
 *     trade: engine restored from the journal, runners spawned, streams up; a turn per sleep
 *       |   SIGTERM, SIGINT or `ctl stop`
 *     stop: own orders cancelled (or kept), replies awaited, runners stopped, journal closed
 */
#define _GNU_SOURCE /* pthread_setattr_default_np */
#include "app/live.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/live_private.h"
#include "app/venue_link.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/snapshot.h"
#include "engine/snapshot_care.h"
#include "io/awake.h"
#include "io/clock_os.h"
#include "io/secret.h"
#include "model/client_id.h"

/* A stop waits this long for the venue's last words before it gives up and says what is open. */
static const int64_t STOP_PATIENCE_NS = 15 * (int64_t)1000000000;
/* What the disk held up for longer was wished on a market that is gone. */
static const int64_t ORDER_AGE_NS = 10 * (int64_t)1000000000;
static const size_t QUEUE_BYTES = 8 * 1024 * 1024;
enum { EVENTS_PER_TURN = 512, HELPER_STACK = 1 << 20, HEAP_ROOM = 3 << 20 };
static const uint64_t SIGNAL_TOKEN = UINT64_MAX; /* no operator is given it */

static int64_t mono_now(void)
{
    return clock_os_now().mono_ns;
}

bool live_push(struct live *live, const struct event *event)
{
    bool pushed = event_queue_push(live->queue, event);

    if (!pushed)
        log_error("live", "the event queue is full; a %s event was refused",
                  event_kind_text(event->kind));
    loop_again(live->loop); /* it may have been pushed from inside a turn's own hook */
    return pushed;
}

/* --- the turn --- */

static bool next_event(void *context, struct event *ret)
{
    struct live *live = context;

    return event_queue_pop(live->queue, ret);
}

static void set_tick(struct live *live)
{
    int64_t due_ns = engine_next_deadline_ns(live->engine);

    if (due_ns == INT64_MAX)
        loop_timer_clear(live->tick);
    else
        loop_timer_set(live->tick, due_ns - mono_now());
}

static void on_tick(void *context)
{
    struct event event = {.kind = EVENT_TICK};

    live_push(context, &event);
}

/* What waits, for the disk or a connection, was approved before the halt: none of it leaves. */
static void on_halt(void *context)
{
    struct live *live = context;

    hold_drop_all(live->hold, "halted before it was sent");
    link_drop_places(live->link, "halted before it was sent");
}

static void on_turn(void *context)
{
    struct live *live = context;
    uint32_t taken;

    if (!live->engine)
        return;
    taken = turn_run(&live->turn, EVENTS_PER_TURN);
    if (snapshot_halts(live->engine) != live->halts)
        on_halt(live); /* the engine halts by itself, too, and a strategy or product alone */
    live->halts = snapshot_halts(live->engine);
    if (taken == EVENTS_PER_TURN)
        loop_again(live->loop);
    set_tick(live);
}

/* --- commands out --- */

/* The engine has halted and cancels; what is left to do here is to wait, but not for ever. */
static void on_fatal(struct live *live, const struct command_fatal *fatal)
{
    log_error("live", "emergency shutdown: %s", fatal->reason);
    live->fatal = live->stopping = true;
    live_manager_stopping(live);
    on_halt(live);
    loop_timer_set(live->patience, STOP_PATIENCE_NS);
}

/* The fork of a paper run: of its commands, only the reset of the market's stream goes out. */
static void send_to_venue(struct live *live, const struct command *command)
{
    bool feed = command->kind == COMMAND_STREAM_RESET &&
                command->stream_reset.stream == STREAM_MARKET;

    if (live->paper && !feed)
        paper_command(live->paper, command);
    else
        link_command(live->link, command);
}

/* Below the hold: what comes here may leave. */
static void send_now_through(void *context, const struct command *command, int64_t commit_number)
{
    struct live *live = context;

    (void)commit_number;
    switch (command->kind) {
    case COMMAND_PLACE: case COMMAND_CANCEL: case COMMAND_LIST: case COMMAND_STREAM_RESET:
        send_to_venue(live, command);
        break;
    case COMMAND_VIEW: case COMMAND_NOTICE: case COMMAND_JUDGE: case COMMAND_RUNNER_END:
        runner_command(live->runners, command);
        break;
    case COMMAND_ALERT:
        log_warn("alert", "%s", command->alert.text);
        break;
    case COMMAND_OPERATOR_REPLY:
        if (command->operator_reply.token == SIGNAL_TOKEN)
            on_halt(live); /* what was approved while the halt stood in the queue */
        operator_reply(live->operator, &command->operator_reply);
        break;
    case COMMAND_FATAL: on_fatal(live, &command->fatal); break;
    case COMMAND_STOPPED:
        live->orders_done = true;
        break;
    }
}

/* Above the hold: the engine's own sink. */
static void send_held(void *context, const struct command *command, int64_t commit_number)
{
    struct live *live = context;
    struct sink_port hold = hold_port(live->hold);

    if (command->kind == COMMAND_PLACE)
        link_note_approved(live->link, &command->place);
    hold.send(hold.context, command, commit_number);
}

/* --- journal --- */

static int refuse_record(const struct live *live, const struct record *record, struct err *err)
{
    struct order_row row;
    char id[CLIENT_ID_TEXT];

    if (record->kind != RECORD_ORDER || record->order.state != ORDER_INTENDED ||
        !snapshot_find_order(live->engine, record->order.id, &row))
        return err_set(err, "the %s contradicts what came before", record_kind_text(record->kind));
    client_id_format(record->order.id, id);
    return err_set(err, "the order %s is made a second time, and an id is given once: put back a "
                   "whole copy of the journal", id);
}

static int restore_record(void *context, int64_t number, const struct record *record,
                          struct err *err)
{
    struct live *live = context;

    live->restored = (uint64_t)number;
    recorder_row(live->recorder, record);
    if (!engine_restore(live->engine, record))
        return refuse_record(live, record, err);
    return live->paper ? paper_restore(live->paper, record, err) : 0;
}

static void on_durable(void *context, int64_t number)
{
    hold_release(((struct live *)context)->hold, number);
}

static void on_journal_dead(void *context, const char *reason)
{
    struct live *live = context;
    struct event event = {.kind = EVENT_JOURNAL, .journal.dead = true};

    log_error("journal", "%s; no order leaves from here on, cancels still do", reason);
    text_copy(event.journal.reason, REASON_MAX, reason, strlen(reason));
    hold_drop_all(live->hold, reason);
    live_push(live, &event);
}

static void on_store_news(void *context)
{
    store_poll(((struct live *)context)->store);
}

/* An order that was approved and never left: the engine is told so, in the words of a reply. */
static void on_hold_dropped(void *context, const struct command_place *place, const char *reason)
{
    struct event event = {.kind = EVENT_PLACE_REPLY};

    event.place_reply.client_id = place->id;
    event.place_reply.outcome = OUTCOME_NOT_SENT;
    text_copy(event.place_reply.reason, REASON_MAX, reason, strlen(reason));
    live_push(context, &event);
}

static int open_journal(struct live *live, struct err *err)
{
    struct store_config config = {
        .directory = live->config.state_dir,
        .identity = config_identity(&live->config),
        .context = live, .on_record = restore_record,
        .on_durable = on_durable, .on_dead = on_journal_dead,
    };
    struct sink_port below = {live, send_now_through};

    live->store = store_open(&config, err);
    if (!live->store)
        return err_wrap(err, "journal in %s", live->config.state_dir);
    if (live->restored)
        log_info("journal", "%llu records restored", (unsigned long long)live->restored);
    live->store_news = loop_fd_create(live->loop, store_fd(live->store), on_store_news, NULL, live);
    live->hold = hold_create(&below, on_hold_dropped, live);
    if (!live->store_news || !live->hold)
        return err_set(err, "no memory");
    hold_limit(live->hold, mono_now, ORDER_AGE_NS);
    return 0;
}

/* --- link --- */

static int open_link(struct live *live, struct err *err)
{
    struct link_config config;

    if (venue_link_config(&live->config, &config, err) < 0)
        return -1;
    live_record_frames(live, &config);
    live->link = link_create(&config, live->loop, &live->catalog, live->key, live->queue, err);
    return live->link ? 0 : -1;
}

/* --- runners --- */

static void on_reloaded(void *context, uint64_t token, const char *line)
{
    struct live *live = context;

    operator_reloaded(live->operator, token, line);
}

/* moongate-runner stands beside moongate, unless the config says otherwise. */
static void runner_program(const struct config *config, char *out, size_t capacity)
{
    ssize_t length;
    char *slash;

    if (*config->runners.program) {
        text_copy(out, capacity, config->runners.program, strlen(config->runners.program));
        return;
    }
    length = readlink("/proc/self/exe", out, capacity - 32);
    if (length < 0)
        length = 0;
    out[length] = '\0';
    slash = strrchr(out, '/');
    length = slash ? slash - out + 1 : 0;
    text_copy(out + length, capacity - (size_t)length, "moongate-runner", 15);
}

static int add_runner(struct live *live, const struct config_script *script, enum script_role role,
                      uint32_t index, struct err *err)
{
    struct runner_config config = {
        .role = role, .name = script->name, .script_path = script->script,
        .params_json = script->params,
    };

    config.index = (actor_index)(role == SCRIPT_ROLE_RULE ? MAX_STRATEGIES + index : index);
    config.products = role == SCRIPT_ROLE_RULE ? (1u << live->settings.catalog.count) - 1
                                               : live->settings.strategies[index].products;
    if (secret_random(&config.seed, sizeof(config.seed), err) < 0)
        return -1;
    return runner_add(live->runners, &config, err);
}

static uint32_t first_generation(const struct live *live)
{
    uint32_t highest = 0;

    for (actor_index i = 0; i < MAX_RUNNERS; i++)
        if (snapshot_generation(live->engine, i) > highest)
            highest = snapshot_generation(live->engine, i);
    return highest + 1;
}

static int open_runners(struct live *live, struct err *err)
{
    struct runner_pool_config config = runner_pool_defaults();
    char program[CONFIG_TEXT_MAX];

    runner_program(&live->config, program, sizeof(program));
    config.loop = live->loop;
    config.events = live->queue;
    config.settings = &live->settings;
    config.program = program;
    config.lib_directory = live->config.runners.library;
    config.context = live;
    config.on_outcome = on_reloaded;
    config.soft_deadline_ns = live->config.runners.soft_deadline_ns;
    config.hard_deadline_ns = live->config.runners.hard_deadline_ns;
    config.max_restarts = live->config.runners.max_restarts;
    config.max_intents_per_s = live->config.runners.max_intents_per_s;
    config.memory_max = (uint64_t)live->config.runners.memory_max_mib << 20;
    config.sched_idle = live->config.runners.sched_idle;
    config.cpu = (int)live->config.runners.cpu - 1;
    config.first_generation = first_generation(live);
    if (live->config.environment != ENVIRONMENT_LOOPBACK)
        config.required_layers = LAYER_ALL;
    live_record_runners(live, &config);
    live->runners = runner_pool_create(&config, err);
    if (!live->runners)
        return -1;
    for (uint32_t i = 0; i < live->config.rule_count; i++)
        if (add_runner(live, &live->config.rules[i], SCRIPT_ROLE_RULE, i, err) < 0)
            return -1;
    for (uint32_t i = 0; i < live->config.strategy_count; i++)
        if (add_runner(live, &live->config.strategies[i], SCRIPT_ROLE_STRATEGY, i, err) < 0)
            return -1;
    return 0;
}

/* --- signals and the way out --- */

static void on_hangup(void *context)
{
    struct live *live = context;
    struct err err = {""};

    if (runner_reload(live->runners, NULL, 0, &err) < 0)
        log_warn("reload", "%s", err.text);
}

static void on_out_of_patience(void *context)
{
    ((struct live *)context)->out_of_patience = true;
}

static bool push_verb(struct live *live, enum operator_verb verb, const char *reason)
{
    struct event event = {.kind = EVENT_OPERATOR,
                          .operator = {.verb = verb, .target = TARGET_ACCOUNT}};

    event.operator.token = verb == OPERATOR_HALT ? SIGNAL_TOKEN : 0;
    text_copy(event.operator.reason, REASON_MAX, reason, strlen(reason));
    return live_push(live, &event);
}

/* A full queue delays a verb; the turn that made room asks again. */
static void push_owed(struct live *live)
{
    if (live->halt_owed && push_verb(live, OPERATOR_HALT, live->halt_owed))
        live->halt_owed = NULL;
    live->stop_owed = live->stop_owed && !push_verb(live, OPERATOR_STOP, "signal");
}

/* What waits to leave is dropped here and now. */
void live_halt(struct live *live, const char *reason)
{
    log_warn("live", "%s: halted until `moongate ctl resume`", reason);
    if (!live->engine)
        return;
    on_halt(live);
    live->halt_owed = reason;
    push_owed(live);
}

/* The switch that works where the socket does not. */
static void on_halt_signal(void *context)
{
    live_halt(context, "SIGUSR1");
}

static void begin_stop(struct live *live)
{
    if (live->stopping)
        return;
    live->stopping = true;
    live_manager_stopping(live);
    if (!live->engine) {
        loop_stop(live->loop);
        return;
    }
    log_info("live", "stopping: no new orders; own orders are %s",
             live->config.account.cancel_on_stop ? "cancelled" : "kept working");
    live->stop_owed = true;
    push_owed(live);
    loop_timer_set(live->patience, STOP_PATIENCE_NS);
}

static void on_stop_signal(void *context)
{
    begin_stop(context);
}

/* After each turn: once the orders have ended the runners are stopped, and then the loop. */
static void on_settled(void *context)
{
    struct live *live = context;
    bool settled = live->orders_done || live->out_of_patience;

    push_owed(live);
    if (!settled || (!live->out_of_patience && (link_busy(live->link) || hold_count(live->hold))))
        return;
    if (!live->runners_told)
        runner_pool_stop(live->runners);
    live->runners_told = true;
    if (runner_pool_is_idle(live->runners) || live->out_of_patience)
        loop_stop(live->loop);
}

static int watch_signals(struct live *live, struct err *err)
{
    if (loop_on_signal(live->loop, SIGTERM, on_stop_signal, live, err) < 0 ||
        loop_on_signal(live->loop, SIGINT, on_stop_signal, live, err) < 0 ||
        loop_on_signal(live->loop, SIGHUP, on_hangup, live, err) < 0 ||
        loop_on_signal(live->loop, SIGUSR1, on_halt_signal, live, err) < 0)
        return -1;
    return 0;
}

/* --- the three stages --- */

static void keep_awake(struct live *live)
{
    struct err err = {""};

    live->awake_fd = live->config.keep_awake ? awake_hold(&err) : -1;
    if (live->config.keep_awake && live->awake_fd < 0)
        log_warn("live", "keep_awake: %s; CPUs may halt, wake-ups will take longer", err.text);
}

/* What was needed once is kept, and what will be needed is there before trading begins: nothing
 * waits for the kernel to give a page, and resident memory is a flat line unless it leaks. */
static void keep_memory(void)
{
    pthread_attr_t threads;

    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TOP_PAD, 2 << 20);
    pthread_attr_init(&threads);
    /* Locked too, and 8 MiB each otherwise. */
    pthread_attr_setstacksize(&threads, HELPER_STACK);
    pthread_setattr_default_np(&threads);
    pthread_attr_destroy(&threads);
}

static void lock_memory(void)
{
    void *volatile room = malloc(HEAP_ROOM); /* given back, it stays at the heap's top */

    free(room);
    if (mlockall(MCL_CURRENT) < 0)
        log_info("live", "memory is not locked: %s; pages come when they are first touched, which "
                         "costs microseconds; LimitMEMLOCK=infinity, or ulimit -l unlimited, "
                         "allows it", strerror(errno));
}

static int open_ground(struct live *live, struct err *err)
{
    keep_memory();
    keep_awake(live);
    if (!notify_open(&live->manager))
        log_warn("live", "NOTIFY_SOCKET cannot be used; the service manager hears nothing");
    if (secret_harden_process(err) < 0)
        return -1;
    if (!config_is_paper(&live->config)) /* else no key is read, whatever the config names */
        live->key = secret_load_key(live->config.venue.key_file, live->config.api, err);
    if (!live->key && !config_is_paper(&live->config))
        return -1;
    live->loop = loop_create(err);
    if (!live->loop)
        return -1;
    live->queue = event_queue_create(QUEUE_BYTES);
    live->tick = loop_timer_create(live->loop, on_tick, live);
    live->patience = loop_timer_create(live->loop, on_out_of_patience, live);
    if (!live->queue || !live->tick || !live->patience)
        return err_set(err, "no memory");
    if (watch_signals(live, err) < 0 || open_link(live, err) < 0)
        return -1;
    log_info("live", "environment %s, venue %s:%u", config_identity(&live->config),
             live->config.venue.host, live->config.venue.port);
    if (venue_discover(live->link, live->loop, &live->config, &live->settings, err) < 0)
        return -1;
    live->catalog = live->settings.catalog;
    return 0;
}

static int open_paper(struct live *live, struct err *err)
{
    const struct config *config = &live->config;
    struct paper_config paper = {
        .loop = live->loop, .queue = live->queue, .engine = live->engine,
        .settings = &live->settings, .cash = config->paper.cash,
        .rates = {config->paper.fee_maker, config->paper.fee_taker},
        .order_ns = config->paper.order_ns, .answer_ns = config->paper.answer_ns,
    };

    if (!config_is_paper(config))
        return 0;
    live->paper = paper_create(&paper, err);
    return live->paper ? 0 : -1;
}

static int open_engine(struct live *live, struct err *err)
{
    uint64_t chance;

    if (secret_random(&chance, sizeof(chance), err) < 0)
        return -1;
    live->settings.boot_random = chance & 0xffffffffff; /* 40 bits */
    live->engine = engine_create(&live->settings);
    if (!live->engine)
        return err_set(err, "no memory for the engine");
    if (live_record_open(live, err) < 0 || open_paper(live, err) < 0 ||
        open_journal(live, err) < 0)
        return -1;
    live->turn = (struct turn){
        .engine = live->engine,
        .clock = recorder_clock(live->recorder, clock_os_port()),
        .source = recorder_source(live->recorder,
                                  paper_source(live->paper,
                                               (struct source_port){live, next_event})),
        .journal = recorder_journal(live->recorder, store_port(live->store)),
        .sink = recorder_sink(live->recorder, (struct sink_port){live, send_held}),
    };
    loop_add_hook(live->loop, LOOP_TURN, on_turn, live);
    loop_add_hook(live->loop, LOOP_TURN, on_settled, live);
    return 0;
}

static void on_operator_stop(void *context)
{
    struct live *live = context;

    live->stopping = true;
    live_manager_stopping(live);
    loop_timer_set(live->patience, STOP_PATIENCE_NS);
}

static int open_operator(struct live *live, struct err *err)
{
    struct operator_config config = {
        .loop = live->loop, .queue = live->queue, .engine = live->engine,
        .link = live->link, .runners = live->runners, .store = live->store,
        .settings = &live->settings, .socket = live->config.socket,
        .environment = config_identity(&live->config),
        .context = live, .on_halt = on_halt, .on_stop = on_operator_stop,
    };

    live->operator = operator_create(&config, err);
    return live->operator ? 0 : -1;
}

static int live_trade(struct live *live, struct err *err)
{
    if (open_engine(live, err) < 0 || open_runners(live, err) < 0 || open_operator(live, err) < 0)
        return -1;
    if (live->paper)
        paper_start(live->paper);
    if (link_start(live->link, err) < 0 || live_beat_start(live, err) < 0 ||
        live_series_start(live, err) < 0)
        return -1;
    log_info("live", "%u products, %u strategies, %u rules; operator's socket %s",
             live->settings.catalog.count, live->config.strategy_count, live->config.rule_count,
             live->config.socket);
    set_tick(live);
    lock_memory();
    live_manager_ready(live);
    loop_run(live->loop);
    live_beat_stop(live, live->orders_done);
    if (!live->orders_done)
        return err_set(err, "stopped without having seen the end of every own order; they are in "
                            "the journal as they stand and are reconciled at the next start");
    return live_write_summary(live, err);
}

static void live_close(struct live *live)
{
    live_series_stop(live);
    operator_destroy(live->operator);
    runner_pool_destroy(live->runners);
    paper_destroy(live->paper);
    link_destroy(live->link);
    loop_fd_destroy(live->store_news);
    store_close(live->store);
    hold_destroy(live->hold);
    loop_fd_destroy(live->recorder_news);
    recorder_close(live->recorder);
    engine_destroy(live->engine);
    if (live->pulse_fd > 0)
        close(live->pulse_fd);
    notify_close(&live->manager);
    loop_timer_destroy(live->pulse_timer);
    loop_timer_destroy(live->patience);
    loop_timer_destroy(live->tick);
    event_queue_destroy(live->queue);
    loop_destroy(live->loop);
    sign_key_destroy(live->key);
    awake_release(live->awake_fd);
    config_fini(&live->config);
}

static int usage(FILE *out, bool paper)
{
    fprintf(out, "usage: moongate %s -c FILE [--record DIR] [-v]\n\n", paper ? "paper" : "run");
    if (paper)
        fprintf(out,
                "Trades on paper until SIGTERM or SIGINT: the venue's feed, clock and products,\n"
                "the scripts in their jails, every limit, the journal and `moongate ctl` as live;\n"
                "orders are filled inside, against the books that the feed tells, as a backtest\n"
                "over depth fills them. Nothing but public reads leaves the host, and no key is\n"
                "read. The config has a section for it:\n\n"
                "    paper = { cash = \"100000\"; };\n\n"
                "and a state_dir of its own: paper and live refuse each other's.\n");
    else
        fprintf(out, "Trades until SIGTERM or SIGINT.\n");
    fprintf(out,
            "SIGHUP reloads changed scripts, never limits.\n"
            "SIGUSR1 halts, as `moongate ctl halt` does; so does a file HALT in state_dir.\n"
            "  -c, --config FILE   the config; `moongate check -c FILE` says what is wrong\n"
            "  -r, --record DIR    record the run there, for `moongate replay`\n"
            "  -v, --verbose       debug lines too\n\n"
            "Exit: 0 stopped in order; 1 could not start, or orders were left in doubt;\n"
            "2 the command line or the config is wrong; 3 emergency shutdown, halted, the venue\n"
            "shows no own order; 4 the same, but own orders may be left.\n");
    return out == stdout ? 0 : 2;
}

/* A config says of itself whether its orders are real. */
static int check_kind(const struct config *config, bool paper)
{
    if (config_is_paper(config) == paper)
        return 0;
    if (paper)
        fprintf(stderr, "%s: a section paper is wanted, paper = { cash = \"100000\"; }; its orders "
                        "are real without one\n", config->path);
    else
        fprintf(stderr, "%s: it has a section paper: `moongate paper -c %s` runs it\n",
                config->path, config->path);
    return -1;
}

static int live_run(const char *path, const char *record, bool paper)
{
    struct config_problems *problems = calloc(1, sizeof(*problems));
    struct live *live = calloc(1, sizeof(*live));
    struct err err = {""};
    int code;

    if (!live || !problems) {
        fprintf(stderr, "moongate: no memory\n");
        code = 1;
    } else if (config_load(path, &live->config, problems) < 0) {
        code = config_print_problems(problems, stderr);
        config_fini(&live->config);
    } else if (check_kind(&live->config, paper) < 0) {
        code = 2;
        config_fini(&live->config);
    } else {
        if (record)
            text_copy(live->config.recording.dir, CONFIG_TEXT_MAX, record, strlen(record));
        code = open_ground(live, &err) < 0 || live_trade(live, &err) < 0 ? 1 : 0;
        if (live->fatal)
            code = live->orders_done ? 3 : 4;
        if (*err.text)
            log_error("live", "%s", err.text);
        live_close(live);
    }
    free(problems);
    free(live);
    return code;
}

int live_main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"record", required_argument, NULL, 'r'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *path = NULL, *record = NULL;
    bool paper = strcmp(argv[0], "paper") == 0;
    int option;

    while ((option = getopt_long(argc, argv, "c:r:vh", options, NULL)) != -1) {
        switch (option) {
        case 'c': path = optarg; break;
        case 'r': record = optarg; break;
        case 'v': log_set_level(LOG_DEBUG); break;
        case 'h': return usage(stdout, paper);
        default: return usage(stderr, paper);
        }
    }
    if (!path || optind < argc)
        return usage(stderr, paper);
    return live_run(path, record, paper);
}
