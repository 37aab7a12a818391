/* Jobs to processes to results. A job is a forked child, because a backtest wants a process of its
 * own; what it found comes back through a pipe, in one piece. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/sweep.h"

struct child { pid_t pid; int fd; uint32_t job; };

struct pool {
    struct sweep_run *run;
    struct child children[SWEEP_CORES_MAX];
    uint32_t count, next, end, begun_done; /* next: the first job not looked at yet */
    uint32_t shown; /* so many done, in a file's or a pipe's last line */
    struct timespec begun;
    bool interrupted;
    struct sweep_result probe;
};

enum { PROBE = UINT32_MAX }; /* no job's number */

static void job_of(const struct sweep_run *run, uint32_t number, struct sweep_job *ret)
{
    *ret = (struct sweep_job){.number = PROBE};
    if (number != PROBE)
        sweep_job_at(run->plan, number, ret);
}

static void work_path(const struct sweep_run *run, uint32_t job, char out[SWEEP_PATH_MAX])
{
    snprintf(out, SWEEP_PATH_MAX, "%s/runs/job-%u", run->store->directory, job);
}

/* ---- the child */

/* Whatever the parent is told, and even when it is killed, no child outlives it. */
static void become_child(const struct sweep_run *run, uint32_t number, int fd, pid_t parent)
{
    struct sweep_result result;
    struct sweep_job job;
    char work[SWEEP_PATH_MAX];
    sigset_t none;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || null < 0)
        _exit(1);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    job_of(run, number, &job);
    work_path(run, number, work);
    sweep_job_run(run->plan, &job, work, &result);
    _exit(write(fd, &result, sizeof(result)) == (ssize_t)sizeof(result) ? 0 : 1);
}

static int start_child(struct pool *pool, uint32_t job, struct err *err)
{
    struct child *child = &pool->children[pool->count];
    pid_t parent = getpid();
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_set(err, "pipe: %s", strerror(errno));
    child->pid = fork();
    if (child->pid == 0)
        become_child(pool->run, job, ends[1], parent);
    close(ends[1]);
    if (child->pid < 0) {
        close(ends[0]);
        return err_set(err, "fork: %s", strerror(errno));
    }
    child->fd = ends[0];
    child->job = job;
    pool->count++;
    return 0;
}

/* ---- its end */

static void describe_death(int status, struct sweep_result *result)
{
    memset(result, 0, sizeof(*result));
    result->done = result->failed = true;
    if (WIFSIGNALED(status))
        snprintf(result->error, sizeof(result->error), "the backtest was ended by signal %d",
                 WTERMSIG(status));
    else
        snprintf(result->error, sizeof(result->error), "the backtest ended with code %d",
                 WEXITSTATUS(status));
}

static int take_result(struct pool *pool, const struct child *child, int status, struct err *err)
{
    struct sweep_run *run = pool->run;
    struct sweep_result *result = child->job == PROBE ? &pool->probe : &run->results[child->job];
    struct sweep_job job;

    if (status != 0 || read(child->fd, result, sizeof(*result)) != (ssize_t)sizeof(*result))
        describe_death(status, result);
    close(child->fd);
    if (child->job == PROBE)
        return 0;
    run->done++;
    sweep_job_at(run->plan, child->job, &job);
    return run->apart ? sweep_apart_write(run, child->job, err)
                      : sweep_store_put(run->store, &job, result, err);
}

static int reap(struct pool *pool, struct err *err)
{
    int status;

    for (uint32_t i = 0; i < pool->count;) {
        struct child child = pool->children[i];
        if (waitpid(child.pid, &status, WNOHANG) != child.pid) {
            i++;
            continue;
        }
        pool->children[i] = pool->children[--pool->count];
        if (take_result(pool, &child, status, err) < 0)
            return -1;
    }
    return 0;
}

static void end_children(struct pool *pool)
{
    char work[SWEEP_PATH_MAX];

    for (uint32_t i = 0; i < pool->count; i++)
        kill(pool->children[i].pid, SIGKILL);
    for (uint32_t i = 0; i < pool->count; i++) {
        waitpid(pool->children[i].pid, NULL, 0);
        close(pool->children[i].fd);
        work_path(pool->run, pool->children[i].job, work);
        sweep_job_clean(work);
    }
    pool->count = 0;
}

