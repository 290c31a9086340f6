/* cmd/inspect/image.h - an image as slim inspect shows it: its layers, figures, findings and the limits on them.
 * Lifetime: all zero, with limits and exceptions set; inspect_image_read; _done. It must not move once it is read. */
#pragma once

#include "cmd/inspect/flags.h"
#include "pipeline/inspect_image.h"
#include "report/inspect/inspect_view.h"

struct inspect_image {
	struct pipeline_inspected read; /* with --quick only its source and image */
	struct findings_scanner *scanner;
	struct findings_exceptions exceptions;
	struct findings_watch watch;
	struct findings findings;
	struct oci_image_config shown; /* without secrets */
	struct inspect_figures figures;
	struct ci_dive_limits limits;
	struct report_gates gates;
	struct report_inspect_view view; /* of all the above; its reference is set by the caller */
};

/* platform NULL = the host's. */
int inspect_image_read(const struct inspect_flags *f, const struct oci_ref *ref, const struct oci_platform *platform,
		       struct inspect_image *out, struct err *err) MUST_CHECK;
void inspect_image_done(struct inspect_image *i);
