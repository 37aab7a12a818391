/* The scripts of a recorded run. What a script says depends on nothing but the frames it was shown,
 * so each generation is shown its own again and its words are met one by one in the recording. A
 * frame is handled when the recording has the first word that answers it: what a process was sent
 * and died before is never handled here either. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/check.h"
#include "base/text.h"
#include "lab/replay.h"

enum { RUNAWAY_S = 20, GENERATIONS_KEPT = 4 };

/* --- what is told --- */

static struct told *told_add(struct told_list *list, enum script_frame_kind kind, uint64_t key,
                             const void *payload, size_t length)
{
    struct told *told = aligned_alloc(_Alignof(struct told),
                                      (sizeof(*told) + length + SCRIPT_ALIGN) / SCRIPT_ALIGN *
                                          SCRIPT_ALIGN);

    CHECK(told != NULL);
    *told = (struct told){.kind = kind, .key = key, .length = length};
    if (length > 0)
        memcpy(told->payload, payload, length);
    if (list->last)
        list->last->next = told;
    else
        list->first = told;
    list->last = told;
    return told;
}

static struct told *told_pop(struct told_list *list)
{
    struct told *told = list->first;

    if (told)
        list->first = told->next;
    if (!list->first)
        list->last = NULL;
    return told;
}

static void told_clear(struct told_list *list)
{
    struct told *told;

    while ((told = told_pop(list)) != NULL)
        free(told);
}

void replay_made(struct replay *replay, const struct command *command)
{
    struct script_judge judge;

    if (command->kind == COMMAND_VIEW) {
        told_add(&replay->made[command->view.runner], SCRIPT_VIEW, command->view.view->number,
                 command->view.view, sizeof(struct view));
    } else if (command->kind == COMMAND_NOTICE) {
        told_add(&replay->made[command->notice.runner], SCRIPT_NOTICE,
                 command->notice.notice.number, &command->notice.notice, sizeof(struct notice));
    } else if (command->kind == COMMAND_JUDGE) {
        memset(&judge, 0, sizeof(judge));
        judge.strategy = command->judge.strategy;
        judge.intent = command->judge.intent;
        judge.view = *command->judge.view;
        told_add(&replay->made[command->judge.runner], SCRIPT_JUDGE, command->judge.request,
                 &judge, sizeof(judge));
    }
}

/* What the engine made that the recording names; what of its kind was made before it was dropped
 * on the way (a newer view took its place, a process ended) and is forgotten. */
static struct told *find_made(struct told_list *list, enum script_frame_kind kind, uint64_t key)
{
    struct told_list kept = {NULL, NULL};
    struct told *told, *found = NULL;

    for (told = list->first; told && !found; told = told->next)
        if (told->kind == kind && told->key == key)
            found = told;
    if (!found)
        return NULL;
    while ((told = told_pop(list)) != found) {
        told->next = NULL;
        if (told->kind == kind) {
            free(told);
            continue;
        }
        if (kept.last)
            kept.last->next = told;
        else
            kept.first = told;
        kept.last = told;
    }
    if (kept.last) {
        kept.last->next = list->first;
        list->last = list->last ? list->last : kept.last;
        list->first = kept.first;
    }
    found->next = NULL;
    return found;
}

/* --- what a script says --- */

static void hear(void *context, const struct script_head *head, const void *payload)
{
    struct player *player = context;
    struct buf bytes;
    uint32_t length;

    buf_init(&bytes, MAX_SCRIPT_FRAME * 2);
    frame_rec_encode(player->runner, true, head, payload, &bytes);
    length = (uint32_t)bytes.length;
    buf_put(&player->said, &length, sizeof(length));
    buf_put(&player->said, bytes.data, bytes.length);
    CHECK(!player->said.failed);
    buf_fini(&bytes);
}

static bool on_send(void *context, enum script_frame_kind kind, uint64_t request, bool more,
                    const void *payload, size_t length)
{
    struct player *player = context;
    struct script_head head = {.version = SCRIPT_PROTO_VERSION, .kind = (uint8_t)kind,
                               .more = more, .generation = player->generation,
                               .request = request, .length = (uint32_t)length};

    hear(player, &head, payload);
    return true;
}

