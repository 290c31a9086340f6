/* runtime/bundle.h - a runtime-spec bundle that runs an image as `docker run` would.
 * Spec: runtime-spec 1.0.2 (bundle.md, config.md), image-spec 1.1 conversion.md, Docker's defaults.
 * Writes into the bundle directory: config.json, hosts, hostname, resolv.conf. Creates in the root file system (its
 * scratch layer) the working directory and volumes that are absent, and /.dockerenv and /etc/mtab as Docker does.
 * Volumes are directories of the scratch layer: empty, or with the image's content, and gone afterwards.
 * The runtime makes the points of mounts in the scratch layer. */
#pragma once

#include "runtime/bundle_options.h"

struct runtime_bundle {
	char *path; /* the directory, absolute */
	int dir_fd; /* of it */
	char *hostname;
	struct oci_runtime_spec_process process; /* as the container starts, for exec */
	const char **capabilities;               /* what process borrows */
};

/* dir: an existing empty directory, absolute; rootfs: the mounted root, absolute, and its fd; id: the
 * container's, its first 12 characters are the hostname unless one is given. Never asks for a capability that this
 * process lacks. ERR_INVAL when neither entrypoint nor command says what to run. */
int runtime_bundle_write(const char *dir, const char *rootfs, int rootfs_fd, const char *id,
			 const struct oci_image_config *config, const struct runtime_bundle_options *options,
			 struct runtime_bundle *out, struct err *err) MUST_CHECK;

/* Write NAME in the bundle: the process object of another command in the same container. *file: its absolute path,
 * free(). */
int runtime_bundle_write_exec(struct runtime_bundle *b, const char *name, char *const *argv, char **file,
			      struct err *err) MUST_CHECK;
void runtime_bundle_done(struct runtime_bundle *b);
#define CLEANUP_RUNTIME_BUNDLE CLEANUP(runtime_bundle_done)
