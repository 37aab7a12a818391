/* Two threads and two buffers. The loop's thread fills one with items as they are in memory; at the
 * start of a turn, when the helper has done with the other, they change places. The mutex is held
 * for that alone, never for the disk, and the loop only tries it. */
#include "io/recorder.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "io/clock_os.h"
#include "io/recorder_files.h"
#include "wire/command_rec.h"
#include "wire/event_rec.h"
#include "wire/recording.h"

enum { ITEM_ALIGN = 16, REASON_BYTES = 200, HAND_OVER_BYTES = 256 * 1024,
       START_BYTES = 4 * 1024 * 1024 };
/* What a kill may cost: turns that still wait to be handed over. */
static const int64_t HAND_OVER_NS = 50 * 1000000;

struct item { enum entry_kind kind; uint32_t length, array; uint32_t pad; };
struct turn_item { uint64_t number; struct stamp at; };
struct frame_item { actor_index runner; bool from_runner; struct script_head head; };
struct raw_item { enum stream stream; bool alone; int64_t readable_ns; size_t length, rest; };
struct interrupt_item { uint64_t runner, generation; };

struct recorder {
    struct recorder_config config;
    int event_fd;
    pthread_t thread;
    bool thread_runs;

    /* The loop's alone. */
    struct buf fill;
    uint64_t turn;
    int64_t handed_ns;
    bool ended, told; /* ended: nothing more is taken */
    struct clock_port clock;
    struct source_port source;
    struct journal_port journal;
    struct sink_port sink;

    /* The helper's alone, `taken` while has_work. */
    struct buf taken, block, packed;
    struct recording_packer *packer;
    struct recorder_files files;
    bool broken;

    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    /* Under the mutex. */
    bool has_work, closing, dead;
    char reason[REASON_BYTES]; /* the first one stands */
};

static void die(struct recorder *recorder, const char *reason)
{
    uint64_t one = 1;
    pthread_mutex_lock(&recorder->mutex);
    if (!recorder->dead)
        text_copy(recorder->reason, REASON_BYTES, reason, strlen(reason));
    recorder->dead = true;
    pthread_mutex_unlock(&recorder->mutex);
    ssize_t written = write(recorder->event_fd, &one, sizeof one);
    (void)written; /* it can only be full of bells already */
}

/* ---- the helper */

static void encode_event(const struct item *item, const unsigned char *payload, struct buf *ret)
{
    struct event event;
    memcpy(&event, payload, sizeof event);
    const void *array = payload + item->array;
    if (event.kind == EVENT_BOOK)
        event.book.levels = array;
    else if (event.kind == EVENT_TRADES)
        event.trades.trades = array;
    event_rec_encode(&event, ret);
}

static void encode_command(const struct item *item, const unsigned char *payload, struct buf *ret)
{
    struct command command;
    memcpy(&command, payload, sizeof command);
    const void *view = payload + item->array;
    if (command.kind == COMMAND_VIEW)
        command.view.view = view;
    else if (command.kind == COMMAND_JUDGE)
        command.judge.view = view;
    command_rec_encode(&command, ret);
}

static void encode_raw(const struct item *item, const unsigned char *payload, struct buf *ret)
{
    const struct raw_item *raw = (const void *)payload;
    recording_put_raw(&(struct recording_raw){raw->stream, raw->alone, raw->readable_ns,
                                              (const char *)payload + item->array, raw->length,
                                              raw->rest}, ret);
}

static void encode_item(const struct item *item, const unsigned char *payload, struct buf *ret)
{
    const struct turn_item *turn = (const void *)payload;
    const struct frame_item *frame = (const void *)payload;
    const struct interrupt_item *interrupt = (const void *)payload;
    switch (item->kind) {
    case ENTRY_TURN: recording_put_turn(turn->number, turn->at, ret); break;
    case ENTRY_EVENT: encode_event(item, payload, ret); break;
    case ENTRY_COMMAND: encode_command(item, payload, ret); break;
    case ENTRY_ROW: case ENTRY_RECORD: recording_put_record((const void *)payload, ret); break;
    case ENTRY_COMMIT: bytes_put_int(ret, *(const int64_t *)(const void *)payload); break;
    case ENTRY_FRAME:
        frame_rec_encode(frame->runner, frame->from_runner, &frame->head, payload + item->array,
                         ret);
        break;
    case ENTRY_INTERRUPT:
        bytes_put_uint(ret, interrupt->runner);
        bytes_put_uint(ret, interrupt->generation);
        break;
    case ENTRY_RAW: encode_raw(item, payload, ret); break;
    case ENTRY_HEAD: case ENTRY_CONFIG: case ENTRY_SETTINGS: case ENTRY_BUNDLE: case ENTRY_END:
    case ENTRY_KIND_END:
        buf_put(ret, payload, item->length);
        break;
    }
}

