/* rewrite/config_update.h - the image config for a new single layer. Spec: image-spec 1.1 config.md.
 * Everything of the source stays (also what we do not know) but rootfs.diff_ids, history and created:
 * the source's history as empty layers, and one entry for our layer. */
#pragma once

#include "base/buf.h"
#include "oci/image_config.h"
#include "rewrite/config_edit.h"

/* edit: what the user changes in it; NULL = nothing. */
void rewrite_config_update(const struct oci_image_config *config, const struct oci_digest *diff_id, const char *created,
			   const struct rewrite_config_edit *edit, struct buf *out);
