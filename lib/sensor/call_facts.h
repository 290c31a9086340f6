/* sensor/call_facts.h - the questions that the decoder asks about a call and its thread. A stopped tracee
 * (ptrace/live_facts.h) or a record of the kernel's side (ebpf/record_facts.h) answers them. Private to lib/sensor/. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sensor/syscalls.h"
#include "sensor/walk.h"

struct sensor_call_facts;

/* Paths are absolute in the mount namespace of the thread, as its /proc links show them. */
struct sensor_call_facts_ops {
	/* Reads the string that an argument points to, and returns its length. -1 if the program can't read it
	 * either, or if it is longer than any path: then the call fails. -2 if it should be readable: an access is
	 * lost. */
	ssize_t (*string)(const struct sensor_call_facts *f, int argument, uint64_t address, char *buf, size_t size);
	/* Exactly n bytes: 0, or -1 / -2 as above. */
	int (*bytes)(const struct sensor_call_facts *f, int argument, uint64_t address, void *buf, size_t n);
	/* Where a link in the thread's own /proc directory leads ("cwd", "root", "fd/3"): its length or -1. */
	ssize_t (*link)(const struct sensor_call_facts *f, const char *name, char buf[PATH_MAX]);
	/* The same in the directory that a program finds as /proc/WHO ("self", "17/task/18"). -1 also for a file that
	 * came from outside the container. */
	ssize_t (*proc_link)(const struct sensor_call_facts *f, const char *who, const char *name, char buf[PATH_MAX]);
	/* Where a path below the thread's root lies in the container's root file system. False: it does not lie
	 * there, or this is not known. device: of that file system, as in mountinfo. */
	bool (*in_rootfs)(const struct sensor_call_facts *f, const char *device, const char *root, const char *path,
			  struct buf *out);
	void (*mount_ns)(const struct sensor_call_facts *f, char name[64]);
	/* sensor_walk_path below one of the links above, whose path is dir. */
	void (*walk)(const struct sensor_call_facts *f, const char *link, const char *dir, const char *path,
		     bool follow, sensor_walk_note *note, void *ctx);
	/* Called for a call that names a file of /proc, before it takes effect. May be NULL. */
	void (*names_proc)(const struct sensor_call_facts *f);
	/* The call was decoded: first and second are its paths, joined but not resolved. May be NULL. */
	void (*decoded)(const struct sensor_call_facts *f, const struct sensor_syscall *row, const char *first,
			const char *second);
};

struct sensor_call_facts {
	const struct sensor_call_facts_ops *ops;
	pid_t tid;
};