static int write_block(struct recorder *recorder, struct err *err)
{
    struct recorder_files *files = &recorder->files;
    if (recorder->block.failed)
        return err_set(err, "no memory to pack it");
    if (recorder->block.length == 0)
        return 0;
    if (recorder_files_wants_chunk(files)) {
        if (recorder_files_begin_chunk(files, clock_os_now().wall_ns, err) < 0)
            return -1;
        recording_packer_reset(recorder->packer);
    }
    buf_clear(&recorder->packed);
    recording_pack(recorder->packer, &recorder->block, &recorder->packed);
    buf_clear(&recorder->block);
    if (recorder->packed.failed)
        return err_set(err, "no memory to pack it");
    return recorder_files_write(files, &recorder->packed, err);
}

static size_t padded(size_t bytes)
{
    return (bytes + ITEM_ALIGN - 1) / ITEM_ALIGN * ITEM_ALIGN;
}

static int write_items(struct recorder *recorder, struct err *err)
{
    const unsigned char *at = (const unsigned char *)recorder->taken.data;
    const unsigned char *end = at + recorder->taken.length;
    while (at < end) {
        const struct item *item = (const void *)at;
        size_t began = recording_begin(&recorder->block, item->kind);
        encode_item(item, at + sizeof *item, &recorder->block);
        recording_end(&recorder->block, began);
        at += sizeof *item + padded(item->length);
        if (recorder->block.length > RECORDING_BLOCK_FULL && write_block(recorder, err) < 0)
            return -1;
    }
    return write_block(recorder, err);
}

static void serve(struct recorder *recorder)
{
    struct err err = {""};
    if (recorder->broken || write_items(recorder, &err) == 0)
        return;
    recorder->broken = true;
    die(recorder, err.text);
}

static void *help(void *context)
{
    struct recorder *recorder = context;
    pthread_mutex_lock(&recorder->mutex);
    while (recorder->has_work || !recorder->closing) {
        if (!recorder->has_work) {
            pthread_cond_wait(&recorder->work, &recorder->mutex);
            continue;
        }
        pthread_mutex_unlock(&recorder->mutex);
        serve(recorder);
        pthread_mutex_lock(&recorder->mutex);
        buf_clear(&recorder->taken);
        recorder->has_work = false;
        pthread_cond_signal(&recorder->done);
    }
    pthread_mutex_unlock(&recorder->mutex);
    return NULL;
}

/* ---- the loop's side */

/* Under the mutex, when the helper has nothing. */
static void swap(struct recorder *recorder)
{
    struct buf taken = recorder->taken;
    recorder->taken = recorder->fill;
    recorder->fill = taken;
    recorder->has_work = true;
    recorder->ended |= recorder->dead;
    pthread_cond_signal(&recorder->work);
}

static void hand_over(struct recorder *recorder, int64_t now_ns)
{
    size_t length = recorder->fill.length;
    if (length == 0 ||
        (length < HAND_OVER_BYTES && now_ns - recorder->handed_ns < HAND_OVER_NS) ||
        pthread_mutex_trylock(&recorder->mutex) != 0)
        return;
    if (!recorder->has_work) {
        swap(recorder);
        recorder->handed_ns = now_ns;
    }
    pthread_mutex_unlock(&recorder->mutex);
}

static void hand_over_now(struct recorder *recorder)
{
    pthread_mutex_lock(&recorder->mutex);
    while (recorder->has_work)
        pthread_cond_wait(&recorder->done, &recorder->mutex);
    if (recorder->fill.length > 0)
        swap(recorder);
    pthread_mutex_unlock(&recorder->mutex);
}

/* One item: a struct and what it points to. */
static void take(struct recorder *recorder, enum entry_kind kind, const void *payload, size_t bytes,
                 const void *array, size_t array_bytes)
{
    static const unsigned char zeros[ITEM_ALIGN];
    struct buf *fill = &recorder->fill;
    size_t whole = padded(bytes) + array_bytes, began = fill->length;
    struct item item = {kind, (uint32_t)(array_bytes ? whole : bytes), (uint32_t)padded(bytes), 0};
    if (recorder->ended)
        return;
    if (fill->maximum - began >= sizeof item + padded(whole)) {
        buf_put(fill, &item, sizeof item);
        buf_put(fill, payload, bytes);
        buf_put(fill, zeros, padded(bytes) - bytes);
        buf_put(fill, array, array_bytes);
        buf_put(fill, zeros, padded(whole) - whole);
    } else {
        fill->failed = true;
    }
    if (!fill->failed)
        return;
    fill->length = began; /* what was whole before is still written */
    fill->failed = false;
    recorder->ended = true;
    die(recorder, "the disk does not keep up, or memory ran out");
}

