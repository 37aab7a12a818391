/* The world and its clock: turns are run, what comes out is delivered, until all is quiet. */
#include "lab/lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"

static const int64_t BEAT_NS = 1000000000;

/* --- lists --- */

void *lab_list_add(struct lab_list *list, size_t item_bytes)
{
    void *item;

    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? 2 * list->capacity : 16;
        void *items = realloc(list->items, capacity * item_bytes);
        CHECK(items != NULL);
        list->items = items;
        list->capacity = capacity;
    }
    item = (char *)list->items + list->count++ * item_bytes;
    memset(item, 0, item_bytes);
    return item;
}

void lab_list_fini(struct lab_list *list)
{
    free(list->items);
    *list = (struct lab_list){0};
}

/* --- the engine's ports --- */

static struct stamp port_now(void *context)
{
    return ((struct lab *)context)->now;
}

static bool port_next(void *context, struct event *ret)
{
    return event_queue_pop(((struct lab *)context)->queue, ret);
}

static int64_t port_commit(void *context, const struct record *records, uint32_t count)
{
    struct lab *lab = context;
    const struct journal_port *journal = &lab->config.journal;

    return journal->commit ? journal->commit(journal->context, records, count) : ++lab->commits;
}

static void keep_refusal(struct lab *lab, const struct command_notice *command)
{
    struct lab_refusal *refusal;

    if (command->notice.kind != NOTICE_REFUSAL)
        return;
    refusal = lab_list_add(&lab->refusals, sizeof(*refusal));
    *refusal = (struct lab_refusal){lab->now, command->runner, command->notice.product,
                                    command->notice.refusal.ref, command->notice.refusal.verdict,
                                    ""};
    memcpy(refusal->text, command->notice.refusal.text, sizeof(refusal->text));
}

static void port_send(void *context, const struct command *command, int64_t commit_number)
{
    struct lab *lab = context;

    (void)commit_number;
    switch (command->kind) {
    case COMMAND_PLACE: case COMMAND_CANCEL: case COMMAND_LIST: case COMMAND_STREAM_RESET:
        *(struct command *)lab_list_add(&lab->commands, sizeof(*command)) = *command;
        break;
    case COMMAND_NOTICE:
        keep_refusal(lab, &command->notice);
        lab_runner_command(lab, command);
        break;
    case COMMAND_VIEW: case COMMAND_JUDGE: case COMMAND_RUNNER_END:
        lab_runner_command(lab, command);
        break;
    case COMMAND_ALERT:
        memcpy(lab_list_add(&lab->alerts, sizeof(command->alert)), &command->alert,
               sizeof(command->alert));
        break;
    case COMMAND_OPERATOR_REPLY: case COMMAND_STOPPED: case COMMAND_FATAL:
        break;
    }
}

/* --- time and turns --- */

void lab_push(struct lab *lab, const struct event *event)
{
    CHECK(event_queue_push(lab->queue, event));
}

static void show(struct lab *lab, product_index product)
{
    if (lab->config.world.play)
        lab->config.world.show(lab->config.world.context, lab, product);
    else if (lab->sim)
        lab_sim_show(lab->sim, product);
    else
        lab_venue_show(lab->venue, product);
}

static void push_link(struct lab *lab, enum stream stream, bool up)
{
    struct event event = {.kind = EVENT_LINK, .link = {.stream = stream, .up = up}};

    lab->up[stream] = up;
    lab->beats[stream] = 0;
    lab_push(lab, &event);
    for (product_index i = 0; up && stream == STREAM_MARKET &&
                              i < lab->config.settings.catalog.count; i++)
        show(lab, i);
}

