/* pipeline/inspect_image.h - opens an image by its reference and reads what its layers hold, without unpacking it. */
#pragma once

#include "inspect/final.h"
#include "inspect/history.h"
#include "packages/packages.h"
#include "transport/transport.h"

struct pipeline_inspected {
	struct transport_source *source;
	struct transport_image image;
	struct inspect_lists lists;
	struct inspect_texts texts; /* of package databases, and what also wants */
	struct inspect_history history;
	struct inspect_final final;
	struct image_index *index; /* of the final file system */
	struct packages packages;
};

/* platform NULL = the host's. also (may be NULL): sees further files. out must not move as long as its index is used;
 * it is all zero on failure. */
int pipeline_inspect(const struct oci_ref *ref, const struct oci_platform *platform,
		     const struct transport_options *access, const struct inspect_watch *also,
		     const struct progress *progress, struct pipeline_inspected *out, struct err *err) MUST_CHECK;
void pipeline_inspected_done(struct pipeline_inspected *i);
#define CLEANUP_INSPECTED CLEANUP(pipeline_inspected_done)

/* Its steps, for a caller that reads several images. i: source and image are set. The layers are read (part, also: as
 * above, see inspect_read; texts: receives the package databases); then the rest is made of the lists, which may have
 * got further layers. */
int pipeline_inspect_read(struct pipeline_inspected *i, const struct inspect_part *part,
			  const struct inspect_watch *also, struct inspect_texts *texts,
			  const struct progress *progress, struct err *err) MUST_CHECK;
int pipeline_inspect_finish(struct pipeline_inspected *i, const struct inspect_texts *texts,
			    struct err *err) MUST_CHECK;