/* --- handling a frame --- */

/* A script that does not come back is made to, as its host did when it was recorded. */
static struct script *volatile running;

static void on_created(void *context, struct script *script)
{
    (void)context;
    running = script;
}

static void on_runaway(int signal_number)
{
    (void)signal_number;
    if (running)
        script_interrupt(running);
}

static void watch_runaway(bool on)
{
    struct sigaction action = {.sa_handler = on_runaway, .sa_flags = SA_RESTART};
    struct itimerval timer = {{on ? 1 : 0, 0}, {on ? RUNAWAY_S : 0, 0}};

    sigaction(SIGVTALRM, &action, NULL);
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

static int start(struct player *player, const struct told *told, struct err *err)
{
    const struct script_host host = {player, on_send, on_created};
    const struct lab_jail_ear ear = {player, hear};
    struct script_start start;
    struct script_ready ready;

    if (told->length != sizeof(start))
        return err_set(err, "a start frame of another build");
    memcpy(&start, told->payload, sizeof(start));
    text_copy(player->name, sizeof(player->name), start.name, strnlen(start.name, NAME_MAX_BYTES));
    if (player->replay->jailed) {
        player->jail = lab_jail_start(player->replay->jailed, &start, player->generation,
                                      &player->bundle_bytes, &ear, err);
        return player->jail ? 0 : -1;
    }
    player->script = script_create(&start, &player->bundle, &host, err);
    if (!player->script)
        return -1;
    ready = script_wants(player->script);
    on_send(player, SCRIPT_READY, 0, false, &ready, sizeof(ready));
    return 0;
}

/* As the runner's main loop: it answers what the script does not. */
static int tell_script(struct player *player, const struct told *told, struct err *err)
{
    struct script_head head = {.version = SCRIPT_PROTO_VERSION, .kind = (uint8_t)told->kind,
                               .more = told->more, .generation = player->generation,
                               .request = told->kind == SCRIPT_JUDGE ? told->key : 0,
                               .length = (uint32_t)told->length};

    running = player->script;
    if (script_frame(player->script, &head, told->payload, err) < 0)
        return -1;
    if (told->kind == SCRIPT_GO)
        on_send(player, SCRIPT_CREDIT, 0, false, NULL, 0);
    if (told->kind == SCRIPT_NOTICE || told->kind == SCRIPT_STATE_IN)
        on_send(player, SCRIPT_DONE, 0, false, NULL, 0);
    return 0;
}

static int tell(struct player *player, const struct told *told, struct err *err)
{
    if (told->kind == SCRIPT_START)
        return start(player, told, err);
    if (player->jail)
        return lab_jail_tell(player->jail, told->kind, told->kind == SCRIPT_JUDGE ? told->key : 0,
                             told->more, told->payload, told->length, err);
    if (!player->script)
        return err_set(err, "it was shown a frame before it started");
    return tell_script(player, told, err);
}

/* Handles the oldest frame that it was shown. False: there is none. */
static bool handle_next(struct player *player)
{
    struct told *told = player->over ? NULL : told_pop(&player->waiting);
    struct err err = {""};

    if (!told)
        return false;
    free(player->handled);
    player->handled = told;
    buf_clear(&player->said);
    player->said_at = 0;
    watch_runaway(!player->replay->jailed);
    if (tell(player, told, &err) < 0) {
        on_send(player, SCRIPT_FAIL, 0, false, err.text, strlen(err.text));
        player->over = true;
    }
    watch_runaway(false);
    running = NULL;
    return true;
}

/* --- generations --- */

static void player_destroy(struct player *player)
{
    script_destroy(player->script);
    lab_jail_end(player->jail);
    told_clear(&player->waiting);
    free(player->handled);
    buf_fini(&player->bundle_bytes);
    buf_fini(&player->said);
    free(player);
}

/* The newest that was told to go: reloads may fail for ever, and it trades on. */
static bool is_current(const struct replay *replay, const struct player *player)
{
    for (const struct player *p = replay->players; p; p = p->next)
        if (p->runner == player->runner && p->went && p->generation > player->generation)
            return false;
    return player->went;
}

/* Those that ended are found by their age. */
static void forget(struct replay *replay, actor_index runner, uint32_t generation)
{
    struct player **at = &replay->players;

    while (*at) {
        struct player *player = *at;
        if (player->runner == runner && player->generation + GENERATIONS_KEPT < generation &&
            !is_current(replay, player)) {
            *at = player->next;
            player_destroy(player);
        } else {
            at = &player->next;
        }
    }
}

static struct player *find_player(struct replay *replay, actor_index runner, uint32_t generation)
{
    struct player *player = replay->players;

    while (player && (player->runner != runner || player->generation != generation))
        player = player->next;
    return player;
}

static struct player *create_player(struct replay *replay, const struct frame_rec *frame,
                                    struct err *err)
{
    struct player *player = calloc(1, sizeof(*player));

    CHECK(player != NULL);
    forget(replay, frame->runner, frame->generation);
    player->next = replay->players;
    player->replay = replay;
    player->runner = frame->runner;
    player->generation = frame->generation;
    memcpy(player->hash, replay->bundle_hash, sizeof(player->hash));
    buf_init(&player->bundle_bytes, BUNDLE_BYTES_MAX);
    buf_init(&player->said, 64 * 1024 * 1024);
    buf_put(&player->bundle_bytes, replay->bundle.data, replay->bundle.length);
    replay->players = player;
    replay->counts.generations++;
    return bundle_decode(player->bundle_bytes.data, player->bundle_bytes.length, &player->bundle,
                         err) < 0 ? NULL : player;
}

int replay_bundle(struct replay *replay, const struct entry *entry, struct err *err)
{
    size_t digits = sizeof(replay->bundle_hash) - 1;
    char hash[17];

    if (entry->length < digits)
        return err_set(err, "a bundle without its hash");
    memcpy(replay->bundle_hash, entry->bytes, digits);
    buf_clear(&replay->bundle);
    buf_put(&replay->bundle, entry->bytes + digits, entry->length - digits);
    bundle_hash(entry->bytes + digits, entry->length - digits, hash);
    if (memcmp(hash, replay->bundle_hash, digits) != 0)
        return err_set(err, "a script's bundle has not the hash it was recorded with: %.16s, not "
                            "%.16s", hash, replay->bundle_hash);
    return 0;
}

/* --- frames to a script --- */

static int show_made(struct replay *replay, struct player *player, const struct frame_rec *frame)
{
    uint64_t key = frame->kind == SCRIPT_JUDGE ? frame->request : frame->number;
    struct told *told = find_made(&replay->made[frame->runner], frame->kind, key);
    struct buf text;

    if (told) {
        told_add(&player->waiting, told->kind, told->key, told->payload, told->length);
        free(told);
        return 0;
    }
    buf_init(&text, REPLAY_TEXT_MAX);
    frame_rec_print(frame, &text);
    replay_diverge(replay, "a frame to a script", &text, NULL, NULL);
    buf_fini(&text);
    return 0;
}

static int show(struct replay *replay, const struct frame_rec *frame, struct err *err)
{
    struct player *player = find_player(replay, frame->runner, frame->generation);

    if (frame->kind == SCRIPT_START && !player)
        player = create_player(replay, frame, err);
    if (!player)
        return err_wrap(err, "runner %u, generation %u: a %s frame to one that has not started",
                        frame->runner, frame->generation, script_frame_text(frame->kind));
    player->went = player->went || frame->kind == SCRIPT_GO;
    if (frame->kind == SCRIPT_VIEW || frame->kind == SCRIPT_NOTICE || frame->kind == SCRIPT_JUDGE)
        return show_made(replay, player, frame);
    told_add(&player->waiting, frame->kind, frame->request, frame->bytes, frame->length)->more =
        frame->more;
    return 0;
}

/* --- frames from a script --- */

static bool next_said(struct player *player, struct buf *ret)
{
    uint32_t length;

    buf_clear(ret);
    if (player->said_at == player->said.length)
        return false;
    memcpy(&length, player->said.data + player->said_at, sizeof(length));
    buf_put(ret, player->said.data + player->said_at + sizeof(length), length);
    player->said_at += sizeof(length) + length;
    return true;
}

static void print_said(const struct buf *bytes, struct buf *ret)
{
    struct frame_rec frame;
    struct err err = {""};

    if (frame_rec_decode(bytes->data, bytes->length, &frame, &err) == 0)
        frame_rec_print(&frame, ret);
    else
        buf_puts(ret, err.text);
}

static void print_input(const struct player *player, struct buf *ret)
{
    const struct told *told = player->handled;

    buf_printf(ret, "%s to %s, generation %u, version %s",
               told ? script_frame_text(told->kind) : "nothing", player->name,
               player->generation, player->hash);
    if (told && told->kind == SCRIPT_VIEW) {
        buf_puts(ret, ": ");
        view_rec_print((const void *)told->payload, ret);
    } else if (told && told->key) {
        buf_printf(ret, ", number %llu", (unsigned long long)told->key);
    }
}

/* Past a deadline that it missed a script's doing depends on the clock: it is no longer compared,
 * and that is said. */
static void lose(struct replay *replay, struct player *player)
{
    player->lost = true;
    buf_printf(&replay->lost, "%s, generation %u, from turn %llu on: it missed a deadline\n",
               player->name, player->generation, (unsigned long long)replay->turn.number);
}

static void differ(struct replay *replay, struct player *player, const struct entry *recorded,
                   const struct buf *said)
{
    struct buf texts[3], bytes = {.data = (char *)(uintptr_t)recorded->bytes,
                                  .length = recorded->length};

    for (int i = 0; i < 3; i++)
        buf_init(&texts[i], REPLAY_TEXT_MAX);
    print_said(&bytes, &texts[0]);
    if (said->length > 0)
        print_said(said, &texts[1]);
    print_input(player, &texts[2]);
    replay_diverge(replay, "what a script said", &texts[0], &texts[1], &texts[2]);
    for (int i = 0; i < 3; i++)
        buf_fini(&texts[i]);
}

static void count(struct replay *replay, const struct frame_rec *frame)
{
    replay->counts.intents += frame->kind == SCRIPT_INTENT;
    replay->counts.verdicts += frame->kind == SCRIPT_VERDICT;
}

static int meet(struct replay *replay, const struct frame_rec *frame, const struct entry *entry,
                struct err *err)
{
    struct player *player = find_player(replay, frame->runner, frame->generation);
    struct buf said;

    if (!player)
        return err_set(err, "runner %u, generation %u says %s, and has not started", frame->runner,
                       frame->generation, script_frame_text(frame->kind));
    if (player->lost)
        return 0;
    buf_init(&said, MAX_SCRIPT_FRAME * 2);
    while (!next_said(player, &said) && handle_next(player))
        continue;
    if (said.length == entry->length && memcmp(said.data, entry->bytes, said.length) == 0)
        count(replay, frame);
    else if (player->interrupted)
        lose(replay, player);
    else
        differ(replay, player, entry, &said);
    buf_fini(&said);
    if (frame->kind == SCRIPT_BYE)
        player->over = true; /* what was on its way to it then is shown to nobody */
    return 0;
}

int replay_frame(struct replay *replay, const struct entry *entry, struct err *err)
{
    struct frame_rec frame;

    if (frame_rec_decode(entry->bytes, entry->length, &frame, err) < 0)
        return -1;
    return frame.from_runner ? meet(replay, &frame, entry, err) : show(replay, &frame, err);
}

int replay_interrupt(struct replay *replay, const struct entry *entry, struct err *err)
{
    struct bytes_in in = {entry->bytes, entry->bytes + entry->length, false};
    uint64_t runner = bytes_take_uint(&in), generation = bytes_take_uint(&in);
    struct player *player = in.failed || runner >= MAX_RUNNERS
                                ? NULL : find_player(replay, (actor_index)runner,
                                                     (uint32_t)generation);

    if (!player)
        return err_set(err, "a deadline of a script that has not started");
    player->interrupted = true;
    return 0;
}

void replay_scripts_fini(struct replay *replay)
{
    while (replay->players) {
        struct player *player = replay->players;
        replay->players = player->next;
        player_destroy(player);
    }
    for (int i = 0; i < MAX_RUNNERS; i++)
        told_clear(&replay->made[i]);
}
