/* The seccomp filter: what Docker's default profile allows, without what is known to run without a tracer. */
#include "sensor/filter.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sensor/profile.h"

/* Calls that a server makes for each request, an allocator for each block, a shell for each command, or libc at each
 * start. With ptrace a stop for them costs more than it is worth. Any program may have made them; the trace says so
 * (trace.assumed). None of them names a path. sched_*affinity is rare, and not among them. */
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

/* A stat with AT_EMPTY_PATH is mostly an fstat: of an open file, with an empty path. glibc makes one for every stdio
 * stream, servers for every request. The filter can't see that the path is empty. So it lets a call through that
 * names a descriptor and has this flag without AT_SYMLINK_NOFOLLOW (an fstat has no symlink to follow), and stops all
 * others. Only one use remains unseen: a stat of a path that is not empty, with a descriptor and AT_EMPTY_PATH.
 * Nobody needs it, as the flag only changes the meaning of an empty path. AT_FDCWD and invalid descriptors are
 * negative ints, whose upper half is undefined. */
static const struct stat_call {
	const char *name;
	uint32_t flags; /* the argument that has them */
} stat_calls[] = {{"newfstatat", 3}, {"fstatat64", 3}, {"statx", 2}};
#define STAT_CALLS (sizeof(stat_calls) / sizeof(stat_calls[0]))

static const struct stat_call *stat_call_of(const char *name)
{
	for (size_t i = 0; i < STAT_CALLS; i++)
		if (strcmp(name, stat_calls[i].name) == 0)
			return &stat_calls[i];
	return NULL;
}

bool sensor_syscall_may_be_fstat(const char *name)
{
	return stat_call_of(name);
}

static bool is_hot(const char *name)
{
	for (const char *const *h = hot; *h; h++)
		if (strcmp(name, *h) == 0)
			return true;
	return false;
}

/* ---- rules ---- */

struct builder {
	struct sensor_filter *filter;
	enum sensor_kind kind;
	size_t cap;
};

static struct sensor_filter_rule *add_rule(struct builder *b, enum sensor_filter_action action, uint16_t deny_errno)
{
	struct sensor_filter *f = b->filter;
	f->rules = mem_grow(f->rules, f->count, &b->cap, sizeof(*f->rules));
	f->rules[f->count] = (struct sensor_filter_rule){.action = action, .deny_errno = deny_errno};
	return &f->rules[f->count++];
}

/* name is copied into the filter. */
static void add_name(struct builder *b, struct sensor_filter_rule *r, const char *name)
{
	struct strset *names = &b->filter->names;
	r->names = mem_realloc(r->names, r->n_names + 2, sizeof(*r->names));
	r->names[r->n_names++] = strset_get(names, strset_add(names, name));
	r->names[r->n_names] = NULL;
}

/* Whatever the arguments. */
static void add_all(struct builder *b, const char *name, enum sensor_filter_action action, uint16_t deny_errno)
{
	struct sensor_filter_rule *r = b->filter->rules, *end = r + b->filter->count;
	while (r < end && (r->n_conditions || r->action != action || r->deny_errno != deny_errno))
		r++;
	add_name(b, r < end ? r : add_rule(b, action, deny_errno), name);
}

static enum sensor_filter_action when_allowed(const struct builder *b, const char *name)
{
	return b->kind == SENSOR_EBPF || is_hot(name) ? SENSOR_FILTER_ALLOW : SENSOR_FILTER_TRACE;
}

/* Each call meets exactly one of the four: which of several the filter would take is not ours to say. */
static void add_stat(struct builder *b, const struct stat_call *call)
{
	const uint32_t not_fd = 0x80000000, empty = AT_EMPTY_PATH, both = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
	const struct {
		enum sensor_filter_action action;
		uint32_t fd, mask, flags;
	} cases[] = {
	    {SENSOR_FILTER_TRACE, not_fd, 0, 0},
	    {SENSOR_FILTER_TRACE, 0, empty, 0},
	    {SENSOR_FILTER_TRACE, 0, both, both},
	    {SENSOR_FILTER_ALLOW, 0, both, empty},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sensor_filter_rule *r = add_rule(b, cases[i].action, 0);
		add_name(b, r, call->name);
		r->conditions[0] = (struct sensor_filter_condition){0, not_fd, cases[i].fd};
		r->conditions[1] = (struct sensor_filter_condition){call->flags, cases[i].mask, cases[i].flags};
		r->n_conditions = cases[i].mask ? 2 : 1;
	}
}

static void add_values(struct builder *b, const char *name, const struct sensor_profile_row *row)
{
	enum sensor_filter_action action = row->deny_errno ? SENSOR_FILTER_ERRNO : when_allowed(b, name);
	for (const struct sensor_profile_value *v = row->values; v->mask; v++) {
		struct sensor_filter_rule *r = add_rule(b, action, row->deny_errno);
		add_name(b, r, name);
		r->conditions[r->n_conditions++] = (struct sensor_filter_condition){0, v->mask, v->value};
	}
}

static void add_row(void *ctx, const char *name, const struct sensor_profile_row *row)
{
	struct builder *b = ctx;
	bool again = strset_find(&b->filter->names, name) != STRSET_NONE;
	const struct stat_call *stat = b->kind == SENSOR_PTRACE ? stat_call_of(name) : NULL;
	if (row->values)
		add_values(b, name, row);
	else if (again)
		return; /* two capabilities allow it */
	else if (stat)
		add_stat(b, stat);
	else if (row->deny_errno)
		add_all(b, name, SENSOR_FILTER_ERRNO, row->deny_errno);
	else
		add_all(b, name, when_allowed(b, name), 0);
}

void sensor_filter_init(struct sensor_filter *f, enum sensor_kind kind, const char *const *capabilities)
{
	CLEANUP_STRSET struct strset refused = {0};
	struct builder b = {.filter = f, .kind = kind};
	*f = (struct sensor_filter){0};
	sensor_profile_each(capabilities, add_row, &b);
	sensor_profile_refused(capabilities, &refused);
	for (size_t i = 0; i < refused.count; i++)
		if (kind == SENSOR_EBPF)
			add_all(&b, strset_get(&refused, i), SENSOR_FILTER_ERRNO, SENSOR_FILTER_DENY_ERRNO);
		else
			add_all(&b, strset_get(&refused, i), SENSOR_FILTER_TRAP, 0);
}

void sensor_filter_done(struct sensor_filter *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->rules[i].names);
	free(f->rules);
	strset_done(&f->names);
	*f = (struct sensor_filter){0};
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
