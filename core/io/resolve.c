#include "io/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

enum job_state { JOB_FREE, JOB_QUEUED, JOB_RUNNING, JOB_ANSWERED };

struct job {
    enum job_state state;
    char name[RESOLVE_NAME_MAX];
    struct resolve_answer answer;
};

/* What both threads hold: the helper may sit in the system's resolver for half a minute after the
 * loop's side is gone, so the last of the two frees it. */
struct shared {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct job jobs[RESOLVE_PENDING_MAX];
    bool quit;
    unsigned holders;
    struct loop_wake *wake; /* borrowed; not rung once quit is set */
};

struct good {
    char name[RESOLVE_NAME_MAX];
    char proved[RESOLVE_ADDRESS_MAX]; /* "": none */
    struct resolve_answer answer;
};

struct resolve {
    struct shared *shared;
    struct loop_wake *wake; /* owned */
    struct { resolve_done *done; void *context; } asks[RESOLVE_PENDING_MAX]; /* by job */
    struct good kept[RESOLVE_PENDING_MAX];
    unsigned next_kept;
};

static void release(struct shared *shared)
{
    pthread_mutex_lock(&shared->lock);
    bool last = --shared->holders == 0;
    pthread_mutex_unlock(&shared->lock);
    if (!last)
        return;
    pthread_cond_destroy(&shared->work);
    pthread_mutex_destroy(&shared->lock);
    free(shared);
}

static void take_family(struct resolve_answer *answer, const struct addrinfo *list, int family)
{
    for (; list && answer->count < RESOLVE_ADDRESSES_MAX; list = list->ai_next)
        if (list->ai_family == family &&
            getnameinfo(list->ai_addr, list->ai_addrlen, answer->addresses[answer->count],
                        RESOLVE_ADDRESS_MAX, NULL, 0, NI_NUMERICHOST) == 0)
            answer->count++;
}

static void look_up(const char *name, struct resolve_answer *ret)
{
    struct addrinfo *list = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    *ret = (struct resolve_answer){0};
    int failure = getaddrinfo(name, NULL, &hints, &list);
    if (failure) {
        text_copy(ret->reason, sizeof ret->reason, gai_strerror(failure),
                  strlen(gai_strerror(failure)));
        return;
    }
    take_family(ret, list, AF_INET);
    take_family(ret, list, AF_INET6);
    freeaddrinfo(list);
    if (ret->count == 0)
        text_copy(ret->reason, sizeof ret->reason, "no usable address", 17);
}

static struct job *find_job(struct shared *shared, enum job_state state)
{
    for (unsigned i = 0; i < RESOLVE_PENDING_MAX; i++)
        if (shared->jobs[i].state == state)
            return &shared->jobs[i];
    return NULL;
}

/* With the lock held; gives it back for the time of the look-up. */
static void run_job(struct shared *shared, struct job *job)
{
    char name[RESOLVE_NAME_MAX];
    struct resolve_answer answer;
    job->state = JOB_RUNNING;
    memcpy(name, job->name, sizeof name);
    pthread_mutex_unlock(&shared->lock);
    look_up(name, &answer);
    pthread_mutex_lock(&shared->lock);
    job->answer = answer;
    job->state = JOB_ANSWERED;
    if (!shared->quit)
        loop_wake_send(shared->wake);
}

static void *helper(void *context)
{
    struct shared *shared = context;
    pthread_mutex_lock(&shared->lock);
    while (!shared->quit) {
        struct job *job = find_job(shared, JOB_QUEUED);
        if (job)
            run_job(shared, job);
        else
            pthread_cond_wait(&shared->work, &shared->lock);
    }
    pthread_mutex_unlock(&shared->lock);
    release(shared);
    return NULL;
}

/* The helper takes no signals: they are for the loop's thread. */
static int start_helper(struct shared *shared)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&thread, &attributes, helper, shared);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return failure;
}

static struct good *find_good(struct resolve *resolve, const char *name)
{
    for (unsigned i = 0; i < RESOLVE_PENDING_MAX; i++)
        if (strcmp(resolve->kept[i].name, name) == 0)
            return &resolve->kept[i];
    return NULL;
}

static struct good *make_good(struct resolve *resolve, const char *name)
{
    struct good *good = find_good(resolve, name);
    if (good)
        return good;
    good = &resolve->kept[resolve->next_kept++ % RESOLVE_PENDING_MAX];
    *good = (struct good){0};
    text_copy(good->name, sizeof good->name, name, strlen(name));
    return good;
}

static void add_proved(struct resolve_answer *answer, const char *proved)
{
    if (!proved[0])
        return;
    for (unsigned i = 0; i < answer->count; i++)
        if (strcmp(answer->addresses[i], proved) == 0)
            return;
    unsigned at = answer->count < RESOLVE_ADDRESSES_MAX ? answer->count++
                                                        : RESOLVE_ADDRESSES_MAX - 1;
    text_copy(answer->addresses[at], RESOLVE_ADDRESS_MAX, proved, strlen(proved));
}

