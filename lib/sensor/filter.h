/* sensor/filter.h - the seccomp filter that the runtime must load: it decides which calls stop for the tracer, and
 * which fail as under Docker's default profile. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strset.h"

/* How calls are recorded: this decides which calls a filter has to stop. */
enum sensor_kind {
	SENSOR_AUTO, /* eBPF where it can be had, else ptrace */
	SENSOR_PTRACE,
	SENSOR_EBPF, /* needs CAP_BPF and CAP_PERFMON, a kernel from 5.17 on with BTF, and slim built with libbpf */
};
#define SENSOR_KINDS 3

/* What happens to a call that a rule names. */
enum sensor_filter_action {
	SENSOR_FILTER_ALLOW, /* it runs; with SENSOR_PTRACE unseen */
	SENSOR_FILTER_TRACE, /* it stops for the tracer, with SENSOR_FILTER_DATA_TRACE, and runs */
	SENSOR_FILTER_TRAP,  /* SIGSYS; the tracer makes it a failure with SENSOR_FILTER_DENY_ERRNO, and notes it */
	SENSOR_FILTER_ERRNO, /* it fails with deny_errno */
};

struct sensor_filter_rule {
	const char **names; /* syscalls, NULL-terminated; the runtime ignores what it does not know */
	size_t n_names;
	enum sensor_filter_action action;
	uint16_t deny_errno;
	unsigned n_conditions; /* only when all of them hold, each of another argument */
	struct sensor_filter_condition {
		uint32_t arg;
		uint64_t mask, value; /* (arg & mask) == value */
	} conditions[2];
};

/* The filter of a container: what Docker's default profile (profile.h) refuses it, fails. No two rules hold for one
 * call. A call that no rule names fails with SENSOR_FILTER_DEFAULT_ERRNO: it is newer than slim or than the runtime's
 * libseccomp, and programs do without a call that is not there. */
struct sensor_filter {
	struct sensor_filter_rule *rules;
	size_t count;
	struct strset names; /* that rules have */
};
#define SENSOR_FILTER_DEFAULT_ERRNO ENOSYS

/* kind: not SENSOR_AUTO. capabilities: the container's, "CAP_...", NULL-terminated. */
void sensor_filter_init(struct sensor_filter *f, enum sensor_kind kind, const char *const *capabilities);
void sensor_filter_done(struct sensor_filter *f);
#define CLEANUP_SENSOR_FILTER CLEANUP(sensor_filter_done)
const char *const *sensor_filter_architectures(void); /* "SCMP_ARCH_...", NULL-terminated */

/* The data that the rules give the tracer with a stop. Other data comes from a filter of the program's own. */
#define SENSOR_FILTER_DATA_TRACE 0x5e01
#define SENSOR_FILTER_DENY_ERRNO EPERM

/* ---- for lib/sensor/ ---- */

/* Whether it is a stat that with AT_EMPTY_PATH alone, and an fd, is an fstat: not traced, see filter.c. */
bool sensor_syscall_may_be_fstat(const char *name);
