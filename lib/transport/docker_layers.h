/* transport/docker_layers.h - a Docker schema 2 manifest for an image of a docker-archive that has none;
 * private to lib/transport/.
 * The digest of an uncompressed layer is its diff ID; a compressed one is hashed here, once. Nothing else
 * is verified: who reads a blob does that. */
#pragma once

#include "base/strlist.h"
#include "base/strset.h"
#include "oci/manifest.h"
#include "transport/tar_index.h"

/* Which member of the archive holds which digest. All zero = none. */
struct docker_layers {
	struct strset digests; /* a map to members by id */
	struct tar_member *members;
	size_t cap;
};

/* config and layers: members as manifest.json names them. ERR_CORRUPT if the config has another digest
 * than its name says or not as many diff IDs as there are layers. */
int docker_layers_manifest(struct docker_layers *l, const struct tar_index *tar, const char *config,
			   const struct strlist *layers, struct buf *out, struct err *err) MUST_CHECK;
/* NULL if no member of this size is known for the digest. */
const struct tar_member *docker_layers_find(const struct docker_layers *l, const struct oci_descriptor *d);
void docker_layers_done(struct docker_layers *l);
