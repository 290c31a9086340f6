/* sensor/tracees.h - what is known of each traced thread, by thread id. Private to lib/sensor/. */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tracee {
	pid_t tid;
	bool known;     /* its parent's fork event came: the fields below are right */
	bool held;      /* stopped at birth until they are */
	bool contained; /* runs a program of the container (not the runtime) */
	bool traceme;   /* wanted to be traced by its parent, which was refused */
	bool in_listen; /* stopped again at the exit of listen or bind; sock is its socket */
	int sock;
	uint32_t program;   /* id in the trace's programs, UINT32_MAX = unknown */
	bool pinned;        /* to the tracer's CPU, see affinity.h */
	bool was_pinned;    /* own_cpus tells what its children inherit */
	cpu_set_t own_cpus; /* where it may run */
	char *exec_path;    /* absolute path of the execve that is under way, NULL = none */
};

struct tracees {
	struct tracee *slots; /* open addressing by tid; tid 0 = free */
	size_t n_slots, count;
};

struct tracee *tracees_find(struct tracees *t, pid_t tid); /* NULL if unknown */
/* The entry of tid, made if absent. Pointers into the table end with the next _get or _remove. */
struct tracee *tracees_get(struct tracees *t, pid_t tid);
void tracees_remove(struct tracees *t, pid_t tid);
void tracees_done(struct tracees *t);
