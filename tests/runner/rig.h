#pragma once
/* A loop, an event queue and a pool of real runner processes, for tests:
 *
 *     struct rig *rig = rig_create(RUNNER_PUPPET);
 *     rig_add(rig, 0, "good", "obey");       the script's text; a file is written for it
 *     rig_feed(rig, 0, 100);                 a view for each credit, 100 in all
 *     rig_run(rig, rig_is_fed, NULL);        until the condition holds
 *
 * Nothing here is judged by the clock. A condition that never comes true ends the test after a
 * minute, which is a hang and no measurement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/loop.h"
#include "io/runner.h"

enum { RIG_LINES = 64, RIG_PRODUCTS = 2 };

/* What the engine would have seen of one runner. */
struct rig_seen {
    uint32_t starting, ready, replaced, dead, credits, intents, timers, verdicts;
    uint32_t generation;          /* of the last READY or REPLACED */
    uint32_t stale_events;        /* of another generation than that */
    char reason[REASON_MAX];      /* of the last DEAD */
    char hash[17];
    struct event_intent intent;   /* the last */
    struct event_verdict verdict;
    bool credit, alive;
    uint32_t views_sent, view_goal;
    bool flood_notices;
};

/* Kills the runner's new process with SIGKILL when this frame crosses. */
struct rig_kill { bool armed, from_runner; enum script_frame_kind kind; uint32_t generation; };

struct rig {
    struct loop *loop;
    struct event_queue *queue;
    struct runner_pool *pool;
    struct runner_pool_config config;
    struct engine_settings settings;
    struct rig_seen seen[MAX_RUNNERS];
    char folder[64], library[512];
    char lines[RIG_LINES][640];   /* outcomes of reloads */
    uint32_t line_count;
    char said[RIG_LINES][160];    /* LOG frames, all runners */
    uint32_t said_count;
    struct rig_kill kill;
    uint32_t frames_in, frames_out;
    bool (*done)(struct rig *rig, void *context);
    void *done_context;
    bool hung;
};

/* `config` may be changed between the two. */
struct rig *rig_create(const char *program);
void rig_open(struct rig *rig);
void rig_destroy(struct rig *rig);

void rig_write(struct rig *rig, const char *name, const char *text); /* <folder>/<name>.lua */
void rig_add(struct rig *rig, actor_index index, const char *name, const char *text);
int rig_try_add(struct rig *rig, actor_index index, const char *name, struct err *err);
void rig_feed(struct rig *rig, actor_index index, uint32_t views);
void rig_view(struct rig *rig, actor_index index);
void rig_notice(struct rig *rig, actor_index index, enum notice_kind kind);
void rig_judge(struct rig *rig, actor_index index, uint64_t request);
struct runner_status rig_status(struct rig *rig, actor_index index);
bool rig_said(const struct rig *rig, const char *words);

void rig_run(struct rig *rig, bool (*done)(struct rig *rig, void *context), void *context);
/* Conditions; the context of the last three is an actor_index. */
bool rig_is_fed(struct rig *rig, void *unused);     /* every goal met, every view credited */
bool rig_has_line(struct rig *rig, void *unused);
bool rig_is_idle(struct rig *rig, void *unused);
bool rig_is_alive(struct rig *rig, void *index);
bool rig_is_dead(struct rig *rig, void *index);
bool rig_is_over(struct rig *rig, void *index);     /* dead for good */

#define assert_says(text, words)                                                                  \
    do {                                                                                          \
        if (!strstr((text), (words)))                                                             \
            fail_msg("'%s' does not say '%s'", (text), (words));                                  \
    } while (0)
