/* rewrite/config_update.h - writes the image config for the new single layer. Spec: image-spec 1.1 config.md.
 * Keeps all members of the source, also those that slim does not know, except rootfs.diff_ids, history and created. The
 * history becomes the source's entries as empty layers, and one entry for the new layer. */
#pragma once

#include "base/buf.h"
#include "oci/image_config.h"
#include "rewrite/config_edit.h"

/* edit: what the user changes in it; NULL = nothing. */
void rewrite_config_update(const struct oci_image_config *config, const struct oci_digest *diff_id, const char *created,
			   const struct rewrite_config_edit *edit, struct buf *out);
