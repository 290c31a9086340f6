/* run/output.h - what a container prints, or a command in it: a pipe, as docker run has it, so that the container holds
 * no file of this machine. A thread copies what comes to a file, and never waits for the container. Of much output
 * only head and tail are kept (output/kept_output.h).
 * Lifetime: _open; _end is given to the command; _cut when the command has ended; _close. For one thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "run/output/output_watch.h"

struct run_output;
/* to: fd of the file, borrowed until _cut. watch: gets all that comes, in the thread, until _close; NULL = nobody. */
int run_output_open(int to, struct run_output_watch *watch, struct run_output **out, struct err *err) MUST_CHECK;
/* The writing end, borrowed until _close or _started. */
int run_output_end(const struct run_output *o);
/* Closes the writing end here: no other command gets it. */
void run_output_started(struct run_output *o);
/* All that was written until now is in the file when this returns. What comes later, from processes that the command
 * left behind, is read and dropped. An error if the file could not be written. NULL is fine. */
int run_output_cut(struct run_output *o, struct err *err) MUST_CHECK;
/* After _cut: whether nobody could write any more by then. */
bool run_output_is_over(struct run_output *o);
/* After _cut: how many bytes were left out of the file. */
uint64_t run_output_left_out(struct run_output *o);
void run_output_close(struct run_output *o); /* cuts first, if need be; NULL is fine */
