/* transport/file/docker_layers.h - makes a Docker schema 2 manifest for an image of a docker-archive that has none;
 * private to lib/transport/.
 * The digest of an uncompressed layer is its diff ID; a compressed one is hashed here, once. Nothing else is verified:
 * who reads a blob does that. */
#pragma once

#include "base/strlist.h"
#include "base/strset.h"
#include "oci/manifest.h"
#include "transport/file/tar_index.h"

/* Which member of the archive holds which digest. All zero = none. */
struct file_docker_layers {
	struct strset digests; /* a map to members by id */
	struct file_tar_member *members;
	size_t cap;
};

/* config and layers: members as manifest.json names them. ERR_CORRUPT if the config has another digest than its name
 * says or not as many diff IDs as there are layers. */
int file_docker_layers_manifest(struct file_docker_layers *l, const struct file_tar_index *tar, const char *config,
				const struct strlist *layers, struct buf *out, struct err *err) MUST_CHECK;
/* NULL if no member of this size is known for the digest. */
const struct file_tar_member *file_docker_layers_find(const struct file_docker_layers *l,
						      const struct oci_descriptor *d);
void file_docker_layers_done(struct file_docker_layers *l);
