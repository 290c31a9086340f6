/* runtime/cgroups.h - what this machine's cgroups allow: whether the runtime can give a container a cgroup of its own,
 * and which limits that can have.
 * Spec: Linux admin-guide/cgroup-v1 and cgroup-v2.rst. Layouts: v1, hybrid (v1, and v2 without controllers beside it),
 * v2, or none. */
#pragma once

#include <stdbool.h>

struct runtime_cgroups {
	enum runtime_cgroups_layout {
		RUNTIME_CGROUPS_NONE,
		RUNTIME_CGROUPS_V1,
		RUNTIME_CGROUPS_HYBRID,
		RUNTIME_CGROUPS_V2,
	} layout;
	bool usable;              /* a container can have a cgroup of its own */
	bool memory, pids, cpu;   /* the limits that it can have */
	bool swap;                /* what it swaps out can be limited, too */
	const char *why_unusable; /* static; "" if usable */
	char *parent; /* v2: in which cgroup the container's is made, "" or "/..."; NULL = the runtime's choice */
};
void runtime_cgroups_done(struct runtime_cgroups *c);

/* Looks at /sys/fs/cgroup, and changes nothing. runtime_cgroups_done releases *out. */
void runtime_cgroups_look(struct runtime_cgroups *out);

/* The same of one layout. root: where it is mounted; own: our cgroup in it, of v2; full: we are root of the machine.
 * For tests; a directory with the files of a cgroup will do. */
void runtime_cgroups_look_v1(const char *root, bool full, struct runtime_cgroups *out);
void runtime_cgroups_look_v2(const char *root, const char *own, bool full, struct runtime_cgroups *out);
