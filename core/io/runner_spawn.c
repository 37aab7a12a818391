/* Makes a runner's process and reaps it. posix_spawn shares the parent's memory until the exec, as
 * vfork does, so it costs the same however large the host is. The child gets an empty environment,
 * /dev/null as 0, 1 and 2, its socket as 3, the sealed bundle as 4, and nothing else. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "io/runner_private.h"

enum {
    /* Descriptors handed to the child are moved up first, so that none is overwritten by 3 or 4. */
    SAFE_FD = 10,
    /* Of frames in flight; more wait in the process's list, and max_waiting bounds both. */
    SOCKET_BYTES = 256 * 1024,
};

static int move_up(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, SAFE_FD);
}

static int add_files(posix_spawn_file_actions_t *files, int socket, int memfd)
{
    for (int fd = 0; fd <= 2; fd++)
        if (posix_spawn_file_actions_addopen(files, fd, "/dev/null", O_RDWR, 0) != 0)
            return -1;
    if (posix_spawn_file_actions_adddup2(files, socket, SCRIPT_FD) != 0 ||
        posix_spawn_file_actions_adddup2(files, memfd, SCRIPT_BUNDLE_FD) != 0 ||
        posix_spawn_file_actions_addclosefrom_np(files, SCRIPT_BUNDLE_FD + 1) != 0)
        return -1;
    return 0;
}

