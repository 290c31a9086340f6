/* sensor/mounts.h - the mount tables of namespaces, as the kernel's side told them when they changed. All zero is
 * empty. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct mounts {
	struct mounts_table {
		uint32_t ns;
		struct mounts_entry {
			uint32_t device;
			uint64_t id; /* the younger lies on top */
			char *root, *point;
		} * entries;
		size_t count, cap;
	} * tables;
	size_t count, cap;
};

void mounts_begin(struct mounts *m, uint32_t ns); /* forgets what was known of it */
/* root: the directory of the device that is mounted; point: absolute in the namespace. Both without symlinks. */
void mounts_add(struct mounts *m, uint32_t ns, uint32_t device, uint64_t id, const char *root, const char *point);
/* Where an absolute path of the namespace lies on the device, appended to out. False: it is not there, or the
 * namespace is not known. */
bool mounts_find(const struct mounts *m, uint32_t ns, uint32_t device, const char *path, struct buf *out);
void mounts_done(struct mounts *m);
