/* report/inspect/inspect_view.h - what an image is and what its layers hold, for a person (text) and for a program
 * (slim.inspect/v1, described in slim-inspect(1)). */
#pragma once

#include "base/buf.h"
#include "findings/finding.h"
#include "inspect/figures.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "report/checks/gates.h"

/* Borrows all of it. */
struct report_inspect_view {
	const char *reference;
	const struct oci_digest *digest; /* of the manifest; all zero = the image's place does not have a manifest */
	const struct oci_manifest *manifest;
	const struct oci_image_config *config; /* without secrets: findings_config_mask */
	const struct inspect_history *history; /* NULL = the layers were not read */
	const struct inspect_figures *figures; /* NULL as history */
	const struct findings *findings;       /* NULL as history */
	const struct report_gates *gates;      /* limits on the layers; NULL = the user set none */
};

/* Every string from the image is escaped. */
void report_inspect_view_text(const struct report_inspect_view *v, struct buf *out);
void report_inspect_view_json(const struct report_inspect_view *v, struct buf *out);
