/* sensor/mounts.h - the mount tables of namespaces, as the kernel's side reported them at each change. All zero is
 * empty. Private to lib/sensor/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct sensor_mounts {
	struct sensor_mounts_table {
		uint32_t ns;
		struct sensor_mounts_entry {
			uint32_t device;
			uint64_t id, parent; /* of the namespace's root: its own */
			char *root, *point;
		} * entries;
		size_t count, cap;
	} * tables;
	size_t count, cap;
	struct sensor_mounts_table ever; /* each id once */
};

void sensor_mounts_begin(struct sensor_mounts *m, uint32_t ns); /* forgets what was known of it */
/* root: the directory of the device that is mounted; point: absolute in the namespace. Both without symlinks. Their
 * strings are copied. */
void sensor_mounts_add(struct sensor_mounts *m, uint32_t ns, const struct sensor_mounts_entry *e);
/* Appends to out the place on the device of an absolute path of the namespace. from: the id of the mount that holds
 * the root of the calling process, which a mount over that root does not hide; any other = the namespace's. False if
 * the path is elsewhere, or the namespace is not known. */
bool sensor_mounts_find(const struct sensor_mounts *m, uint32_t ns, uint64_t from, uint32_t device, const char *path,
			struct buf *out);
/* The directory that a mount shows, of whatever namespace and time; NULL when it is not known or not of the device. */
const char *sensor_mounts_root(const struct sensor_mounts *m, uint64_t id, uint32_t device, const char **point);
void sensor_mounts_done(struct sensor_mounts *m);
