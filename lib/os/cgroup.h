/* os/cgroup.h - finds a process's cgroup, and removes the cgroups that a killed container runtime left behind. runc
 * creates a container's cgroups before it records the container. If it dies in between, its own delete command does
 * not find the container, and only the kernel knows the cgroups. Their names are known: they are the container's. */
#pragma once

#include <sys/types.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

/* The path of a process's cgroup in the v1 hierarchy of a controller, or, with NULL, in v2's: "/a/b" below where that
 * is mounted. free(); NULL = it has none there, or is gone. Spec: cgroups(7), /proc/PID/cgroup. */
char *cgroup_of(pid_t pid, const char *controller);

/* Remove every cgroup below root whose name begins with prefix, and all cgroups in it. Processes that are still in one
 * are killed and given a second to end. Best effort: a cgroup that cannot be removed stays. */
void cgroup_remove(const char *root, const char *prefix);
