/* The seccomp filter: all syscalls stop except the hot ones, and those that fail under Docker's default profile are
 * marked. */
#include "sensor/filter.h"

#include <fcntl.h>
#include <string.h>

/* What Docker's default profile refuses and no capability check of the kernel refuses anyway.
 * io_uring reaches files without a syscall per file; the profile refuses it since Docker 25. */
static const char *const denied[] = {
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "add_key",
    "keyctl",
    "request_key",
    "userfaultfd",
    "bpf",
    "perf_event_open",
    "move_pages",
    "open_by_handle_at",
    "swapon",
    "swapoff",
    "acct",
    "quotactl",
    "quotactl_fd",
    NULL,
};

/* What a server does for each request, an allocator for each block, a shell for each command and libc at each start:
 * a stop would cost more than it tells. Any program may have made these; the trace says so (trace.assumed).
 * None of them names a path. Not sched_*affinity, which is rare. */
static const char *const hot[] = {
    /* bytes */
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "sendfile",
    "sendfile64", "splice", "tee", "vmsplice", "copy_file_range", "fsync", "fdatasync", "lseek", "_llseek",
    /* descriptors */
    "close", "close_range", "dup", "dup2", "dup3", "fcntl", "fcntl64", "fstat", "fstat64", "ioctl", "pipe", "pipe2",
    "flock", "getdents", "getdents64",
    /* waiting */
    "poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6", "pselect6_time64", "epoll_ctl", "epoll_wait",
    "epoll_pwait", "epoll_pwait2", "futex", "futex_time64", "futex_wait", "futex_wake", "futex_requeue", "futex_waitv",
    "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "sched_yield", "restart_syscall", "pause",
    /* sockets */
    "socket", "socketpair", "accept", "accept4", "shutdown", "recv", "recvfrom", "recvmsg", "recvmmsg",
    "recvmmsg_time64", "send", "sendto", "sendmsg", "sendmmsg", "getsockopt", "setsockopt", "getsockname",
    "getpeername",
    /* memory */
    "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "membarrier",
    /* signals */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigsuspend",
    "sigaction", "sigprocmask", "sigreturn", "sigsuspend", "sigaltstack", "tgkill",
    /* clocks and timers */
    "clock_gettime", "clock_gettime64", "clock_getres", "gettimeofday", "time", "times", "getrusage", "alarm",
    "setitimer", "timer_settime", "timer_settime64", "timerfd_settime", "timerfd_settime64",
    /* who am I */
    "getpid", "gettid", "getppid", "getpgrp", "getuid", "geteuid", "getgid", "getegid", "getuid32", "geteuid32",
    "getgid32", "getegid32", "getcpu", "getrandom",
    /* processes, and the start of each */
    "prctl", "clone", "clone3", "fork", "vfork", "wait4", "waitpid", "waitid", "exit", "exit_group", "arch_prctl",
    "set_thread_area", "set_tls", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "ugetrlimit", NULL};

/* A stat with AT_EMPTY_PATH is mostly an fstat, which glibc makes for every stdio stream and servers for every
 * request: of an open file, with an empty path. The filter cannot see that the path is empty. So it lets through
 * what names a descriptor and has this flag without AT_SYMLINK_NOFOLLOW (an fstat has no symlink to follow), and
 * stops all else. What remains unseen is a stat of a path that is not empty, with a descriptor and
 * AT_EMPTY_PATH, which has no use: the flag only changes what an empty path means. AT_FDCWD and what is no descriptor
 * are negative ints, of whose upper half nothing is known. */
#define STAT_AT(names_, flags)                                                                                         \
	{                                                                                                              \
		.names = names_, .n_conditions = 2,                                                                    \
		.conditions = {                                                                                        \
		    {0, 0x80000000, 0},                                                                                \
		    {flags, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH},                                       \
		},                                                                                                     \
	}
static const char *const stat_at_3[] = {"newfstatat", "fstatat64", NULL};
static const char *const stat_at_2[] = {"statx", NULL};

bool sensor_syscall_may_be_fstat(const char *name)
{
	return strcmp(name, stat_at_3[0]) == 0 || strcmp(name, stat_at_3[1]) == 0 || strcmp(name, stat_at_2[0]) == 0;
}

static const struct sensor_filter_rule rules[] = {
    {.names = denied, .trace_data = SENSOR_FILTER_DATA_DENY, .deny_errno = SENSOR_FILTER_DENY_ERRNO},
    {.names = hot},
    STAT_AT(stat_at_3, 3),
    STAT_AT(stat_at_2, 2),
};

const struct sensor_filter_rule *sensor_filter(enum sensor_kind kind, size_t *count)
{
	*count = kind == SENSOR_EBPF ? 1 : sizeof(rules) / sizeof(rules[0]); /* it needs no stop */
	return rules;
}

uint16_t sensor_filter_default(void)
{
	return SENSOR_FILTER_DATA_TRACE;
}

const char *const *sensor_filter_architectures(void)
{
	static const char *const archs[] = {
#if defined(__x86_64__)
		"SCMP_ARCH_X86_64",
		"SCMP_ARCH_X86",
		"SCMP_ARCH_X32",
#elif defined(__aarch64__)
		"SCMP_ARCH_AARCH64",
		"SCMP_ARCH_ARM",
#else
#error "say here which ABIs the processes of this machine can use"
#endif
		NULL,
	};
	return archs;
}
