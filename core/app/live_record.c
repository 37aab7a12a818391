/* The recording of a run: opened before the journal is read, so that it begins with its rows. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "app/live_private.h"
#include "base/buf.h"
#include "base/log.h"

/* What a disk that stalls may cost in memory before the recording ends. A snapshot of both sides of
 * one book is 2 MiB of it, a quiet second of two books 100 KiB. */
static const uint64_t WAITING_MAX = 64ull << 20;
enum { CONFIG_BYTES_MAX = 1 << 20 };

static void on_ended(void *context, const char *reason)
{
    (void)context;
    log_warn("alert", "the recording has ended, trading goes on: %s", reason);
}

static void on_news(void *context)
{
    recorder_poll(((struct live *)context)->recorder);
}

static void put_config(struct live *live)
{
    FILE *file = fopen(live->config.path, "re");
    struct buf text;
    char piece[4096];
    size_t got;

    buf_init(&text, CONFIG_BYTES_MAX);
    while (file && (got = fread(piece, 1, sizeof(piece), file)) > 0)
        buf_put(&text, piece, got);
    if (file)
        fclose(file);
    recorder_config_text(live->recorder, text.data ? text.data : "", text.length);
    buf_fini(&text);
}

int live_record_open(struct live *live, struct err *err)
{
    struct recorder_config config = {
        .directory = live->config.recording.dir, .version = MOONGATE_VERSION,
        .max_bytes = (uint64_t)live->config.recording.max_mib << 20,
        .keep_days = live->config.recording.keep_days, .waiting_max = WAITING_MAX,
        .context = live, .on_ended = on_ended,
    };

    if (!*config.directory)
        return 0;
    live->recorder = recorder_open(&config, err);
    if (!live->recorder)
        return err_wrap(err, "recording");
    live->recorder_news = loop_fd_create(live->loop, recorder_fd(live->recorder), on_news, NULL,
                                         live);
    if (!live->recorder_news)
        return err_set(err, "no memory");
    put_config(live);
    recorder_settings(live->recorder, &live->settings);
    log_info("live", "recording into %s/%s", config.directory, recorder_run(live->recorder));
    return 0;
}

static void on_raw(void *context, enum stream stream, int64_t readable_ns, const char *text,
                   size_t length)
{
    recorder_raw(((struct live *)context)->recorder, stream, false, readable_ns, text, length);
}

void live_record_frames(struct live *live, struct link_config *config)
{
    if (!live->config.recording.raw)
        return;
    config->on_frame = on_raw;
    config->frame_context = live;
}

static void on_bundle(void *context, const char hash[17], int memfd)
{
    struct live *live = context;
    struct stat stat;
    void *bytes = MAP_FAILED;

    if (fstat(memfd, &stat) == 0)
        bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, memfd, 0);
    if (bytes == MAP_FAILED) {
        log_error("live", "a script's bundle could not be recorded");
        return;
    }
    recorder_bundle(live->recorder, hash, bytes, (size_t)stat.st_size);
    munmap(bytes, (size_t)stat.st_size);
}

static void on_frame(void *context, actor_index runner, bool from_runner,
                     const struct script_head *head, const void *payload)
{
    recorder_frame(((struct live *)context)->recorder, runner, from_runner, head, payload);
}

static void on_interrupt(void *context, actor_index runner, uint32_t generation)
{
    recorder_interrupt(((struct live *)context)->recorder, runner, generation);
}

void live_record_runners(struct live *live, struct runner_pool_config *config)
{
    if (!live->recorder)
        return;
    config->on_bundle = on_bundle;
    config->on_frame = on_frame;
    config->on_interrupt = on_interrupt;
}
