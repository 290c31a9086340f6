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
    "io_uring_setup",  "io_uring_enter", "io_uring_register", "add_key", "keyctl", "request_key", "userfaultfd", "bpf",
    "perf_event_open", "move_pages",     "open_by_handle_at", NULL,
};

/* Calls whose path is only a path when AT_EMPTY_PATH is not given; with it they are an fstat, which glibc
 * makes for every stdio stream, and servers for every request. */
static const char *const stat_at_3[] = {"newfstatat", "fstatat64", NULL};
static const char *const stat_at_2[] = {"statx", NULL};

static bool listed(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

#define RULES 4
static struct sensor_filter_rule rules[RULES];

static void build(void)
{
	const char **traced = mem_calloc(sensor_syscalls_count + 1, sizeof(*traced));
	size_t n = 0;
	for (size_t i = 0; i < sensor_syscalls_count; i++) {
		const char *name = sensor_syscalls[i].name;
		if (!listed(stat_at_3, name) && !listed(stat_at_2, name))
			traced[n++] = name;
	}
	rules[0] = (struct sensor_filter_rule){.names = traced};
	rules[1] = (struct sensor_filter_rule){
	    .names = stat_at_3, .has_arg = true, .arg_index = 3, .arg_mask = AT_EMPTY_PATH, .arg_value = 0};
	rules[2] = (struct sensor_filter_rule){
	    .names = stat_at_2, .has_arg = true, .arg_index = 2, .arg_mask = AT_EMPTY_PATH, .arg_value = 0};
	rules[3] = (struct sensor_filter_rule){.names = denied, .deny_errno = EPERM};
}

const struct sensor_filter_rule *sensor_filter(size_t *count)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, build);
	*count = RULES;
	return rules;
}

const char *const *sensor_filter_architectures(void)
{
#if defined(__x86_64__)
	static const char *const archs[] = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", NULL};
#elif defined(__aarch64__)
	static const char *const archs[] = {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", NULL};
#else
#error "name the seccomp architectures of this machine here"
#endif
	return archs;
}
