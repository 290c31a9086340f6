/* run/driver.h - runs the exercises in a thread inside the container's network namespace, while the caller's
 * loop watches the container. If ports are published, a second thread stays outside for programs of the host. */
#pragma once

#include "exercise/exercise.h"

/* Borrowed until run_driver_join. */
struct run_driver_work {
	const struct exercise *exercises;
	size_t n_exercises;
	bool goes_on;      /* an exercise that fails with ERR_UNPROVEN is not an error: the next one follows */
	int network_ns;    /* fd, -1 = the caller's */
	bool owns_network; /* whatever listens there is the container's */
	const struct exercise_published *published; /* see struct exercise_target */
	size_t n_published;
	pid_t init;  /* the container's first process, */
	int init_fd; /* and its pidfd; -1 = none */
	/* Numeric: all ports are reached there, and the kernel is not asked who listens. NULL = it is. */
	const char *host;
	/* As those of a struct exercise_target. */
	const char *hostname, *name;
	int root, host_mount_ns;
	uint64_t ready_until;
	unsigned variant;
	/* Told in the driver's thread: the nth step begins, from 1; 0 = all have ended. May be NULL. */
	void (*on_step)(void *ctx, size_t nth);
	void *ctx;
	const struct progress *progress;
};

struct run_driver;
/* ports: those that listen, exposed ones first. The exercises stop when run_driver_stop is called; a request of the
 * user to stop does not reach them directly. */
int run_driver_start(const struct run_driver_work *work, const struct oci_port *ports, size_t n_ports,
		     struct run_driver **out, struct err *err) MUST_CHECK;
/* Ports that listen by now, instead of those before. */
void run_driver_ports(struct run_driver *d, const struct oci_port *ports, size_t n_ports);

int run_driver_fd(const struct run_driver *d); /* readable: done, or an exec request waits */
/* Whether all exercises have ended. Resets run_driver_fd. */
bool run_driver_done(struct run_driver *d);
/* The time (clock_ms) at which the readiness exercise succeeded, or the thread began if there is no such exercise. 0 =
 * not yet. */
uint64_t run_driver_ready_at(struct run_driver *d);
/* The waiting exec request or NULL; answer it with run_driver_exec_answer. */
char *const *run_driver_exec_request(struct run_driver *d);
/* status >= 0: the command's exit status; else why it could not run. answer: its output, taken over; may be NULL. */
void run_driver_exec_answer(struct run_driver *d, int status, struct exercise_answer *answer, const struct err *why);

/* Asks the exercises to stop, because the container ended. */
void run_driver_stop(struct run_driver *d);
/* Waits for the thread and hands the log over. Returns the first error of an exercise. */
int run_driver_join(struct run_driver *d, struct exercise_log *log, struct err *err);
void run_driver_free(struct run_driver *d); /* stops and joins first, if need be */
static inline void run_driver_freep(struct run_driver **d)
{
	run_driver_free(*d);
}
#define CLEANUP_RUN_DRIVER CLEANUP(run_driver_freep)
