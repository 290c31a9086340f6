/* target/record.h - records which files a container that runs already uses while it is driven, as a trace of its image.
 * Nothing is put into the container. sensor/live.h describes the method and its limits. */
#pragma once

#include "base/notes.h"
#include "sensor/live.h"
#include "target/service.h"
#include "trace/trace_file.h"

struct target_recording {
	struct sensor_live *live;
	size_t before;    /* paths in use when it began */
	size_t processes; /* the most that were seen */
};

/* ERR_INVAL for a URL; ERR_UNSUPPORTED for a process without a root of its own. *out is valid in any case. */
int target_record_begin(const struct target_service *s, struct target_recording *out, struct err *err) MUST_CHECK;
/* Ends it. The trace names the image that the engine says the container was made from. notes: what it cannot
 * contain. */
int target_record_end(struct target_recording *r, const struct target_service *s, struct trace_file *out,
		      struct notes *notes, struct err *err) MUST_CHECK;
void target_record_done(struct target_recording *r);
