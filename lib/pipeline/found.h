/* pipeline/found.h - which of a trace's paths the image has. */
#pragma once

#include "rootfs/index.h"
#include "trace/trace.h"

/* Set found of every path: whether it leads to something of the image, followed as the run did (either way counts
 * where it did both). Unknown for what leads into /proc, /sys and /dev: that is the runtime's, not the image's. */
void found_fill(const struct rootfs_index *index, struct trace *t);
