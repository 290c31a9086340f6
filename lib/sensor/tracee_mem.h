/* sensor/tracee_mem.h - reading a stopped tracee: its memory and the links in its /proc directory. */
#pragma once

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A NUL-terminated string at addr into buf (size bytes). Its length; -1 when the tracee cannot read it
 * either (the call fails with EFAULT), has no NUL within size (ENAMETOOLONG) or is dead; -2 when it is
 * unreadable for another reason: an access is lost. */
ssize_t tracee_string(pid_t tid, uint64_t addr, char *buf, size_t size);

/* Exactly n bytes: 0, or -1 / -2 as above. */
int tracee_bytes(pid_t tid, uint64_t addr, void *buf, size_t n);

/* The process that a thread belongs to. */
pid_t tracee_process(pid_t tid);

/* Target of /proc/TID/NAME ("cwd", "root", "fd/3") into buf, NUL-terminated; its length or -1. */
ssize_t tracee_link(pid_t tid, const char *name, char buf[PATH_MAX]);
