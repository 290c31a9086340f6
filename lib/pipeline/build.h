/* pipeline/build.h - all stages from a source reference to a published slim image and a report. */
#pragma once

#include "pipeline/record.h"

struct build_options {
	struct oci_ref source, output;       /* output.scheme NULL = destination_default */
	const char *source_text;             /* as the user wrote it */
	const struct oci_platform *platform; /* NULL = the host's */
	const char *store, *runtime;         /* NULL = the usual ones */
	/* The exercises for this image, made once its config is known; they live as long as ctx. */
	size_t (*plan)(void *ctx, const struct oci_image_config *config, const struct exercise **out);
	void *plan_ctx;
	struct record_options record; /* without runtime, exercises, log_fd */
	const struct strlist *runs;   /* --run: each replaces the command */
	size_t n_runs;
	bool compression_set;
	enum oci_compression compression;
	int level;
	const char *created; /* RFC 3339; NULL = the source's */
};

/* log: receives what the containers printed (the tail of it is what explains a failure). */
int build_image(const struct build_options *options, const struct progress *progress, struct report *report,
		struct buf *log, struct err *err) MUST_CHECK;
