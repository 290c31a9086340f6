/* report/trace_view.h - a stored trace as text for a person. */
#pragma once

#include "base/buf.h"
#include "trace/trace_file.h"

struct report_trace_view_options {
	bool paths;    /* each of them */
	bool syscalls; /* of each program */
};

/* Everything from the file is escaped. */
void report_trace_view_text(const struct trace_file *f, const struct report_trace_view_options *options,
			    struct buf *out);
