/* rootfs/store.h - our directory of unpacked layers, and of what one run needs on disk.
 *   STORE/layers/HEX/fs, STORE/layers/HEX/meta.json   a layer, complete, renamed into place
 *   STORE/ids                                         whose ids the owners in it are
 *   STORE/configs/HEX                                 configs of images that came in a stream (config_store.h)
 *   STORE/runs/ID/                                    all of one run; ID/lock is flock'ed while it lives
 * HEX is the diff ID for a layer that means the same over any parent, the chain ID for one that needed
 * its parents (a hard link into a lower layer, an implied directory that a lower layer has).
 * Two processes may share a store. A killed one leaves only its run directory; the next
 * rootfs_store_open of anyone removes it (run.h). */
#pragma once

#include "base/err.h"
#include "oci/digest.h"
#include "rootfs/run.h"

struct rootfs_store {
	char *path; /* absolute */
	int fd;     /* of path */
	int layers_fd;
};

/* dir NULL = $XDG_CACHE_HOME/slim or ~/.cache/slim. Created 0700 if absent; refused when it belongs to
 * somebody else, others may write it, or it was filled under another map of ids (an ordinary user's, root's). */
int rootfs_store_open(const char *dir, struct rootfs_store *out, struct err *err) MUST_CHECK;
void rootfs_store_done(struct rootfs_store *s);

/* A run's own directory: removed by rootfs_run_done (run.h), with everything in it. */
int rootfs_run_new(const struct rootfs_store *s, struct rootfs_run *out, struct err *err) MUST_CHECK;

/* Removes dead runs; called by rootfs_store_open. */
void rootfs_store_reap(const struct rootfs_store *s);
