/* os/cgroup.h - remove the cgroups that a killed container runtime left behind.
 * runc creates a container's cgroups before it records the container. If it dies in between, its own delete command
 * does not find the container, and nobody but the kernel knows the cgroups. Their names are known: the container's. */
#pragma once

#define CGROUP_ROOT "/sys/fs/cgroup"

/* Remove every cgroup below root whose name begins with prefix, and all cgroups in it. Processes that are still in one
 * are killed and given a second to end. Best effort: a cgroup that cannot be removed stays. */
void cgroup_remove(const char *root, const char *prefix);
