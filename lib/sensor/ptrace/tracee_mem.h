/* sensor/ptrace/tracee_mem.h - reads the memory of a stopped tracee. Private to lib/sensor/. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A NUL-terminated string at addr into buf (size bytes). Its length; -1 when the tracee cannot read it either (the call
 * fails with EFAULT), has no NUL within size (ENAMETOOLONG) or is dead; -2 when it is unreadable for another reason: an
 * access is lost. */
ssize_t ptrace_tracee_string(pid_t tid, uint64_t addr, char *buf, size_t size);

/* Exactly n bytes: 0, or -1 / -2 as above. */
int ptrace_tracee_bytes(pid_t tid, uint64_t addr, void *buf, size_t n);