static void fall_back(const struct good *good, struct resolve_answer *answer)
{
    memcpy(answer->addresses, good->answer.addresses, sizeof answer->addresses);
    answer->count = good->answer.count;
    answer->stale = true;
}

static void complete(struct resolve *resolve, const char *name, struct resolve_answer *answer)
{
    struct good *good = answer->count > 0 ? make_good(resolve, name) : find_good(resolve, name);
    if (!good)
        return;
    if (answer->count > 0)
        good->answer = *answer;
    else
        fall_back(good, answer);
    add_proved(answer, good->proved);
}

void resolve_note(struct resolve *resolve, const char *name, const char *address, bool proved)
{
    struct good *good = find_good(resolve, name);
    if (!good || !address)
        return;
    if (proved)
        text_copy(good->proved, sizeof good->proved, address, strlen(address));
    else if (strcmp(good->proved, address) == 0)
        good->proved[0] = '\0';
}

static bool take_answer(struct resolve *resolve, unsigned i, char name[RESOLVE_NAME_MAX],
                        struct resolve_answer *ret)
{
    struct job *job = &resolve->shared->jobs[i];
    pthread_mutex_lock(&resolve->shared->lock);
    bool answered = job->state == JOB_ANSWERED;
    if (answered) {
        *ret = job->answer;
        memcpy(name, job->name, RESOLVE_NAME_MAX);
        job->state = JOB_FREE;
    }
    pthread_mutex_unlock(&resolve->shared->lock);
    return answered;
}

static void on_wake(void *context)
{
    struct resolve *resolve = context;
    for (unsigned i = 0; i < RESOLVE_PENDING_MAX; i++) {
        struct resolve_answer answer;
        char name[RESOLVE_NAME_MAX];
        if (!take_answer(resolve, i, name, &answer))
            continue;
        resolve_done *done = resolve->asks[i].done;
        resolve->asks[i].done = NULL;
        complete(resolve, name, &answer);
        if (done)
            done(resolve->asks[i].context, &answer);
    }
}

static struct shared *make_shared(struct loop_wake *wake)
{
    struct shared *shared = calloc(1, sizeof *shared);
    if (!shared)
        return NULL;
    pthread_mutex_init(&shared->lock, NULL);
    pthread_cond_init(&shared->work, NULL);
    shared->wake = wake;
    shared->holders = 2;
    return shared;
}

struct resolve *resolve_create(struct loop *loop, struct err *err)
{
    struct resolve *resolve = calloc(1, sizeof *resolve);
    if (!resolve) {
        err_set(err, "no memory for name look-ups");
        return NULL;
    }
    resolve->wake = loop_wake_create(loop, on_wake, resolve);
    resolve->shared = resolve->wake ? make_shared(resolve->wake) : NULL;
    int failure = resolve->shared ? start_helper(resolve->shared) : 0;
    if (resolve->shared && !failure)
        return resolve;
    err_set(err, "name look-ups cannot start: %s", failure ? strerror(failure) : "no memory");
    if (resolve->shared) {
        resolve->shared->holders = 1;
        release(resolve->shared);
    }
    loop_wake_destroy(resolve->wake);
    free(resolve);
    return NULL;
}

void resolve_destroy(struct resolve *resolve)
{
    if (!resolve)
        return;
    pthread_mutex_lock(&resolve->shared->lock);
    resolve->shared->quit = true;
    pthread_cond_signal(&resolve->shared->work);
    pthread_mutex_unlock(&resolve->shared->lock);
    release(resolve->shared);
    loop_wake_destroy(resolve->wake);
    free(resolve);
}

static bool is_numeric(const char *name)
{
    unsigned char address[16];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

int resolve_ask(struct resolve *resolve, const char *name, resolve_done *done, void *context,
                struct err *err)
{
    struct shared *shared = resolve->shared;
    size_t length = strlen(name);
    if (length == 0 || length >= RESOLVE_NAME_MAX)
        return err_set(err, "a host name has 1 to %d bytes, this one %zu", RESOLVE_NAME_MAX - 1,
                       length);
    pthread_mutex_lock(&shared->lock);
    struct job *job = find_job(shared, JOB_FREE);
    if (job) {
        memcpy(job->name, name, length + 1);
        resolve->asks[job - shared->jobs].done = done;
        resolve->asks[job - shared->jobs].context = context;
        job->answer = (struct resolve_answer){.count = 1};
        bool numeric = is_numeric(name);
        if (numeric)
            text_copy(job->answer.addresses[0], RESOLVE_ADDRESS_MAX, name, length);
        job->state = numeric ? JOB_ANSWERED : JOB_QUEUED;
        if (numeric)
            loop_wake_send(shared->wake);
        else
            pthread_cond_signal(&shared->work);
    }
    pthread_mutex_unlock(&shared->lock);
    return job ? 0 : err_set(err, "%d look-ups are pending already", RESOLVE_PENDING_MAX);
}

void resolve_forget(struct resolve *resolve, void *context)
{
    for (unsigned i = 0; i < RESOLVE_PENDING_MAX; i++)
        if (resolve->asks[i].context == context)
            resolve->asks[i].done = NULL;
}
