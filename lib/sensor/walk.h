/* sensor/walk.h - walks a path in the live container as the kernel would, to see what it crosses. For the paths
 * that cannot be resolved afterwards in the image: below another root, or through what the run itself made.
 * Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef void walk_note(void *ctx, const char *path, bool link);

/* Walk path below root (an fd, may be O_PATH): absolute symlinks start there and ".." stays there. Notes each
 * symlink crossed and then the end, as absolute paths below root without symlinks and ".."; what is not there
 * is taken literally. follow: also a symlink in the last component. */
void walk_path(int root, const char *path, bool follow, walk_note *note, void *ctx);
