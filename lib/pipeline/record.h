/* pipeline/record.h - one container of the image, once, under the sensor, with its exercises.
 * Stages told to progress: "start", "exercise", "stop". Nothing of the container is left when it returns. */
#pragma once

#include "base/progress.h"
#include "pipeline/exercise.h"
#include "report/report.h"
#include "rootfs/overlay.h"
#include "runtime/bundle.h"
#include "runtime/runtime.h"
#include "sensor/sensor.h"
#include "trace/trace.h"

/* When the run ends, once the exercises are done. */
enum record_until {
	RECORD_UNTIL_EXERCISED, /* at once; a container that nothing exercises runs to its own end */
	RECORD_UNTIL_EXIT,      /* the container ends by itself */
	RECORD_UNTIL_SECONDS,
	RECORD_UNTIL_FD, /* continue_fd is readable */
};

struct record_options {
	const struct runtime *runtime;
	enum sensor_kind sensor;
	struct bundle_options bundle; /* without seccomp: that is the sensor's */
	const struct exercise *exercises;
	size_t n_exercises;
	bool needs_port; /* exercises wait for a port even if the image exposes none */
	bool may_exit;   /* the container may end before it listens (a job); else that is an error */
	enum record_until until;
	unsigned seconds;
	int continue_fd;
	unsigned ready_timeout_ms, stop_timeout_ms;
	int host_mount_ns; /* fd; -1 = none */
	int log_fd;        /* the container's output is appended here */
};

/* What the image and this machine give; all borrowed. */
struct record_image {
	struct rootfs_run *run;
	const struct rootfs_layers *layers;
	const struct oci_image_config *config;
};

/* name: unique in the run directory. Adds to trace and fills out (command, status, times, steps, output) also when
 * it fails after the container was started, as far as it came. */
int record_container(const struct record_image *image, const char *name, const struct record_options *options,
		     const struct progress *progress, struct trace *trace, struct report_run *out,
		     struct err *err) MUST_CHECK;
