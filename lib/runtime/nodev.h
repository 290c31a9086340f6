/* runtime/nodev.h - makes the mounts of a container nodev, as an OCI hook in its mount namespace.
 * Without it two gaps are left. crun mounts the root file system again and loses the flag. And the flag of a bind mount
 * does not reach the mounts inside the bound directory. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/strlist.h"

/* The argument with which slim is called as the hook; the mounted root follows it, and RUNTIME_NODEV_READ_ONLY if the
 * root is to be read-only: the runtimes would lose nodev when they make it so. */
#define RUNTIME_NODEV_HOOK "--make-mounts-nodev"
#define RUNTIME_NODEV_READ_ONLY "read-only"

/* The hook's program and its arguments: this program itself, as long as it runs. */
void runtime_nodev_hook(const char *rootfs, bool read_only, struct strlist *argv);
/* For the hook: every mount at rootfs and below it, but a terminal's file system and what is a device itself. */
int runtime_nodev_apply(const char *rootfs, bool read_only, struct err *err) MUST_CHECK;
