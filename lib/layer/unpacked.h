/* layer/unpacked.h - a layer that is already unpacked on this machine, in the form that overlayfs takes
 * (image/layers.h): its directory, and the facts of its tar that the directory does not show. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* The members from bare_root on are for a layer that an engine unpacked from a tar, and whose directory does not show
 * everything. */
struct layer_unpacked {
	char *path;         /* absolute, without symlinks */
	bool bare_root;     /* its tar has no entry for the root */
	bool whole_seconds; /* the tar's times have no fractions, those of the directory may have */
	struct stat root;   /* mode, owner and mtime of the root by the tar; st_mode 0 = as the directory has them */
	uint64_t entries;   /* of the tar, but for the root and marks of opaque directories; 0 = not known */
	uint64_t tar_size;  /* 0 = not known */
};