struct recorder *recorder_open(const struct recorder_config *config, struct err *err)
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    struct buf head;
    sigset_t all, old;
    if (!recorder) {
        err_set(err, "no memory");
        return NULL;
    }
    recorder->config = *config;
    recorder->event_fd = -1;
    pthread_mutex_init(&recorder->mutex, NULL);
    pthread_cond_init(&recorder->work, NULL);
    pthread_cond_init(&recorder->done, NULL);
    buf_init(&recorder->fill, config->waiting_max);
    buf_init(&recorder->taken, config->waiting_max);
    buf_init(&recorder->block, RECORDING_BLOCK_MAX);
    buf_init(&recorder->packed, 2 * RECORDING_BLOCK_MAX);
    if (recorder_files_open(&recorder->files, config->directory, config->max_bytes,
                            config->keep_days, clock_os_now().wall_ns, err) < 0) {
        recorder_close(recorder);
        return NULL;
    }
    recorder->packer = recording_packer_create();
    recorder->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    sigfillset(&all); /* signals are the loop's */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    recorder->thread_runs = recorder->packer && recorder->event_fd >= 0 &&
                            pthread_create(&recorder->thread, NULL, help, recorder) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!recorder->thread_runs) {
        err_set(err, "no memory for a thread");
        recorder_close(recorder);
        return NULL;
    }
    buf_init(&head, 1024);
    recording_put_head(config->version, &head);
    take(recorder, ENTRY_HEAD, head.data, head.length, NULL, 0);
    buf_fini(&head);
    return recorder;
}

static void stop_thread(struct recorder *recorder)
{
    take(recorder, ENTRY_END, "", 0, NULL, 0);
    hand_over_now(recorder);
    pthread_mutex_lock(&recorder->mutex);
    recorder->closing = true;
    pthread_cond_signal(&recorder->work);
    pthread_mutex_unlock(&recorder->mutex);
    pthread_join(recorder->thread, NULL);
    recorder_files_end(&recorder->files,
                       recorder->dead ? recorder->reason : RECORDER_ENDED);
}

void recorder_close(struct recorder *recorder)
{
    if (!recorder)
        return;
    if (recorder->thread_runs)
        stop_thread(recorder);
    recording_packer_destroy(recorder->packer);
    recorder_files_close(&recorder->files);
    struct buf *bufs[] = {&recorder->fill, &recorder->taken, &recorder->block, &recorder->packed};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
        buf_fini(bufs[i]);
    if (recorder->event_fd >= 0)
        close(recorder->event_fd);
    pthread_cond_destroy(&recorder->done);
    pthread_cond_destroy(&recorder->work);
    pthread_mutex_destroy(&recorder->mutex);
    free(recorder);
}

const char *recorder_run(const struct recorder *recorder)
{
    return recorder->files.run;
}

int recorder_fd(const struct recorder *recorder)
{
    return recorder->event_fd;
}

void recorder_poll(struct recorder *recorder)
{
    char reason[REASON_BYTES];
    uint64_t bells;
    ssize_t got = read(recorder->event_fd, &bells, sizeof bells);
    (void)got;
    pthread_mutex_lock(&recorder->mutex);
    bool dead = recorder->dead;
    memcpy(reason, recorder->reason, sizeof reason);
    pthread_mutex_unlock(&recorder->mutex);
    if (!dead || recorder->told)
        return;
    recorder->told = recorder->ended = true;
    recorder_files_end(&recorder->files, reason);
    recorder->config.on_ended(recorder->config.context, reason);
}

/* ---- before the first turn */

static void take_at_start(struct recorder *recorder, enum entry_kind kind, const void *bytes,
                          size_t length)
{
    if (!recorder)
        return;
    if (recorder->fill.length > START_BYTES)
        hand_over_now(recorder);
    take(recorder, kind, bytes, length, NULL, 0);
}

void recorder_config_text(struct recorder *recorder, const char *text, size_t length)
{
    take_at_start(recorder, ENTRY_CONFIG, text, length);
}

void recorder_settings(struct recorder *recorder, const struct engine_settings *settings)
{
    take_at_start(recorder, ENTRY_SETTINGS, settings, sizeof *settings);
}

