/* run/options.h - what is run, and how. */
#pragma once

#include "exercise/exercise.h"
#include "image/layers.h"
#include "run/bridge/helper.h"
#include "run/machine.h"
#include "run/readiness.h"
#include "runtime/bundle.h"
#include "runtime/runtime.h"
#include "sensor/sensor.h"

/* Borrowed. */
struct run_image {
	const struct image_layers *layers;
	const struct oci_image_config *config;
};

/* What surrounds one container, for other containers that it needs. Each function may be NULL. */
struct run_around {
	/* Before anything of the container exists. again: on what it wrote before. progress: to see whether the user
	 * wants to stop; valid until end has returned. */
	int (*begin)(void *ctx, bool again, const struct progress *progress, struct err *err);
	/* Its root is mounted, and nothing runs in it yet. root: fd of it. */
	int (*mounted)(void *ctx, int root, struct err *err);
	/* After the container is gone; also if begin failed. An error says why the run is worth nothing. */
	int (*end)(void *ctx, struct err *err);
	void *ctx;
};

struct run_options {
	const struct runtime *runtime;
	enum sensor_kind sensor;
	struct sensor_programs *programs;     /* loaded ahead for that kind; NULL = each run loads its own */
	struct runtime_bundle_options bundle; /* without seccomp: that is the sensor's */
	struct run_bridge_options bridge;     /* of RUNTIME_NETWORK_BRIDGE */
	const struct run_around *around;      /* NULL = the container is alone */
	const struct exercise *exercises;
	size_t n_exercises;
	size_t first_step;      /* how many steps the runs before this one have */
	unsigned variant;       /* of the exercises (exercise/variant.h) */
	struct run_ready ready; /* the conditions to wait for, if the user named any */
	bool names_ports;       /* of those that the image exposes, some were named by the user: no others will do */
	bool needs_port;        /* exercises wait for a port even if the image exposes none */
	bool may_exit;          /* the container may end before it listens (a job); else that is an error */
	bool ignores_stop;      /* it ignored the stop signal before, so nobody waits that long again (machine.h) */
	bool accepts_failure;   /* a failed exercise does not end the run: the next one follows */
	enum run_until until;
	unsigned seconds;
	int continue_fd;
	unsigned ready_timeout_ms, stop_timeout_ms;
	const char *stop_signal;      /* NULL = the image's */
	uint64_t exercise_timeout_ms; /* for all exercises together; 0 = none */
	bool allow_unconfined;        /* see confinement.h */
	bool leaves_scratch;          /* what it wrote stays for another run, */
	const char *scratch;          /* which names it here: the name of that run; NULL = nothing was written yet */
	int input_fd;                 /* a regular file, for its standard input; -1 = that is empty */
	int host_mount_ns;            /* fd; -1 = none */
	int log_fd;                   /* the container's output is appended here */
};
