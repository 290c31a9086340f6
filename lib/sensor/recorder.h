/* sensor/recorder.h - the table of a recorder, which follows commands and writes down what their containers do.
 * sensor.c knows recorders by this table alone. Private to lib/sensor/. */
#pragma once

#include "os/subproc.h"
#include "sensor/events.h"
#include "sensor/fanotify.h"
#include "sensor/filter.h"
#include "sensor/paths.h"

/* What the recorders of a sensor share. It outlives them. */
struct sensor_site {
	int rootfs;   /* fd of the mounted root; -1 = none */
	void *loaded; /* that the recorder's load gave, for it alone; outlives it. NULL = it has none */
	struct sensor_event_queue *events;
	struct sensor_paths *paths;
	const struct strset *refused; /* names of the calls that the filter refuses, whatever their arguments */
	/* set before the first start */
	const struct sensor_filter *filter;
	struct sensor_fanotify *witness; /* NULL = none */
};

struct sensor_recorder {
	uint8_t witness; /* enum trace_witness */
	/* Loads into the kernel what open and adopt find in site->loaded: one after the other may use it. NULL =
	 * nothing is loaded. ERR_UNSUPPORTED: it cannot be had here, and why. */
	int (*load)(void **out, struct err *err);
	/* Detaches what was loaded, and removes all that a recording left in it. False: it can only be unloaded. */
	bool (*reset)(void *loaded);
	void (*unload)(void *loaded);
	/* *out is what the others get. ERR_UNSUPPORTED: it cannot be had here, and why. */
	int (*open)(const struct sensor_site *site, void **out, struct err *err);
	/* Instead of open, and then nothing is started: follows the threads of the pid namespace with that inode, which
	 * run already, and ends none of them. NULL = it can't. */
	int (*adopt)(const struct sensor_site *site, uint32_t pid_ns, void **out, struct err *err);
	/* task: the command's number in its events. */
	int (*start)(void *recorder, const struct subproc_command *cmd, int task, struct err *err);
	/* Sends SIGKILL to everything of a task; SENSOR_ENDED follows. */
	void (*kill)(void *recorder, int task);
	/* Numbers all that is recorded from now on (trace.step). Safe in any thread. */
	void (*step)(void *recorder, uint16_t step);
	/* Call it once each task has ended: adds the recording to out. Returns hints for fanotify, valid until close;
	 * NULL = no hints. */
	const struct sensor_fanotify_hints *(*finish)(void *recorder, struct trace *out);
	/* Kills what still runs. True: nothing of it uses site->loaded any more, which may be reset for another. */
	bool (*close)(void *recorder);
};

extern const struct sensor_recorder sensor_ptrace; /* ptrace/ptrace.c */
extern const struct sensor_recorder sensor_ebpf;   /* ebpf/ebpf.c, or ebpf_none.c if slim was built without libbpf */
