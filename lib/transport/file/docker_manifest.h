/* transport/file/docker_manifest.h - writes manifest.json of docker save, which names the members of the tar that are
 * the config and the layers. Spec: moby image/spec/v1.2. Private to lib/transport/. */
#pragma once

#include "base/buf.h"
#include "base/strlist.h"

/* config, layers: the members. tags: repo:tag. */
void file_docker_manifest_write(const char *config, const struct strlist *layers, const struct strlist *tags,
				struct buf *out);
