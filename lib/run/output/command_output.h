/* run/output/command_output.h - keeps the standard output of one command of the container apart from the log, in an
 * unlinked file of the run. */
#pragma once

#include "exercise/exercise.h"

/* dir: fd of the run's directory. Returns the file, opened for appending, or a negative code. */
int run_command_output_open(int dir, struct err *err) MUST_CHECK;
/* Call it when the command has ended. Reads up to LIMIT_OUTPUT of its output into out, appends the same to the log and
 * closes *fd. Leaves out untouched if *fd is -1. */
void run_command_output_take(int *fd, int log_fd, struct exercise_answer *out);
