/* cmd/batch/child.h - starts slim as a child process for one image of a batch. The child reads its command line from an
 * unnamed file on standard input, so that the list of processes shows no secrets but only the image's name. */
#pragma once

#include "base/strlist.h"
#include "os/subproc.h"

#define BATCH_CHILD "build-one-of-batch" /* argv[1]; argv[2] is the image's name */

/* Starts slim with the arguments argv (the verb first) for the image called name. out and errors become its standard
 * output and standard error. */
int batch_child_start(const char *name, const struct strlist *argv, int out, int errors, struct subproc *child,
		      struct err *err) MUST_CHECK;

/* Call it first in the child: reads the arguments from standard input, puts "slim" before them, and empties standard
 * input. Overwrite them after parsing. */
int batch_child_arguments(struct strlist *argv, struct err *err) MUST_CHECK;
/* True in such a child. The batch itself writes the files that the CI system named. */
bool batch_child_is_this(void);
