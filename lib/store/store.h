/* store/store.h - the directory in which slim keeps unpacked layers and the files of running commands.
 *   STORE/layers/HEX/fs, STORE/layers/HEX/meta.json: a layer, complete, renamed into place
 *   STORE/ids: the id range that owns the files
 *   STORE/configs/HEX: configs of images that were unpacked (config_store.h)
 *   STORE/runs/ID/: all files of one run; ID/lock is flock'ed while it lives
 * HEX is the diff ID of a layer that is the same over any parent. It is the chain ID of a layer that needs its
 * parents (a hard link into a lower layer, an implied directory that a lower layer has).
 * Two processes may share a store. A killed process leaves only its run directory; the next store_open of any process
 * removes it (runs.h). */
#pragma once

#include "base/err.h"
#include "oci/digest.h"
#include "store/runs.h"

struct store {
	char *path; /* absolute */
	int fd;     /* of path */
	int layers_fd;
	/* An image whose files have more bytes in holes is not unpacked: whoever reads a hole, as packing does, reads
	 * zeros for as long as it says. LIMIT_SPARSE unless the user says otherwise. */
	uint64_t max_sparse;
};

/* dir NULL = $XDG_CACHE_HOME/slim or ~/.cache/slim; in a job's container, where that lies on an overlay, slim-store of
 * the directory that the CI system keeps for the job (job/job.h). Created 0700 if absent; refused when it belongs to
 * somebody else, others may write it, or it was filled under another map of ids (an ordinary user's, root's). */
int store_open(const char *dir, struct store *out, struct err *err) MUST_CHECK;
/* Opens the directory of a store for reading, and makes and removes nothing. Returns an fd. ERR_NOTFOUND if there is no
 * store; refused as above. */
int store_open_to_read(const char *dir, struct err *err) MUST_CHECK;
void store_done(struct store *s);

/* A run's own directory: removed by store_run_done (runs.h), with everything in it. */
int store_run_new(const struct store *s, struct store_run *out, struct err *err) MUST_CHECK;

/* Removes dead runs; called by store_open. */
void store_reap(const struct store *s);
