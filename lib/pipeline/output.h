/* pipeline/output.h - the standard output of one command of the container, apart from the log: in a file of the run
 * that has no name any more. */
#pragma once

#include "pipeline/exercise.h"

/* dir: of the run. The file, for appending, or a negative code. */
int output_open(int dir, struct err *err) MUST_CHECK;
/* When the command has ended: what it wrote into out (looked at up to LIMIT_OUTPUT), and that to the end of the
 * log. Closes *fd; -1 gives an all-zero answer. */
void output_take(int *fd, int log_fd, struct exercise_answer *out);
