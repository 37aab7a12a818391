/* The puppet's main: joins the jail as a runner does, then follows its one word.
 *
 *     obey                         answers all that is asked
 *     mute_KIND exit_KIND fail_KIND  does not answer such a frame, dies of it, fails at it
 *     fault_save                   a fault, then an empty state
 *     eager                        wants two orders and a timer in its first callback
 *     hundred                      wants a hundred orders at each view
 *     early                        wants an order before GO
 *     probe                        says what it was given: descriptors, environment, priority
 *     a word of hostile_*.c        does that at GO */
#define _GNU_SOURCE
#include "puppet.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jail.h"
#include "wire/bundle.h"

extern char **environ;

static _Alignas(SCRIPT_ALIGN) unsigned char in[MAX_SCRIPT_FRAME], out[MAX_SCRIPT_FRAME];
static char mode[64], probed[256];
static struct script_start start;
static struct puppet puppet = {.start = &start, .mode = mode};

void puppet_exit(int status)
{
    _exit(status);
}

void puppet_send_raw(const void *bytes, size_t length)
{
    if (send(SCRIPT_FD, bytes, length, MSG_NOSIGNAL) != (ssize_t)length)
        puppet_exit(91);
}

void puppet_send(const struct puppet *self, enum script_frame_kind kind, uint64_t request,
                 bool more, const void *payload, size_t length)
{
    int bytes = script_frame_encode(out, sizeof out, kind, self->generation, request, more,
                                    payload, length);
    if (bytes < 0)
        puppet_exit(92);
    puppet_send_raw(out, (size_t)bytes);
}

void puppet_fail(const struct puppet *self, const char *why)
{
    puppet_send(self, SCRIPT_FAIL, 0, false, why, strlen(why));
    puppet_exit(93);
}

static void receive(struct script_head *ret_head, const void **ret_payload)
{
    struct err err;
    ssize_t length = recv(SCRIPT_FD, in, sizeof in, 0);
    if (length <= 0)
        puppet_exit(0);
    if (puppet.generation == 0)
        memcpy(&puppet.generation, in + offsetof(struct script_head, generation), 4);
    if (script_frame_decode(in, (size_t)length, puppet.generation, false, ret_head, ret_payload,
                            &err) < 0)
        puppet_fail(&puppet, err.text);
}

/* The bundle is sealed: nobody may write it, not even through a new mapping. */
static void read_mode(void)
{
    struct stat told;
    struct bundle bundle;
    struct err err;
    if (fstat(SCRIPT_BUNDLE_FD, &told) < 0)
        puppet_exit(94);
    size_t length = (size_t)told.st_size;
    void *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, SCRIPT_BUNDLE_FD, 0);
    if (bytes == MAP_FAILED || bundle_decode(bytes, length, &bundle, &err) < 0)
        puppet_exit(95);
    if (write(SCRIPT_BUNDLE_FD, "x", 1) == 1 || ftruncate(SCRIPT_BUNDLE_FD, 0) == 0 ||
        mmap(NULL, length, PROT_WRITE, MAP_SHARED, SCRIPT_BUNDLE_FD, 0) != MAP_FAILED)
        puppet_exit(96);
    size_t word = strcspn(bundle.entries[0].text, " \n");
    if (word > bundle.entries[0].text_length)
        word = bundle.entries[0].text_length;
    snprintf(mode, sizeof mode, "%.*s", (int)word, bundle.entries[0].text);
}

static void probe(void)
{
    int descriptors = 0, environment = 0;
    char null[16] = "";
    for (int fd = 0; fd < 1024; fd++)
        descriptors += fcntl(fd, F_GETFD) >= 0;
    for (char **at = environ; at && *at; at++)
        environment++;
    ssize_t length = readlink("/proc/self/fd/0", null, sizeof null - 1);
    /* A group of its own, within the core's session: see runner_spawn.c. */
    bool leads_group = getpgid(0) == getpid() && getsid(0) != getpid();
    snprintf(probed, sizeof probed,
             "idescriptors %d environment %d stdin %.*s leader %d nice %d idle %d", descriptors,
             environment, (int)(length > 0 ? length : 0), null, leads_group,
             getpriority(PRIO_PROCESS, 0), sched_getscheduler(0) == SCHED_IDLE);
}

