/* Layers, outermost first; each stands when all others fail:
 *
 *   rlimits      no new process, no new descriptor, no file growth, no core dump, bounded memory
 *   no_new_privs no setuid program can be a way out
 *   landlock     no path of the file system can be opened, no TCP port bound or connected, no
 *                signal sent and no abstract socket reached outside of the jail
 *   seccomp      an allow-list of system calls with their arguments; the rest kills
 *
 * The filter is written by hand in the kernel's own terms, so that what is allowed can be read
 * here line by line. It is an allow-list: a system call that comes with a new kernel is refused. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define JAIL_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define JAIL_ARCH AUDIT_ARCH_AARCH64
#else
#error "the jail's filter is written for x86-64 and aarch64"
#endif

extern char **environ;

/* ABI 4 and 6 of landlock; Debian 12's headers know ABI 2. The kernel is asked which it has. */
struct landlock_rules { uint64_t fs, net, scoped; };
/* 200 nested C calls of Lua's, with their buffers, take a quarter of this. */
enum { STACK_BYTES = 8 * 1024 * 1024 };

enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL = 5, ABI_SCOPED = 6 };
#define FS_ABI_1 ((1ull << 13) - 1)
#define FS_REFER (1ull << 13)
#define FS_TRUNCATE (1ull << 14)
#define FS_IOCTL (1ull << 15)
#define NET_ALL 3ull    /* bind and connect of TCP */
#define SCOPED_ALL 3ull /* abstract unix sockets, signals */

static int limit(int resource, uint64_t value, const char *name, struct err *err)
{
    struct rlimit both = {value, value};
    struct rlimit now;
    /* A lower limit of whoever started us stays. */
    if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max < value)
        both.rlim_cur = both.rlim_max = now.rlim_max;
    if (setrlimit((__rlimit_resource_t)resource, &both) < 0)
        return err_set(err, "jail: setrlimit %s: %s", name, strerror(errno));
    return 0;
}

static int enter_rlimits(uint64_t address_bytes, struct err *err)
{
    /* 4 descriptors may exist: 0 to 3, all taken. */
    if (limit(RLIMIT_AS, address_bytes, "AS", err) < 0 ||
        limit(RLIMIT_STACK, STACK_BYTES, "STACK", err) < 0 ||
        limit(RLIMIT_NPROC, 0, "NPROC", err) < 0 || limit(RLIMIT_NOFILE, 4, "NOFILE", err) < 0 ||
        limit(RLIMIT_FSIZE, 0, "FSIZE", err) < 0 || limit(RLIMIT_CORE, 0, "CORE", err) < 0 ||
        limit(RLIMIT_MEMLOCK, 0, "MEMLOCK", err) < 0 ||
        limit(RLIMIT_MSGQUEUE, 0, "MSGQUEUE", err) < 0)
        return -1;
    return LAYER_RLIMITS;
}

static int enter_no_new_privs(struct err *err)
{
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_set(err, "jail: prctl no_new_privs: %s", strerror(errno));
    return LAYER_NO_NEW_PRIVS;
}

/* A rule set that handles every access and allows none. Returns 0 when the kernel has none. */
static int enter_landlock(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return 0;
    struct landlock_rules rules = {.fs = FS_ABI_1};
    rules.fs |= abi >= ABI_REFER ? FS_REFER : 0;
    rules.fs |= abi >= ABI_TRUNCATE ? FS_TRUNCATE : 0;
    rules.fs |= abi >= ABI_IOCTL ? FS_IOCTL : 0;
    rules.net = abi >= ABI_NET ? NET_ALL : 0;
    rules.scoped = abi >= ABI_SCOPED ? SCOPED_ALL : 0;
    size_t size = abi >= ABI_SCOPED ? sizeof rules
                  : abi >= ABI_NET  ? offsetof(struct landlock_rules, scoped)
                                    : offsetof(struct landlock_rules, net);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (fd < 0)
        return 0;
    long refused = syscall(SYS_landlock_restrict_self, fd, 0);
    close(fd);
    return refused ? 0 : LAYER_LANDLOCK;
}