/* ---- progress */

static double seconds_since(const struct timespec *begun)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

/* On a terminal one line that is written over; elsewhere a line for each backtest that is done. */
static void show_progress(struct pool *pool)
{
    const struct sweep_run *run = pool->run;
    uint32_t all = pool->end, fresh = run->done - pool->begun_done, left = 0;
    double seconds = seconds_since(&pool->begun);
    bool terminal = isatty(STDERR_FILENO);

    if (run->quiet || all == 0 || (!terminal && pool->shown == run->done))
        return;
    pool->shown = run->done;
    for (uint32_t i = 0; i < all; i++)
        left += !run->results[i].done;
    fprintf(stderr, "%s%u backtests done, %u left, %u running", terminal ? "\r" : "", run->done,
            left, pool->count);
    if (fresh > 0) {
        int wait = (int)(seconds / fresh * left);
        fprintf(stderr, ", %.1f/s, %d:%02d to go   ", fresh / seconds, wait / 60, wait % 60);
    }
    if (!terminal)
        fprintf(stderr, "\n");
}

/* ---- all of it */

static int start_more(struct pool *pool, struct err *err)
{
    for (; pool->count < pool->run->cores && pool->next < pool->end; pool->next++)
        if (!pool->run->results[pool->next].done && start_child(pool, pool->next, err) < 0)
            return -1;
    return 0;
}

static int work(struct pool *pool, const sigset_t *heard, struct err *err)
{
    const struct timespec beat = {1, 0};

    while (start_more(pool, err) == 0) {
        if (pool->count == 0)
            return 0;
        show_progress(pool);
        int signal = sigtimedwait(heard, NULL, &beat);
        if (reap(pool, err) < 0)
            return -1;
        pool->interrupted = signal == SIGINT || signal == SIGTERM;
        if (pool->interrupted)
            return 1;
    }
    return -1;
}

static int work_heard(struct pool *pool, struct err *err)
{
    sigset_t heard, before;
    int status;

    sigemptyset(&heard);
    sigaddset(&heard, SIGCHLD);
    sigaddset(&heard, SIGINT);
    sigaddset(&heard, SIGTERM);
    sigprocmask(SIG_BLOCK, &heard, &before);
    clock_gettime(CLOCK_MONOTONIC, &pool->begun);
    status = work(pool, &heard, err);
    end_children(pool);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}

int sweep_run_some(struct sweep_run *run, uint32_t first, uint32_t last, struct err *err)
{
    struct pool pool = {.run = run, .begun_done = run->done, .next = first, .end = last + 1};
    int status = work_heard(&pool, err);

    show_progress(&pool);
    if (!run->quiet && isatty(STDERR_FILENO))
        fprintf(stderr, "\n");
    return status;
}

int sweep_run_probe(struct sweep_run *run, struct sweep_result *ret, struct err *err)
{
    struct pool pool = {.run = run};
    int status = start_child(&pool, PROBE, err) < 0 ? -1 : work_heard(&pool, err);

    *ret = pool.probe;
    if (status == 0 && ret->failed)
        return err_set(err, "a first run over all of the data: %s", ret->error);
    return status;
}

/* ---- what is known already */

static void take_known(void *context, uint32_t job, const struct sweep_result *result)
{
    struct sweep_run *run = context;

    if (job >= sweep_job_count(run->plan) || result->failed)
        return; /* what failed is tried again: a full disk is no property of a point */
    run->done += !run->results[job].done;
    run->results[job] = *result;
}

int sweep_run_open(struct sweep_run *run, struct err *err)
{
    run->results = calloc(sweep_job_count(run->plan), sizeof(*run->results));
    if (!run->results)
        return err_set(err, "no memory for %u results", sweep_job_count(run->plan));
    if (sweep_store_each(run->store, take_known, run, err) < 0)
        return -1;
    return run->apart ? 0 : sweep_apart_collect(run, err);
}

void sweep_run_close(struct sweep_run *run)
{
    free(run->results);
    run->results = NULL;
}