static bool mode_is(const char *verb, unsigned kind)
{
    char word[64];
    snprintf(word, sizeof word, "%s_%s", verb, script_frame_text(kind));
    return strcmp(mode, word) == 0;
}

static void want(unsigned intents)
{
    struct intent intent;
    struct script_timer timer = {.id = 1, .delay_ns = 1000};
    memset(&intent, 0, sizeof intent);
    for (unsigned i = 0; i < intents; i++) {
        intent.ref = (uint64_t)puppet.generation << 32 | i;
        puppet_send(&puppet, SCRIPT_INTENT, 0, false, &intent, sizeof intent);
    }
    puppet_send(&puppet, SCRIPT_TIMER, 0, false, &timer, sizeof timer);
}

static void go(void)
{
    if (strcmp(mode, "eager") == 0)
        want(2);
    if (strcmp(mode, "probe") == 0)
        puppet_send(&puppet, SCRIPT_LOG, 0, false, probed, strlen(probed));
    if (hostile_call(&puppet) || hostile_frame(&puppet))
        puppet_fail(&puppet, "survived");
    puppet_send(&puppet, SCRIPT_CREDIT, 0, false, NULL, 0);
}

static void save(void)
{
    static const char STATE[] = "{\"n\":1}";
    if (strcmp(mode, "fault_save") == 0) {
        puppet_send(&puppet, SCRIPT_FAULT, 0, false, "x.lua:1: no state", 17);
        puppet_send(&puppet, SCRIPT_STATE_OUT, 0, false, NULL, 0);
        return;
    }
    puppet_send(&puppet, SCRIPT_STATE_OUT, 0, true, STATE, 3);
    puppet_send(&puppet, SCRIPT_STATE_OUT, 0, false, STATE + 3, sizeof STATE - 4);
}

static void answer(const struct script_head *head, const void *payload)
{
    struct script_verdict verdict;
    switch ((enum script_frame_kind)head->kind) {
    case SCRIPT_GO: go(); break;
    case SCRIPT_VIEW:
        if (strcmp(mode, "hundred") == 0)
            want(100);
        puppet_send(&puppet, SCRIPT_CREDIT, 0, false, NULL, 0); break;
    case SCRIPT_STATE_IN:
        puppet_send(&puppet, SCRIPT_LOG, 0, false, "istate", 6);
        puppet_send(&puppet, SCRIPT_DONE, 0, false, NULL, 0);
        break;
    case SCRIPT_NOTICE: puppet_send(&puppet, SCRIPT_DONE, 0, false, NULL, 0); break;
    case SCRIPT_JUDGE:
        memset(&verdict, 0, sizeof verdict);
        verdict.allow = ((const struct script_judge *)payload)->intent.size.e9 > 0;
        puppet_send(&puppet, SCRIPT_VERDICT, head->request, false, &verdict, sizeof verdict);
        break;
    case SCRIPT_SAVE: save(); break;
    case SCRIPT_STOP:
        if (strcmp(mode, "eager") == 0)
            want(3);
        puppet_send(&puppet, SCRIPT_BYE, 0, false, NULL, 0);
        puppet_exit(0);
    default: puppet_fail(&puppet, "a frame it does not know");
    }
}

static void misbehave(unsigned kind)
{
    if (mode_is("exit", kind))
        puppet_exit(7);
    if (mode_is("fail", kind))
        puppet_fail(&puppet, "x.lua:1: it fails");
    while (mode_is("mute", kind))
        if (recv(SCRIPT_FD, in, sizeof in, 0) <= 0)
            puppet_exit(0);
}

int main(void)
{
    struct script_head head;
    const void *payload;
    struct err err;
    jail_watch_parent();
    receive(&head, &payload);
    memcpy(&start, payload, sizeof start);
    read_mode();
    probe();
    misbehave(SCRIPT_START);
    int layers = jail_enter(start.memory_max + JAIL_SLACK_BYTES, &err);
    if (layers < 0)
        puppet_fail(&puppet, err.text);
    if (strcmp(mode, "early") == 0)
        want(1);
    struct script_ready ready = {.layers = (uint32_t)layers, .wants_book = true};
    if (strcmp(mode, "bare") == 0)
        ready.layers &= ~(uint32_t)LAYER_SECCOMP;
    puppet_send(&puppet, SCRIPT_READY, 0, false, &ready, sizeof ready);
    for (;;) {
        receive(&head, &payload);
        misbehave(head.kind);
        answer(&head, payload);
    }
}