/* Words of the filter. Arguments are 64 bits in two halves; both are looked at, so that nothing
 * hides in the upper one. */
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ARG_LOW(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define ARG_HIGH(n) (ARG_LOW(n) + 4)
#define LOAD_AT(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
/* Each rule is entered with the call's number loaded and leaves with it loaded. */
#define SKIP_UNLESS(number, words) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, (words))
#define KILL_UNLESS(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 1, 0), KILL
#define KILL_IF_BITS(bits) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1), KILL
#define PERMIT(name) SKIP_UNLESS(SYS_##name, 1), ALLOW
/* Six words: argument n is exactly `value` and no more. */
#define ARG_IS(n, value)                                                                          \
    LOAD_AT(ARG_LOW(n)), KILL_UNLESS(value), LOAD_AT(ARG_HIGH(n)), KILL_UNLESS(0)
/* Three words: argument n has none of `bits`. */
#define ARG_LACKS(n, bits) LOAD_AT(ARG_LOW(n)), KILL_IF_BITS(bits)

static const struct sock_filter FILTER[] = {
    LOAD(arch), KILL_UNLESS(JAIL_ARCH),
    LOAD(nr),
    /* The socket. Plain send and receive with no address and no control data: a descriptor can
     * neither be passed in nor out, because sendmsg and recvmsg are not among them. The x32 numbers
     * of x86-64 equal none of these and are killed with the rest. */
    SKIP_UNLESS(SYS_sendto, 13), ARG_IS(0, SCRIPT_FD), ARG_IS(4, 0), ALLOW,
    SKIP_UNLESS(SYS_recvfrom, 13), ARG_IS(0, SCRIPT_FD), ARG_IS(4, 0), ALLOW,
    /* Memory: anonymous, private, never executable. */
    SKIP_UNLESS(SYS_mmap, 16), ARG_LACKS(2, PROT_EXEC), ARG_LACKS(3, MAP_SHARED | MAP_FIXED),
    LOAD_AT(ARG_LOW(3)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 1, 0), KILL,
    LOAD_AT(ARG_LOW(4)), KILL_UNLESS(0xffffffffu), LOAD_AT(ARG_LOW(5)), KILL_UNLESS(0), ALLOW,
    SKIP_UNLESS(SYS_mprotect, 4), ARG_LACKS(2, PROT_EXEC), ALLOW,
    PERMIT(munmap), PERMIT(mremap), PERMIT(brk),
    /* MADV_DONTNEED: malloc gives memory back. */
    SKIP_UNLESS(SYS_madvise, 7), ARG_IS(2, MADV_DONTNEED), ALLOW,
    PERMIT(rt_sigreturn), PERMIT(clock_gettime), PERMIT(restart_syscall), PERMIT(exit_group),
    PERMIT(exit),
    KILL,
};

static int enter_seccomp(struct err *err)
{
    struct sock_fprog program = {sizeof FILTER / sizeof FILTER[0], NULL};
    memcpy(&program.filter, &(const struct sock_filter *){FILTER}, sizeof program.filter);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        return err_set(err, "jail: seccomp: %s", strerror(errno));
    return LAYER_SECCOMP;
}

void jail_watch_parent(void)
{
    /* It cannot fail with a proper signal; and a host that is gone closes the socket as well. */
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

int jail_enter(uint64_t address_bytes, struct err *err)
{
    int layers = environ == NULL || environ[0] == NULL ? LAYER_ENV_EMPTY : 0;
    if (syscall(SYS_close_range, SCRIPT_FD + 1, ~0u, 0) != 0)
        return err_set(err, "jail: close_range: %s", strerror(errno));
    /* Landlock opens its rule set: before the limit on descriptors. */
    int privileges = enter_no_new_privs(err);
    int landlock = privileges < 0 ? -1 : enter_landlock();
    int rlimits = privileges < 0 ? -1 : enter_rlimits(address_bytes, err);
    if (privileges < 0 || rlimits < 0)
        return -1;
    int seccomp = enter_seccomp(err);
    return seccomp < 0 ? -1 : layers | privileges | landlock | rlimits | seccomp;
}