void recorder_row(struct recorder *recorder, const struct record *record)
{
    take_at_start(recorder, ENTRY_ROW, record, sizeof *record);
}

/* ---- scripts */

void recorder_bundle(struct recorder *recorder, const char hash[17], const void *bytes,
                     size_t length)
{
    if (recorder)
        take(recorder, ENTRY_BUNDLE, hash, 16, bytes, length);
}

/* Of a view or a notice its number, of a question its request: the rest is in its command. */
static size_t kept_bytes(const struct script_head *head)
{
    return head->kind == SCRIPT_VIEW || head->kind == SCRIPT_NOTICE ? sizeof(uint64_t)
           : head->kind == SCRIPT_JUDGE                             ? 0
                                                                    : head->length;
}

void recorder_frame(struct recorder *recorder, actor_index runner, bool from_runner,
                    const struct script_head *head, const void *payload)
{
    struct frame_item item = {runner, from_runner, *head};
    if (recorder)
        take(recorder, ENTRY_FRAME, &item, sizeof item, payload, kept_bytes(head));
}

void recorder_interrupt(struct recorder *recorder, actor_index runner, uint32_t generation)
{
    struct interrupt_item item = {runner, generation};
    if (recorder)
        take(recorder, ENTRY_INTERRUPT, &item, sizeof item, NULL, 0);
}

void recorder_raw(struct recorder *recorder, enum stream stream, bool alone, int64_t readable_ns,
                  const char *text, size_t length)
{
    struct raw_item item = {stream, alone, readable_ns, 0, length};
    while (recorder && item.rest > 0) {
        item.length = item.rest < RECORDING_RAW_PIECE ? item.rest : RECORDING_RAW_PIECE;
        item.rest -= item.length;
        take(recorder, ENTRY_RAW, &item, sizeof item, text, item.length);
        text += item.length;
    }
}

/* ---- the ports */

static struct stamp now(void *context)
{
    struct recorder *recorder = context;
    struct turn_item item = {++recorder->turn, recorder->clock.now(recorder->clock.context)};
    hand_over(recorder, item.at.mono_ns);
    take(recorder, ENTRY_TURN, &item, sizeof item, NULL, 0);
    return item.at;
}

static bool next(void *context, struct event *ret)
{
    struct recorder *recorder = context;
    if (!recorder->source.next(recorder->source.context, ret))
        return false;
    if (ret->kind == EVENT_BOOK)
        take(recorder, ENTRY_EVENT, ret, sizeof *ret, ret->book.levels,
             ret->book.count * sizeof *ret->book.levels);
    else if (ret->kind == EVENT_TRADES)
        take(recorder, ENTRY_EVENT, ret, sizeof *ret, ret->trades.trades,
             ret->trades.count * sizeof *ret->trades.trades);
    else
        take(recorder, ENTRY_EVENT, ret, sizeof *ret, NULL, 0);
    return true;
}

static int64_t commit(void *context, const struct record *records, uint32_t count)
{
    struct recorder *recorder = context;
    for (uint32_t i = 0; i < count; i++)
        take(recorder, ENTRY_RECORD, &records[i], sizeof records[i], NULL, 0);
    int64_t number = recorder->journal.commit(recorder->journal.context, records, count);
    take(recorder, ENTRY_COMMIT, &number, sizeof number, NULL, 0);
    return number;
}

static void send(void *context, const struct command *command, int64_t commit_number)
{
    struct recorder *recorder = context;
    const struct view *view = command->kind == COMMAND_VIEW    ? command->view.view
                              : command->kind == COMMAND_JUDGE ? command->judge.view
                                                               : NULL;
    take(recorder, ENTRY_COMMAND, command, sizeof *command, view, view ? sizeof *view : 0);
    recorder->sink.send(recorder->sink.context, command, commit_number);
}

struct clock_port recorder_clock(struct recorder *recorder, struct clock_port below)
{
    if (!recorder)
        return below;
    recorder->clock = below;
    return (struct clock_port){recorder, now};
}

struct source_port recorder_source(struct recorder *recorder, struct source_port below)
{
    if (!recorder)
        return below;
    recorder->source = below;
    return (struct source_port){recorder, next};
}

struct journal_port recorder_journal(struct recorder *recorder, struct journal_port below)
{
    if (!recorder)
        return below;
    recorder->journal = below;
    return (struct journal_port){recorder, commit};
}

struct sink_port recorder_sink(struct recorder *recorder, struct sink_port below)
{
    if (!recorder)
        return below;
    recorder->sink = below;
    return (struct sink_port){recorder, send};
}
