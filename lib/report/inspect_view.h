/* report/inspect_view.h - an image's layers, sizes and configuration, for a person (text) and for a program
 * (slim.inspect/v1, described in slim-inspect(1)). */
#pragma once

#include "base/buf.h"
#include "oci/image_config.h"
#include "oci/manifest.h"

/* Borrows all of it. */
struct report_inspect_view {
	const char *reference;
	const struct oci_digest *digest; /* of the manifest; all zero = the image's place has none */
	const struct oci_manifest *manifest;
	const struct oci_image_config *config;
};

/* Every string from the image is escaped. */
void report_inspect_view_text(const struct report_inspect_view *v, struct buf *out);
void report_inspect_view_json(const struct report_inspect_view *v, struct buf *out);
