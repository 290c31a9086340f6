/* The seccomp filter: which syscalls stop, which fail as under Docker's default profile. */
#include "sensor/sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "sensor/syscalls.h"

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

/* A stat with AT_EMPTY_PATH is mostly an fstat, which glibc makes for every stdio stream and servers for every
 * request: of an open file, with an empty path. The filter cannot see that the path is empty. So it lets through
 * what names a directory fd and has no flag but this one, and stops all else: without the flag, relative to the
 * working directory, or AT_SYMLINK_NOFOLLOW beside it (an fstat has no symlink to follow). What remains unseen is
 * a stat of a path that is not empty, relative to an fd, with AT_EMPTY_PATH alone, which has no use: the flag
 * only changes what an empty path means. */
static const char *const stat_at_3[] = {"newfstatat", "fstatat64", NULL};
static const char *const stat_at_2[] = {"statx", NULL};

static bool listed(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

bool sensor_syscall_may_be_fstat(const char *name)
{
	return listed(stat_at_3, name) || listed(stat_at_2, name);
}

#define RULES 8
static struct sensor_filter_rule rules[RULES];

static void trace_stats(struct sensor_filter_rule out[3], const char *const *names, uint32_t flags)
{
	struct sensor_filter_rule r = {.names = names, .has_arg = true, .arg_index = flags, .arg_mask = AT_EMPTY_PATH};
	out[0] = r;
	r.arg_mask = r.arg_value = AT_SYMLINK_NOFOLLOW;
	out[1] = r;
	r.arg_index = 0; /* an int: the upper half is anything */
	r.arg_mask = UINT32_MAX;
	r.arg_value = (uint32_t)AT_FDCWD;
	out[2] = r;
}

static void build(void)
{
	const char **traced = mem_calloc(sensor_syscalls_count + 1, sizeof(*traced));
	size_t n = 0;
	for (size_t i = 0; i < sensor_syscalls_count; i++) {
		const char *name = sensor_syscalls[i].name;
		if (!sensor_syscall_may_be_fstat(name))
			traced[n++] = name;
	}
	rules[0] = (struct sensor_filter_rule){.names = denied, .deny_errno = EPERM}; /* first: eBPF wants it alone */
	rules[1] = (struct sensor_filter_rule){.names = traced};
	trace_stats(&rules[2], stat_at_3, 3);
	trace_stats(&rules[5], stat_at_2, 2);
}

const struct sensor_filter_rule *sensor_filter(enum sensor_kind kind, size_t *count)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, build);
	*count = kind == SENSOR_EBPF ? 1 : RULES;
	return rules;
}
