/* sensor/ptrace/tracee_mem.h - reads the memory of a stopped tracee. Private to lib/sensor/. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Copies a NUL-terminated string at addr into buf (size bytes), and returns its length. -1 if the tracee can't read
 * it either (the call fails with EFAULT), if it has no NUL within size (ENAMETOOLONG), or if the tracee is dead. -2
 * if it is unreadable for another reason: an access is lost. */
ssize_t ptrace_tracee_string(pid_t tid, uint64_t addr, char *buf, size_t size);

/* Exactly n bytes: 0, or -1 / -2 as above. */
int ptrace_tracee_bytes(pid_t tid, uint64_t addr, void *buf, size_t n);
