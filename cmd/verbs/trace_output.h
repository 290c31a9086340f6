/* cmd/verbs/trace_output.h - the file that a recording goes to. */
#pragma once

#include "trace/trace_file.h"

int trace_output_write(const char *path, const struct trace_file *trace, struct err *err) MUST_CHECK;
