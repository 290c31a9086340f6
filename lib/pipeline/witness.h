/* pipeline/witness.h - the recording's two witnesses held against each other. */
#pragma once

#include "rootfs/index.h"
#include "trace/trace.h"

/* How many files of the image fanotify saw opened that no path of a system call leads to: what the kernel opened by
 * itself (interpreters of programs and scripts), or what a decoder missed. Each is logged. */
uint64_t witness_kernel_only(const struct rootfs_index *index, const struct trace *trace);