static int spawn_with(const char *program, const char *name, int socket, int memfd, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t blocked, all;
    char *empty[] = {NULL};
    char argument[PATH_MAX_BYTES], label[NAME_MAX_BYTES];
    char *arguments[] = {argument, label, NULL};
    text_copy(argument, sizeof argument, program, strlen(program));
    text_copy(label, sizeof label, name, strlen(name));
    /* The soft deadline's signal waits until the runner has a handler for it. */
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    posix_spawnattr_init(&attributes);
    /* A process group of its own, so that a terminal's Ctrl-C ends the core alone; not a session,
     * because the kernel shares the CPU out between sessions first, whatever their niceness. */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int failure = add_files(&files, socket, memfd) < 0
                      ? ENOMEM
                      : posix_spawn(ret, program, &files, &attributes, arguments, empty);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

/* The core preempts its runners: they get what it leaves over. A host where that is not allowed
 * still trades; it is told once per process. */
static void set_schedule(const struct runner_pool_config *config, const char *name, pid_t pid)
{
    const struct sched_param zero = {0};
    int failed = config->sched_idle ? sched_setscheduler(pid, SCHED_IDLE, &zero)
                                    : setpriority(PRIO_PROCESS, (id_t)pid, 19);
    if (failed)
        log_warn("runner", "%s: its priority cannot be lowered: %s", name, strerror(errno));
    if (config->cpu < 0)
        return;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET((size_t)config->cpu, &cpus);
    if (sched_setaffinity(pid, sizeof cpus, &cpus) < 0)
        log_warn("runner", "%s: cannot be pinned to cpu %d: %s", name, config->cpu,
                 strerror(errno));
}

static int open_pair(int ret_ours[1], int ret_theirs[1])
{
    int pair[2], bytes = SOCKET_BYTES;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    ret_ours[0] = pair[0];
    ret_theirs[0] = move_up(pair[1]);
    close(pair[1]);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    if (ret_theirs[0] < 0 || fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0) {
        close(pair[0]);
        if (ret_theirs[0] >= 0)
            close(ret_theirs[0]);
        return -1;
    }
    return 0;
}

/* Fills pid, pidfd and socket. */
static int spawn_child(struct runner_process *process, const struct runner_image *image,
                       struct err *err)
{
    const struct runner_pool *pool = process->runner->pool;
    const char *name = process->runner->status.name;
    int theirs, memfd = move_up(image->memfd);
    if (memfd < 0)
        return err_set(err, "%s: no descriptor left: %s", name, strerror(errno));
    if (open_pair(&process->socket, &theirs) < 0) {
        err_set(err, "%s: no socket for its runner: %s", name, strerror(errno));
        process->socket = -1;
        close(memfd);
        return -1;
    }
    int failure = spawn_with(pool->program, name, theirs, memfd, &process->pid);
    close(theirs);
    close(memfd);
    if (failure) {
        process->pid = 0;
        return err_set(err, "%s: %s cannot be started: %s", name, pool->program,
                       strerror(failure));
    }
    process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    if (process->pidfd < 0) {
        err_set(err, "%s: pidfd_open: %s (wants Linux 5.3)", name, strerror(errno));
        kill(process->pid, SIGKILL); /* not reaped yet, so the number is still its own */
        waitpid(process->pid, NULL, 0);
        process->pid = 0;
        return -1;
    }
    fcntl(process->pidfd, F_SETFD, FD_CLOEXEC);
    set_schedule(&pool->config, name, process->pid);
    return 0;
}

static void on_socket(void *context)
{
    process_read(context, READ_BURST);
}

static void on_socket_writable(void *context)
{
    process_write(context);
}

static void on_exit_readable(void *context)
{
    process_on_exit(context);
}

struct runner_process *process_spawn(struct runner *runner, const struct runner_image *image,
                                     struct err *err)
{
    struct runner_process *process = calloc(1, sizeof *process);
    uint32_t room = runner->pool->config.max_waiting;
    if (process)
        process->waiting_memory = calloc(room, sizeof *process->waiting_memory);
    if (!process || !process->waiting_memory) {
        free(process);
        err_set(err, "%s: no memory for its runner", runner->status.name);
        return NULL;
    }
    process->runner = runner;
    process->socket = process->pidfd = -1;
    process->generation = ++runner->generation;
    process->born_ns = process->window_ns = runner_now_ns();
    memcpy(process->hash, image->hash, sizeof process->hash);
    ring_init(&process->waiting, process->waiting_memory, sizeof *process->waiting_memory, room);
    frame_list_init(&process->outgoing);
    if (spawn_child(process, image, err) < 0) {
        process_free(process);
        return NULL;
    }
    const struct runner_pool_config *config = &runner->pool->config;
    if (config->on_bundle)
        config->on_bundle(config->context, image->hash, image->memfd);
    struct loop *loop = config->loop;
    process->socket_watch = loop_fd_create(loop, process->socket, on_socket, on_socket_writable,
                                           process);
    process->exit_watch = loop_fd_create(loop, process->pidfd, on_exit_readable, NULL, process);
    process->deadline = loop_timer_create(loop, process_on_deadline, process);
    if (!process->socket_watch || !process->exit_watch || !process->deadline) {
        err_set(err, "%s: no memory to watch its runner", runner->status.name);
        process_free(process);
        return NULL;
    }
    return process;
}

/* At nice 19 a script that spins still takes turns with its neighbours, milliseconds at a time. */
void process_demote(const struct runner_process *process)
{
    const struct sched_param zero = {0};
    if (process->pid > 0 && sched_setscheduler(process->pid, SCHED_IDLE, &zero) < 0)
        log_warn("runner", "%s: its priority cannot be lowered: %s",
                 process->runner->status.name, strerror(errno));
}

void process_signal(const struct runner_process *process, int signal_number)
{
    /* Through the pidfd: a number may belong to somebody else by now. Gone already is fine. */
    if (process->pidfd >= 0)
        syscall(SYS_pidfd_send_signal, process->pidfd, signal_number, NULL, 0);
}

static void describe_exit(const siginfo_t *told, char ret_reason[REASON_MAX])
{
    if (told->si_code == CLD_EXITED)
        snprintf(ret_reason, REASON_MAX, "it exited with status %d", told->si_status);
    else if (told->si_status == SIGSYS)
        snprintf(ret_reason, REASON_MAX, "killed by the jail: a forbidden system call (SIGSYS)");
    else
        snprintf(ret_reason, REASON_MAX, "killed by signal %d (%s)", told->si_status,
                 sigabbrev_np(told->si_status) ? sigabbrev_np(told->si_status) : "?");
}

bool process_reap(struct runner_process *process, char ret_reason[REASON_MAX])
{
    siginfo_t told = {0};
    if (process->pid == 0)
        return true;
    int waited = waitid(P_PIDFD, (id_t)process->pidfd, &told, WEXITED | WNOHANG);
    if (waited == 0 && told.si_pid == 0)
        return false;
    if (waited < 0)
        snprintf(ret_reason, REASON_MAX, "its end was not seen: %s", strerror(errno));
    else
        describe_exit(&told, ret_reason);
    process->pid = 0;
    return true;
}

void process_free(struct runner_process *process)
{
    siginfo_t told;
    if (!process)
        return;
    if (process->pid != 0) {
        process_signal(process, SIGKILL);
        while (waitid(P_PIDFD, (id_t)process->pidfd, &told, WEXITED) < 0 && errno == EINTR)
            continue;
    }
    loop_fd_destroy(process->socket_watch);
    loop_fd_destroy(process->exit_watch);
    loop_timer_destroy(process->deadline);
    if (process->socket >= 0)
        close(process->socket);
    if (process->pidfd >= 0)
        close(process->pidfd);
    frame_list_fini(&process->outgoing);
    event_list_fini(&process->proving);
    free(process->waiting_memory);
    free(process);
}
