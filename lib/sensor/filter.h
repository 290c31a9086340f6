/* sensor/filter.h - the seccomp filter that the runtime must load: it decides which calls stop for the tracer, and
 * which fail as under Docker's default profile. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How calls are recorded; by it a filter has to stop them or not. */
enum sensor_kind {
	SENSOR_AUTO, /* eBPF where it can be had, else ptrace */
	SENSOR_PTRACE,
	SENSOR_EBPF, /* needs CAP_BPF and CAP_PERFMON, a kernel from 5.17 on with BTF, and slim built with libbpf */
};
#define SENSOR_KINDS 3

/* A row of the seccomp filter; the default action is to trace with SENSOR_PTRACE, to allow with SENSOR_EBPF. */
struct sensor_filter_rule {
	const char *const *names; /* syscalls, NULL-terminated; unknown ones are to be ignored */
	uint16_t trace_data;      /* 0 = allow, else trace and let the event say this */
	uint16_t deny_errno;      /* not 0: the tracer makes the call fail with it; without one, the filter has to */
	unsigned n_conditions;    /* only when all of them hold, each of another argument */
	struct sensor_filter_condition {
		uint32_t arg;
		uint64_t mask, value; /* (arg & mask) == value */
	} conditions[2];
};
const struct sensor_filter_rule *sensor_filter(enum sensor_kind kind, size_t *count); /* not of SENSOR_AUTO */
uint16_t sensor_filter_default(void);                 /* trace_data of what no rule names */
const char *const *sensor_filter_architectures(void); /* "SCMP_ARCH_...", NULL-terminated */

/* ---- for lib/sensor/ ---- */

/* What the rules tell the tracer with a stop. Any other data is that of a filter that the program made itself. */
#define SENSOR_FILTER_DATA_TRACE 0x5e01
#define SENSOR_FILTER_DATA_DENY 0x5e02
#define SENSOR_FILTER_DENY_ERRNO EPERM

/* Whether it is a stat that with AT_EMPTY_PATH alone, and an fd, is an fstat: not traced, see filter.c. */
bool sensor_syscall_may_be_fstat(const char *name);
