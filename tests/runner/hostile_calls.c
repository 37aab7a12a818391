/* Every class of system call that the jail denies, tried from inside of it. Each is called raw, so
 * that no library refuses first; that one of them returns at all is a hole. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "puppet.h"

struct call {
    const char *name;
    long number;
    long arguments[6];
};

#define TEXT(literal) ((long)(uintptr_t)(literal))
#define ADDRESS(object) ((long)(uintptr_t)&(object))
#define PAGE 4096

static char scratch[PAGE] __attribute__((aligned(PAGE)));
static struct rlimit more = {1 << 20, 1 << 20};
static char *const no_words[] = {NULL};
static struct iovec piece = {scratch, 16};

/* A descriptor put into a message: how one process hands another an open file. */
static union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = {
    .align = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
static struct msghdr with_descriptor = {.msg_iov = &piece, .msg_iovlen = 1,
                                        .msg_control = &control,
                                        .msg_controllen = sizeof control};

#define CALLS(X)                                                                                  \
    X("openat", SYS_openat, AT_FDCWD, TEXT("/etc/passwd"), O_RDONLY)                              \
    X("openat2", SYS_openat2, AT_FDCWD, TEXT("/etc/passwd"), ADDRESS(scratch), 24)                \
    X("open_by_handle", SYS_open_by_handle_at, AT_FDCWD, ADDRESS(scratch), O_RDONLY)              \
    X("read", SYS_read, SCRIPT_FD, ADDRESS(scratch), 16)                                          \
    X("write", SYS_write, SCRIPT_FD, TEXT("x"), 1)                                                \
    X("write_stderr", SYS_write, 2, TEXT("x"), 1)                                                 \
    X("socket_inet", SYS_socket, AF_INET, SOCK_STREAM, 0)                                         \
    X("socket_unix", SYS_socket, AF_UNIX, SOCK_STREAM, 0)                                         \
    X("socket_netlink", SYS_socket, AF_NETLINK, SOCK_RAW, 0)                                      \
    X("socketpair", SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, ADDRESS(scratch))                    \
    X("connect", SYS_connect, SCRIPT_FD, ADDRESS(scratch), 16)                                    \
    X("bind", SYS_bind, SCRIPT_FD, ADDRESS(scratch), 16)                                          \
    X("accept", SYS_accept4, SCRIPT_FD, 0, 0, 0)                                                  \
    X("setsockopt", SYS_setsockopt, SCRIPT_FD, SOL_SOCKET, SO_SNDBUF, ADDRESS(scratch), 4)        \
    X("shutdown", SYS_shutdown, SCRIPT_FD, SHUT_RDWR)                                             \
    X("sendmsg_descriptor", SYS_sendmsg, SCRIPT_FD, ADDRESS(with_descriptor), 0)                  \
    X("recvmsg", SYS_recvmsg, SCRIPT_FD, ADDRESS(with_descriptor), 0)                             \
    X("sendmmsg", SYS_sendmmsg, SCRIPT_FD, ADDRESS(with_descriptor), 1, 0)                        \
    X("sendto_address", SYS_sendto, SCRIPT_FD, TEXT("x"), 1, 0, ADDRESS(scratch), 16)             \
    X("sendto_other", SYS_sendto, 0, TEXT("x"), 1, 0, 0, 0)                                       \
    X("sendto_high_bits", SYS_sendto, SCRIPT_FD | 1l << 32, TEXT("x"), 1, 0, 0, 0)                \
    X("recvfrom_other", SYS_recvfrom, 0, ADDRESS(scratch), 1, 0, 0, 0)                            \
    X("clone_fork", SYS_clone, SIGCHLD, 0, 0, 0, 0)                                               \
    X("clone_thread", SYS_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, ADDRESS(scratch))       \
    X("clone3", SYS_clone3, ADDRESS(scratch), 64)                                                 \
    X("execve", SYS_execve, TEXT("/bin/sh"), ADDRESS(no_words), ADDRESS(no_words))                \
    X("execveat", SYS_execveat, 0, TEXT(""), ADDRESS(no_words), ADDRESS(no_words), 0x1000)        \
    X("kill_all", SYS_kill, -1, 0)                                                                \
    X("kill_group", SYS_kill, 0, 0)                                                               \
    X("kill_init", SYS_kill, 1, 0)                                                                \
    X("tgkill", SYS_tgkill, 1, 1, 0)                                                              \
    X("tkill", SYS_tkill, 1, 0)                                                                   \
    X("rt_sigqueueinfo", SYS_rt_sigqueueinfo, 1, SIGTERM, ADDRESS(scratch))                       \
    X("rt_sigaction", SYS_rt_sigaction, SIGSYS, 0, ADDRESS(scratch), 8)                           \
    X("pidfd_open", SYS_pidfd_open, 1, 0)                                                         \
    X("pidfd_send_signal", SYS_pidfd_send_signal, 0, 0, 0, 0)                                     \
    X("pidfd_getfd", SYS_pidfd_getfd, 0, 0, 0)                                                    \
    X("ptrace_attach", SYS_ptrace, PTRACE_ATTACH, 1, 0, 0)                                        \
    X("ptrace_traceme", SYS_ptrace, PTRACE_TRACEME, 0, 0, 0)                                      \
    X("process_vm_readv", SYS_process_vm_readv, 1, ADDRESS(piece), 1, ADDRESS(piece), 1, 0)       \
    X("process_vm_writev", SYS_process_vm_writev, 1, ADDRESS(piece), 1, ADDRESS(piece), 1, 0)     \
    X("kcmp", SYS_kcmp, 1, 1, 0, 0, 0)                                                            \
    X("mount", SYS_mount, TEXT("none"), TEXT("/tmp"), TEXT("tmpfs"), 0, 0)                        \
    X("umount", SYS_umount2, TEXT("/tmp"), 0)                                                     \
    X("chroot", SYS_chroot, TEXT("/"))                                                            \
    X("pivot_root", SYS_pivot_root, TEXT("/"), TEXT("/"))                                         \
    X("unshare", SYS_unshare, CLONE_NEWUSER)                                                      \
    X("setns", SYS_setns, 0, 0)                                                                   \
    X("bpf", SYS_bpf, 0, ADDRESS(scratch), 48)                                                    \
    X("io_uring_setup", SYS_io_uring_setup, 1, ADDRESS(scratch))                                  \
    X("io_setup", SYS_io_setup, 1, ADDRESS(scratch))                                              \
    X("userfaultfd", SYS_userfaultfd, 0)                                                          \
    X("perf_event_open", SYS_perf_event_open, ADDRESS(scratch), 0, -1, -1, 0)                     \
    X("fanotify_init", SYS_fanotify_init, 0, 0)                                                   \
    X("inotify_init", SYS_inotify_init1, 0)                                                       \
    X("memfd_create", SYS_memfd_create, TEXT("x"), 0)                                             \
    X("memfd_secret", 447, 0)                                                                     \
    X("eventfd", SYS_eventfd2, 0, 0)                                                              \
    X("epoll_create", SYS_epoll_create1, 0)                                                       \
    X("timerfd_create", SYS_timerfd_create, 1, 0)                                                 \
    X("signalfd", SYS_signalfd4, -1, ADDRESS(scratch), 8, 0)                                      \
    X("pipe", SYS_pipe2, ADDRESS(scratch), 0)                                                     \
    X("dup", SYS_dup, SCRIPT_FD)                                                                  \
    X("dup3", SYS_dup3, SCRIPT_FD, 9, 0)                                                          \
    X("fcntl_dup", SYS_fcntl, SCRIPT_FD, F_DUPFD, 10)                                             \
    X("ioctl", SYS_ioctl, SCRIPT_FD, 0x5421, ADDRESS(scratch))                                    \
    X("close", SYS_close, SCRIPT_FD)                                                              \
    X("mprotect_exec", SYS_mprotect, ADDRESS(scratch), PAGE, PROT_READ | PROT_EXEC)               \
    X("pkey_mprotect", SYS_pkey_mprotect, ADDRESS(scratch), PAGE, PROT_EXEC, -1)                  \
    X("mmap_exec", SYS_mmap, 0, PAGE, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)              \
    X("mmap_fixed", SYS_mmap, ADDRESS(scratch), PAGE, PROT_READ,                                  \
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)                                             \
    X("mmap_shared", SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0)             \
    X("mmap_file", SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, 0, 0)                               \
    X("mlock", SYS_mlock, ADDRESS(scratch), PAGE)                                                 \
    X("madvise_other", SYS_madvise, ADDRESS(scratch), PAGE, MADV_HWPOISON)                        \
    X("remap_file_pages", SYS_remap_file_pages, ADDRESS(scratch), PAGE, 0, 0, 0)                  \
    X("shmget", SYS_shmget, 0, PAGE, 0600)                                                        \
    X("msgget", SYS_msgget, 0, 0600)                                                              \
    X("mq_open", SYS_mq_open, TEXT("x"), O_RDWR | O_CREAT, 0600, 0)                               \
    X("prctl", SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0)                                            \
    X("prctl_name", SYS_prctl, PR_SET_NAME, TEXT("x"), 0, 0, 0)                                   \
    X("seccomp", SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, 0)                                      \
    X("landlock", SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION)             \
    X("setrlimit", SYS_setrlimit, RLIMIT_NOFILE, ADDRESS(more))                                   \
    X("prlimit", SYS_prlimit64, 0, RLIMIT_AS, ADDRESS(more), 0)                                   \
    X("prlimit_parent", SYS_prlimit64, 1, RLIMIT_CPU, ADDRESS(more), 0)                           \
    X("setpriority", SYS_setpriority, PRIO_PROCESS, 0, -20)                                       \
    X("sched_setscheduler", SYS_sched_setscheduler, 0, SCHED_FIFO, ADDRESS(scratch))              \
    X("sched_setaffinity", SYS_sched_setaffinity, 0, 8, ADDRESS(scratch))                         \
    X("setuid", SYS_setuid, 0)                                                                    \
    X("setgid", SYS_setgid, 0)                                                                    \
    X("setgroups", SYS_setgroups, 0, 0)                                                           \
    X("capset", SYS_capset, ADDRESS(scratch), ADDRESS(scratch))                                   \
    X("personality", SYS_personality, 0x0400000)                                                  \
    X("unlinkat", SYS_unlinkat, AT_FDCWD, TEXT("/tmp/x"), 0)                                      \
    X("renameat2", SYS_renameat2, AT_FDCWD, TEXT("/tmp/x"), AT_FDCWD, TEXT("/tmp/y"), 0)          \
    X("mkdirat", SYS_mkdirat, AT_FDCWD, TEXT("/tmp/x"), 0700)                                     \
    X("mknodat", SYS_mknodat, AT_FDCWD, TEXT("/tmp/x"), S_IFIFO, 0)                               \
    X("linkat", SYS_linkat, AT_FDCWD, TEXT("/tmp/x"), AT_FDCWD, TEXT("/tmp/y"), 0)                \
    X("symlinkat", SYS_symlinkat, TEXT("/tmp/x"), AT_FDCWD, TEXT("/tmp/y"))                       \
    X("fchmodat", SYS_fchmodat, AT_FDCWD, TEXT("/tmp/x"), 0777)                                   \
    X("fchownat", SYS_fchownat, AT_FDCWD, TEXT("/tmp/x"), 0, 0, 0)                                \
    X("truncate", SYS_truncate, TEXT("/tmp/x"), 0)                                                \
    X("statx", SYS_statx, AT_FDCWD, TEXT("/etc/passwd"), 0, 0, ADDRESS(scratch))                  \
    X("faccessat", SYS_faccessat, AT_FDCWD, TEXT("/etc/passwd"), 0)                               \
    X("readlinkat", SYS_readlinkat, AT_FDCWD, TEXT("/proc/self/exe"), ADDRESS(scratch), 64)       \
    X("getdents", SYS_getdents64, 0, ADDRESS(scratch), PAGE)                                      \
    X("chdir", SYS_chdir, TEXT("/"))                                                              \
    X("setxattr", SYS_setxattr, TEXT("/tmp/x"), TEXT("user.x"), TEXT("x"), 1, 0)                  \
    X("keyctl", SYS_keyctl, 0, -1, 0)                                                             \
    X("add_key", SYS_add_key, TEXT("user"), TEXT("x"), TEXT("x"), 1, -1)                          \
    X("request_key", SYS_request_key, TEXT("user"), TEXT("x"), 0, -1)                             \
    X("init_module", SYS_init_module, ADDRESS(scratch), 16, TEXT(""))                             \
    X("kexec_load", SYS_kexec_load, 0, 0, 0, 0)                                                   \
    X("reboot", SYS_reboot, 0, 0, 0, 0)                                                           \
    X("swapon", SYS_swapon, TEXT("/tmp/x"), 0)                                                    \
    X("clock_settime", SYS_clock_settime, 0, ADDRESS(scratch))                                    \
    X("syslog", SYS_syslog, 3, ADDRESS(scratch), 16)                                              \
    X("uname", SYS_uname, ADDRESS(scratch))                                                       \
    X("sysinfo", SYS_sysinfo, ADDRESS(scratch))                                                   \
    X("getpid", SYS_getpid)                                                                       \
    X("getrandom", SYS_getrandom, ADDRESS(scratch), 16, 0)                                        \
    X("nanosleep", SYS_nanosleep, ADDRESS(scratch), 0)                                            \
    X("setitimer", SYS_setitimer, 0, ADDRESS(scratch), 0)                                         \
    X("timer_create", SYS_timer_create, 1, 0, ADDRESS(scratch))                                   \
    X("futex", SYS_futex, ADDRESS(scratch), 1, 1, 0, 0, 0)                                        \
    X("rseq", SYS_rseq, ADDRESS(scratch), 32, 0, 0)                                               \
    X("unknown_number", 100000, 0)

#if defined(__x86_64__)
/* The old doors of this machine: calls without an `at`, and the x32 numbers. */
#define OLD_CALLS(X)                                                                              \
    X("open", SYS_open, TEXT("/etc/passwd"), O_RDONLY)                                            \
    X("creat", SYS_creat, TEXT("/tmp/x"), 0600)                                                   \
    X("fork", SYS_fork, 0)                                                                        \
    X("vfork", SYS_vfork, 0)                                                                      \
    X("unlink", SYS_unlink, TEXT("/tmp/x"))                                                       \
    X("chmod", SYS_chmod, TEXT("/tmp/x"), 0777)                                                   \
    X("stat", SYS_stat, TEXT("/etc/passwd"), ADDRESS(scratch))                                    \
    X("arch_prctl", SYS_arch_prctl, 0x1002, ADDRESS(scratch))                                     \
    X("iopl", SYS_iopl, 3)                                                                        \
    X("modify_ldt", SYS_modify_ldt, 0, ADDRESS(scratch), 16)                                      \
    X("x32_getpid", 0x40000000 | SYS_getpid)                                                      \
    X("x32_exit_group", 0x40000000 | SYS_exit_group, 0)                                           \
    X("x32_recvfrom", 0x40000000 | 517, SCRIPT_FD, ADDRESS(scratch), 1, 0, 0, 0)
#else
#define OLD_CALLS(X)
#endif

#define ROW(name, number, ...) {name, number, {__VA_ARGS__}},

bool hostile_call(const struct puppet *puppet)
{
    const struct call calls[] = {CALLS(ROW) OLD_CALLS(ROW)};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const long *a = calls[i].arguments;
        if (strncmp(puppet->mode, "call_", 5) != 0 || strcmp(puppet->mode + 5, calls[i].name) != 0)
            continue;
        syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
        return true;
    }
    return false;
}

#define NAME(name, ...) name,
const char *const hostile_call_names[] = {CALLS(NAME) OLD_CALLS(NAME) NULL};