static void do_commands(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->commands.count; i++) {
        struct command command = ((struct command *)lab->commands.items)[i];
        if (command.kind == COMMAND_STREAM_RESET) {
            push_link(lab, command.stream_reset.stream, false);
            push_link(lab, command.stream_reset.stream, true);
        } else if (lab->config.world.play) {
            lab->config.world.command(lab->config.world.context, lab, &command);
        } else if (lab->sim) {
            lab_sim_command(lab->sim, &command);
        } else {
            lab_venue_command(lab->venue, &command);
        }
    }
    lab->commands.count = 0;
}

static void deliver_frames(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->frames.count; i++) {
        struct lab_frame frame = ((struct lab_frame *)lab->frames.items)[i];
        lab_runner_deliver(lab, &frame);
        free(frame.owned);
    }
    lab->frames.count = 0;
}

/* A credit alone is worth no turn of its own while there is one product: what its script was shown
 * is the newest there is, and the next turn begins with it. */
static bool is_quiet(const struct lab *lab)
{
    uint64_t idle = lab->config.settings.catalog.count == 1 ? lab->credits : 0;

    return event_queue_count(lab->queue) == idle && lab->frames.count == 0 &&
           lab->commands.count == 0 && lab->play_ns > lab->now.mono_ns &&
           engine_next_deadline_ns(lab->engine) > lab->now.mono_ns;
}

/* What moves by itself does, up to now. */
static void play(struct lab *lab)
{
    if (lab->config.world.play) {
        lab->play_ns = lab->config.world.play(lab->config.world.context, lab);
        return;
    }
    lab->play_ns += lab->config.sim.step_ns;
    lab_sim_advance(lab->sim);
}

int lab_settle(struct lab *lab, struct err *err)
{
    for (int turns = 0; turns < LAB_TURNS_MAX; turns++) {
        lab->credits = 0;
        turn_run(&lab->turn, 1024);
        deliver_frames(lab);
        do_commands(lab);
        if (lab->play_ns <= lab->now.mono_ns)
            play(lab);
        if (is_quiet(lab))
            return 0;
    }
    return err_set(err, "the world does not come to rest: a script answers each event with an "
                        "order that brings the next one");
}

