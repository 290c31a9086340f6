/* runtime/bundle_mounts.h - the mounts of a container: Docker's, the bundle's files, and the user's. Private to
 * lib/runtime/.
 * No mount on which the container could make a device node lets it use one, whatever the runtime and the cgroups do
 * about devices: all of them are nodev. The devices that Docker gives are the machine's own nodes, bound one by one;
 * read-only, so that the container can use them but not change their mode or owner.
 * With GPUs, the runtime makes nodes in /dev, so that this is not nodev: what a container may use is then up to the
 * device cgroup alone, as with Docker. Without one, /dev stays nodev. */
#pragma once

#include "runtime/bundle_options.h"

/* Whether /dev lacks nodev, for the nodes of GPUs that the runtime makes. The device cgroup guards them then. */
bool runtime_bundle_leaves_devices(const struct runtime_bundle_options *o);
/* dir: the bundle's, absolute. An array of *n for struct oci_runtime_spec, which frees it. */
struct oci_runtime_spec_mount *runtime_bundle_mounts(const char *dir, const struct runtime_bundle_options *o,
						     size_t *n);
