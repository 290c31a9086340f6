/* pipeline/container_log.h - what the runtime and the container printed, in a file of the run. */
#pragma once

#include "base/buf.h"

/* The end of the file, at most max bytes. fd -1 or an unreadable file give nothing. */
void log_tail(int fd, size_t max, struct buf *out);

/* The last line that is not empty: what a runtime says when it fails. Of runc's own log format only the
 * message. free(). */
char *log_last_line(int fd);
