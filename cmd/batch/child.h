/* cmd/batch/child.h - slim as a child of itself: the build of one image of a batch. Its command line is handed over as
 * a file without a name on standard input, so that no secret is in the list of processes; that list shows the image's
 * name only. */
#pragma once

#include "base/strlist.h"
#include "os/subproc.h"

#define BATCH_CHILD "build-one-of-batch" /* argv[1]; argv[2] is the image's name */

/* Starts slim with the arguments argv (the verb first), for the image of that name. out and errors become its standard
 * output and error. */
int batch_child_start(const char *name, const struct strlist *argv, int out, int errors, struct subproc *child,
		      struct err *err) MUST_CHECK;

/* In the child, before all else: reads the arguments, with "slim" before them, from standard input, which is empty from
 * then on. Overwrite them when they are parsed. */
int batch_child_arguments(struct strlist *argv, struct err *err) MUST_CHECK;
/* Whether this process is such a child: its batch writes the files that the CI system named. */
bool batch_child_is_this(void);
