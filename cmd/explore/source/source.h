/* cmd/explore/source/source.h - opens what slim explore shows: a report's file, or an image. */
#pragma once

#include "base/progress.h"
#include "cmd/explore/model.h"
#include "pipeline/inspect_image.h"
#include "report/why_lists.h"

/* It must not move once it is open. All but model is private. */
struct explore_source {
	struct explore_model model;
	struct view_tree tree, layer_tree;
	struct report_why_lists lists; /* of the report, or of the image's annotation */
	bool has_lists;
	struct pipeline_inspected image;
	struct explore_layer *layers; /* their texts are of lists or of image */
};

/* A file that slim build --report wrote. */
int explore_source_report(const char *file, struct explore_source *out, struct err *err) MUST_CHECK;
/* name: the image's name for the title; borrowed. platform NULL = the host's. */
int explore_source_image(const char *name, const struct oci_ref *ref, const struct oci_platform *platform,
			 const struct transport_options *access, const struct progress *progress,
			 struct explore_source *out, struct err *err) MUST_CHECK;
void explore_source_done(struct explore_source *s);
