/* transport/engine/storage/storage.h - reads what engines keep beside the directories of their layers, for in_place.c:
 * Docker's overlay2, podman's (containers/storage) overlay. Private to lib/transport/engine/. */
#pragma once

#include "oci/digest.h"

struct engine_storage {
	const char *driver; /* as GET /info and inspect name it */
	const char *folder; /* ROOT/FOLDER/NAME/diff are a layer's files */
	/* The config's bytes, not yet checked. root: fd of the engine's directory. */
	int (*config)(int root, const struct oci_digest *id, struct buf *out, struct err *err);
	/* Checks that the layer of this name is the one of diff_id over its parents, and opens its tar-split as an
	 * fd. */
	int (*tar_split)(int root, const char *name, const struct oci_digest *diff_id,
			 const struct oci_digest *chain_id, struct err *err);
};

extern const struct engine_storage engine_storage_docker, engine_storage_podman;
