/* sensor/ptrace/listen.h - finds the port that a socket of a traced process listens on. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "trace/trace.h"

/* Ask the socket itself (pidfd_getfd): true for a listening TCP or a bound UDP socket of IPv4 or IPv6. */
bool ptrace_listen_port(pid_t tid, int fd, struct trace_port *out);
