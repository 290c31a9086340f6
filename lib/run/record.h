/* run/record.h - runs a container of the image once, under the sensor, with its exercises.
 * Stages told to progress: "start", "exercise", "run" or RUN_STAGE_BY_HAND, "stop". Nothing of the container is left
 * when it returns, except one that cannot be killed: that is an error after a bounded time. */
#pragma once

#include "base/progress.h"
#include "exercise/exercise.h"
#include "image/overlay.h"
#include "run/options.h"
#include "run/result.h"
#include "runtime/bundle.h"
#include "runtime/runtime.h"
#include "sensor/sensor.h"
#include "store/store.h"
#include "trace/trace.h"

#define RUN_STAGE_BY_HAND "run by hand" /* slim waits for the user (RUN_UNTIL_FD) */

/* dir: of the run; name: unique in it. Adds to trace and fills out (all zero) also when it fails after the container
 * was started, as far as it came. ERR_CANCELLED: the user wants to stop; asking again kills what is left at once. */
int run_record(struct store_run *dir, const char *name, const struct run_image *image,
	       const struct run_options *options, const struct progress *progress, struct trace *trace,
	       struct run_result *out, struct err *err) MUST_CHECK;
