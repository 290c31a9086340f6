/* cmd/verbs/trace_output.h - writes a recording to a file. */
#pragma once

#include "trace/trace_file.h"

int trace_output_write(const char *path, const struct trace_file *trace, struct err *err) MUST_CHECK;
