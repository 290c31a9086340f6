/* run/output/container_log.h - reads the file with the output of the runtime and the container. */
#pragma once

#include "base/buf.h"

/* Reads the end of the file, at most max bytes. Leaves out as it is if fd is -1 or cannot be read. */
void run_log_tail(int fd, size_t max, struct buf *out);

/* The last line that is not empty, in which a failing runtime gives its reason. If it is in runc's log format, only its
 * message. free(). */
char *run_log_last_line(int fd);
