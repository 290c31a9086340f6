/* runtime/scratch.h - makes the directories and files that `docker run` adds to a container's root before it starts.
 * Everything is made inside the root: symlinks of the image are followed below it, a dangling one's target is created
 * below it. The image may be hostile, but nothing may change the root meanwhile. */
#pragma once

#include "base/err.h"

/* mkdir -p of an absolute path inside root: what is absent becomes 0755 root:root, whatever our umask.
 * Returns an O_PATH fd of the directory. ERR_INVAL when something on the way is no directory. */
int runtime_scratch_mkdir(int root, const char *path, struct err *err) MUST_CHECK;

/* What Docker puts into every container's root if absent: /.dockerenv, and /etc/mtab -> /proc/mounts. */
int runtime_scratch_docker_files(int root, struct err *err) MUST_CHECK;
