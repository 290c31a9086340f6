/* cmd/streams.h - standard input, output and error: descriptors 0, 1 and 2. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* Call it before anything opens a file. Opens /dev/null for each of them that is closed, so that no other file gets its
 * number. Standard output is opened for reading: writing to it still fails. */
int streams_open(struct err *err) MUST_CHECK;
/* Tells whether fd is a terminal on which a line can be redrawn: TERM is set and is not "dumb". */
bool streams_is_live(int fd);
/* The terminal's width now: the user may change it. 80 if it does not know. */
unsigned streams_columns(int fd);
/* Tells whether a line can be redrawn there, and NO_COLOR (no-color.org) is not set. */
bool streams_has_colour(int fd);
/* Checks whether a report in JSON can be written to standard output: an error if it is closed, a pipe that nobody
 * reads, or full. May write white space, which JSON allows before a value. */
int streams_check_output(struct err *err) MUST_CHECK;