static void beat(struct lab *lab)
{
    lab->beat_ns += lab->config.beat_ns;
    for (int stream = 0; stream < STREAM_COUNT; stream++) {
        struct event event = {.kind = EVENT_HEARTBEAT,
                              .heartbeat = {(enum stream)stream, ++lab->beats[stream]}};
        if (lab->up[stream])
            lab_push(lab, &event);
    }
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int lab_advance(struct lab *lab, int64_t delay_ns, struct err *err)
{
    int64_t end_ns = lab->now.mono_ns + delay_ns;

    do {
        int64_t next_ns = least(engine_next_deadline_ns(lab->engine), lab->beat_ns);
        next_ns = least(least(next_ns, lab->play_ns), end_ns);
        lab->now.wall_ns += next_ns - lab->now.mono_ns;
        lab->now.mono_ns = next_ns;
        if (next_ns >= lab->beat_ns)
            beat(lab);
        if (next_ns >= lab->play_ns)
            play(lab);
        /* What only moved at the venue is no turn of the host's. */
        if (!is_quiet(lab) && lab_settle(lab, err) < 0)
            return -1;
    } while (lab->now.mono_ns < end_ns);
    return 0;
}

/* On connect a venue shows its last trades: without one there is no mark, and nothing opens. */
static void push_history(struct lab *lab, product_index product)
{
    struct trade trade = {.size = lab->config.settings.catalog.items[product].step,
                          .aggressor = SIDE_BUY, .venue_ns = lab->now.wall_ns};
    struct event event = {.kind = EVENT_TRADES,
                          .trades = {.product = product, .snapshot = true, .trades = &trade,
                                     .count = 1}};

    if (lab->has_history[product] || !lab_venue_mid(lab->venue, product, &trade.price))
        return;
    lab->has_history[product] = true;
    trade.trade_id = ++lab->trade_ids;
    lab_push(lab, &event);
}

int lab_book(struct lab *lab, product_index product, const struct level *levels, uint32_t count,
             struct err *err)
{
    lab_venue_book(lab->venue, product, levels, count);
    push_history(lab, product);
    lab_venue_show(lab->venue, product);
    return lab_settle(lab, err);
}

int lab_trade(struct lab *lab, product_index product, struct price price, struct size size,
              enum side aggressor, struct err *err)
{
    struct trade trade = {price, size, aggressor, ++lab->trade_ids, lab->now.wall_ns};
    struct event event = {.kind = EVENT_TRADES,
                          .trades = {.product = product, .trades = &trade, .count = 1}};

    lab_push(lab, &event);
    lab_venue_trade(lab->venue, product, price, aggressor);
    return lab_settle(lab, err);
}

int lab_link(struct lab *lab, enum stream stream, bool up, struct err *err)
{
    push_link(lab, stream, up);
    return lab_settle(lab, err);
}

/* --- the beginning and the end --- */

static int begin(struct lab *lab, struct err *err)
{
    struct event skew = {.kind = EVENT_SKEW, .skew = {.skew_ns = 0, .known = true}};

    lab_push(lab, &skew);
    push_link(lab, STREAM_MARKET, true);
    push_link(lab, STREAM_USER, true);
    if (lab_settle(lab, err) < 0)
        return -1;
    for (uint8_t i = 0; i < lab->config.rule_count; i++)
        if (lab_runner_start(lab, (actor_index)(MAX_STRATEGIES + i), &lab->config.rules[i],
                             err) < 0)
            return -1;
    for (uint8_t i = 0; i < lab->config.script_count; i++)
        if (lab_runner_start(lab, i, &lab->config.scripts[i], err) < 0)
            return -1;
    return lab_settle(lab, err);
}

struct lab *lab_create(const struct lab_config *config, struct err *err)
{
    struct lab *lab = calloc(1, sizeof(*lab));

    CHECK(lab != NULL);
    lab->config = *config;
    lab->now = config->start;
    if (lab->config.beat_ns == 0)
        lab->config.beat_ns = BEAT_NS;
    lab->beat_ns = config->start.mono_ns + lab->config.beat_ns;
    lab->engine = engine_create(&config->settings);
    lab->queue = event_queue_create(LAB_QUEUE_BYTES);
    lab->venue = lab_venue_create(lab, &config->venue);
    CHECK(lab->engine && lab->queue && lab->venue);
    lab->turn = (struct turn){
        .engine = lab->engine,
        .clock = {lab, port_now},
        .source = {lab, port_next},
        .journal = {lab, port_commit},
        .sink = {lab, port_send},
    };
    lab->play_ns = INT64_MAX;
    if (config->world.play)
        lab->play_ns = config->start.mono_ns;
    if (config->sim.used) {
        lab->play_ns = config->start.mono_ns + config->sim.step_ns;
        lab->sim = lab_sim_create(lab, &config->sim, err);
    }
    if ((config->sim.used && !lab->sim) || begin(lab, err) < 0) {
        lab_destroy(lab);
        return NULL;
    }
    return lab;
}

void lab_destroy(struct lab *lab)
{
    if (!lab)
        return;
    for (int i = 0; i < MAX_RUNNERS; i++)
        lab_runner_fini(&lab->runners[i]);
    for (uint32_t i = 0; i < lab->frames.count; i++)
        free(((struct lab_frame *)lab->frames.items)[i].owned);
    for (uint32_t i = 0; i < lab->logs.count; i++)
        free(((struct lab_log *)lab->logs.items)[i].text);
    struct lab_list *lists[] = {&lab->frames, &lab->commands, &lab->logs, &lab->intents,
                                &lab->refusals, &lab->alerts, &lab->metrics};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        lab_list_fini(lists[i]);
    lab_venue_destroy(lab->venue);
    lab_sim_destroy(lab->sim);
    event_queue_destroy(lab->queue);
    engine_destroy(lab->engine);
    free(lab);
}
