/* sensor/syscalls.h - the syscalls that carry a path, and how to read it from their arguments.
 * One table by name, for every ABI of trace/syscall_name.h; nothing here depends on the machine. A call without a row
 * that is not hot (filter.c) stops too, and is only counted among the calls of its program. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the rest of the meaning of a call lies. */
enum sensor_detail {
	SENSOR_DETAIL_NONE,
	SENSOR_DETAIL_OPEN,        /* O_* flags in argument `flags` */
	SENSOR_DETAIL_OPEN_HOW,    /* struct open_how behind argument `flags` */
	SENSOR_DETAIL_AT_NOFOLLOW, /* AT_SYMLINK_NOFOLLOW in argument `flags` */
	SENSOR_DETAIL_AT_FOLLOW,   /* AT_SYMLINK_FOLLOW in argument `flags` */
	SENSOR_DETAIL_IN_NOFOLLOW, /* IN_DONT_FOLLOW in argument `flags` */
	SENSOR_DETAIL_SOCKADDR,    /* the path is a struct sockaddr_un, its length argument `flags` */
	SENSOR_DETAIL_EXEC,        /* a program is started */
	SENSOR_DETAIL_LISTEN,      /* no path; argument 0 is a socket */
	SENSOR_DETAIL_ROOT,        /* the process's root changes */
	SENSOR_DETAIL_MOUNT,       /* the mounts change; MS_* flags in argument `flags`, -1 = none of them */
	SENSOR_DETAIL_FD,          /* no path: what is done is done with the directory fd `dir` */
	SENSOR_DETAIL_FANOTIFY,    /* FAN_MARK_* flags in argument `flags`; one argument is of 64 bits */
	SENSOR_DETAIL_LINK,        /* the second path may be a symlink from then on */
	SENSOR_DETAIL_SYMLINK,     /* the path is one from then on */
	SENSOR_DETAIL_PTRACE,      /* no path; a program wants to trace, or be traced by, another */
	SENSOR_DETAIL_AFFINITY,    /* no path; on which CPUs a task may run is read or set */
};

struct sensor_syscall {
	const char *name;
	uint32_t kinds;   /* of enum trace_kind; with FOLLOW or NOFOLLOW as the call's default */
	int8_t dir, path; /* argument numbers; dir -1 = relative to the working directory */
	int8_t flags;     /* argument number, -1 = none */
	uint8_t detail;   /* enum sensor_detail */
	uint32_t kinds2;  /* the effect on a second path; 0 = the call has only one */
	int8_t dir2, path2;
};

extern const struct sensor_syscall sensor_syscalls[];
extern const size_t sensor_syscalls_count;

/* The row of a syscall as PTRACE_GET_SYSCALL_INFO names it (AUDIT_ARCH_*, number), or NULL.
 * sensor_syscalls_init must have run once (it is idempotent; call before threads start). */
void sensor_syscalls_init(void);
const struct sensor_syscall *sensor_syscalls_find(uint32_t audit_arch, uint64_t nr);

/* Each call of each ABI; the same order each time. */
void sensor_syscalls_each(void (*visit)(void *ctx, uint32_t audit_arch, uint32_t nr, const struct sensor_syscall *row),
			  void *ctx);
const struct sensor_syscall *sensor_syscalls_named(const char *name); /* one of the table */
