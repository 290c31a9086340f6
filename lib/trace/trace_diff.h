/* trace/trace_diff.h - the differences of two traces: the paths, and the system calls of each program, that only one of
 * them has. */
#pragma once

#include "base/buf.h"
#include "trace/trace.h"

/* Appends a line for each path and then for each call of a program that only one of them has, in the order of the
 * bytes: "- /etc/passwd" for x, "+ /bin/sh: x86_64 openat" for y. Nothing is appended if they are equal. Everything
 * from the traces is escaped. */
void trace_diff_text(const struct trace *x, const struct trace *y, struct buf *out);
