/* cmd/trace_show.h - a stored trace as text for a person. */
#pragma once

#include "base/buf.h"
#include "trace/trace_file.h"

struct trace_show_options {
	bool paths;    /* each of them */
	bool syscalls; /* of each program */
};

/* Everything from the file is escaped. */
void trace_show(const struct trace_file *f, const struct trace_show_options *options, struct buf *out);
