/* trace/trace_redact.h - a trace without what its run was given: the arguments, variables, requests and data that names
 * of files can be made of. Only names that the image has stay, as who has the trace has the image, too. */
#pragma once

#include "trace/trace_file.h"

/* Stands for the rest of a path. A component of a path may be called so, which does no harm. */
#define TRACE_REDACTED "[redacted]"

/* from without what is private, into out, which is all zero. A path that the image does not have becomes its longest
 * leading part that the image has, and TRACE_REDACTED; the same for programs. Of an image in a file only the name of
 * the file stays of the reference. ERR_INVAL if the trace does not say which paths the image has: nothing would be
 * left. */
int trace_redact(const struct trace_file *from, struct trace_file *out, struct err *err) MUST_CHECK;
