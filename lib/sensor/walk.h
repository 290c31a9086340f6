/* sensor/walk.h - walks a path in the live container as the kernel would, to see what it crosses. Used for paths that
 * cannot be resolved in the image afterwards: below another root, or through what the run itself made.
 * Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

typedef void sensor_walk_note(void *ctx, const char *path, bool link);

/* Reads the symlink at path into target. No parent component of path may be a symlink. Returns false if path is not a
 * symlink. */
typedef bool sensor_walk_link(void *ctx, const char *path, char target[LIMIT_PATH + 1]);
sensor_walk_link sensor_walk_link_at; /* ctx: an int, the fd of the root, may be O_PATH */

/* Walks path below the root that link reads: absolute symlinks start there and ".." stays there. Notes each symlink
 * crossed and then the end, as absolute paths below root without symlinks and "..". A component that does not exist
 * is taken literally. follow: also a symlink in the last component. */
void sensor_walk_path(sensor_walk_link *link, void *link_ctx, const char *path, bool follow, sensor_walk_note *note,
		      void *ctx);
