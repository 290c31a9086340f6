/* run/input.h - the standard input of a container, or of a command in it. It is a pipe, as with docker run -i, so that
 * the container holds no file of this machine: crun gives the standard streams to the container's user. A thread copies
 * a file into the pipe, from its beginning to its end, as fast as the container reads. For one thread. */
#pragma once

#include "base/err.h"

struct run_input;
/* file: fd of a regular file, borrowed until _close; its position does not count and stays. -1 = the pipe is empty, and
 * out may be NULL. Returns the reading end, which the caller closes once the command has it, or a negative code. */
int run_input_open(int file, struct run_input **out, struct err *err) MUST_CHECK;
/* Ends the copying where it is. NULL is fine. */
void run_input_close(struct run_input *i);
