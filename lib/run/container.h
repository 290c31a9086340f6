/* run/container.h - runs one container under the sensor: its mounts and bundle, the runtime's commands, its first
 * process.
 * Lifetime: _init, _prepare, _start; _hold when the sensor reports its first process; _done removes all that
 * is left. A container that could not be killed keeps its sensor: see leave_sensor. Not thread-safe. */
#pragma once

#include "image/overlay.h"
#include "run/bridge/bridge.h"
#include "run/input.h"
#include "run/options.h"
#include "run/output.h"
#include "run/pressure.h"
#include "store/runs.h"

struct run_container {
	struct store_run *dir; /* borrowed, as options */
	const struct run_options *options;
	char *id;
	struct image_overlay overlay;
	struct runtime_host host;
	struct runtime_bundle bundle;
	struct sensor *sensor;
	int task, exec_task; /* of the sensor, -1 = none */
	pid_t init;          /* the first process, 0 = not started */
	int init_fd;         /* pidfd of it, -1 = none */
	struct run_pressure pressure;
	struct run_bridge bridge; /* of RUNTIME_NETWORK_BRIDGE */
	int network_ns;           /* fd, -1 = ours */
	int root;                 /* see run_container_root */
	bool gone;                /* it ended before it could be examined */
	int stop_signal;
	int output, exec_output; /* see command_output.h, -1 = none */
	struct run_output *log_pipe, *output_pipe, *exec_pipe;
	struct run_input *input;        /* NULL = its standard input is empty */
	struct run_output_watch *watch; /* NULL = nothing is waited for in its output */
	struct run_output **left_pipes; /* of commands that left processes behind */
	size_t n_left_pipes;
	uint64_t left_out; /* bytes of output that were not kept */
	unsigned n_execs;
	struct timings *timings; /* borrowed; NULL = nobody asks */
	bool leave_sensor;       /* its threads wait for processes that do not end: do not wait for the threads */
};

void run_container_init(struct run_container *c, struct store_run *dir, const char *name,
			const struct run_options *options);
/* Mounts the image and writes the bundle. *command: what will run, as shell words; free(). */
int run_container_prepare(struct run_container *c, const struct run_image *image, const char *name, char **command,
			  struct err *err) MUST_CHECK;
/* own_output: its standard output goes to a file of its own, for run_container_done, instead of the log. */
int run_container_start(struct run_container *c, bool own_output, struct err *err) MUST_CHECK;
/* Opens the first process and its network namespace. It is not an error if the process has ended already: see gone. */
int run_container_hold(struct run_container *c, pid_t init, struct err *err) MUST_CHECK;
/* The root of the first process's file system, O_PATH, which stays c's; -1 = it is gone. */
int run_container_root(struct run_container *c);
/* Starts another command in the container, as exec_task. */
int run_container_exec(struct run_container *c, char *const *argv, struct err *err) MUST_CHECK;
/* Call it when exec_task has ended. *out: its output. */
int run_container_exec_ended(struct run_container *c, struct exercise_answer *out, struct err *err) MUST_CHECK;
/* Call it when task has ended: the log has all that was printed. */
int run_container_ended(struct run_container *c, struct err *err) MUST_CHECK;

/* Which limits it has reached until now, as a sentence; free(). NULL = none. */
char *run_container_limit_hit(struct run_container *c);

/* Whether the first process would notice the stop signal, and the CPU time of all its processes in ticks. */
bool run_container_heeds(const struct run_container *c, uint64_t *ticks);
/* Sends the stop signal to the first process. */
void run_container_stop(struct run_container *c);
/* Sends SIGKILL to the first process, or to the runtime if there is no process yet. */
void run_container_kill(struct run_container *c);
/* Sends SIGKILL to every process that the sensor knows. */
void run_container_kill_whole(struct run_container *c);
/* Waits for the sensor. Adds what was recorded to trace, and who recorded it to *witnesses. */
int run_container_recorded(struct run_container *c, struct trace *trace, uint8_t *witnesses,
			   struct err *err) MUST_CHECK;
/* failed: the container may still exist, so the runtime is asked to delete it. output: receives the output if
 * own_output was set. */
void run_container_done(struct run_container *c, bool failed, struct exercise_answer *output);
