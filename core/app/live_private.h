#pragma once
/* Inside `moongate run`: what is plugged together, in the order it is made and unmade. */
#include "app/config.h"
#include "app/operator.h"
#include "app/paper.h"
#include "engine/engine.h"
#include "engine/turn.h"
#include "io/hold.h"
#include "io/link.h"
#include "io/loop.h"
#include "io/notify.h"
#include "io/recorder.h"
#include "io/runner.h"
#include "io/store.h"

struct live {
    struct config config;
    struct loop *loop;             /* all owned, made in this order */
    struct event_queue *queue;
    struct sign_key *key;          /* NULL: paper */
    struct paper *paper;           /* NULL: orders go to the venue */
    struct catalog catalog;        /* the link keeps it fresh; the engine has its own copy */
    struct link *link;
    struct engine_settings settings;
    struct engine *engine;
    struct store *store;
    struct loop_fd *store_news;
    struct hold *hold;
    struct recorder *recorder;     /* NULL: nothing is recorded */
    struct loop_fd *recorder_news;
    struct runner_pool *runners;
    struct operator *operator;
    struct loop_timer *tick, *patience, *pulse_timer, *series_timer;
    struct appender *series;       /* series.csv */
    int awake_fd;                  /* held open; -1: CPUs may halt */
    int pulse_fd;                  /* to the watcher; 0 or less: not open */
    struct notify manager;         /* the service manager, when one listens */
    char status_said[256];         /* to it, last */
    struct turn turn;

    bool stopping;                 /* a stop was asked for */
    bool stop_owed;                /* its event found the queue full */
    const char *halt_owed;         /* the same; its reason */
    bool orders_done;              /* the engine said that every own order has ended */
    uint64_t halts;                /* as of the last turn */
    bool fatal;                    /* an emergency shutdown is under way */
    bool runners_told;             /* to stop */
    bool out_of_patience;
    uint64_t restored;             /* records of earlier runs */
};

/* false, and said in the log: the queue is full. */
bool live_push(struct live *live, const struct event *event);
/* The account, as an operator does it; `reason` lives on. */
void live_halt(struct live *live, const char *reason);
/* Opens the recording when the config wants one, and hears the runners for it. */
int live_record_open(struct live *live, struct err *err);
/* Frames as they came, too, when the config wants them. */
void live_record_frames(struct live *live, struct link_config *config);
void live_record_runners(struct live *live, struct runner_pool_config *config);
/* What the run came to, as JSON, beside the journal: summary.json. */
int live_write_summary(const struct live *live, struct err *err);
/* The sign of life that a watcher listens for; see io/pulse.h. */
int live_beat_start(struct live *live, struct err *err);
void live_beat_stop(struct live *live, bool in_order);
/* series.csv: what each minute brought. Stopped before the engine goes. */
int live_series_start(struct live *live, struct err *err);
void live_series_stop(struct live *live);
/* What systemd hears, when it started us; see io/notify.h. */
void live_manager_ready(struct live *live);
void live_manager_beat(struct live *live);
void live_manager_stopping(struct live *live);
